import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../src/agent/events.ts';
import type { StoredEvent } from '../../../src/agent/log.ts';
import type { Usage } from '../../../src/agent/model.ts';
import { TranscriptView } from '../../../src/host/chat/transcriptView.ts';
import { applyDelta, type Item } from '../../../src/protocol/transcript.ts';

const model = { id: 'a/b', name: 'B', isBuiltIn: false };
const usage: Usage = {
	promptTokens: 100,
	completionTokens: 10,
	cachedTokens: 50,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
	cost: 0.031,
};
const t = (message: string, ...args: (string | number)[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));

function stored(events: readonly SessionEvent[]): StoredEvent[] {
	return events.map((event, sequence) => ({ sequence, generation: 0, at: 1000 * sequence, event }));
}

/** What a page that followed every delta shows; checked against the host's own list. */
function shown(events: readonly SessionEvent[]): readonly Item[] {
	const view = new TranscriptView(t);
	const page: Item[] = [];
	for (const event of stored(events)) {
		for (const delta of view.add(event)) {
			applyDelta(page, delta.index, delta);
		}
	}
	assert.deepEqual(page, view.items);
	return page;
}

const start: SessionEvent[] = [
	{ type: 'user', messageId: 'm', text: 'Fix it', attachments: [{ label: 'a.ts', text: '…' }] },
	{ type: 'turnStart', turnId: 't', model },
	{ type: 'requestStart', requestId: 'r' },
];
const finished: SessionEvent[] = [
	{ type: 'response', requestId: 'r', finish: 'stop', toolCalls: [], usage, durationMs: 5 },
	{ type: 'turnEnd', reason: 'done' },
];

describe('TranscriptView', () => {
	it('joins streamed text into one item and ends the turn with its receipt', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'served', model: 'a/b', provider: 'P' },
			{ type: 'text', delta: 'Hel' },
			{ type: 'text', delta: 'lo' },
			...finished,
		];
		assert.deepEqual(shown(events), [
			{ kind: 'user', id: 'e0', text: 'Fix it', chips: ['a.ts'] },
			{ kind: 'text', id: 'e4', text: 'Hello', state: 'done' },
			{
				kind: 'receipt',
				id: 'e7-receipt',
				cost: '$0.031',
				model: 'B',
				provider: 'P',
				promptTokens: 100,
				completionTokens: 10,
				cachedShare: 0.5,
				durationMs: 6000,
			},
		]);
	});

	it('shows a cost that nobody told as unknown, never as 0', () => {
		const { cost: _, ...unpriced } = usage;
		const events: SessionEvent[] = [
			...start,
			{ type: 'response', requestId: 'r', finish: 'stop', toolCalls: [], usage: unpriced, durationMs: 5 },
			{ type: 'turnEnd', reason: 'done' },
		];
		const receipt = shown(events).at(-1);
		assert.equal(receipt?.kind === 'receipt' && receipt.cost, 'cost unknown');
	});

	it('gives no receipt to a turn that was refused before it began', () => {
		const failure = { kind: 'credits', message: 'Insufficient credits', fields: {} } as const;
		const events: SessionEvent[] = [
			...start,
			{ type: 'requestFailed', requestId: 'r', failure },
			{ type: 'turnEnd', reason: 'failed', failure },
		];
		assert.deepEqual(
			shown(events).map(({ kind }) => kind),
			['user', 'error'],
		);
	});

	it('keeps text that was cut as interrupted, and says what to do', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'text', delta: 'Half' },
			{ type: 'requestFailed', requestId: 'r', failure: { kind: 'cut', message: 'The connection broke.', fields: {} } },
			{ type: 'turnEnd', reason: 'failed', failure: { kind: 'cut', message: 'The connection broke.', fields: {} } },
		];
		const [, text, error] = shown(events);
		assert.deepEqual(text, { kind: 'text', id: 'e3', text: 'Half', state: 'interrupted' });
		assert.ok(
			error?.kind === 'error' && error.actions.some(({ action }) => action === 'retry' || action === 'continue'),
		);
	});

	it('takes one row from waiting to done, with the diff and an undo', () => {
		const view = {
			kind: 'diff',
			path: 'a.ts',
			hunks: [{ oldStart: 1, newStart: 1, lines: ['-a', '+b'] }],
			added: 1,
			removed: 1,
			isNew: false,
		} as const;
		const events: SessionEvent[] = [
			...start,
			{
				type: 'approvalAsked',
				request: { callId: 'c', name: 'edit', subject: 'a.ts', reason: 'write', canAllowSession: true, view },
			},
			{ type: 'approvalAnswered', callId: 'c', answer: { allow: 'once' } },
			{ type: 'toolStart', callId: 'c', name: 'edit', subject: 'a.ts' },
			{ type: 'change', changeId: 'x', callId: 'c', path: 'a.ts', uri: 'file:///a.ts', before: '1', after: '2' },
			{ type: 'toolEnd', callId: 'c', result: { outcome: 'ok', text: 'ok', view, durationMs: 3 } },
		];
		const row = shown(events)[1];
		assert.deepEqual(row, {
			kind: 'tool',
			id: 'e3',
			name: 'edit',
			state: 'done',
			verb: 'Edited',
			subject: 'a.ts',
			path: 'a.ts',
			note: '',
			added: 1,
			removed: 1,
			detail: { kind: 'diff', path: 'a.ts', hunks: view.hunks },
			undo: 'possible',
		});
		const undone = shown([...events, { type: 'undone', changeId: 'x', conflicts: 0 }])[1];
		assert.equal(undone?.kind === 'tool' && undone.undo, 'done');
	});

	it('keeps rows apart whose calls bear the same id in different requests', () => {
		const call: SessionEvent[] = [
			{ type: 'requestStart', requestId: 'r' },
			{ type: 'toolStart', callId: 'same', name: 'read', subject: 'a.ts' },
			{ type: 'toolEnd', callId: 'same', result: { outcome: 'ok', text: '', durationMs: 1 } },
		];
		const rows = shown([...start, ...call, ...call]).filter(({ kind }) => kind === 'tool');
		assert.equal(new Set(rows.map(({ id }) => id)).size, 2);
	});

	it('takes the buttons from a card once the next turn runs', () => {
		const stop: SessionEvent[] = [...start, { type: 'turnEnd', reason: 'interrupted' }];
		const actions = (items: readonly Item[]) => items.flatMap(item => (item.kind === 'error' ? item.actions : []));
		assert.equal(actions(shown(stop)).length, 1);
		assert.deepEqual(actions(shown([...stop, { type: 'turnStart', turnId: 't2', model }])), []);
	});

	it('shows a refused call with its reason though it never had a row', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'toolEnd', callId: 'c', result: { outcome: 'error', text: 'No tool is named x.', durationMs: 0 } },
		];
		const row = shown(events)[1];
		assert.ok(row?.kind === 'tool' && row.state === 'failed' && row.detail?.kind === 'text');
	});
});
