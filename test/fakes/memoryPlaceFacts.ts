import type { PlaceFacts } from '../../src/agent/shell/commandPlace.ts';

export interface MemoryPlace {
	/** Absolute paths of the files there are; folders are those above them. */
	readonly files: readonly string[];
	/** Links by their absolute path, with the absolute path they lead to. */
	readonly links?: Readonly<Record<string, string>>;
	/** Programs by name, and where they lie. */
	readonly programs?: Readonly<Record<string, 'outside' | 'inside'>>;
	/** Folders with a repository whose settings are plain. */
	readonly plainRepositories?: readonly string[];
	/** Paths below a folder that are looked at. */
	readonly limit?: number;
}

/** A disk of names and links. Ripgrep leaves out hidden names here, unless `--hidden` is among its filters. */
export function memoryPlaceFacts(place: MemoryPlace): PlaceFacts {
	const { files, links = {}, programs = {}, plainRepositories = [], limit = Number.POSITIVE_INFINITY } = place;
	const isFolder = (path: string) => files.some(file => file.startsWith(`${path === '/' ? '' : path}/`));
	const realPath = (path: string, depth = 0): string | undefined => {
		let real = '';
		for (const name of path.split('/').filter(part => part !== '' && part !== '.')) {
			const next = name === '..' ? real.slice(0, Math.max(0, real.lastIndexOf('/'))) : `${real}/${name}`;
			const target = name === '..' ? undefined : links[next];
			const resolved = target === undefined ? next : depth > 8 ? undefined : realPath(target, depth + 1);
			if (resolved === undefined) {
				return undefined;
			}
			real = resolved;
		}
		return real || '/';
	};
	const startingAt = (folder: string, paths: readonly string[]) => {
		const start = `${realPath(folder) ?? folder}/`;
		return paths.filter(path => path.startsWith(start)).map(path => path.slice(start.length));
	};
	const below = (folder: string) => startingAt(folder, files);
	const some = (paths: readonly string[], test: (path: string) => boolean) =>
		paths.some(test) ? true : paths.length > limit ? undefined : false;
	return {
		findProgram: async name => (Object.hasOwn(programs, name) ? (programs[name] ?? 'missing') : 'missing'),
		isGitPlain: async folder => plainRepositories.some(root => folder === root || folder.startsWith(`${root}/`)),
		realPath: async path => realPath(path),
		async kindOf(path) {
			const real = realPath(path) ?? '';
			return files.includes(real) ? 'file' : isFolder(real) ? 'folder' : 'missing';
		},
		names: async folder => [
			...new Set(startingAt(folder, [...files, ...Object.keys(links)]).map(path => path.split('/')[0] ?? '')),
		],
		someBelow: async (folder, test) => some(below(folder), test),
		someSearched: async ({ path, filters }, test) =>
			some(
				below(path).filter(found => filters.includes('--hidden') || !/(?:^|\/)\./.test(found)),
				test,
			),
	};
}
