/** A folder on disk as the agent's workspace, without an editor: what is saved is what there is. */
import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { LocalFiles, SearchEngine } from '../agent/search.ts';
import { ToolError } from '../agent/toolError.ts';
import type {
	DirectoryEntry,
	FileLines,
	FileQuery,
	FileStat,
	FileText,
	FoundFiles,
	FoundText,
	Location,
	Stamp,
	TextQuery,
	Workspace,
	WriteOutcome,
} from '../agent/workspace.ts';
import { FileQueue } from '../files/fileQueue.ts';
import { type IgnoreFileReader, rulesFor } from '../files/ignoreRules.ts';
import { isKernelFile, missingFile, notText, refuseKernelFile } from '../files/refusals.ts';
import { createScanSearch } from '../files/scanSearch.ts';
import { findFiles, findText, type SearchPlace } from '../files/searchWorkspace.ts';
import { MAX_PART_CHARACTERS, MAX_WHOLE_BYTES } from '../files/sizes.ts';
import { sliceLines } from '../files/sliceLines.ts';
import { stampOf } from '../files/stamp.ts';
import { binaryKind, SNIFFED_BYTES } from '../tools/binary.ts';
import { createDiskTree } from './diskTree.ts';
import { fileError, isWritable, readDiskText, refuseOtherThanFile, statOf, versionOf } from './fileWorkspaceDisk.ts';
import { FileWorkspacePaths } from './fileWorkspacePaths.ts';
import { createFile, removeFile, replaceFile } from './fileWorkspaceWriter.ts';
import { createLocalFiles } from './localFiles.ts';

/** What the editor hides unless its settings say otherwise: `files.exclude` and `search.exclude` of VS Code. */
const EDITOR_EXCLUDES = [
	...['**/.svn', '**/.hg', '**/.DS_Store', '**/Thumbs.db'],
	...['**/node_modules', '**/bower_components', '**/*.code-search'],
];
/** Bytes of an ignore file that are read. */
const MAX_IGNORE_FILE = 1_000_000;

export interface FileWorkspaceOptions {
	/** Absolute path of the one folder. */
	readonly folder: string;
	/** Faster than the search of our own, where it can search a folder. */
	readonly search?: SearchEngine;
	/** Node's name of the platform. */
	readonly platform: string;
}

/** The folder must exist. */
export function openFileWorkspace(options: FileWorkspaceOptions): Workspace {
	return new FileWorkspace(options);
}

class FileWorkspace implements Workspace {
	readonly roots: Workspace['roots'];
	readonly #search: SearchEngine | undefined;
	readonly #tree = createDiskTree();
	readonly #scan: SearchEngine = createScanSearch(this.#tree);
	readonly #files: LocalFiles = createLocalFiles();
	readonly #paths: FileWorkspacePaths;
	readonly #queue = new FileQueue();

	constructor({ folder, search, platform }: FileWorkspaceOptions) {
		const name = basename(folder) || 'root';
		this.roots = [{ name, uri: pathToFileURL(folder).href }];
		this.#search = search;
		this.#paths = new FileWorkspacePaths(name, folder, platform, this.#files);
	}

	async locate(path: string, signal: AbortSignal): Promise<Location> {
		signal.throwIfAborted();
		return this.#paths.locate(path);
	}

	async stat(location: Location, signal: AbortSignal): Promise<FileStat | undefined> {
		signal.throwIfAborted();
		const file = fileURLToPath(location.uri);
		const stats = await statOf(file);
		if (stats === undefined) {
			return undefined;
		}
		const kind = isKernelFile(location) ? 'other' : kindOf(stats);
		return { kind, size: stats.size, isReadOnly: !(await isWritable(file)), version: versionOf(stats) };
	}

	async readText(location: Location, signal: AbortSignal): Promise<FileText> {
		signal.throwIfAborted();
		refuseKernelFile(location);
		const file = fileURLToPath(location.uri);
		const { text } = await readDiskText(file, location.path);
		const stats = await statOf(file);
		return { text, stamp: await stampOf(text), ...(stats && { version: versionOf(stats) }), isUnsaved: false };
	}

	async readLines(location: Location, from: number, count: number, signal: AbortSignal): Promise<FileLines> {
		const file = fileURLToPath(location.uri);
		const range = { from, count, maxCharacters: MAX_PART_CHARACTERS };
		const stats = await statOf(file);
		if (stats !== undefined && stats.size > MAX_WHOLE_BYTES) {
			refuseOtherThanFile(stats, location.path);
			const kind = binaryKind(await this.readBytes(location, SNIFFED_BYTES, signal));
			if (kind !== undefined) {
				throw notText(location.path, kind, stats.size);
			}
			const { lines, isEnd } = await this.#files.readLines(file, range, signal);
			const isKnown = isEnd && lines.length > 0;
			return { lines, from, isUnsaved: false, ...(isKnown && { totalLines: from + lines.length - 1 }) };
		}
		const { text, isUnsaved } = await this.readText(location, signal);
		return { ...sliceLines(text, range), from, isUnsaved };
	}

