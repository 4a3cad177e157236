import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { MAX_BODY_BYTES } from '../../../../src/agent/webPort.ts';
import { checkHost } from '../../../../src/node/web/guardedLookup.ts';
import { createNodeWeb, refusePooledConnection } from '../../../../src/node/web/nodeWeb.ts';
import { startWebServer, type WebServer } from '../../../contracts/webServer.ts';
import { type ServedFixture, serveSites, testNames } from './nodeWebFixture.ts';

const signal = new AbortController().signal;
const isNotPublic = (error: Error) => error instanceof ToolError && /is no public address/.test(error.message);

describe('the address guard of the desktop', () => {
	let canary: WebServer;

	beforeEach(async () => {
		canary = await startWebServer();
		canary.on('/', response => response.end('secret'));
	});
	afterEach(() => canary.close());

	/** DNS that gives these answers one after another. */
	const answering = (...answers: readonly (readonly string[])[]) => {
		let asked = 0;
		return {
			get asked() {
				return asked;
			},
			async resolve(): Promise<LookupAddress[]> {
				const answer = answers[Math.min(asked, answers.length - 1)] ?? [];
				asked += 1;
				return answer.map(address => ({ address, family: address.includes(':') ? 6 : 4 }));
			},
		};
	};

	it('refuses a name that leads to this machine or network, and connects to nothing', async () => {
		for (const address of [
			'127.0.0.1',
			'::1',
			'::ffff:127.0.0.1',
			'10.0.0.1',
			'169.254.169.254',
			'100.64.0.1',
			'fd00::1',
		]) {
			const web = createNodeWeb(answering([address]));
			await assert.rejects(web.fetch(`http://evil.test:${canary.port}/`, signal), isNotPublic, address);
		}
		assert.equal(canary.connections, 0);
	});

	it('refuses a name of which one address is public and another is not', async () => {
		const web = createNodeWeb(answering(['93.184.216.34', '127.0.0.1']));
		await assert.rejects(web.fetch(`http://evil.test:${canary.port}/`, signal), isNotPublic);
		assert.equal(canary.connections, 0);
	});

	it('connects to the addresses it checked, whatever DNS answers afterwards', async () => {
		const dns = answering(['93.184.216.34'], ['127.0.0.1']);
		const url = new URL(`http://rebind.test:${canary.port}/`);
		const host = await checkHost(url, dns.resolve, signal);
		// What the connection of the request would call.
		const looked = await new Promise((resolve, reject) => {
			host.lookup('rebind.test', { all: true }, (error, addresses) => (error ? reject(error) : resolve(addresses)));
		});
		assert.deepEqual(looked, [{ address: '93.184.216.34', family: 4 }]);
		assert.equal(dns.asked, 1);
		await assert.rejects(checkHost(url, dns.resolve, signal), isNotPublic);
	});

	it('looks a name up once a request, and again for the next', async () => {
		const dns = answering(['127.0.0.1'], ['10.0.0.1']);
		const web = createNodeWeb({ resolve: dns.resolve, mayReach: testNames.mayReach ?? (() => false) });
		const url = `http://rebind.test:${canary.port}/`;
		assert.equal((await web.fetch(url, signal)).kind, 'page');
		assert.equal(dns.asked, 1);
		await assert.rejects(web.fetch(url, signal), isNotPublic);
		assert.equal(canary.connections, 1);
	});

	it('checks the name of every redirect within the host again', async () => {
		canary.on('/first', response => response.writeHead(302, { location: '/' }).end());
		const dns = answering(['127.0.0.1'], ['192.168.0.1']);
		const web = createNodeWeb({ resolve: dns.resolve, mayReach: testNames.mayReach ?? (() => false) });
		await assert.rejects(web.fetch(`http://rebind.test:${canary.port}/first`, signal), isNotPublic);
		assert.deepEqual([dns.asked, canary.requests.length], [2, 1]);
	});

	it('reaches a port of this machine that the user named, by a name of this machine alone', async () => {
		const web = createNodeWeb({ loopbackPorts: () => [canary.port], ...answering(['127.0.0.1']) });
		const own = await web.fetch(`http://127.0.0.1:${canary.port}/`, signal);
		assert.equal(own.kind === 'page' && own.text, 'secret');
		assert.equal((await web.fetch(`http://localhost:${canary.port}/`, signal)).kind, 'page');
		await assert.rejects(web.fetch(`http://rebind.test:${canary.port}/`, signal), isNotPublic);
		await assert.rejects(web.fetch(`http://127.0.0.1:${canary.port - 1}/`, signal), isNotPublic);
		assert.equal(canary.connections, 2);
		// As the system finds it.
		const real = createNodeWeb({ loopbackPorts: () => [canary.port] });
		assert.equal((await real.fetch(`http://localhost:${canary.port}/`, signal)).kind, 'page');
	});

	it('sends nothing over an open connection that somebody else made', async () => {
		const agent = new Agent({ keepAlive: true });
		const options = { agent, host: '127.0.0.1', port: canary.port };
		const first = request(options).end();
		const [response] = await once(first, 'response');
		response.resume();
		await once(first, 'close');
		const second = request(options);
		refusePooledConnection(second, { lookup: () => assert.fail(), includes: address => address === '93.184.216.34' });
		const [error] = await once(second.end(), 'error');
		assert.match(String(error), /another address than the one checked/);
		assert.deepEqual([canary.connections, canary.requests.length], [1, 1]);
		agent.destroy();
	});

	it('leaves a name that only a proxy knows to the proxy', async () => {
		const failure = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });
		const resolve = () => Promise.reject(failure);
		const host = await checkHost(new URL('http://inside.test/'), resolve, signal);
		// A connection without a proxy asks here, and fails.
		const [error] = await new Promise<unknown[]>(done => host.lookup('inside.test', {}, (...answer) => done(answer)));
		assert.equal(error, failure);
	});
});

