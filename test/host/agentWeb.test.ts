import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import * as vscode from 'vscode';
import { ToolError } from '../../src/agent/toolError.ts';
import { createNodeWeb } from '../../src/node/web/nodeWeb.ts';
import { AgentHarness } from './agentHarness.ts';

/** A server of this machine, which nobody may reach unasked. */
class Canary {
	connections = 0;
	readonly #server: Server;
	readonly port: number;

	private constructor(server: Server, port: number) {
		this.#server = server;
		this.port = port;
		server.on('connection', () => this.connections++);
	}

	static async open(): Promise<Canary> {
		const server = createServer((request, response) => {
			if (request.url === '/away') {
				response.writeHead(302, { location: 'http://127.0.0.1:1/' });
			}
			response.end('the page of this machine');
		});
		await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
		const address = server.address();
		return new Canary(server, typeof address === 'object' && address !== null ? address.port : 0);
	}

	close(): Promise<void> {
		return new Promise(resolve => {
			this.#server.close(() => resolve());
			this.#server.closeAllConnections();
		});
	}
}

/** DNS of somebody who means ill. */
const loopback = async () => [{ address: '127.0.0.1', family: 4 }];

describe('pages of the web in the editor', () => {
	let agent: AgentHarness;
	let canary: Canary;
	const fetch = (url: string) => ({ name: 'webfetch', arguments: { url } });
	const ports = (value: readonly number[] | undefined) =>
		vscode.workspace.getConfiguration('openrouterAgent').update('web.loopbackPorts', value, true);

	before(async () => {
		agent = await AgentHarness.open();
	});
	beforeEach(async () => {
		canary = await Canary.open();
		await agent.chat.newSession();
	});
	afterEach(() => canary.close());
	after(async () => {
		await ports(undefined);
		await agent?.close();
	});

	it('are never of this machine or its network, in whatever form that is written', async () => {
		const { port } = canary;
		const hosts = ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '2130706433', '0x7f.1', '127.1', '[::ffff:127.0.0.1]'];
		const urls = [
			...hosts.map(host => `http://${host}:${port}/`),
			'http://169.254.169.254/latest/meta-data',
			...[
				'file:///etc/passwd',
				'ftp://example.com/',
				'data:text/html,x',
				'vscode://x/y',
				'javascript:alert(1)',
				'gopher://x',
			],
		];
		const results = await agent.turn(urls.map(fetch));
		assert.equal(results.length, urls.length);
		for (const [index, { outcome, text }] of results.entries()) {
			assert.equal(outcome, 'error', `${urls[index]}: ${text}`);
		}
		assert.equal(canary.connections, 0);
	});
	it('may be of a port that the user named, after a yes for the whole address', async () => {
		await ports([canary.port]);
		const url = `http://localhost:${canary.port}/app?q=1`;
		await agent.call(fetch(url));
		await agent.approval();
		assert.equal(agent.asked.view?.kind === 'url' && agent.asked.view.url, url);
		assert.equal(canary.connections, 0);
		await agent.answer('once');
		const [result] = await agent.results();
		assert.match(result?.text ?? '', /the page of this machine/);
		assert.equal(canary.connections, 1);
		await ports(undefined);
	});
	it('are not fetched after a no', async () => {
		await ports([canary.port]);
		const [result] = await agent.turn([fetch(`http://localhost:${canary.port}/`)], ['no']);
		assert.equal(result?.outcome, 'denied');
		assert.equal(canary.connections, 0);
		await ports(undefined);
	});

	// The editor puts agents and a lookup of its own in the place of those of Node.
	it('are not reached under a name that leads to this machine', async () => {
		const web = createNodeWeb({ resolve: loopback });
		await assert.rejects(web.fetch(`http://rebind.test:${canary.port}/`, AbortSignal.timeout(5000)), ToolError);
		assert.equal(canary.connections, 0);
	});
	it('come from the address that was checked, looked up once', async () => {
		let lookups = 0;
		const resolve = () => {
			lookups++;
			return loopback();
		};
		const web = createNodeWeb({ resolve, mayReach: () => true });
		// The system knows no such name: a lookup of its own would fail.
		const page = await web.fetch(`http://checked.test:${canary.port}/`, AbortSignal.timeout(5000));
		assert.equal(page.kind === 'page' && page.text, 'the page of this machine');
		assert.deepEqual([canary.connections, lookups], [1, 1]);
	});
	it('are not followed to this machine by a redirect', async () => {
		const web = createNodeWeb({ resolve: loopback, mayReach: () => true });
		await assert.rejects(
			web.fetch(`http://checked.test:${canary.port}/away`, AbortSignal.timeout(5000)),
			/127\.0\.0\.1/,
		);
		assert.equal(canary.connections, 1);
	});
});