	async readBytes(location: Location, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
		signal.throwIfAborted();
		refuseKernelFile(location);
		const file = fileURLToPath(location.uri);
		const stats = await statOf(file);
		if (stats === undefined) {
			throw missingFile(location.path);
		}
		refuseOtherThanFile(stats, location.path);
		try {
			return await this.#files.readStart(file, maxBytes, signal);
		} catch (error) {
			throw fileError(error, file);
		}
	}

	async list(location: Location, signal: AbortSignal): Promise<readonly DirectoryEntry[]> {
		signal.throwIfAborted();
		const folder = fileURLToPath(location.uri);
		const entries = await Promise.all((await readFolder(folder)).map(entry => describeEntry(folder, entry)));
		const below = this.#paths.below(location);
		if (below === undefined) {
			return entries.map(entry => ({ ...entry, isIgnored: false }));
		}
		const { rules, isIgnored } = await rulesFor(below, EDITOR_EXCLUDES, this.#ignoreFileReader(this.#rootUri));
		return entries.map(({ name, kind }) => {
			const path = below === '' ? name : `${below}/${name}`;
			return { name, kind, isIgnored: isIgnored || rules.ignores(path, kind === 'folder') };
		});
	}

	async findFiles({ glob, in: scope, limit }: FileQuery, signal: AbortSignal): Promise<FoundFiles> {
		return findFiles([await this.#searchPlace(scope)], { glob, limit }, signal);
	}

	async findText({ in: scope, ...query }: TextQuery, signal: AbortSignal): Promise<FoundText> {
		return findText([await this.#searchPlace(scope)], new Map(), query, signal);
	}

	write(location: Location, text: string, expected: Stamp | 'absent', signal: AbortSignal): Promise<WriteOutcome> {
		return this.#queue.run(location.uri, signal, async () => {
			await this.#refuseMoved(location);
			const file = fileURLToPath(location.uri);
			return expected === 'absent'
				? createFile(file, location.path, text)
				: replaceFile(file, location.path, text, expected);
		});
	}

	remove(location: Location, expected: Stamp, signal: AbortSignal): Promise<void> {
		return this.#queue.run(location.uri, signal, async () => {
			await this.#refuseMoved(location);
			await removeFile(fileURLToPath(location.uri), location.path, expected);
		});
	}

	get #rootUri(): string {
		return this.roots[0]?.uri ?? '';
	}

	/** What was approved is the file that the path led to then. */
	async #refuseMoved(location: Location): Promise<void> {
		const { isOutside, realPath } = await this.#paths.locate(fileURLToPath(location.uri));
		if (isOutside !== location.isOutside || realPath !== location.realPath) {
			throw new ToolError(`"${location.path}" leads to another file than before. Look at it again.`);
		}
	}

	async #searchPlace(scope: Location | undefined): Promise<SearchPlace> {
		const below = scope === undefined ? '' : this.#paths.below(scope);
		if (below !== undefined) {
			return { root: await this.#searchRoot(this.#rootUri, '', EDITOR_EXCLUDES), below };
		}
		const file = fileURLToPath(scope?.uri ?? '');
		const isFolder = (await statOf(file))?.isDirectory() === true;
		const folder = isFolder ? file : dirname(file);
		const prefix = `${this.#paths.display(folder).replace(/\/$/, '')}/`;
		const root = await this.#searchRoot(pathToFileURL(folder).href, prefix, []);
		return { root, below: isFolder ? '' : basename(file) };
	}

	async #searchRoot(uri: string, prefix: string, excludes: readonly string[]): Promise<SearchPlace['root']> {
		const engine = this.#search !== undefined && (await this.#search.canSearch(uri)) ? this.#search : this.#scan;
		return { uri, prefix, excludes, readIgnoreFile: this.#ignoreFileReader(uri), unsaved: new Map(), engine };
	}

	#ignoreFileReader(root: string): IgnoreFileReader {
		return async path => {
			const bytes = await this.#tree.bytes(root, path, MAX_IGNORE_FILE);
			return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
		};
	}
}

async function readFolder(folder: string): Promise<readonly Dirent[]> {
	try {
		return await readdir(folder, { withFileTypes: true });
	} catch (error) {
		throw fileError(error, folder);
	}
}

/** A link is told as what it leads to. */
async function describeEntry(folder: string, entry: Dirent): Promise<Pick<DirectoryEntry, 'name' | 'kind'>> {
	if (!entry.isSymbolicLink()) {
		return { name: entry.name, kind: kindOf(entry) };
	}
	try {
		return { name: entry.name, kind: kindOf(await stat(join(folder, entry.name))) };
	} catch {
		// It leads nowhere, or where we may not look.
		return { name: entry.name, kind: 'other' };
	}
}

function kindOf(entry: { isDirectory(): boolean; isFile(): boolean }): 'file' | 'folder' | 'other' {
	return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
}
