/** The editor's workspace as the agent's port: what the user sees, unsaved buffers first. */
import * as vscode from 'vscode';
import type { Notebook } from '../../agent/notebook.ts';
import type { LocalFiles, SearchEngine } from '../../agent/search.ts';
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
} from '../../agent/workspace.ts';
import { rulesFor } from '../../files/ignoreRules.ts';
import { isKernelFile, missingFile, notText, refuseKernelFile, tooLarge } from '../../files/refusals.ts';
import { createScanSearch, type FileTree } from '../../files/scanSearch.ts';
import { findFiles, findText, type SearchPlace, type SearchRoot } from '../../files/searchWorkspace.ts';
import { MAX_PART_CHARACTERS, MAX_TEXT_BYTES, MAX_WHOLE_BYTES } from '../../files/sizes.ts';
import { sliceLines } from '../../files/sliceLines.ts';
import { stampOf } from '../../files/stamp.ts';
import { binaryKind, SNIFFED_BYTES } from '../../tools/binary.ts';
import { fileError, readBytes, readDiskText, refuseOtherThanFile, statOf } from './diskText.ts';
import { FileWriter } from './fileWriter.ts';
import { currentRoots, Locations, pathRulesOf, type WorkspaceRoot } from './locations.ts';
import { readNotebookText } from './notebookWriter.ts';
import { DocumentVersions, findDocument, hasUnsavedWork, unsavedDocuments } from './openDocument.ts';
import { findNotebook, findOpenNotebook } from './openNotebook.ts';
import { isReadOnlyBySettings } from './readOnlySettings.ts';

export interface WorkspaceOptions {
	/** Faster than the search of our own, where it can search a folder. */
	readonly search?: SearchEngine;
	/** Symbolic links and huge files; without it links are not looked through and files above 50 MB not read. */
	readonly files?: LocalFiles;
	/** Node's name of the platform. Absent in the browser. */
	readonly operatingSystem?: string;
}

export function createWorkspace(options: WorkspaceOptions): Workspace {
	return new VsCodeWorkspace(options);
}

class VsCodeWorkspace implements Workspace {
	private readonly search: SearchEngine | undefined;
	private readonly scan: SearchEngine = createScanSearch(editorTree);
	private readonly files: LocalFiles | undefined;
	private readonly locations: Locations;
	private readonly writer = new FileWriter();
	private readonly versions = new DocumentVersions();

	constructor({ search, files, operatingSystem }: WorkspaceOptions) {
		this.search = search;
		this.files = files;
		this.locations = new Locations(pathRulesOf(operatingSystem), files);
	}

	get roots(): readonly { readonly name: string; readonly uri: string }[] {
		return currentRoots().map(({ name, uri }) => ({ name, uri: uri.toString() }));
	}

	async locate(path: string, signal: AbortSignal): Promise<Location> {
		signal.throwIfAborted();
		return this.locations.locate(path);
	}

	async stat(location: Location, signal: AbortSignal): Promise<FileStat | undefined> {
		signal.throwIfAborted();
		const uri = uriOf(location);
		const document = findDocument(uri);
		if (uri.scheme === 'untitled') {
			const size = document?.getText().length ?? 0;
			return document && { kind: 'file', size, isReadOnly: false, version: this.versions.of(document) };
		}
		const unsaved = hasUnsavedWork(document) ? document : undefined;
		const stat = await statOf(uri);
		if (stat === undefined) {
			// Deleted below an editor that holds unsaved work: that is what there is of it.
			const size = unsaved?.getText().length ?? 0;
			return unsaved && { kind: 'file', size, isReadOnly: false, version: this.versions.of(unsaved) };
		}
		const isReadOnly =
			stat.permissions === vscode.FilePermission.Readonly ||
			vscode.workspace.fs.isWritableFileSystem(uri.scheme) === false ||
			isReadOnlyBySettings(uri, this.locations.place(uri)?.below) ||
			(uri.scheme === 'file' && (await this.files?.isWritable(uri.fsPath)) === false);
		const kind = isKernelFile(location) ? 'other' : kindOf(stat.type);
		const version = unsaved === undefined ? versionOf(stat) : this.versions.of(unsaved);
		return { kind, size: stat.size, isReadOnly, version };
	}