describe('pages of the desktop', () => {
	let sites: ServedFixture;
	const web = () => createNodeWeb({ ...testNames, clock: sites.clock });
	const fetchText = async (path: string) => {
		const answer = await web().fetch(`${sites.site}${path}`, signal);
		assert.equal(answer.kind, 'page');
		return answer.kind === 'page' ? answer : assert.fail();
	};
	const serve = (path: string, encoding: string, body: Uint8Array) =>
		sites.serve(`${sites.site}${path}`, {
			headers: { 'content-type': 'text/plain', 'content-encoding': encoding },
			body,
		});

	beforeEach(async () => {
		sites = await serveSites();
	});
	afterEach(() => sites.close());

	it('sends what a page needs, and nothing of the user', async () => {
		sites.serve(`${sites.site}/`, { headers: { 'set-cookie': 'id=1' }, body: 'a' });
		await fetchText('/');
		await fetchText('/');
		const [first, second] = sites.server.requests;
		assert.deepEqual(Object.keys(second?.headers ?? {}).sort(), [
			'accept',
			'accept-encoding',
			'accept-language',
			'connection',
			'host',
			'user-agent',
		]);
		assert.match(first?.headers.accept ?? '', /^text\/markdown/);
		assert.equal(first?.headers.host, new URL(sites.site).host);
	});

	it('undoes compression', async () => {
		const text = 'Grüße '.repeat(1000);
		const bytes = Buffer.from(text);
		serve('/gzip', 'gzip', gzipSync(bytes));
		serve('/br', 'BR', brotliCompressSync(bytes));
		serve('/deflate', 'deflate', deflateSync(bytes));
		serve('/identity', 'identity', bytes);
		for (const path of ['/gzip', '/br', '/deflate', '/identity']) {
			assert.equal((await fetchText(path)).text, text, path);
		}
	});

	it('stops a bomb at the limit of the page', async () => {
		// 200 MB in 200 kB.
		serve('/bomb', 'gzip', gzipSync(new Uint8Array(200 * 1024 * 1024)));
		serve('/letters', 'br', brotliCompressSync(new Uint8Array(64 * 1024 * 1024).fill(0x61)));
		const zeros = await web().fetch(`${sites.site}/bomb`, signal);
		assert.deepEqual(zeros, { kind: 'notText', url: `${sites.site}/bomb`, what: 'a binary file' });
		const { isCut, text } = await fetchText('/letters');
		assert.deepEqual([isCut, text.length], [true, MAX_BODY_BYTES]);
	});

	it('stops compressed bytes that come to nothing and never end', async () => {
		// An empty block of deflate that is not the last, over and over.
		const head = gzipSync(new Uint8Array()).subarray(0, 10);
		const nothing = Buffer.alloc(5 * 64 * 1024);
		for (let at = 0; at < nothing.length; at += 5) {
			nothing.set([0x00, 0x00, 0x00, 0xff, 0xff], at);
		}
		let sent = 0;
		sites.server.on('/endless', response => {
			response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' });
			response.write(head);
			const more = () => {
				while (!response.destroyed && response.write(nothing)) {
					sent += nothing.length;
				}
			};
			response.on('drain', more);
			more();
		});
		assert.deepEqual(await web().fetch(`${sites.site}/endless`, signal), {
			kind: 'page',
			url: `${sites.site}/endless`,
			status: 200,
			content: 'text',
			text: '',
			isCut: true,
		});
		assert.ok(sent < 10 * MAX_BODY_BYTES, `${sent} bytes were sent`);
	});

	it('stops a body that never ends, and closes the connection', async () => {
		const closed = new Promise(resolve => {
			sites.server.on('/endless', response => {
				response.writeHead(200, { 'content-type': 'text/plain' });
				response.once('close', () => resolve(undefined));
				const piece = Buffer.alloc(64 * 1024, 'a');
				const more = () => {
					while (!response.destroyed && response.write(piece)) {
						// Until the connection is full.
					}
				};
				response.on('drain', more);
				more();
			});
		});
		const { isCut, text } = await fetchText('/endless');
		assert.deepEqual([isCut, text.length], [true, MAX_BODY_BYTES]);
		await closed;
	});

	it('says that compressed bytes are damaged, or compressed in a way it did not ask for', async () => {
		const whole = gzipSync(Buffer.from('text '.repeat(1000)));
		serve('/garbage', 'gzip', Buffer.from('not gzip at all'));
		serve('/short', 'gzip', whole.subarray(0, -12));
		serve('/twice', 'gzip, gzip', gzipSync(whole));
		await assert.rejects(fetchText('/garbage'), /compressed, and damaged/);
		await assert.rejects(fetchText('/short'), /compressed, and damaged/);
		await assert.rejects(fetchText('/twice'), /compressed as "gzip, gzip"/);
	});

	it('does not wait for a server that sends a byte now and then', async () => {
		let send: ((text: string) => void) | undefined;
		const arrived = sites.server.nextRequest();
		sites.server.on('/slow', response => {
			response.writeHead(200, { 'content-type': 'text/plain' });
			send = text => void response.write(text);
		});
		const answer = web().fetch(`${sites.site}/slow`, signal);
		await arrived;
		for (let second = 0; second < 29; second += 1) {
			sites.clock.advance(1_000);
			send?.('.');
		}
		sites.clock.advance(1_000);
		await assert.rejects(answer, /No whole answer within 30 s/);
		assert.equal(sites.clock.waiting, 0);
	});

	it('counts the time of all redirects together', async () => {
		sites.server.on('/a', response => {
			sites.clock.advance(20_000);
			response.writeHead(302, { location: '/b' }).end();
		});
		sites.server.on('/b', () => sites.clock.advance(10_000));
		await assert.rejects(fetchText('/a'), /No whole answer within 30 s/);
	});

	it('says what became of the connection', async () => {
		sites.server.on('/cut', response => {
			response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '100' });
			response.write('half');
			response.flushHeaders();
			setImmediate(() => response.destroy());
		});
		await assert.rejects(fetchText('/cut'), /No answer from site\.test:\d+: the connection broke\./);
		await assert.rejects(web().fetch('http://nobody.example/', signal), /nobody\.example: there is no such host/);
		const { port } = new URL(sites.site);
		await sites.close();
		await assert.rejects(web().fetch(`http://site.test:${port}/`, signal), /it refuses connections/);
		sites = await serveSites();
	});
});
