import assert from 'node:assert/strict';
import { formatTokens } from '../../src/protocol/amounts.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { poll } from './poll.ts';
import { PROJECT } from './renamedProject.ts';
import { nextChat } from './sentChat.ts';
import { keepPictureOfFailure, Workbench } from './workbench.ts';

const LONG = Array.from({ length: 60 }, (_, index) => `sentence ${index + 1} of many`).join(', ');

describe('What is spent', () => {
	let server: OpenRouterServer;
	let workbench: Workbench;

	before(async function () {
		this.timeout(180_000);
		// The bill of an answer that was left comes some seconds late.
		server = await startOpenRouterServer({ lateRecords: 2 });
		workbench = await Workbench.open({
			project: PROJECT,
			settings: { 'openrouterAgent.baseUrl': server.url, 'openrouterAgent.model': 'anthropic/claude-sonnet-4.6' },
		});
		await workbench.setApiKey(server.key);
	});

	keepPictureOfFailure(() => workbench);

	after(async function () {
		this.timeout(60_000);
		await workbench?.close();
		await server?.close();
	});

	const dollars = (picodollars: bigint | undefined) => Number(picodollars ?? -1n) / 1e12;
	const send = (text: string) => nextChat(server, () => workbench.send(text));
	const button = (name: string | RegExp) => workbench.chat.getByRole('button', { name });
	const receipt = () => workbench.chat.locator('.receipt-label').last();
	const statusItem = () => workbench.page.locator('.statusbar-item[id$="openrouterAgent.status"]');
	/** A row of the status item's hover. */
	const statusRow = async (name: string) => {
		await workbench.page.mouse.move(600, 300);
		await statusItem().hover();
		const row = workbench.page.locator('.monaco-hover:visible tr', { hasText: name });
		await row.waitFor();
		return (await row.locator('td').nth(1).textContent()) ?? '';
	};

	it('shows for each request what the service billed, and the sum of it in the status bar', async function () {
		this.timeout(60_000);
		server.script({ toolCalls: [{ name: 'list', arguments: {} }] }, { text: 'Those are the files.' });
		await workbench.send('Which files are there?');
		await workbench.chat.getByText('Those are the files.').waitFor();
		await receipt().click();
		const cells = workbench.chat.getByRole('table', { name: 'Requests of this turn' }).getByRole('cell');
		const shown = await cells.allTextContents();
		assert.equal(server.stats.length, 2);
		for (const [index, billed] of server.stats.entries()) {
			const [input = '', , , cost] = shown.slice(index * 4);
			assert.ok(input.startsWith(formatTokens(billed.promptTokens)), input);
			assert.equal(input.includes(`${formatTokens(billed.cached)} cached`), billed.cached > 0);
			assert.equal(cost, `$${Number(dollars(billed.cost).toPrecision(2))}`);
		}
		await workbench.screenshot('spending/1-receipt');
		await receipt().click();
		await statusItem()
			.getByText(`$${dollars(server.bill.total).toFixed(3)}`)
			.waitFor();
	});

	it('does not know the cost of an answer that was stopped, until its bill comes', async function () {
		this.timeout(60_000);
		await workbench.newSession();
		server.script({ text: LONG, pieces: 'event', delayMs: 100 });
		await send('A long answer');
		await workbench.chat.getByText('sentence 1 of many').waitFor();
		await workbench.composer.press('Escape');
		await workbench.chat.getByText('Stopped.').waitFor();
		await receipt().getByText('cost unknown').waitFor();
		await workbench.chat.getByText('Cost unknown', { exact: true }).waitFor();
		await workbench.screenshot('spending/2-unknown');
		await receipt().getByText('$').waitFor();
		assert.equal(await receipt().getByText('cost unknown').count(), 0);
		await receipt().click();
		const cost = workbench.chat.getByRole('table', { name: 'Requests of this turn' }).getByRole('cell').nth(3);
		assert.equal(await cost.textContent(), `$${Number(dollars(server.stats.at(-1)?.cost).toPrecision(2))}`);
		await workbench.screenshot('spending/3-settled');
	});

	it('stops at the budget before a request is made, and goes on by itself when it is raised', async function () {
		this.timeout(60_000);
		await workbench.newSession();
		await send('Hello');
		await workbench.chat.getByText('Hello!').waitFor();
		await workbench.run('OpenRouter Agent: Set Budget');
		await workbench.rowOf('This session').hover();
		await workbench.screenshot('spending/4-budgets');
		await workbench.rowOf('This session').click();
		await workbench.answerInput('This session', '0.02');
		await workbench.chat.getByText('The budget of this session is $0.02.').waitFor();
		const chats = server.chats.length;
		await workbench.send('Something dear');
		await workbench.chat.getByText('Budget reached').waitFor();
		await workbench.screenshot('spending/5-budget');
		assert.equal(server.chats.length, chats);
		const body = await nextChat(server, () => button(/^Raise to \$/).click());
		assert.ok(JSON.stringify(body.messages.at(-1)).includes('Something dear'));
		await workbench.chat.getByText('Hello!').nth(1).waitFor();
	});

	it('knows what was spent today after the extension host died', async function () {
		this.timeout(90_000);
		const before = await statusRow('Today');
		assert.match(before, /^\$0\.\d{3}$/);
		assert.equal(before, `$${dollars(server.bill.total).toFixed(3)}`);
		await workbench.screenshot('spending/6-status');
		assert.match(await statusRow('Account'), /^\$9\.9[89] left/);
		const [dead] = workbench.extensionHosts();
		workbench.killExtensionHost();
		await poll(
			() => workbench.extensionHosts(),
			hosts => hosts.length > 0 && !hosts.includes(dead ?? -1),
		);
		// The editor brings the view back by itself.
		await workbench.composer.waitFor({ timeout: 40_000 });
		assert.equal(
			await poll(
				() => statusRow('Today'),
				text => text.startsWith('$'),
			),
			before,
		);
		assert.match(
			await poll(
				() => statusRow('Account'),
				text => text.startsWith('$'),
			),
			/^\$9\.9[89] left/,
		);
	});

	it('leaves the answer that is under way at sign-out', async function () {
		this.timeout(60_000);
		await workbench.newSession();
		server.script({ text: LONG, pieces: 'event', delayMs: 400 });
		await send('Another long answer');
		await workbench.chat.getByText('sentence 1 of many').waitFor();
		await workbench.run('OpenRouter Agent: Sign Out');
		assert.equal(await server.chats.at(-1)?.ended, 'aborted');
		await workbench.chat.getByText('Stopped.').waitFor();
		await workbench.screenshot('spending/7-signed-out');
	});
});
