import type { IncomingMessage, ServerResponse } from 'node:http';

/** Event of a response to which nothing is sent from now on, for a while or for good. */
export const SILENT = 'silent';

export interface RecordedRequest {
	readonly method: string;
	/** Below the base path, without query: `/chat/completions`. */
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	/** As sent, for comparing bytes. */
	readonly text: string;
	/** Parsed, where it was JSON. */
	readonly body: unknown;
	/** Resolves when the server begins to send nothing, for a while or for good. */
	readonly silent: Promise<void>;
	/** Resolves when the answer is over: sent, or given up by the client. */
	readonly ended: Promise<'sent' | 'aborted'>;
}

/** Keeps every request, and tells those who wait for one. */
export class Recorder {
	readonly requests: RecordedRequest[] = [];
	readonly chats: RecordedRequest[] = [];
	readonly #waiting: { readonly number: number; readonly resolve: (request: RecordedRequest) => void }[] = [];

	/** The n-th chat request, from 1, as soon as its body is there. */
	chat(number: number): Promise<RecordedRequest> {
		const request = this.chats[number - 1];
		return request === undefined
			? new Promise(resolve => this.#waiting.push({ number, resolve }))
			: Promise.resolve(request);
	}

	/** @param basePath taken off the front of the path. */
	async record(request: IncomingMessage, response: ServerResponse, basePath: string): Promise<RecordedRequest> {
		const url = new URL(request.url ?? '/', 'http://127.0.0.1');
		const ended = new Promise<'sent' | 'aborted'>(resolve => {
			response.once('close', () => resolve(response.writableFinished ? 'sent' : 'aborted'));
		});
		const silent = new Promise<void>(resolve => {
			response.once(SILENT, resolve);
		});
		const text = await readBody(request);
		const recorded: RecordedRequest = {
			method: request.method ?? 'GET',
			path: url.pathname.replace(basePath, ''),
			query: url.searchParams,
			headers: request.headers,
			text,
			body: parseJson(text),
			silent,
			ended,
		};
		this.requests.push(recorded);
		if (recorded.method === 'POST' && recorded.path === '/chat/completions') {
			this.chats.push(recorded);
		}
		for (const { number, resolve } of this.#waiting) {
			const chat = this.chats[number - 1];
			if (chat !== undefined) {
				resolve(chat);
			}
		}
		return recorded;
	}
}

async function readBody(request: IncomingMessage): Promise<string> {
	const pieces: Uint8Array[] = [];
	for await (const piece of request) {
		pieces.push(piece);
	}
	return Buffer.concat(pieces).toString('utf8');
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
