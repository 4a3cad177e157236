import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../src/host/activate.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';

const EXTENSION_ID = 'openrouter-agent.openrouter-agent';

describe('the account in the editor', () => {
	let server: OpenRouterServer;
	let api: TestApi;
	const settings = () => vscode.workspace.getConfiguration('openrouterAgent');

	before(async () => {
		server = await startOpenRouterServer();
		await settings().update('baseUrl', server.url, vscode.ConfigurationTarget.Global);
		api = await (vscode.extensions.getExtension<TestApi>(EXTENSION_ID)?.activate() ?? assert.fail('Not installed.'));
	});
	after(async () => {
		await api?.apiKey.remove();
		await settings().update('baseUrl', undefined, vscode.ConfigurationTarget.Global);
		await server?.close();
	});

	/** Resolves with the next change of the key, whoever made it. */
	const nextChange = () =>
		new Promise<void>(resolve => {
			const subscription = api.apiKey.onDidChange(() => {
				subscription.dispose();
				resolve();
			});
		});

	it('announces a key that is stored and one that is removed', async () => {
		const stored = nextChange();
		await api.apiKey.set(server.key);
		await stored;
		assert.equal(await api.apiKey.get(), server.key);
		const removed = nextChange();
		await api.apiKey.remove();
		await removed;
		assert.equal(await api.apiKey.get(), undefined);
	});

	it('keeps a key in memory only as long as no other is stored', async () => {
		api.apiKey.setUntilClosed('sk-or-v1-in-memory');
		assert.equal(await api.apiKey.get(), 'sk-or-v1-in-memory');
		const stored = nextChange();
		await api.apiKey.set(server.key);
		await stored;
		assert.equal(await api.apiKey.get(), server.key);
	});

	it('forgets what it knew of the account when the key changes, and learns it of the new one', async () => {
		const { account } = await api.chat();
		await account.state.refresh();
		assert.equal(account.state.known?.info.limit, 10);
		const removed = nextChange();
		await api.apiKey.remove();
		await removed;
		assert.equal(account.state.known, undefined);
		assert.deepEqual(await account.state.refresh(), { type: 'noKey' });
		assert.equal(server.requests.filter(({ path }) => path === '/key').length, 1);
	});

	it('asks the service at the address of the settings, and forgets the answers of another', async () => {
		const { account } = await api.chat();
		const stored = nextChange();
		await api.apiKey.set(server.key);
		await stored;
		await account.state.refresh();
		const forgotten = new Promise<void>(resolve => {
			const subscription = account.state.onDidChange(() => {
				subscription.dispose();
				resolve();
			});
		});
		await settings().update('baseUrl', 'http://127.0.0.1:9/api/v1', vscode.ConfigurationTarget.Global);
		await forgotten;
		assert.equal(account.state.known, undefined);
		const reading = await account.state.refresh();
		assert.ok(reading.type === 'failed' && reading.error.kind === 'network', reading.type);
	});
});
