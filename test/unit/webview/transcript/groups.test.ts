import assert from 'node:assert/strict';
import type { Item, ToolState } from '../../../../src/protocol/transcript.ts';
import { countSteps, type Group, Grouper } from '../../../../src/webview/transcript/groups.ts';
import { TranscriptWindow } from '../../../../src/webview/transcript/transcriptWindow.ts';

const user = (id: string): Item => ({ kind: 'user', id, text: '', chips: [] });
const row = (id: string, state: ToolState = 'done'): Item => ({
	kind: 'tool',
	id,
	name: 'read',
	state,
	verb: 'Read',
	subject: '',
	note: '',
});
const answer = (id: string): Item => ({ kind: 'text', id, text: '', state: 'done' });

function windowOf(...items: readonly Item[]): TranscriptWindow {
	const window = new TranscriptWindow();
	window.reset(items.length, 0, items);
	return window;
}

const ids = (groups: readonly Group[]) => groups.map(({ entries }) => entries.map(({ id }) => id).join(' '));
const folded = (groups: readonly Group[]) => groups.map(group => [...group.folded].map(({ id }) => id).join(' '));

describe('groups of the transcript', () => {
	it('put what the agent did between two messages together', () => {
		const window = windowOf(answer('a0'), user('u1'), row('r1'), answer('a1'), user('u2'), user('u3'), row('r2'));
		assert.deepEqual(ids(new Grouper().group(window.entries.value, false)), ['a0', 'u1', 'r1 a1', 'u2', 'u3', 'r2']);
	});

	it('fold finished rows once the turn is over, and nothing else', () => {
		const items = [user('u1'), row('r1'), row('r2', 'failed'), row('r3'), row('r4', 'denied'), answer('a1')];
		const grouper = new Grouper();
		assert.deepEqual(folded(grouper.group(windowOf(...items).entries.value, true)), ['', '']);
		assert.deepEqual(folded(grouper.group(windowOf(...items).entries.value, false)), ['', 'r1 r3']);
		assert.deepEqual(folded(grouper.group(windowOf(...items, user('u2')).entries.value, true)), ['', 'r1 r3', '']);
	});

	it('keep the row of a call in sight above what failed inside it, and count its calls instead of it', () => {
		const inner = (id: string, parentId: string, state: ToolState = 'done'): Item =>
			({ ...row(id, state), parentId }) as Item;
		const items = [
			...[user('u1'), row('b1'), inner('b1-1', 'b1'), inner('b1-2', 'b1', 'failed')],
			...[row('b2'), inner('b2-1', 'b2'), inner('b2-2', 'b2'), answer('a1')],
		];
		const groups = new Grouper().group(windowOf(...items).entries.value, false);
		assert.deepEqual(folded(groups), ['', 'b1-1 b2 b2-1 b2-2']);
		assert.equal(countSteps(groups[1]?.folded ?? []), 3);
	});

	it('leave a single row as it is', () => {
		assert.deepEqual(folded(new Grouper().group(windowOf(user('u1'), row('r1'), answer('a')).entries.value, false)), [
			'',
			'',
		]);
	});

	it('keep their keys while they grow at either end', () => {
		const grouper = new Grouper();
		const window = new TranscriptWindow();
		window.reset(6, 3, [row('r3'), answer('a1'), user('u2')]);
		const [before] = grouper.group(window.entries.value, true);
		window.insert(0, [user('u1'), row('r1'), row('r2')]);
		window.apply({ type: 'add', index: 6, item: answer('a2') }, true);
		const after = grouper.group(window.entries.value, true);
		assert.deepEqual(ids(after), ['u1', 'r1 r2 r3 a1', 'u2', 'a2']);
		assert.equal(after[1]?.key, before?.key);
		assert.equal(new Set(after.map(({ key }) => key)).size, 4);
	});
});
