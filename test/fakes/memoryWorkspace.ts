/** A workspace of one folder in memory, with a disk, editors with unsaved text, and the product's own path and search rules. */
import { createHash } from 'node:crypto';
import type { Notebook } from '../../src/agent/notebook.ts';
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
} from '../../src/agent/workspace.ts';
import { decodeText } from '../../src/files/encoding.ts';
import { rulesFor } from '../../src/files/ignoreRules.ts';
import { displayPath, type Root, resolvePath } from '../../src/files/paths.ts';
import { missingFile, notText, staleText } from '../../src/files/refusals.ts';
import { createScanSearch, type FileTree } from '../../src/files/scanSearch.ts';
import { findFiles, findText, type SearchPlace } from '../../src/files/searchWorkspace.ts';
import { MAX_PART_CHARACTERS } from '../../src/files/sizes.ts';
import { sliceLines } from '../../src/files/sliceLines.ts';
import { binaryKind } from '../../src/tools/binary.ts';

const BYTE_ORDER_MARK = '\uFEFF';

/** At once, unlike the product's: a test with a clock of its own must be able to tell when all work but waiting is done. */
function stampOf(text: string): Stamp {
	return createHash('sha256').update(text).digest('hex');
}

export interface MemoryWorkspaceOptions {
	/** Texts on disk by path. */
	readonly files?: Readonly<Record<string, string | Uint8Array>>;
	readonly excludes?: readonly string[];
}

interface Buffer {
	text: string;
	isUnsaved: boolean;
}

export class MemoryWorkspace implements Workspace {
	readonly roots = [{ name: 'project', uri: 'memory:/project' }] as const;
	/** Changed by tests to play what happens outside the agent. */
	readonly disk = new Map<string, Uint8Array>();
	/** Runs when the editor saves. */
	formatter: ((text: string) => string) | undefined;
	/** Notebooks that editors hold. */
	readonly notebooks = new Map<string, Notebook>();
	private readonly buffers = new Map<string, Buffer>();
	private readonly readOnly = new Set<string>();
	private readonly excludes: readonly string[];
	private readonly search = createScanSearch(treeOf(this.disk));

	constructor({ files = {}, excludes = [] }: MemoryWorkspaceOptions = {}) {
		this.excludes = excludes;
		for (const [path, content] of Object.entries(files)) {
			this.put(path, content);
		}
	}

	put(path: string, content: string | Uint8Array): void {
		this.disk.set(path, typeof content === 'string' ? new TextEncoder().encode(content) : content);
	}

	/** The user opens the file and leaves this text in it unsaved. */
	typeInto(path: string, text: string): void {
		this.buffers.set(path, { text, isUnsaved: true });
	}

	makeReadOnly(path: string): void {
		this.readOnly.add(path);
	}

	/** What is saved, byte-order mark included. */
	saved(path: string): string | undefined {
		const bytes = this.disk.get(path);
		return bytes && new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
	}

	unsaved(path: string): string | undefined {
		const buffer = this.buffers.get(path);
		return buffer?.isUnsaved === true ? buffer.text : undefined;
	}

	async locate(path: string, signal: AbortSignal): Promise<Location> {
		signal.throwIfAborted();
		const roots: Root[] = [{ name: 'project', origin: 'memory://', path: '/project' }];
		const resolved = resolvePath(path, roots, 'other');
		const shown = displayPath(resolved, roots);
		const isOutside = resolved.kind === 'outside';
		return { path: shown, uri: isOutside ? `memory:${shown}` : `memory:/project/${shown}`, isOutside };
	}

	async stat({ path }: Location, signal: AbortSignal): Promise<FileStat | undefined> {
		signal.throwIfAborted();
		const bytes = this.disk.get(path);
		if (bytes !== undefined) {
			return {
				kind: 'file',
				size: bytes.length,
				isReadOnly: this.readOnly.has(path),
				version: this.version(path, bytes),
			};
		}
		const isFolder = path === '.' || [...this.disk.keys()].some(file => file.startsWith(`${path}/`));
		return isFolder ? { kind: 'folder', size: 0, isReadOnly: false } : undefined;
	}

	async readText({ path }: Location, signal: AbortSignal): Promise<FileText> {
		signal.throwIfAborted();
		const buffer = this.buffers.get(path);
		const text = this.shown(path);
		const version = this.version(path, this.disk.get(path) ?? new Uint8Array());
		return { text, stamp: stampOf(text), version, isUnsaved: buffer?.isUnsaved ?? false };
	}

	async readLines(location: Location, from: number, count: number, signal: AbortSignal): Promise<FileLines> {
		const { text, isUnsaved } = await this.readText(location, signal);
		return { ...sliceLines(text, { from, count, maxCharacters: MAX_PART_CHARACTERS }), from, isUnsaved };
	}

