import { isSecret } from '../../agent/approval/protectedPaths.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Workspace } from '../../agent/workspace.ts';
import type { CodeFile, CodeSource } from './codeSource.ts';

/** Files that are listed. */
const MAX_FILES = 50_000;
/** Bytes; larger files are generated or data. */
const MAX_SIZE = 1_000_000;
/** Files asked about at a time. */
const PARALLEL = 16;
/** Text that is no code, or no text. */
const OTHER =
	/\.(?:min\.\w+|map|lock|lockb|snap|svg|csv|tsv|log|png|jpe?g|gif|webp|ico|bmp|pdf|zip|gz|tgz|bz2|xz|7z|jar|class|so|dll|dylib|exe|bin|wasm|woff2?|ttf|otf|eot|mp[34]|mov|avi|webm|wav|sqlite|db|pyc|o|a|vsix)$|(?:^|\/)(?:package-lock\.json|pnpm-lock\.yaml|npm-shrinkwrap\.json)$/i;

/** The files of a workspace as the code index takes them: what the user sees, unsaved text included. */
export function workspaceSource(workspace: Workspace): CodeSource {
	const fileAt = async (path: string, signal: AbortSignal): Promise<CodeFile | undefined> => {
		const location = await workspace.locate(path, signal);
		const stat = await workspace.stat(location, signal);
		if (stat?.kind !== 'file' || stat.size > MAX_SIZE) {
			return undefined;
		}
		return { path, stamp: stat.version ?? (await workspace.readText(location, signal)).stamp };
	};
	return {
		async files(signal) {
			const { paths } = await workspace.findFiles({ glob: '**/*', in: undefined, limit: MAX_FILES }, signal);
			const wanted = paths.filter(path => !OTHER.test(path) && !isSecret(path));
			const files: CodeFile[] = [];
			for (let from = 0; from < wanted.length; from += PARALLEL) {
				const some = wanted.slice(from, from + PARALLEL);
				const found = await Promise.all(some.map(path => unlessRefused(fileAt(path, signal))));
				files.push(...found.filter(file => file !== undefined));
			}
			return files;
		},
		async read(path, signal) {
			const text = async () => (await workspace.readText(await workspace.locate(path, signal), signal)).text;
			return unlessRefused(text());
		},
	};
}

/** Undefined for a file that is gone, binary, too large or of a name that cannot be given: an index goes on without it. */
async function unlessRefused<Value>(reading: Promise<Value>): Promise<Value | undefined> {
	try {
		return await reading;
	} catch (error) {
		if (error instanceof ToolError) {
			return undefined;
		}
		throw error;
	}
}