	async readText(location: Location, signal: AbortSignal): Promise<FileText> {
		signal.throwIfAborted();
		const uri = uriOf(location);
		const notebook = findOpenNotebook(location.uri);
		if (notebook !== undefined) {
			const text = await readNotebookText(notebook, location.path);
			return { text, stamp: await stampOf(text), isUnsaved: notebook.isDirty };
		}
		const document = findDocument(uri);
		if (document !== undefined && hasUnsavedWork(document)) {
			const [text, version] = [document.getText(), this.versions.of(document)];
			return { text, stamp: await stampOf(text), version, isUnsaved: true };
		}
		refuseKernelFile(location);
		// Also below an editor: it follows its file only a moment later, and has one kind of line end.
		const { text } = await readDiskText(uri, location.path, document?.encoding);
		const stat = await statOf(uri);
		return { text, stamp: await stampOf(text), ...(stat && { version: versionOf(stat) }), isUnsaved: false };
	}

	async readLines(location: Location, from: number, count: number, signal: AbortSignal): Promise<FileLines> {
		const uri = uriOf(location);
		const range = { from, count, maxCharacters: MAX_PART_CHARACTERS };
		if (!hasUnsavedWork(findDocument(uri))) {
			const stat = await statOf(uri);
			if (stat !== undefined && stat.size > MAX_WHOLE_BYTES && this.files !== undefined && uri.scheme === 'file') {
				refuseOtherThanFile(stat, location.path);
				const kind = binaryKind(await this.readBytes(location, SNIFFED_BYTES, signal));
				if (kind !== undefined) {
					throw notText(location.path, kind, stat.size);
				}
				const { lines, isEnd } = await this.files.readLines(uri.fsPath, range, signal);
				const isKnown = isEnd && lines.length > 0;
				return { lines, from, isUnsaved: false, ...(isKnown && { totalLines: from + lines.length - 1 }) };
			}
		}
		const { text, isUnsaved } = await this.readText(location, signal);
		return { ...sliceLines(text, range), from, isUnsaved };
	}

	async readBytes(location: Location, maxBytes: number, signal: AbortSignal): Promise<Uint8Array> {
		signal.throwIfAborted();
		refuseKernelFile(location);
		const uri = uriOf(location);
		const stat = await statOf(uri);
		if (stat === undefined) {
			throw missingFile(location.path);
		}
		refuseOtherThanFile(stat, location.path);
		if (this.files !== undefined && uri.scheme === 'file') {
			return this.files.readStart(uri.fsPath, maxBytes, signal);
		}
		// This way there are whole files only.
		if (stat.size > MAX_TEXT_BYTES) {
			throw tooLarge(location.path, stat.size);
		}
		return (await readBytes(uri)).subarray(0, maxBytes);
	}

	openNotebook({ uri }: Location): Notebook | undefined {
		return findNotebook(uri);
	}

	async list(location: Location, signal: AbortSignal): Promise<readonly DirectoryEntry[]> {
		signal.throwIfAborted();
		const uri = uriOf(location);
		const entries = await readDirectory(uri);
		const place = this.locations.place(uri);
		if (place === undefined) {
			return entries.map(([name, type]) => ({ name, kind: kindOf(type), isIgnored: false }));
		}
		const { below, root } = place;
		const { rules, isIgnored } = await rulesFor(below, excludesOf(root), ignoreFileReader(root.uri));
		return entries.map(([name, type]) => {
			const path = below === '' ? name : `${below}/${name}`;
			return { name, kind: kindOf(type), isIgnored: isIgnored || rules.ignores(path, kindOf(type) === 'folder') };
		});
	}

	async findFiles({ glob, in: folder, limit }: FileQuery, signal: AbortSignal): Promise<FoundFiles> {
		return findFiles(await this.searchPlaces(folder), { glob, limit }, signal);
	}

	async findText({ in: scope, ...query }: TextQuery, signal: AbortSignal): Promise<FoundText> {
		const untitled = new Map<string, string>();
		for (const document of vscode.workspace.textDocuments) {
			const path = document.uri.toString(true);
			if (document.isUntitled && (scope === undefined || scope.path === path)) {
				untitled.set(path, document.getText());
			}
		}
		const places = scope?.uri.startsWith('untitled:') === true ? [] : await this.searchPlaces(scope);
		return findText(places, untitled, query, signal);
	}

	write(location: Location, text: string, expected: Stamp | 'absent', signal: AbortSignal): Promise<WriteOutcome> {
		return this.writer.write(location, text, expected, signal);
	}

	remove(location: Location, expected: Stamp, signal: AbortSignal): Promise<void> {
		return this.writer.remove(location, expected, signal);
	}

