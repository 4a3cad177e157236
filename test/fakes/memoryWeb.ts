import { abortError } from '../../src/agent/abortable.ts';
import { ToolError } from '../../src/agent/toolError.ts';
import { judgeUrl } from '../../src/agent/urlPolicy.ts';
import { LATE_ANSWER, MAX_BODY_BYTES, MAX_REDIRECTS, type Web, type WebAnswer } from '../../src/agent/webPort.ts';
import { kindOfNoText, parseContentType, readBody } from '../../src/tools/web/webContent.ts';
import { redirectTarget } from '../../src/tools/web/webExchange.ts';

/** What a server answers to a GET of one address. */
export interface ServedPage {
	readonly status?: number;
	/** Names in lower case. */
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	/** Sends its headers and the body, and never ends: until the time is over, or the user stops it. */
	readonly hangs?: true;
}

/** A web of pages in memory, with the product's own rules of addresses, redirects and contents. */
export class MemoryWeb implements Web {
	readonly pages: Map<string, ServedPage>;
	/** The addresses asked for, in order. */
	readonly requests: string[] = [];
	/** Lets the time of what hangs run out. */
	readonly #late: Set<() => void> = new Set();

	constructor(pages: Readonly<Record<string, ServedPage>> = {}) {
		this.pages = new Map(Object.entries(pages));
	}

	async fetch(start: string, signal: AbortSignal): Promise<WebAnswer> {
		signal.throwIfAborted();
		let url = allowed(start);
		for (let redirects = 0; ; redirects += 1) {
			this.requests.push(url.href);
			const page = this.pages.get(url.href);
			if (page === undefined) {
				throw new ToolError(`No answer from ${url.host}: there is no such host, or no connection to the internet.`);
			}
			const target = redirectTarget(url, page.status ?? 200, page.headers?.['location']);
			if (target === undefined) {
				return this.#read(url.href, page, signal);
			}
			const next = allowed(target.url);
			if (target.isElsewhere) {
				return { kind: 'moved', url: next.href };
			}
			if (redirects === MAX_REDIRECTS) {
				throw new ToolError(`More than ${MAX_REDIRECTS} redirects; the last leads to ${next.href}`);
			}
			url = next;
		}
	}

	/** The time of all that hangs is over. */
	passTime(): void {
		for (const end of this.#late) {
			end();
		}
	}

	get hanging(): number {
		return this.#late.size;
	}

	async #read(url: string, page: ServedPage, signal: AbortSignal): Promise<WebAnswer> {
		if (page.hangs) {
			await this.#hang(signal);
		}
		const type = parseContentType(page.headers?.['content-type']);
		const bytes = typeof page.body === 'string' ? new TextEncoder().encode(page.body) : (page.body ?? new Uint8Array());
		const what = kindOfNoText(type);
		const body = what === undefined ? readBody(bytes.subarray(0, MAX_BODY_BYTES), type) : { what };
		return 'what' in body
			? { kind: 'notText', url, what: body.what }
			: { kind: 'page', url, status: page.status ?? 200, ...body, isCut: bytes.length > MAX_BODY_BYTES };
	}

	#hang(signal: AbortSignal): Promise<never> {
		return new Promise((_, reject) => {
			const end = (error: Error) => {
				this.#late.delete(late);
				reject(error);
			};
			const late = () => end(new ToolError(LATE_ANSWER));
			this.#late.add(late);
			signal.addEventListener('abort', () => end(abortError()), { once: true });
		});
	}
}

function allowed(url: string): URL {
	const judgement = judgeUrl(url);
	if (judgement.kind === 'deny') {
		throw new ToolError(judgement.reason);
	}
	return new URL(judgement.url);
}
