import { type Clock, systemClock } from '../../agent/clock.ts';
import { withDeadline } from '../../agent/deadline.ts';
import { ToolError } from '../../agent/toolError.ts';
import { judgeUrl } from '../../agent/urlPolicy.ts';
import { FETCH_TIMEOUT_MS, LATE_ANSWER, MAX_BODY_BYTES, type Web, type WebAnswer } from '../../agent/webPort.ts';
import { joinBytes, kindOfNoText, parseContentType, readBody } from '../../tools/web/webContent.ts';
import { webHeaders } from '../../tools/web/webExchange.ts';

export interface BrowserWebOptions {
	readonly fetch?: typeof globalThis.fetch;
	readonly clock?: Clock;
}

/**
 * Pages of the web for the browser. Which addresses are reached is up to the browser here: names are looked up by it, and
 * it lets us read only what a server opens to every page (CORS). Ours are the checks of the URL, the limits of size and
 * time, that nothing of the user goes along, and that no redirect is followed: a browser does not say where one leads.
 */
export function createBrowserWeb(options: BrowserWebOptions = {}): Web {
	return {
		async fetch(url, signal) {
			const judgement = judgeUrl(url);
			if (judgement.kind === 'deny') {
				throw new ToolError(judgement.reason);
			}
			const deadline = { ms: FETCH_TIMEOUT_MS, clock: options.clock ?? systemClock, signal, message: LATE_ANSWER };
			return withDeadline(deadline, async ending => {
				try {
					return await ask(judgement.url, options.fetch ?? globalThis.fetch, ending);
				} catch (error) {
					throw error instanceof ToolError ? error : unreachable(judgement.host, error);
				}
			});
		},
	};
}

async function ask(url: string, fetch: typeof globalThis.fetch, signal: AbortSignal): Promise<WebAnswer> {
	const response = await fetch(url, {
		// Others than this one would make the browser ask the server for leave first, which few give.
		headers: { accept: webHeaders.accept },
		credentials: 'omit',
		referrerPolicy: 'no-referrer',
		redirect: 'manual',
		signal,
	});
	if (response.type === 'opaqueredirect') {
		throw new ToolError('It redirects, and a browser does not say where to. Give the URL where it leads.');
	}
	const type = parseContentType(response.headers.get('content-type'));
	const known = kindOfNoText(type);
	if (known !== undefined) {
		await response.body?.cancel();
		return { kind: 'notText', url, what: known };
	}
	const { bytes, isCut } = await readBounded(response);
	const body = readBody(bytes, type);
	return 'what' in body
		? { kind: 'notText', url, what: body.what }
		: { kind: 'page', url, status: response.status, ...body, isCut };
}

/** The browser has decompressed the body by now, piece by piece. */
async function readBounded(response: Response): Promise<{ readonly bytes: Uint8Array; readonly isCut: boolean }> {
	const chunks: Uint8Array[] = [];
	let length = 0;
	let isCut = false;
	const reader = response.body?.getReader();
	while (reader !== undefined && !isCut) {
		const { done, value } = await reader.read();
		if (done) {
			break;
		}
		chunks.push(value.subarray(0, MAX_BODY_BYTES - length));
		length += value.length;
		isCut = length > MAX_BODY_BYTES;
	}
	if (isCut) {
		await reader?.cancel();
	}
	return { bytes: joinBytes(chunks), isCut };
}

/** A browser gives one error for a server that is not there and one that does not open itself to pages. */
function unreachable(host: string, error: unknown): ToolError {
	return new ToolError(`The browser cannot read ${host}: it does not allow other sites to (CORS), or is not there.`, {
		cause: error,
	});
}
