/**
 * The workspace as the agent sees it: what the user sees. Open buffers come before the disk, paths are
 * workspace-relative with `/`, and every write names the version it was made for.
 * Implemented by `host/workspace/`, for the command line by `node/fileWorkspace.ts`, and for tests by
 * `test/fakes/memoryWorkspace.ts`; all pass the same contract tests.
 */

import type { Notebook } from './notebook.ts';
import { ToolError } from './toolError.ts';

/** A resolved path. Only a workspace makes these; tools pass them back. */
export interface Location {
	/** As shown to user and model: `src/app.ts`, with several roots `root-name/src/app.ts`, outside the absolute path. */
	readonly path: string;
	readonly uri: string;
	/** Outside every workspace folder, also by way of a symbolic link. */
	readonly isOutside: boolean;
	/** Where a symbolic link on the way leads, shown as `path` is. Absent when the path is the file's own. */
	readonly realPath?: string;
}

/** The file has another text than the one a write was made for: read again, make the edit again. */
export class StaleTextError extends ToolError {}

/** The file's bytes are no text. */
export class NotTextError extends ToolError {
	/** As in "a PNG image". */
	readonly kind: string;

	constructor(message: string, kind: string, options?: ErrorOptions) {
		super(message, options);
		this.kind = kind;
	}
}

/** Names the exact text that was read. Opaque; equal stamps mean equal text. */
export type Stamp = string;

export interface FileStat {
	readonly kind: 'file' | 'folder' | 'other';
	/** Bytes on disk. */
	readonly size: number;
	readonly isReadOnly: boolean;
	/** Changes whenever the text does, and costs nothing to know. Absent where only reading tells. */
	readonly version?: string;
}

export interface FileText {
	/** Without byte-order mark; line ends as they are. */
	readonly text: string;
	readonly stamp: Stamp;
	/** That of `FileStat` for this text, or for a later one where somebody writes the file at this moment. */
	readonly version?: string;
	/** The user has unsaved changes in it. */
	readonly isUnsaved: boolean;
}

/** Part of a file too large to hold. Lines count from 1. */
export interface FileLines {
	/** Without line ends. */
	readonly lines: readonly string[];
	readonly from: number;
	/** Absent when counting them would mean reading on. */
	readonly totalLines?: number;
	readonly isUnsaved: boolean;
}

export interface DirectoryEntry {
	readonly name: string;
	readonly kind: 'file' | 'folder' | 'other';
	/** Hidden by `.gitignore`, `files.exclude` or `search.exclude`. */
	readonly isIgnored: boolean;
}

export interface FileQuery {
	/** Glob with `/`, relative to `in`. */
	readonly glob: string;
	readonly in: Location | undefined;
	/** Files returned at most. */
	readonly limit: number;
}

export interface FoundFiles {
	/** Sorted. */
	readonly paths: readonly string[];
	/** How many match in all; absent when nobody counted further. */
	readonly total?: number;
	/** There are more than the limit. */
	readonly isPartial: boolean;
}

export interface TextQuery {
	readonly pattern: string;
	readonly isRegex: boolean;
	readonly isCaseSensitive: boolean;
	readonly glob: string | undefined;
	/** Folder or file to search; absent means every root. */
	readonly in: Location | undefined;
	/** Matching lines returned at most. */
	readonly limit: number;
	/** Lines shown around each match. */
	readonly contextLines: number;
	/** Matches may span lines, and `.` matches line ends too. A pattern with `\n` may span lines anyway. */
	readonly isMultiline?: boolean;
	/** How many match in each file is all that is wanted: no lines come, and no limit holds. */
	readonly isCountOnly?: boolean;
}

export interface MatchLine {
	/** 1-based. */
	readonly line: number;
	/** Shortened when very long. */
	readonly text: string;
	/** False for a line of context. */
	readonly isMatch: boolean;
}

export interface FileMatches {
	readonly path: string;
	readonly lines: readonly MatchLine[];
	/** How many lines match. Where only the number was wanted of a pattern that spans lines: how many matches there are. */
	readonly count: number;
}

export interface FoundText {
	readonly files: readonly FileMatches[];
	readonly isPartial: boolean;
}

export interface WriteOutcome {
	readonly stamp: Stamp;
	/** False while the change waits in a buffer that held the user's unsaved work before. */
	readonly isSaved: boolean;
	/** The text that is there now, where it is another than was asked for: a formatter ran, or the user types. */
	readonly text?: string;
	/** What the model must know, such as a formatter's change on save. */
	readonly note?: string;
}

/** All methods throw `ToolError` with advice for what a caller can mend, and stop at the signal. */
export interface Workspace {
	/** The folders, by the name that starts a path where there are several. */
	readonly roots: readonly { readonly name: string; readonly uri: string }[];
	/** Touches nothing but symbolic links. The file need not exist. */
	locate(path: string, signal: AbortSignal): Promise<Location>;
	/** Undefined when nothing is there. */
	stat(location: Location, signal: AbortSignal): Promise<FileStat | undefined>;
	/** Whole text; refuses binary files and those above the limit that `readLines` is for. @throws NotTextError */
	readText(location: Location, signal: AbortSignal): Promise<FileText>;
	/**
	 * Lines `from`..`from + count - 1` in constant memory. Fewer at the end of the file and where they come to more than
	 * 200,000 characters; one line beyond that is cut there. Refuses binary files.
	 * @throws NotTextError
	 */
	readLines(location: Location, from: number, count: number, signal: AbortSignal): Promise<FileLines>;
	/** The first bytes of a file as it is saved: all of them, or `maxBytes` where it has more. */
	readBytes(location: Location, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
	/** The notebook of that file as an editor holds it; undefined when none does. Absent where there are no editors. */
	openNotebook?(location: Location): Notebook | undefined;
	list(location: Location, signal: AbortSignal): Promise<readonly DirectoryEntry[]>;
	findFiles(query: FileQuery, signal: AbortSignal): Promise<FoundFiles>;
	findText(query: TextQuery, signal: AbortSignal): Promise<FoundText>;
	/**
	 * Makes the file's text `text`, through the buffer and as small line edits where there is one.
	 * @param expected the stamp that `text` was derived from, or `absent` to create the file.
	 * @throws StaleTextError when the file has another text by now; nothing is changed then.
	 */
	write(location: Location, text: string, expected: Stamp | 'absent', signal: AbortSignal): Promise<WriteOutcome>;
	/** Removes a file that still has the text of `expected`. Used to take back a creation. */
	remove(location: Location, expected: Stamp, signal: AbortSignal): Promise<void>;
}