	private async searchPlaces(scope: Location | undefined): Promise<SearchPlace[]> {
		if (scope === undefined) {
			return Promise.all(currentRoots().map(async root => ({ root: await this.searchRoot(root), below: '' })));
		}
		const uri = uriOf(scope);
		const place = this.locations.place(uri);
		if (place !== undefined) {
			return [{ root: await this.searchRoot(place.root), below: place.below }];
		}
		const stat = await statOf(uri);
		const isFolder = stat !== undefined && kindOf(stat.type) === 'folder';
		const folder = isFolder ? uri : vscode.Uri.joinPath(uri, '..');
		const prefix = `${this.locations.display(folder).replace(/\/$/, '')}/`;
		const root = await this.searchRootAt(folder, prefix, []);
		return [{ root, below: isFolder ? '' : (uri.path.split('/').at(-1) ?? '') }];
	}

	private searchRoot(root: WorkspaceRoot): Promise<SearchRoot> {
		return this.searchRootAt(root.uri, currentRoots().length > 1 ? `${root.name}/` : '', excludesOf(root));
	}

	private async searchRootAt(folder: vscode.Uri, prefix: string, excludes: readonly string[]): Promise<SearchRoot> {
		const uri = folder.toString();
		const engine = this.search !== undefined && (await this.search.canSearch(uri)) ? this.search : this.scan;
		return { uri, prefix, excludes, readIgnoreFile: ignoreFileReader(folder), unsaved: unsavedBelow(folder), engine };
	}
}

const editorTree: FileTree = {
	async entries(root, folder) {
		const entries = await readDirectory(below(root, folder));
		return entries.map(([name, type]) => ({ name, kind: (type & LINK) === 0 ? kindOf(type) : 'other' }));
	},
	async bytes(root, path, maxBytes) {
		const uri = below(root, path);
		try {
			const { size } = await vscode.workspace.fs.stat(uri);
			return size > Math.min(maxBytes, MAX_TEXT_BYTES) ? undefined : await vscode.workspace.fs.readFile(uri);
		} catch (error) {
			if (error instanceof vscode.FileSystemError) {
				// Deleted meanwhile, or not ours to read: a search goes on without it.
				return undefined;
			}
			throw error;
		}
	},
};

const LINK = vscode.FileType.SymbolicLink;

function below(root: string, path: string): vscode.Uri {
	const uri = vscode.Uri.parse(root, true);
	return path === '' ? uri : vscode.Uri.joinPath(uri, path);
}

function uriOf(location: Location): vscode.Uri {
	return vscode.Uri.parse(location.uri, true);
}

async function readDirectory(uri: vscode.Uri): Promise<[string, vscode.FileType][]> {
	try {
		return await vscode.workspace.fs.readDirectory(uri);
	} catch (error) {
		throw fileError(error, uri);
	}
}

function versionOf({ mtime, ctime, size }: vscode.FileStat): string {
	return `${mtime}-${ctime}-${size}`;
}

function kindOf(type: vscode.FileType): 'file' | 'folder' | 'other' {
	if ((type & vscode.FileType.Directory) !== 0) {
		return 'folder';
	}
	return (type & vscode.FileType.File) !== 0 ? 'file' : 'other';
}

/** Globs that are on in `files.exclude` and `search.exclude`; those with a condition on sibling files are left out. */
function excludesOf(root: WorkspaceRoot): string[] {
	return ['files', 'search'].flatMap(section => {
		const setting = vscode.workspace.getConfiguration(section, root.uri).get<Record<string, unknown>>('exclude', {});
		return Object.entries(setting).flatMap(([glob, value]) => (value === true ? [glob] : []));
	});
}

function ignoreFileReader(root: vscode.Uri): (path: string) => Promise<string | undefined> {
	return async path => {
		const bytes = await editorTree.bytes(root.toString(), path, 1_000_000);
		return bytes === undefined ? undefined : new TextDecoder().decode(bytes);
	};
}

function unsavedBelow(folder: vscode.Uri): Map<string, string> {
	const prefix = `${folder.path.replace(/\/$/, '')}/`;
	const texts = new Map<string, string>();
	for (const document of unsavedDocuments()) {
		const { uri } = document;
		if (uri.scheme === folder.scheme && uri.authority === folder.authority && uri.path.startsWith(prefix)) {
			texts.set(uri.path.slice(prefix.length), document.getText());
		}
	}
	return texts;
}
