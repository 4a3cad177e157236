/** Search by walking folders and reading files, for hosts without ripgrep. */
import type { FileHits, Found, FoundPaths, SearchEngine, SearchScope, TextPattern } from '../agent/search.ts';
import { binaryKind } from '../tools/binary.ts';
import { Breather } from './breather.ts';
import { decodeText } from './encoding.ts';
import { FirstPaths } from './firstPaths.ts';
import { IgnoreRules, join, rulesFor } from './ignoreRules.ts';
import { createTextMatcher } from './textMatcher.ts';

export interface TreeEntry {
	readonly name: string;
	/** Symbolic links are `other`: they are not followed, so no loop and no way out. */
	readonly kind: 'file' | 'folder' | 'other';
}

/** The folders to walk. Paths are relative to the root. */
export interface FileTree {
	entries(root: string, folder: string): Promise<readonly TreeEntry[]>;
	/** Bytes of a file, or undefined when it cannot be read or is larger than `maxBytes`. */
	bytes(root: string, path: string, maxBytes: number): Promise<Uint8Array | undefined>;
}

/** Folders and files read at a time. */
const PARALLEL = 32;
/** Larger files are passed over: generated data rather than source. */
const MAX_FILE_BYTES = 8_000_000;

export function createScanSearch(tree: FileTree): SearchEngine {
	return {
		canSearch: () => Promise.resolve(true),
		findFiles: (scope, limits, signal) => findFiles(tree, scope, limits, signal),
		findText: (scope, pattern, limit, signal) => findText(tree, scope, pattern, limit, signal),
	};
}

/** One search under way. */
interface Search {
	readonly tree: FileTree;
	readonly scope: SearchScope;
	readonly signal: AbortSignal;
	readonly breather: Breather;
}

async function findFiles(
	tree: FileTree,
	scope: SearchScope,
	limits: { readonly paths: number; readonly counted: number },
	signal: AbortSignal,
): Promise<FoundPaths> {
	const first = new FirstPaths(limits.paths);
	for await (const batch of walk({ tree, scope, signal, breather: new Breather() })) {
		for (const path of batch) {
			if (first.total === limits.counted) {
				return first.found(true);
			}
			first.add(path);
		}
	}
	return first.found(false);
}

async function findText(
	tree: FileTree,
	scope: SearchScope,
	pattern: TextPattern,
	limit: number,
	signal: AbortSignal,
): Promise<Found<FileHits>> {
	const breather = new Breather();
	const matcher = await createTextMatcher(pattern, breather);
	const items: FileHits[] = [];
	let left = limit;
	for await (const { path, text } of readAhead({ tree, scope, signal, breather })) {
		if (breather.isDue()) {
			await breather.rest(signal);
		}
		const { lines, count, isPartial } = await matcher.match(text, left, signal);
		left -= count;
		if (count > 0) {
			items.push({ path, lines, count });
		}
		if (isPartial) {
			return { items, isPartial: true };
		}
	}
	return { items, isPartial: false };
}

/** The text files of a scope, in the order of the walk. Some are read while the one before is looked at. */
async function* readAhead(search: Search): AsyncGenerator<{ readonly path: string; readonly text: string }> {
	const reading: Promise<{ path: string; text: string | undefined }>[] = [];
	const read = async (path: string) => ({ path, text: await readText(search.tree, search.scope.root, path) });
	for await (const batch of walk(search)) {
		for (const path of batch) {
			reading.push(unwatched(read(path)));
			const oldest = reading.length > PARALLEL ? await reading.shift() : undefined;
			if (oldest?.text !== undefined) {
				yield { path: oldest.path, text: oldest.text };
			}
		}
	}
	for (const last of reading) {
		const { path, text } = await last;
		if (text !== undefined) {
			yield { path, text };
		}
	}
}

async function readText(tree: FileTree, root: string, path: string): Promise<string | undefined> {
	const bytes = await tree.bytes(root, path, MAX_FILE_BYTES);
	if (bytes === undefined || binaryKind(bytes) !== undefined) {
		return undefined;
	}
	return decodeText(bytes).text;
}

/** Read ahead and perhaps never asked for: a failure counts only where somebody waits for the result. */
function unwatched<Result>(reading: Promise<Result>): Promise<Result> {
	reading.catch(() => undefined);
	return reading;
}

/** The files of a scope, folder by folder. */
async function* walk(search: Search): AsyncGenerator<readonly string[]> {
	const { tree, scope, signal } = search;
	const read = async (path: string) => {
		const bytes = await tree.bytes(scope.root, path, MAX_FILE_BYTES);
		return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
	};
	const start = scope.includeIgnored
		? IgnoreRules.above([])
		: (await rulesFor(parentOf(scope.below), scope.excludes, read)).rules;
	if (scope.below !== '' && (await isFile(tree, scope))) {
		yield scope.accepts(scope.below) ? [scope.below] : [];
		return;
	}
	// The newest first, so that what waits is the way back and no whole level of the tree.
	const open: Folder[] = [{ folder: scope.below, rules: start }];
	const reading: Promise<Walked>[] = [];
	while (open.length > 0 || reading.length > 0) {
		for (const next of open.splice(-(PARALLEL - reading.length))) {
			reading.push(unwatched(walkOne(search, next, read)));
		}
		const walked = await reading.shift();
		signal.throwIfAborted();
		open.push(...(walked?.folders ?? []));
		yield walked?.files ?? [];
	}
}

interface Folder {
	readonly folder: string;
	readonly rules: IgnoreRules;
}

interface Walked {
	readonly files: readonly string[];
	readonly folders: readonly Folder[];
}

async function walkOne(
	{ tree, scope, signal, breather }: Search,
	{ folder, rules: above }: Folder,
	read: (path: string) => Promise<string | undefined>,
): Promise<Walked> {
	const entries = await tree.entries(scope.root, folder);
	const names = new Set(entries.map(({ name }) => name));
	const rules = scope.includeIgnored ? above : await above.enter(folder, read, names);
	const files: string[] = [];
	const folders: Folder[] = [];
	for (const { name, kind } of entries) {
		if (breather.isDue()) {
			await breather.rest(signal);
		}
		const path = join(folder, name);
		if (kind === 'other' || rules.ignores(path, kind === 'folder')) {
			continue;
		}
		if (kind === 'folder') {
			folders.push({ folder: path, rules });
		} else if (scope.accepts(path)) {
			files.push(path);
		}
	}
	return { files, folders };
}

async function isFile(tree: FileTree, { root, below }: SearchScope): Promise<boolean> {
	const name = below.slice(below.lastIndexOf('/') + 1);
	const siblings = await tree.entries(root, parentOf(below));
	return siblings.some(entry => entry.name === name && entry.kind === 'file');
}

function parentOf(path: string): string {
	return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}
