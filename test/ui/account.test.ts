import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { scenario } from '../openrouter-server/scenario.ts';
import everyday from '../openrouter-server/scenarios/everyday.json' with { type: 'json' };
import { poll } from './poll.ts';
import { PROJECT } from './renamedProject.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

describe('The account', () => {
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
			},
		});
		await workbench.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
		await workbench.openChat();
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	/** The key of the newest request. */
	const keyInUse = () => String(server.requests.at(-1)?.headers['authorization']).replace('Bearer ', '');
	const rowOf = (text: string): Locator =>
		workbench.page.locator('.quick-input-list .monaco-list-row', { hasText: text });
	const toast = (text: string): Locator => workbench.page.locator('.notification-toast', { hasText: text });
	/**
	 * Opens the sign-in page by its copied address. The editor in the browser opens local pages, such as those of this
	 * server, through a proxy that breaks the query; pages on the web are opened as they are.
	 */
	const openCopiedPage = async () => {
		await workbench.page.getByRole('button', { name: /^Copy the address/ }).click();
		const address = await poll(
			() => workbench.page.evaluate(() => navigator.clipboard.readText()),
			text => text.startsWith(server.signInUrl),
		);
		await workbench.page.evaluate(url => void window.open(url), address);
	};
	const showAccount = () => workbench.run('OpenRouter Agent: Show Account');

	it('signs in through the browser, and the turn that had no key goes on by itself', async function () {
		this.timeout(120_000);
		await workbench.send('Hello');
		await workbench.chat.getByRole('button', { name: 'Sign in with OpenRouter' }).click();
		await openCopiedPage();
		await workbench.chat.getByText('Good day.').waitFor();
		await toast('Connected to OpenRouter').waitFor();
		assert.notEqual(keyInUse(), server.key);
		assert.ok(server.account.has(keyInUse()));
		assert.deepEqual(workbench.filesHolding(keyInUse()), []);
	});

	it('shows how the account stands', async function () {
		this.timeout(120_000);
		await showAccount();
		await rowOf('OpenRouter Agent (VS Code)').waitFor();
		await rowOf('Limit').getByText('none of its own').waitFor();
		await rowOf('Used')
			.getByText(/\$[\d.]+ in all/)
			.waitFor();
		await rowOf('Free models today').getByText('1000 of 1000 requests left').waitFor();
		// Waits for the end of the fading in too.
		await rowOf('Sign out').hover();
		await workbench.screenshot('account/1-signed-in');
		await workbench.page.keyboard.press('Escape');
	});

	it('asks for another key when this one is revoked in the middle of a turn, and the turn goes on', async function () {
		this.timeout(120_000);
		await workbench.send('make a note');
		await workbench.chat.getByRole('heading', { name: 'Create NOTE.md?' }).waitFor();
		const revoked = keyInUse();
		server.account.revoke(revoked);
		await workbench.composer.press('Control+Enter');
		const replace = workbench.chat.getByRole('button', { name: 'Replace key' });
		await replace.waitFor();
		await showAccount();
		await rowOf('does not accept this key').hover();
		await workbench.screenshot('account/2-revoked');
		await workbench.page.keyboard.press('Escape');
		const chats = server.chats.length;
		await replace.click();
		await workbench.answerInput('OpenRouter API key', revoked);
		await toast('It was not stored').waitFor();
		await workbench.run('OpenRouter Agent: Set API Key');
		await workbench.answerInput('OpenRouter API key', server.key);
		await server.chat(chats + 1);
		assert.equal(keyInUse(), server.key);
		await replace.waitFor({ state: 'hidden' });
	});

	it('takes a code that is pasted where the browser does not come back', async function () {
		this.timeout(120_000);
		const context = workbench.page.context();
		await workbench.run('OpenRouter Agent: Sign In with OpenRouter');
		await workbench.page.locator('.quick-input-title', { hasText: 'Sign in with OpenRouter' }).waitFor();
		await workbench.screenshot('account/3-paste');
		const opened = context.waitForEvent('page', page => !page.url().includes('callback_url'));
		await workbench.page.getByRole('button', { name: /^Paste the code instead/ }).click();
		await workbench.answerInput('Sign in with OpenRouter', await codeOn(await opened));
		await toast('no spending limit').last().waitFor();
	});

	it('signs out, says what stays, and offers the ways in', async function () {
		this.timeout(120_000);
		await workbench.run('OpenRouter Agent: Sign Out');
		await toast('Your sessions stay').waitFor();
		await showAccount();
		await rowOf('Sign in with OpenRouter').waitFor();
		await rowOf('Import the key of another tool').hover();
		await workbench.screenshot('account/4-signed-out');
		await workbench.page.keyboard.press('Escape');
	});

	it('imports the key of another tool, which shows its end alone', async function () {
		this.timeout(120_000);
		const config = join(workbench.folder, 'opencode.json');
		writeFileSync(config, JSON.stringify({ provider: { openrouter: { options: { apiKey: server.key } } } }));
		await workbench.run('OpenRouter Agent: Import API Key');
		const row = rowOf(config);
		await row.hover();
		assert.equal(await row.getByText(server.key.slice(0, -4)).count(), 0);
		await workbench.screenshot('account/5-import');
		await row.click();
		await toast('$10.00 of its limit left').waitFor();
	});

	it('takes a budget by hand, and shows in the status bar what is left of it', async function () {
		this.timeout(120_000);
		await workbench.run('OpenRouter Agent: Set Budget');
		await rowOf('A day').click();
		await workbench.answerInput('A day', '$0.25');
		const item = workbench.page.locator('.statusbar-item', { hasText: 'Claude Sonnet 4.6' });
		await item.getByText(/\$0\.2\d left/).waitFor();
		await item.click();
		await rowOf('Budgets').click();
		await rowOf('A day').getByText('$0.25').waitFor();
		await workbench.page.keyboard.press('Escape');
	});
});

async function codeOn(page: Page): Promise<string> {
	return (await page.locator('#code').textContent()) ?? '';
}
