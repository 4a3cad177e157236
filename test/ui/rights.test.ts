import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const RULES = 'Say please before every answer.';
const OPEN_MS = 180_000;

function settingsFor(server: OpenRouterServer) {
	return {
		'openrouterAgent.approvals.level': 'ask',
		'openrouterAgent.baseUrl': server.url,
		'openrouterAgent.model': 'anthropic/claude-sonnet-4.6',
	};
}

describe('Allow everything', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(OPEN_MS);
		server = await startOpenRouterServer();
		workbench = await Workbench.open({ project: PROJECT, settings: settingsFor(server) });
		await workbench.setApiKey(server.key);
	});
	keepPictureOfFailure(() => workbench);
	after(async function () {
		this.timeout(OPEN_MS);
		await workbench?.close();
		await server?.close();
	});

	const banner = () => workbench.chat.locator('.strip.everything');
	const dialog = () => workbench.page.locator('.monaco-dialog-box', { hasText: 'Allow everything in this session?' });
	const choose = async () => {
		await workbench.run('OpenRouter Agent: Choose Approvals');
		await workbench.rowOf('Allow everything…').click();
		await dialog().waitFor();
	};
	const press = (name: string) => dialog().getByRole('button', { name }).click();

	it('takes a yes in a dialog of the editor', async function () {
		this.timeout(OPEN_MS);
		server.script({ text: 'Hello.' });
		await workbench.send('Hello');
		await workbench.chat.getByText('Hello.', { exact: true }).waitFor();
		await choose();
		await workbench.screenshot('rights/1-dialog');
		await press('Cancel');
		await dialog().waitFor({ state: 'hidden' });
		assert.equal(await banner().isVisible(), false);
		// What the page sends is asked about in the same way.
		await workbench.chat.getByRole('button', { name: 'Approvals: Ask first' }).click();
		await workbench.chat.getByRole('menuitemradio', { name: /^Allow everything/ }).click();
		await dialog().waitFor();
		assert.equal(await banner().isVisible(), false);
		await press('Cancel');
		await dialog().waitFor({ state: 'hidden' });
		assert.equal(await banner().isVisible(), false);
		await choose();
		await press('Allow everything');
		await banner().waitFor();
		await workbench.screenshot('rights/2-banner');
	});
	it('runs commands unasked, and still asks for what is protected', async function () {
		this.timeout(OPEN_MS);
		server.script(
			{ toolCalls: [{ name: 'bash', arguments: { command: 'touch made' } }] },
			{ toolCalls: [{ name: 'write', arguments: { path: 'package.json', content: '{}\n' } }] },
			{ text: 'Both done.' },
		);
		await workbench.send('Do both');
		await workbench.chat.getByRole('heading', { name: /package\.json\?$/ }).waitFor();
		assert.ok(existsSync(join(workbench.folder, 'made')));
		await workbench.screenshot('rights/3-protected');
		await workbench.chat.getByRole('button', { name: 'Deny', exact: true }).click();
		await workbench.chat.getByText('Both done.').waitFor();
		assert.notEqual(workbench.read('package.json'), '{}\n');
	});
	it('is over when the window is opened again', async function () {
		this.timeout(OPEN_MS);
		await workbench.reload();
		await workbench.openChat();
		await workbench.chat.getByText('Both done.').waitFor();
		assert.equal(await banner().isVisible(), false);
		server.script({ toolCalls: [{ name: 'bash', arguments: { command: 'touch made2' } }] }, { text: 'Asked.' });
		await workbench.send('Again');
		await workbench.chat.getByRole('heading', { name: 'Run this command?' }).waitFor();
		await workbench.chat.getByRole('button', { name: 'Deny', exact: true }).click();
		await workbench.chat.getByText('Asked.').waitFor();
		assert.equal(existsSync(join(workbench.folder, 'made2')), false);
	});
});

describe('A folder that the user does not trust', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(OPEN_MS);
		server = await startOpenRouterServer();
		workbench = await Workbench.open({ project: PROJECT, settings: settingsFor(server), isRestricted: true });
		writeFileSync(join(workbench.folder, 'AGENTS.md'), RULES);
		await workbench.setApiKey(server.key);
	});
	keepPictureOfFailure(() => workbench);
	after(async function () {
		this.timeout(OPEN_MS);
		await workbench?.close();
		await server?.close();
	});

	const made = (name: string) => existsSync(join(workbench.folder, name));

	it('is read, and nothing else: no edits, commands or pages, and none of its rules', async function () {
		this.timeout(OPEN_MS);
		server.script(
			{
				toolCalls: [
					{ name: 'read', arguments: { path: 'package.json' }, id: 'read-1' },
					{ name: 'write', arguments: { path: 'PWNED', content: 'x' }, id: 'write-1' },
					{ name: 'bash', arguments: { command: 'ls' }, id: 'bash-1' },
					{ name: 'webfetch', arguments: { url: 'https://example.com/' }, id: 'fetch-1' },
					{ name: 'task', arguments: { title: 'x', prompt: 'Write PWNED.' }, id: 'task-1' },
				],
			},
			{ text: 'Only read.' },
		);
		await workbench.send('Do all of it');
		await workbench.chat.getByText('Only read.').waitFor();
		const sent = JSON.stringify(server.chats.at(-1)?.body);
		assert.equal(sent.match(/has not trusted this workspace: files can be read/g)?.length, 4);
		assert.match(sent, /process-warning/);
		assert.equal(sent.includes(RULES), false);
		assert.equal(made('PWNED'), false);
		await workbench.chat
			.getByText(/not trusted|Restricted/i)
			.first()
			.waitFor();
		await workbench.screenshot('rights/4-untrusted');
	});
	it('is worked in by the running session once it is trusted', async function () {
		this.timeout(OPEN_MS);
		await workbench.run('Workspaces: Manage Workspace Trust');
		await workbench.page.getByRole('button', { name: 'Trust', exact: true }).click();
		server.script(
			{ toolCalls: [{ name: 'bash', arguments: { command: 'touch made' }, id: 'bash-2' }] },
			{ text: 'Now it is done.' },
		);
		await workbench.send('And now?');
		await workbench.chat.getByRole('heading', { name: 'Run this command?' }).waitFor();
		await workbench.chat
			.getByRole('button', { name: /^Allow(?! in)/ })
			.first()
			.click();
		await workbench.chat.getByText('Now it is done.').waitFor();
		assert.ok(made('made'));
		assert.ok(JSON.stringify(server.chats.at(-1)?.body).includes(RULES));
		await workbench.screenshot('rights/5-trusted');
	});
});
