/** Port to a search for code by meaning of its words. Implemented by `files/codeIndex/`; the tool codesearch speaks to it. */
import type { Usage } from './model.ts';

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
	/** Why the hits are in the order of their words alone, though meaning was to count too; a sentence. */
	readonly unjudged?: string;
}

export interface CodeSearch {
	/** @throws ToolError where the text has no word to look for. */
	search(query: CodeQuery, signal: AbortSignal): Promise<FoundCode>;
}

/** Port to a judge of meaning, such as an embedding model: puts the best hits of the word search in order. */
export interface SimilarityModel {
	/**
	 * How near each text is to the query, larger is nearer; in the order given.
	 * @throws ModelError when it cannot tell now.
	 */
	similarities(query: string, texts: readonly string[], signal: AbortSignal): Promise<readonly number[]>;
}

/** Port to a model that turns texts into vectors: texts of like meaning get vectors of like direction. */
export interface EmbeddingClient {
	/**
	 * US dollars for a million tokens of text.
	 * @throws ModelError where there is no such model, and as a request to a model does.
	 */
	price(model: string, signal: AbortSignal): Promise<number | undefined>;
	/** One vector for each text, in order, all of one length. @throws ModelError as a request to a model does. */
	embed(model: string, texts: readonly string[], signal: AbortSignal): Promise<Embeddings>;
}

export interface Embeddings {
	readonly vectors: readonly (readonly number[])[];
	/** The bill. Absent: unknown. */
	readonly usage?: Usage;
	/** Who answered, as the service names it. */
	readonly model?: string;
}

/** Port to bytes kept from one window to the next. They may be dropped at any time. */
export interface VectorStore {
	/** Undefined where there is nothing under this key. */
	read(key: string): Promise<Uint8Array | undefined>;
	write(key: string, bytes: Uint8Array): Promise<void>;
}
