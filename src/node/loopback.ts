/** Takes the browser's return from a sign-in page, on an address that only this machine reaches. */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export interface LoopbackListener {
	/** Where the browser is to be sent: `http://127.0.0.1:<port>/<secret>`. Nobody else knows the path. */
	readonly url: string;
	/** The query of the first request to `url`. Rejects when the listener is closed before. */
	readonly query: Promise<URLSearchParams>;
	/** Frees the port. May be called at any time, and twice. */
	close(): void;
}

/** What the browser shows once it came back; plain text. */
export interface LoopbackPage {
	readonly title: string;
	readonly text: string;
}

/**
 * Listens on a free port of 127.0.0.1 for one request to a secret path, answers it with a small page, and closes. Other
 * requests, such as those of a web site that tries ports, get 404 and tell nothing.
 * @throws Error when no port can be opened.
 */
export async function listenForCode(page: LoopbackPage): Promise<LoopbackListener> {
	const path = `/${randomBytes(32).toString('base64url')}`;
	const server = createServer();
	const closing = new AbortController();
	const close = () => closing.abort(new Error('The listener was closed.'));
	const query = new Promise<URLSearchParams>((resolve, reject) => {
		closing.signal.addEventListener('abort', () => {
			server.close();
			server.closeAllConnections();
			reject(closing.signal.reason);
		});
		server.on('request', (request, response) => {
			const found = queryOf(request, path);
			if (found === undefined) {
				response.writeHead(404, { connection: 'close' }).end();
				return;
			}
			resolve(found);
			response.once('close', close);
			answer(response, page);
		});
	});
	query.catch(() => {
		// Whoever waits for it gets the rejection; to be closed before anybody waits is no fault.
	});
	await new Promise<void>((ready, fail) => {
		server.once('error', fail);
		server.listen(0, '127.0.0.1', ready);
	});
	const address = server.address();
	if (address === null || typeof address === 'string') {
		close();
		throw new Error('The listener has no port.');
	}
	return { url: `http://127.0.0.1:${address.port}${path}`, query, close };
}

/** The query of a request that is the browser's return. The port may differ: a remote window forwards it. */
function queryOf({ method, url = '', headers }: IncomingMessage, path: string): URLSearchParams | undefined {
	const host = `http://${headers.host ?? ''}`;
	// A name that leads here by DNS is somebody else's page.
	if (method !== 'GET' || !URL.canParse(url, host) || !/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(headers.host ?? '')) {
		return undefined;
	}
	const { pathname, searchParams } = new URL(url, host);
	return pathname === path ? searchParams : undefined;
}

function answer(response: ServerResponse, { title, text }: LoopbackPage): void {
	response.writeHead(200, {
		'content-type': 'text/html; charset=utf-8',
		'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
		'referrer-policy': 'no-referrer',
		'cache-control': 'no-store',
		connection: 'close',
	});
	response.end(`<!doctype html>
<html><head><meta charset="utf-8"><title>${escaped(title)}</title>
<style>body { font: 16px system-ui; margin: 20vh auto; max-width: 32em; padding: 0 1em; color-scheme: light dark; }</style>
</head><body><h1>${escaped(title)}</h1><p>${escaped(text)}</p></body></html>
`);
}

function escaped(text: string): string {
	return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`);
}
