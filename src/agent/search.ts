/**
 * Port to a search over files on disk. Implemented by `node/ripgrep.ts` where ripgrep runs, and by
 * `files/scanSearch.ts` elsewhere. Neither knows of unsaved buffers: the workspace lays those over.
 */
import { ToolError } from './toolError.ts';
import type { MatchLine } from './workspace.ts';

export interface SearchScope {
	/** The workspace folder, as URI. */
	readonly root: string;
	/** Folder or file to search, relative to the root with `/`; '' is the root itself. */
	readonly below: string;
	/** Globs relative to the root, as in the setting `files.exclude`: what they match is left out. */
	readonly excludes: readonly string[];
	/** Search what ignore files hide, because the user or model named it. */
	readonly includeIgnored: boolean;
	/** Glob on the file's name alone that every wanted file matches: lets the engine skip others early. */
	readonly nameGlob: string | undefined;
	/** The last word on a file, by its path relative to the root. */
	accepts(path: string): boolean;
}

export interface TextPattern {
	readonly pattern: string;
	readonly isRegex: boolean;
	readonly isCaseSensitive: boolean;
	readonly contextLines: number;
	/** Matches may span lines; whether `.` matches a line end the pattern says itself. */
	readonly isMultiline: boolean;
	/** How many match in each file is all that is wanted: no lines, and no limit. */
	readonly isCountOnly: boolean;
}

export interface Found<Item> {
	readonly items: readonly Item[];
	/** There are more than the limit. */
	readonly isPartial: boolean;
}

export interface FileHits {
	/** Relative to the root. */
	readonly path: string;
	readonly lines: readonly MatchLine[];
	/** As in `FileMatches`. */
	readonly count: number;
}

export interface FoundPaths {
	/** The first ones in sorted order. */
	readonly paths: readonly string[];
	/** How many there are in all, as far as they were counted. */
	readonly total: number;
	/** There are more than were counted; `paths` are then the first of those. */
	readonly isPartial: boolean;
}

export interface SearchEngine {
	/** Whether this engine can search the folder. */
	canSearch(root: string): Promise<boolean>;
	/**
	 * Paths relative to the root.
	 * @param limits `paths`: returned at most; `counted`: looked at, at most.
	 */
	findFiles(
		scope: SearchScope,
		limits: { readonly paths: number; readonly counted: number },
		signal: AbortSignal,
	): Promise<FoundPaths>;
	/**
	 * @param limit matching lines at most, over all files.
	 * @throws ToolError when the pattern is not valid.
	 */
	findText(scope: SearchScope, pattern: TextPattern, limit: number, signal: AbortSignal): Promise<Found<FileHits>>;
}

/** @param cause the engine's own words, as a sentence. */
export function invalidPattern(cause: string): ToolError {
	return new ToolError(
		`The pattern is not valid: ${cause} Look-around and back-references are not supported; for plain text set literal.`,
	);
}

/** Port to local files for what the editor's file system cannot do. Absent in the browser. */
export interface LocalFiles {
	/** The path without symbolic links; of a path that does not exist, its existing folders are resolved. */
	realPath(path: string): Promise<string>;
	/** Whether this process may write the file. */
	isWritable(path: string): Promise<boolean>;
	/** The first bytes of a file, `maxBytes` at most. */
	readStart(path: string, maxBytes: number, signal: AbortSignal): Promise<Uint8Array>;
	/**
	 * Lines `from`..`from + count - 1` of a text file, read in constant memory; fewer at the end of the file, and where
	 * they come to more than `maxCharacters`. `isEnd` when the file ends there. Whether it is text the caller has looked.
	 */
	readLines(
		path: string,
		range: { readonly from: number; readonly count: number; readonly maxCharacters: number },
		signal: AbortSignal,
	): Promise<{ readonly lines: readonly string[]; readonly isEnd: boolean }>;
}
