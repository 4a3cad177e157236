import assert from 'node:assert/strict';
import type { HostMessage, PanelState } from '../../src/protocol/messages.ts';
import type { Item } from '../../src/protocol/transcript.ts';
import { type ChatPage, PageHarness } from './pageHarness/openPage.ts';
import { changesOf, editApproval, idle, panelStates } from './pageHarness/states.ts';

describe('what the chat page shows of edits under review', function () {
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

	async function open(messages: readonly HostMessage[]): Promise<ChatPage> {
		const chat = await harness.open();
		opened.push(chat);
		await chat.send(...messages);
		await chat.takePosted();
		return chat;
	}

	const changes = changesOf(
		{ path: 'src/parse.ts', added: 6, removed: 2 },
		{ path: 'src/old.ts', added: 0, removed: 7, mark: 'deleted' },
	);

	it('lists the files, each with its own buttons, by keyboard alone', async () => {
		const chat = await open([snapshot({ ...idle, changes }, [])]);
		const strip = chat.page.locator('.changes-label');
		await strip.focus();
		assert.match((await strip.textContent()) ?? '', /2 files/);
		await strip.press('Enter');
		assert.equal(await strip.getAttribute('aria-expanded'), 'true');
		for (const name of [
			'Compare src/parse.ts',
			'Undo the changes of src/parse.ts',
			'Keep the changes of src/parse.ts',
		]) {
			await chat.page.getByRole('button', { name, exact: true }).press('Enter');
		}
		await chat.page.getByRole('list').getByText('parse.ts').click();
		await chat.page.getByRole('list').getByText('old.ts').click();
		const change = (path: string, what: 'show' | 'compare' | 'keep' | 'undo') => ({
			type: 'changedFile' as const,
			path,
			do: what,
		});
		assert.deepEqual(await chat.takePosted(), [
			change('src/parse.ts', 'compare'),
			change('src/parse.ts', 'undo'),
			change('src/parse.ts', 'keep'),
			change('src/parse.ts', 'show'),
			change('src/old.ts', 'compare'),
		]);
	});

	it('keeps, undoes and compares all of them from the line itself', async () => {
		const chat = await open([snapshot({ ...idle, changes }, [])]);
		for (const name of ['Keep', 'Undo', 'Compare all changes']) {
			await chat.page.getByRole('button', { name, exact: true }).click();
		}
		assert.deepEqual(
			(await chat.takePosted()).map(({ type }) => type),
			['keepAll', 'undoAll', 'openChanges'],
		);
	});

	it('goes when nothing waits any more, and is closed while an approval needs the room', async () => {
		const chat = await open([snapshot({ ...idle, changes }, [])]);
		await chat.page.locator('.changes-label').click();
		await chat.send({ type: 'state', state: { ...idle, activity: 'waiting', changes, approval: editApproval } });
		assert.equal(await chat.page.locator('.changes-file').count(), 0);
		await chat.send({ type: 'state', state: { ...idle, changes } });
		assert.equal(await chat.page.locator('.changes-file').count(), 2);
		await chat.send({ type: 'state', state: idle });
		assert.equal(await chat.page.locator('.changes').count(), 0);
	});

	it('offers to go back to before a message, not while the agent works', async () => {
		const message: Item = { kind: 'user', id: 'e7', text: 'Make it stream.', chips: [], canRestore: true };
		const steered: Item = { kind: 'user', id: 'e9', text: 'And tests.', chips: [] };
		const chat = await open([snapshot(idle, [message, steered])]);
		const restore = chat.page.getByRole('button', { name: 'Restore to before this message…' });
		assert.equal(await restore.count(), 1);
		// Into the message with Enter, as everywhere in the transcript.
		await chat.page.locator('article').first().focus();
		await restore.press('Enter');
		assert.deepEqual(await chat.takePosted(), [{ type: 'restore', id: 'e7' }]);
		await chat.send({ type: 'state', state: { ...idle, activity: 'running' } });
		assert.equal(await restore.count(), 0);
	});

	it('undoes a restore from its notice', async () => {
		const chat = await open(panelStates['restored'] ?? []);
		await chat.page.locator('.notice').getByRole('button', { name: 'Undo' }).click();
		assert.deepEqual(await chat.takePosted(), [{ type: 'action', action: 'undoRestore', argument: '17' }]);
	});
});

function snapshot(state: PanelState, items: readonly Item[]): HostMessage {
	return { type: 'snapshot', state, total: items.length, from: 0, items, view: 'chat' };
}
