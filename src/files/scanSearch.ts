/** Search by walking folders and reading files, for hosts without ripgrep. */
import type { FileHits, Found, SearchEngine, SearchScope, TextPattern } from '../agent/search.ts';
import { binaryKind } from '../tools/binary.ts';
import { decodeText } from './encoding.ts';
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

/** Folders read, and files searched, at a time. */
const PARALLEL = 32;
/** Larger files are passed over: generated data rather than source. */
const MAX_FILE_BYTES = 8_000_000;

export function createScanSearch(tree: FileTree): SearchEngine {
	return {
		canSearch: () => Promise.resolve(true),
		async findFiles(scope, limit, signal) {
			const items: string[] = [];
			for await (const batch of walk(tree, scope, signal)) {
				for (const path of batch) {
					if (items.length === limit) {
						return { items, isPartial: true };
					}
					items.push(path);
				}
			}
			return { items, isPartial: false };
		},
		findText: (scope, pattern, limit, signal) => findText(tree, scope, pattern, limit, signal),
	};
}

async function findText(
	tree: FileTree,
	scope: SearchScope,
	pattern: TextPattern,
	limit: number,
	signal: AbortSignal,
): Promise<Found<FileHits>> {
	const matcher = await createTextMatcher(pattern);
	const items: FileHits[] = [];
	let matches = 0;
	for await (const batch of walk(tree, scope, signal)) {
		for (let from = 0; from < batch.length; from += PARALLEL) {
			const paths = batch.slice(from, from + PARALLEL);
			const texts = await Promise.all(paths.map(path => readText(tree, scope.root, path)));
			for (const [index, path] of paths.entries()) {
				const text = texts[index];
				if (text === undefined) {
					continue;
				}
				signal.throwIfAborted();
				const { lines, isPartial } = await matcher.match(text, limit - matches, signal);
				matches += lines.filter(({ isMatch }) => isMatch).length;
				if (lines.length > 0) {
					items.push({ path, lines });
				}
				if (isPartial) {
					return { items, isPartial: true };
				}
			}
		}
	}
	return { items, isPartial: false };
}

async function readText(tree: FileTree, root: string, path: string): Promise<string | undefined> {
	const bytes = await tree.bytes(root, path, MAX_FILE_BYTES);
	if (bytes === undefined || binaryKind(bytes) !== undefined) {
		return undefined;
	}
	return decodeText(bytes).text;
}

/** The files of a scope, in batches of a few folders each. */
async function* walk(tree: FileTree, scope: SearchScope, signal: AbortSignal): AsyncGenerator<readonly string[]> {
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
	let open: { folder: string; rules: IgnoreRules }[] = [{ folder: scope.below, rules: start }];
	while (open.length > 0) {
		const now = open.splice(0, PARALLEL);
		const walked = await Promise.all(now.map(item => walkOne(tree, scope, item, read)));
		signal.throwIfAborted();
		open = open.concat(walked.flatMap(({ folders }) => folders));
		yield walked.flatMap(({ files }) => files);
	}
}

async function walkOne(
	tree: FileTree,
	scope: SearchScope,
	{ folder, rules: above }: { folder: string; rules: IgnoreRules },
	read: (path: string) => Promise<string | undefined>,
): Promise<{ files: string[]; folders: { folder: string; rules: IgnoreRules }[] }> {
	const entries = await tree.entries(scope.root, folder);
	const names = new Set(entries.map(({ name }) => name));
	const rules = scope.includeIgnored ? above : await above.enter(folder, read, names);
	const files: string[] = [];
	const folders: { folder: string; rules: IgnoreRules }[] = [];
	for (const { name, kind } of entries) {
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
