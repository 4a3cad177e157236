import { realpath } from 'node:fs/promises';
import { delimiter, dirname, isAbsolute, join, sep } from 'node:path';

/**
 * Where a VS Code is installed, which brings a ripgrep along: the one whose terminal this is, else the one that `code` on
 * PATH starts. Empty where there is none. Its terminals name a script of the editor's git extension, and `code` is a
 * script in `bin` beside or below the installation.
 */
export async function findEditorRoot(environment: Readonly<Record<string, string | undefined>>): Promise<string> {
	const script = environment['VSCODE_GIT_ASKPASS_MAIN'] ?? '';
	const extensions = script.lastIndexOf(`${sep}extensions${sep}git${sep}`);
	if (isAbsolute(script) && extensions > 0) {
		return script.slice(0, extensions);
	}
	const folders = (environment['PATH'] ?? '').split(delimiter).filter(isAbsolute);
	for (const folder of folders) {
		const bin = await realFolderOf(join(folder, 'code'));
		if (bin !== undefined) {
			const parent = dirname(bin);
			return parent.endsWith(`${sep}app`) ? parent : join(parent, 'resources', 'app');
		}
	}
	return '';
}

async function realFolderOf(path: string): Promise<string | undefined> {
	try {
		return dirname(await realpath(path));
	} catch {
		// Not there: the next folder of PATH.
		return undefined;
	}
}
