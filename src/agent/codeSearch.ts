/** Port to a search for code by meaning of its words. Implemented by `files/codeIndex/`; the tool codesearch speaks to it. */

export interface CodeQuery {
	/** Words or names, in any form. */
	readonly text: string;
	/** Only files at or below this path, as the workspace shows it; '' is everything. */
	readonly below: string;
	/** Hits returned at most. */
	readonly limit: number;
}

/** A piece of a file, best first. */
export interface CodeHit {
	readonly path: string;
	/** First and last line, 1-based. */
	readonly from: number;
	readonly to: number;
	/** What is declared there. */
	readonly names: readonly string[];
	/** The telling lines of the piece, in order. */
	readonly lines: readonly { readonly line: number; readonly text: string }[];
}

export interface FoundCode {
	readonly hits: readonly CodeHit[];
	/** Files that were searched, and files that there are. */
	readonly searched: number;
	readonly total: number;
	/** Why files were not searched; absent where all were. */
	readonly missing?: 'building' | 'full';
}

export interface CodeSearch {
	/** @throws ToolError where the text has no word to look for. */
	search(query: CodeQuery, signal: AbortSignal): Promise<FoundCode>;
}

/** Port to a judge of meaning, such as an embedding model: puts the best hits of the word search in order. */
export interface SimilarityModel {
	/** How near each text is to the query, larger is nearer; in the order given. Undefined when it cannot tell now. */
	similarities(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[] | undefined>;
}
