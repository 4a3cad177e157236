import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { scenario } from '../openrouter-server/scenario.ts';
import everyday from '../openrouter-server/scenarios/everyday.json' with { type: 'json' };
import { poll } from './poll.ts';
import { PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

describe('The chat in everyday use', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		server = await startOpenRouterServer({ scenario: scenario.parse(everyday) });
		workbench = await Workbench.open({
			project: PROJECT,
			settings: {
				'openrouterAgent.approvals.level': 'ask',
				'openrouterAgent.baseUrl': server.url,
				'openrouterAgent.model': 'anthropic/claude-sonnet-4.6',
				'workbench.colorTheme': 'Default High Contrast',
			},
		});
		await workbench.openChat();
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	it('asks for the missing key, and goes on by itself once it has one', async function () {
		this.timeout(120_000);
		await workbench.send('Hello');
		await workbench.chat.getByRole('button', { name: 'Set key' }).click();
		await workbench.answerInput('OpenRouter API key', server.key);
		await workbench.chat.getByText('Good day.').waitFor();
		assert.equal(server.chats.length, 1);
	});

	it('asks for another key when this one is refused, and goes on by itself after that', async function () {
		this.timeout(120_000);
		server.script({ error: '401-user-not-found.json' });
		await workbench.send('Hello again');
		await workbench.chat.getByRole('button', { name: 'Replace key' }).click();
		await workbench.answerInput('OpenRouter API key', server.key);
		await workbench.chat.getByText('Good day.').nth(1).waitFor();
		await workbench.screenshot('everyday/1-key-replaced');
	});

	it('says what is missing when the credit is used up, with the button that mends it', async () => {
		await workbench.send('no credit');
		await workbench.chat.getByRole('button', { name: 'Add credits' }).waitFor();
		await workbench.screenshot('everyday/2-no-credit');
	});

	it('stops at Escape: the connection closes, and the composer is free', async function () {
		this.timeout(120_000);
		await workbench.send('a long answer');
		await workbench.chat.getByText('It begins here.').waitFor();
		await workbench.composer.press('Escape');
		await workbench.chat.getByText('Stopped.').waitFor();
		assert.equal(await server.chats.at(-1)?.ended, 'aborted');
	});

	it('is approved by Ctrl+Enter and declined by an answer, without the mouse', async function () {
		this.timeout(120_000);
		const note = join(workbench.folder, 'NOTE.md');
		await workbench.send('make a note');
		await workbench.chat.getByRole('heading', { name: 'Create NOTE.md?' }).waitFor();
		await workbench.composer.fill('do not');
		await workbench.composer.press('Enter');
		await workbench.chat.getByText('Then I leave it.').waitFor();
		assert.ok(!existsSync(note));
		await workbench.send('make a note');
		await workbench.chat.getByRole('heading', { name: 'Create NOTE.md?' }).waitFor();
		await workbench.composer.press('Control+Enter');
		await workbench.chat.getByText('The note is made.').waitFor();
		assert.equal(workbench.read('NOTE.md'), 'A note\n');
	});

	it('undoes the newest edit by command', async function () {
		this.timeout(120_000);
		await workbench.run("OpenRouter Agent: Undo the Agent's Last Edit");
		await poll(
			() => existsSync(join(workbench.folder, 'NOTE.md')),
			exists => !exists,
		);
	});

	it('explains and fixes the selection, which goes along', async function () {
		this.timeout(180_000);
		await workbench.openFile('index.js');
		await workbench.page.keyboard.press('Control+Home');
		await workbench.page.keyboard.press('Shift+ArrowDown');
		await workbench.run('OpenRouter Agent: Explain Selection');
		await workbench.chat.getByText('explained').waitFor();
		assert.match(server.chats.at(-1)?.text ?? '', /Selected in index\.js, lines 1-2:\\n'use strict'/);
		await workbench.run('OpenRouter Agent: Fix Selection');
		await workbench.chat.getByText('fixed').waitFor();
	});

	it('begins a new session and finds the old one in the list', async function () {
		this.timeout(120_000);
		await workbench.run('OpenRouter Agent: New Session');
		await poll(
			() => workbench.chat.getByText('Good day.').count(),
			count => count === 0,
		);
		await workbench.run('OpenRouter Agent: Show Sessions');
		const session = workbench.chat.getByRole('option', { name: /Hello/ });
		await session.waitFor();
		await workbench.screenshot('everyday/3-sessions');
		await workbench.chat.getByRole('listbox').press('Enter');
		await workbench.chat.getByText('Good day.').first().waitFor();
	});

	it('sends from the list of sessions into a new one', async function () {
		this.timeout(120_000);
		await workbench.run('OpenRouter Agent: Show Sessions');
		await workbench.chat.getByRole('option', { name: /Hello/ }).waitFor();
		await workbench.send('A question of its own');
		await workbench.chat.getByText('Good day.').waitFor();
		assert.ok(!(server.chats.at(-1)?.text ?? '').includes('Hello again'), 'the earlier session is not sent along');
	});

	it('forgets the key at sign-out and offers the built-in assistant', async function () {
		this.timeout(120_000);
		await workbench.run('OpenRouter Agent: Sign Out');
		await workbench.page.locator('.notification-toast', { hasText: 'Signed out' }).waitFor();
		await workbench.run('OpenRouter Agent: New Session');
		await workbench.send('Hello');
		await workbench.chat.getByRole('button', { name: 'Use built-in' }).click();
		await poll(
			() => workbench.chat.getByText('Built-in, no model').count(),
			count => count > 0,
		);
	});
});
