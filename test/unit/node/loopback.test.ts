import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type LoopbackListener, listenForCode } from '../../../src/node/loopback.ts';

const page = { title: 'Back to the editor', text: 'Tom & "Jerry" <script>' };

describe('listenForCode', () => {
	let listener: LoopbackListener;

	beforeEach(async () => {
		listener = await listenForCode(page);
	});
	afterEach(() => listener.close());

	it('gives the query of the browser that comes back, shows it a page that runs nothing, and closes', async () => {
		const response = await fetch(`${listener.url}?code=abc%2B1`);
		const html = await response.text();
		assert.match(html, /Tom &#38; &#34;Jerry&#34; &#60;script&#62;/);
		assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
		assert.equal(response.headers.get('cache-control'), 'no-store');
		assert.equal((await listener.query).get('code'), 'abc+1');
		await assert.rejects(fetch(listener.url));
	});

	it('listens on the loopback address alone, on a path that cannot be guessed', async () => {
		const { hostname, pathname } = new URL(listener.url);
		assert.equal(hostname, '127.0.0.1');
		assert.ok(pathname.length > 40);
		const other = await listenForCode(page);
		other.close();
		assert.notEqual(new URL(other.url).pathname, pathname);
	});

	it('tells nothing to requests that are not the return, and waits on', async () => {
		const { origin, port, pathname } = new URL(listener.url);
		const strangers = [
			fetch(`${origin}/?code=evil`),
			fetch(`${listener.url}/?code=evil`),
			fetch(`${listener.url}?code=evil`, { method: 'POST' }),
			fetch(`${origin}/favicon.ico`),
		];
		assert.deepEqual(
			(await Promise.all(strangers)).map(({ status }) => status),
			[404, 404, 404, 404],
		);
		// A page of another name that DNS leads here.
		assert.equal(await statusWithHost(port, `${pathname}?code=evil`, `rebound.example:${port}`), 404);
		await fetch(`${listener.url}?code=good`);
		assert.equal((await listener.query).get('code'), 'good');
	});

	it('takes a return through a forwarded port', async () => {
		const { port, pathname } = new URL(listener.url);
		assert.equal(await statusWithHost(port, `${pathname}?code=x`, 'localhost:5123'), 200);
		assert.equal((await listener.query).get('code'), 'x');
	});

	it('rejects when it is closed before, and frees its port', async () => {
		listener.close();
		listener.close();
		await assert.rejects(listener.query, /closed/);
		await assert.rejects(fetch(listener.url));
	});
});

/** `fetch` does not let the host header be chosen. */
function statusWithHost(port: string, path: string, host: string): Promise<number | undefined> {
	return new Promise((resolve, reject) => {
		request({ host: '127.0.0.1', port, path, headers: { host } }, response => {
			response.resume();
			resolve(response.statusCode);
		})
			.once('error', reject)
			.end();
	});
}
