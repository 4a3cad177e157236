/**
 * What an editor's language servers know of the code: problems, places of symbols, renames. Implemented by
 * `host/language/` and for tests by `test/fakes/memoryLanguageServices.ts`. Where there is no editor there is no
 * implementation, and the tools that need one are not offered.
 */
import type { Location } from './workspace.ts';

/** Counts from 1, columns in UTF-16 units: as shown to user and model. */
export interface TextPosition {
	readonly line: number;
	readonly column: number;
}

/** The end is exclusive. */
export interface TextSpan {
	readonly start: TextPosition;
	readonly end: TextPosition;
}

/** From worst to mildest. */
export const severities = ['error', 'warning', 'information', 'hint'] as const;
export type Severity = (typeof severities)[number];

export interface Diagnostic {
	/** As the workspace shows it. */
	readonly path: string;
	readonly span: TextSpan;
	readonly severity: Severity;
	/** The server's words, perhaps of several lines. Untrusted: they quote code. */
	readonly message: string;
	/** Who says so, such as `ts` or `eslint`. */
	readonly source?: string;
	readonly code?: string;
}

/** A server's answer for the text that the file has now. */
export interface AskedDiagnostics {
	readonly diagnostics: readonly Diagnostic[];
	/** These sources' earlier reports on the file no longer count. */
	readonly sources: readonly string[];
}

export interface OpenedFile {
	/** Whether it was open before, so that servers had the time to look at it. */
	readonly wasOpen: boolean;
	/** In a tab. Several servers report on no other file. */
	readonly isShown: boolean;
	/** Some extension serves files of its language. */
	readonly isServed: boolean;
}

/** A report on, or a change of the text of, the files of these URIs. */
export interface LanguageEvent {
	readonly kind: 'diagnostics' | 'text';
	readonly uris: readonly string[];
}

/**
 * `callers`: the places that call the symbol, named after what they stand in. `callees`, `supertypes`, `subtypes`: the
 * declarations of those.
 */
export type PlaceKind =
	| 'definition'
	| 'references'
	| 'implementations'
	| 'callers'
	| 'callees'
	| 'supertypes'
	| 'subtypes';

/** A place in a file, perhaps outside the workspace. */
export interface CodePlace {
	readonly location: Location;
	readonly span: TextSpan;
	readonly name?: string;
	/** A word such as `class`. */
	readonly kind?: string;
}

export interface WorkspaceSymbol extends CodePlace {
	readonly name: string;
	readonly kind: string;
	/** What it stands in, such as its class. */
	readonly container?: string;
}

export interface OutlineSymbol {
	readonly name: string;
	readonly kind: string;
	/** The whole declaration. */
	readonly span: TextSpan;
	/** Where its name stands, or where the declaration begins. */
	readonly at: TextPosition;
	readonly children: readonly OutlineSymbol[];
}

export interface SpanEdit {
	readonly span: TextSpan;
	readonly newText: string;
}

export interface FileEdits {
	readonly location: Location;
	/** All for the text as it is now. */
	readonly edits: readonly SpanEdit[];
}

/** All that ask a server open the file in the background first, throw `ToolError` where it cannot be, and stop at the signal. */
export interface LanguageServices {
	/** What servers reported so far, of one file or of the whole workspace. Nothing is opened or waited for. */
	reported(location?: Location): readonly Diagnostic[];
	/** Has servers look at the file, without showing it, and waits until those for its language run. */
	open(location: Location, signal: AbortSignal): Promise<OpenedFile>;
	/** Undefined where the file's server cannot be asked, only listened to. */
	ask(location: Location, signal: AbortSignal): Promise<AskedDiagnostics | undefined>;
	/** @returns what ends it. */
	watch(listener: (event: LanguageEvent) => void): () => void;
	/** Empty also where no server answers. */
	places(kind: PlaceKind, location: Location, at: TextPosition, signal: AbortSignal): Promise<readonly CodePlace[]>;
	outline(location: Location, signal: AbortSignal): Promise<readonly OutlineSymbol[]>;
	/** By the servers' own matching, which is fuzzy. Most servers answer only once a file of theirs is open. */
	workspaceSymbols(query: string, signal: AbortSignal): Promise<readonly WorkspaceSymbol[]>;
	/**
	 * Changes nothing. That a server would also move a file, as for a class of Java, is not among the edits.
	 * @throws ToolError with the server's words when there is nothing to rename.
	 */
	rename(location: Location, at: TextPosition, newName: string, signal: AbortSignal): Promise<readonly FileEdits[]>;
}
