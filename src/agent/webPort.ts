/**
 * Ports to the web: `Web` fetches one page, `SearchClient` asks a search engine. `Web` is implemented by `node/web/`
 * with an address guard inside the connection, and by `host/web/` where a browser is the guard.
 */
import type { Citation, Usage } from './model.ts';

/** Bytes of a body, after decompression, that are read; the rest is left. */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** Milliseconds that a page may take as a whole, redirects included. */
export const FETCH_TIMEOUT_MS = 30_000;
/** What the model reads when that time is over. */
export const LATE_ANSWER = `No whole answer within ${FETCH_TIMEOUT_MS / 1000} s.`;
export const MAX_REDIRECTS = 5;

export type WebAnswer =
	| {
			readonly kind: 'page';
			/** Where the page came from, after redirects within its host. */
			readonly url: string;
			readonly status: number;
			readonly content: WebContent;
			readonly text: string;
			/** The body was larger than `MAX_BODY_BYTES`. */
			readonly isCut: boolean;
	  }
	/** It leads to another host, which nobody has allowed yet. That one was not asked for anything. */
	| { readonly kind: 'moved'; readonly url: string }
	/** Its body is no text, and was not read. `what` is in words, such as "a PDF document". */
	| { readonly kind: 'notText'; readonly url: string; readonly what: string };

export type WebContent = 'html' | 'json' | 'text';

export interface Web {
	/**
	 * Fetches a page with GET, without cookies, credentials or a referrer.
	 * @param url as `judgeUrl` gave it. It is judged again, and so is every redirect.
	 * @throws ToolError when the address is refused, nothing answers, or the answer breaks a limit.
	 * @throws AbortError when the signal fires.
	 */
	fetch(url: string, signal: AbortSignal): Promise<WebAnswer>;
}

export interface SearchOptions {
	/** Pages at most that the engine gives. */
	readonly maxResults: number;
	/** Only pages of these hosts and what is below them; empty for all. */
	readonly domains: readonly string[];
}

export interface SearchAnswer {
	/** What a model wrote about what it found. */
	readonly text: string;
	/** The pages it used, each once. Empty when it did not search. */
	readonly citations: readonly Citation[];
	/** For the ledger: the bill of the model and of the engine. Absent: unknown. */
	readonly usage?: Usage;
	/** Who answered, as the service names it. */
	readonly model?: string;
	readonly generationId?: string;
}

export interface SearchClient {
	/** @throws ModelError as a request to a model does. */
	search(query: string, options: SearchOptions, signal: AbortSignal): Promise<SearchAnswer>;
}