	async readBytes({ path }: Location, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
		signal.throwIfAborted();
		const bytes = this.disk.get(path);
		if (bytes === undefined) {
			throw missingFile(path);
		}
		return bytes.subarray(0, maxBytes);
	}

	openNotebook({ path }: Location): Notebook | undefined {
		return this.notebooks.get(path);
	}

	async list({ path }: Location, signal: AbortSignal): Promise<readonly DirectoryEntry[]> {
		signal.throwIfAborted();
		const folder = path === '.' ? '' : path;
		const { rules, isIgnored } = await rulesFor(folder, this.excludes, this.readIgnoreFile);
		const entries = await treeOf(this.disk).entries('', folder);
		return entries.map(({ name, kind }) => ({
			name,
			kind,
			isIgnored: isIgnored || rules.ignores(folder === '' ? name : `${folder}/${name}`, kind === 'folder'),
		}));
	}

	findFiles({ in: scope, ...query }: FileQuery, signal: AbortSignal): Promise<FoundFiles> {
		return findFiles([this.place(scope)], query, signal);
	}

	findText({ in: scope, ...query }: TextQuery, signal: AbortSignal): Promise<FoundText> {
		return findText([this.place(scope)], new Map(), query, signal);
	}

	async write(
		{ path }: Location,
		text: string,
		expected: Stamp | 'absent',
		signal: AbortSignal,
	): Promise<WriteOutcome> {
		signal.throwIfAborted();
		const isThere = () => this.buffers.has(path) || this.disk.has(path);
		if (expected !== 'absent' && !isThere()) {
			throw missingFile(path);
		}
		const current = isThere() ? this.shown(path) : undefined;
		const stamp = stampOf(text);
		if ((current === undefined ? 'absent' : stampOf(current)) !== expected) {
			throw staleText(path);
		}
		const buffer = this.buffers.get(path);
		if (buffer?.isUnsaved === true) {
			buffer.text = text;
			return { stamp, isSaved: false, note: 'The editor holds unsaved work of the user, who will save it.' };
		}
		const after = current === undefined ? text : (this.formatter?.(text) ?? text);
		this.put(path, (this.saved(path)?.startsWith(BYTE_ORDER_MARK) === true ? BYTE_ORDER_MARK : '') + after);
		return after === text
			? { stamp, isSaved: true }
			: { stamp: stampOf(after), isSaved: true, text: after, note: 'The text changed further while it was saved.' };
	}

	async remove({ path }: Location, expected: Stamp, signal: AbortSignal): Promise<void> {
		signal.throwIfAborted();
		if (this.buffers.get(path)?.isUnsaved === true || stampOf(this.decoded(path)) !== expected) {
			throw staleText(path);
		}
		this.disk.delete(path);
	}

	private version(path: string, bytes: Uint8Array): string {
		return createHash('sha256')
			.update(this.buffers.get(path)?.text ?? bytes)
			.digest('hex');
	}

	private shown(path: string): string {
		return this.buffers.get(path)?.text ?? this.decoded(path);
	}

	private decoded(path: string): string {
		const bytes = this.disk.get(path);
		if (bytes === undefined) {
			throw missingFile(path);
		}
		const kind = binaryKind(bytes);
		if (kind !== undefined) {
			throw notText(path, kind, bytes.length);
		}
		return decodeText(bytes).text;
	}

	private place(scope: Location | undefined): SearchPlace {
		const unsaved = new Map<string, string>();
		for (const [path, { text, isUnsaved }] of this.buffers) {
			if (isUnsaved) {
				unsaved.set(path, text);
			}
		}
		const root = {
			uri: 'memory:/project',
			prefix: '',
			excludes: this.excludes,
			readIgnoreFile: this.readIgnoreFile,
			unsaved,
			engine: this.search,
		};
		return { root, below: scope === undefined || scope.path === '.' ? '' : scope.path };
	}

	private readonly readIgnoreFile = async (path: string) => this.saved(path);
}

function treeOf(disk: ReadonlyMap<string, Uint8Array>): FileTree {
	return {
		async entries(_root, folder) {
			const prefix = folder === '' ? '' : `${folder}/`;
			const kinds = new Map<string, 'file' | 'folder'>();
			for (const path of disk.keys()) {
				if (path.startsWith(prefix)) {
					const [name = '', ...rest] = path.slice(prefix.length).split('/');
					kinds.set(name, rest.length > 0 ? 'folder' : 'file');
				}
			}
			return [...kinds].map(([name, kind]) => ({ name, kind }));
		},
		async bytes(_root, path) {
			return disk.get(path);
		},
	};
}
