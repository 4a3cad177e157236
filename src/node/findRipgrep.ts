import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';

export interface Surroundings {
	/** Where the editor is installed; '' without one. */
	readonly appRoot: string;
	/** The PATH variable. */
	readonly searchPath: string;
	/** `process.platform` and `process.arch`. */
	readonly platform: string;
	readonly architecture: string;
}

/**
 * Where ripgrep is: below the editor, in each place that its versions have put it, then on PATH.
 * Relative PATH entries are passed over: they would run a program of the workspace.
 */
export async function findRipgrep({
	appRoot,
	searchPath,
	platform,
	architecture,
}: Surroundings): Promise<string | undefined> {
	const name = platform === 'win32' ? 'rg.exe' : 'rg';
	const ours =
		appRoot === ''
			? []
			: ['node_modules', 'node_modules.asar.unpacked'].flatMap(modules => [
					join(appRoot, modules, '@vscode', 'ripgrep-universal', 'bin', `${platform}-${architecture}`, name),
					join(appRoot, modules, '@vscode', 'ripgrep', 'bin', name),
				]);
	const folders = searchPath.split(delimiter).filter(isAbsolute);
	for (const candidate of [...ours, ...folders.map(folder => join(folder, name))]) {
		if (await isExecutable(candidate)) {
			return candidate;
		}
	}
	return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
	try {
		await access(path, constants.X_OK);
		return true;
	} catch {
		// Not there, or not ours to run: the next candidate decides.
		return false;
	}
}
