import { type Clock, systemClock } from '../agent/clock.ts';
import { ModelError } from '../agent/model.ts';
import { wireError } from './answer/wire.ts';
import { oneLine } from './failure/errorText.ts';
import { readFailure } from './failure/failure.ts';
import { redact } from './failure/redact.ts';
import { stopped } from './failure/stopped.ts';
import { isObject, parseJson } from './lenient.ts';

/** Where requests go and with which key. */
export interface Connection {
	/** With the version, without a slash at the end: `https://openrouter.ai/api/v1`. */
	readonly baseUrl: string;
	/** May be left out for the public listings only. */
	readonly key?: string | undefined;
	/** In the place of the host's `fetch`. */
	readonly fetch?: typeof globalThis.fetch | undefined;
	readonly clock?: Clock | undefined;
}

export interface ApiRequest {
	readonly method: 'get' | 'post';
	/** Below the base URL, with a slash in front. */
	readonly path: string;
	readonly body?: object;
	readonly accept: 'application/json' | 'text/event-stream';
	/** Public listings work without a key. */
	readonly isPublic?: boolean;
}

/** How OpenRouter names the app in the user's activity page; its source is the headers section of its guide. */
const ATTRIBUTION = {
	'http-referer': 'https://github.com/openrouter-agent/openrouter-agent',
	'x-openrouter-title': 'OpenRouter Agent',
	'x-openrouter-categories': 'ide-extension',
} as const;

/** The largest delay a timer takes. The package's own limit covers the wait for headers only; ours covers all. */
const NO_TIMEOUT_MS = 2 ** 31 - 1;

let loading: Promise<typeof import('openai')> | undefined;

/** Loading takes some 50 ms, so it waits for the first request; and each `import()` some 0.5 ms, so it is asked for once. */
function loadPackage(): Promise<typeof import('openai')> {
	loading ??= import('openai');
	return loading;
}

/**
 * Sends one request and gives its answer once the headers are there, whatever its content type.
 * @throws ModelError for no key, no connection, a redirect, an abort and every status but 2xx.
 */
export async function send(connection: Connection, request: ApiRequest, signal: AbortSignal): Promise<Response> {
	const key = usableKey(connection.key, request.isPublic ?? false);
	const now = (connection.clock ?? systemClock).now();
	let refusal: ModelError | undefined;
	const fetch: typeof globalThis.fetch = async (url, init) => {
		// Looked up now, because the editor patches it for proxies and certificates.
		const response = await (connection.fetch ?? globalThis.fetch)(url, { ...init, ...ownInit(init, key, request) });
		if (!response.ok) {
			// The package would keep a part of the body only.
			refusal = readRefusal(response, await response.clone().text(), now, key);
		}
		return response;
	};
	const { OpenAI, APIConnectionError } = await loadPackage();
	const client = new OpenAI({
		baseURL: connection.baseUrl,
		apiKey: key ?? 'none',
		// These are given so that the package does not take them from environment variables meant for OpenAI.
		adminAPIKey: null,
		organization: null,
		project: null,
		webhookSecret: null,
		logLevel: 'off',
		maxRetries: 0,
		timeout: NO_TIMEOUT_MS,
		// The key is the user's own, and this host is no page.
		dangerouslyAllowBrowser: true,
		fetch,
	});
	try {
		return await client[request.method](request.path, { body: request.body, signal }).asResponse();
	} catch (error) {
		if (signal.aborted) {
			throw stopped(signal);
		}
		if (refusal !== undefined) {
			throw refusal;
		}
		throw error instanceof APIConnectionError ? connectionError(error, connection) : error;
	}
}

function readRefusal(response: Response, text: string, now: number, key: string | undefined): ModelError {
	const { status, headers } = response;
	const body = parseJson(text);
	// A gateway in between may have a shape of its own: then the body itself is the error.
	const parsed = isObject(body) ? wireError.safeParse(body['error'] ?? body) : undefined;
	const error = parsed?.data;
	const generationId = headers.get('x-generation-id') ?? undefined;
	return readFailure({ status, headers, error, ...(error === undefined && { text }), generationId, now, key });
}

/** A key that cannot be a header would make `fetch` throw an error that quotes it. */
function usableKey(key: string | undefined, isPublic: boolean): string | undefined {
	const trimmed = key?.trim();
	if (!trimmed) {
		if (isPublic) {
			return undefined;
		}
		throw new ModelError('auth', 'There is no OpenRouter API key.');
	}
	if (!/^[\x21-\x7e]+$/.test(trimmed)) {
		throw new ModelError('auth', 'The API key has characters that no key has.');
	}
	return trimmed;
}

/**
 * The headers we mean to send and no others: the package adds a dozen of its own, each of which a browser asks
 * permission for, and whatever an environment variable names. A redirect is refused, so that the key and the
 * conversation go to no other host.
 */
function ownInit(init: RequestInit | undefined, key: string | undefined, request: ApiRequest): RequestInit {
	const headers = new Headers({ ...ATTRIBUTION, accept: request.accept });
	if (key !== undefined) {
		headers.set('authorization', `Bearer ${key}`);
	}
	if (init?.body) {
		headers.set('content-type', 'application/json');
	}
	return { headers, redirect: 'error' };
}

function connectionError(error: Error, { baseUrl, key }: Connection): ModelError {
	const reasons = causes(error);
	const details = oneLine(redact(reasons.join(': '), key), 500);
	if (reasons.some(reason => /redirect/i.test(reason))) {
		const message = `${hostOf(baseUrl)} sends requests on to another address, which is not followed.`;
		return new ModelError('notAnAnswer', message, { isRetryable: false, details });
	}
	return new ModelError(
		'network',
		`No connection to ${hostOf(baseUrl)}.`,
		{ isRetryable: true, details },
		{ cause: error },
	);
}

/** Messages and codes of an error and of what caused it. */
function causes(error: unknown, depth = 0): string[] {
	if (!(error instanceof Error) || depth > 5) {
		return [];
	}
	const code = 'code' in error && typeof error.code === 'string' ? ` (${error.code})` : '';
	return [`${error.message}${code}`, ...causes(error.cause, depth + 1)];
}

function hostOf(url: string): string {
	return URL.canParse(url) ? new URL(url).host : 'the configured address';
}
