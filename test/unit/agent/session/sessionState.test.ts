import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../../src/agent/events.ts';
import type { ModelErrorFields, Usage } from '../../../../src/agent/model.ts';
import { recoveryEvents } from '../../../../src/agent/session/recovery.ts';
import { SessionState } from '../../../../src/agent/session/sessionState.ts';
import { titleFrom } from '../../../../src/agent/session/title.ts';

const turnStart = (isBuiltIn = false): SessionEvent => ({
	type: 'turnStart',
	turnId: 't',
	model: { id: 'm', name: 'M', isBuiltIn },
});
const requestStart: SessionEvent = { type: 'requestStart', requestId: 'r' };
const text: SessionEvent = { type: 'text', delta: 'x' };
const usage = (cost?: number): Usage => ({
	promptTokens: 1,
	completionTokens: 1,
	cachedTokens: 0,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
	...(cost !== undefined && { cost }),
});
const response = (ids: readonly string[], used?: Usage): SessionEvent => ({
	type: 'response',
	requestId: 'r',
	finish: 'stop',
	toolCalls: ids.map(id => ({ id, name: 'edit', arguments: '{}' })),
	...(used && { usage: used }),
	durationMs: 1,
});
const requestFailed = (used?: Usage): SessionEvent => ({
	type: 'requestFailed',
	requestId: 'r',
	failure: { kind: 'cut', message: '', fields: {} },
	...(used && { usage: used }),
});
const change = (changeId: string, callId: string, before: string, after: string): SessionEvent => ({
	type: 'change',
	changeId,
	callId,
	path: 'a.ts',
	uri: 'file:///a.ts',
	before,
	after,
});
const toolEnd = (callId: string, outcome: 'ok' | 'error' | 'interrupted'): SessionEvent => ({
	type: 'toolEnd',
	callId,
	result: {
		outcome,
		text: '',
		view: { kind: 'diff', path: 'a.ts', hunks: [], added: 3, removed: 2, isNew: false },
		durationMs: 1,
	},
});

function request(requestId: string): SessionEvent {
	return { type: 'requestStart', requestId };
}

function fold(...events: readonly SessionEvent[]): SessionState {
	const state = new SessionState();
	for (const event of events) {
		state.apply(event);
	}
	return state;
}

describe('SessionState', () => {
	it('adds up what is known to have been paid and counts what is not', () => {
		const state = fold(
			...[turnStart(), requestStart, text, response([], usage(0.25))],
			...[requestStart, text, requestFailed(usage(0.5))],
			// Answered, but nobody said what it cost.
			...[request('2'), text, response([], usage())],
			...[request('3'), text, requestFailed()],
			// Refused before it began: free.
			...[requestStart, requestFailed()],
			// The editor closed during the answer.
			...[request('4'), text, { type: 'turnEnd', reason: 'interrupted' } as const],
			// The built-in assistant costs nothing.
			...[turnStart(true), requestStart, text, response([])],
		);
		assert.deepEqual(state.cost, { known: 0.75, unknownRequests: 3 });
	});

	it('takes a bill that comes later, once', () => {
		const served = { type: 'served', model: 'm', generationId: 'gen' } as const;
		const events = [turnStart(), request('1'), served, text, requestFailed()];
		const state = fold(...events);
		assert.deepEqual(state.unsettled, [{ requestId: '1', generationId: 'gen' }]);
		const bill: SessionEvent = { type: 'billed', requestId: '1', usage: usage(0.5) };
		state.apply(bill);
		state.apply(bill);
		assert.deepEqual(state.cost, { known: 0.5, unknownRequests: 0 });
		assert.deepEqual(state.unsettled, []);
	});

	it('counts an answer that broke before its first word, and no refusal', () => {
		const failed = (fields: ModelErrorFields): SessionEvent => ({
			type: 'requestFailed',
			requestId: '1',
			failure: { kind: 'unavailable', message: 'Broken.', fields },
		});
		const broken = fold(turnStart(), request('1'), failed({ generationId: 'gen' }));
		assert.deepEqual(broken.unsettled, [{ requestId: '1', generationId: 'gen' }]);
		assert.equal(broken.cost.unknownRequests, 1);
		const refused = fold(turnStart(), request('1'), failed({ generationId: 'gen', status: 503 }));
		assert.deepEqual(refused.unsettled, []);
		assert.equal(refused.cost.unknownRequests, 0);
	});

	it('adds up dollars without a rest', () => {
		const priced = (id: string) => [request(id), text, response([], usage(0.1))];
		const state = fold(turnStart(), ...priced('1'), ...priced('2'), ...priced('3'));
		assert.equal(state.cost.known, 0.3);
	});

	it('keeps what was changed until it is taken back or kept', () => {
		const calls = [turnStart(), requestStart, response(['1', '2', '3'])];
		const state = fold(
			...calls,
			...[change('a', '1', 'v0', 'v1'), toolEnd('1', 'ok'), change('b', '2', 'v1', 'v2'), toolEnd('2', 'interrupted')],
			...[change('c', '3', 'v2', 'v3'), toolEnd('3', 'ok')],
		);
		assert.deepEqual(
			state.changes.map(({ changeId, added, removed }) => [changeId, added, removed]),
			[
				['a', 3, 2],
				['b', 3, 2],
				['c', 3, 2],
			],
		);
		state.apply({ type: 'undone', changeId: 'c', conflicts: 1 });
		state.apply({ type: 'undone', changeId: 'b', conflicts: 0 });
		state.apply({ type: 'kept', changeIds: ['a'] });
		assert.deepEqual(
			state.changes.map(({ changeId }) => changeId),
			['c'],
		);
		assert.deepEqual(
			state.allChanges.map(({ changeId }) => changeId),
			['a', 'b', 'c'],
		);
	});

	it('forgets a change that was recorded and then not made', () => {
		const calls = [turnStart(), requestStart, response(['1', '2'])];
		const failed = fold(...calls, change('a', '1', 'v0', 'v1'), toolEnd('1', 'error'));
		assert.deepEqual(failed.allChanges, []);
		// The user typed meanwhile, and the tool began anew from the new text.
		const again = fold(
			...calls,
			change('a', '1', 'v0', 'v1'),
			change('b', '1', 'typed', 'typed v1'),
			toolEnd('1', 'ok'),
		);
		assert.deepEqual(
			again.allChanges.map(({ changeId }) => changeId),
			['b'],
		);
		const twice = fold(...calls, change('a', '1', 'v0', 'v1'), change('b', '1', 'v1', 'v2'), toolEnd('1', 'ok'));
		assert.deepEqual(
			twice.allChanges.map(({ changeId }) => changeId),
			['a', 'b'],
		);
	});

	it('has in the queue what was sent and has not entered', () => {
		const queued = (messageId: string): SessionEvent => ({
			type: 'queued',
			messageId,
			text: messageId,
			attachments: [],
		});
		const state = fold(
			...['a', 'b', 'c', 'd'].map(queued),
			{ type: 'steer', messageId: 'a', text: 'a' },
			{ type: 'unqueued', messageId: 'b' },
			{ type: 'user', messageId: 'c', text: 'c', attachments: [] },
		);
		assert.deepEqual(
			state.queue.map(({ messageId }) => messageId),
			['d'],
		);
	});

	it('closes a turn whose process died, telling what may have had an effect', () => {
		const state = fold(
			...[turnStart(), requestStart, response(['done', 'started', 'waiting']), toolEnd('done', 'ok')],
			{ type: 'toolStart', callId: 'started', name: 'edit', subject: 'a.ts' },
		);
		assert.deepEqual(
			recoveryEvents(state).map(event => (event.type === 'toolEnd' ? [event.callId, event.result.text] : event)),
			[
				['started', 'The editor closed while this ran; check its effect before repeating it.'],
				['waiting', 'Not run: the editor closed before it.'],
				{ type: 'turnEnd', reason: 'interrupted' },
			],
		);
	});
});

describe('titleFrom', () => {
	it('takes the first line with words, without Markdown', () => {
		assert.equal(titleFrom('\n\n# Fix the `double` read\n\nIt fails.'), 'Fix the double read');
		assert.equal(titleFrom('- [ ] do it'), '[ ] do it');
		assert.equal(titleFrom('```ts\ncode\n```'), 'ts');
		assert.equal(titleFrom('修复 解析器'), '修复 解析器');
		assert.equal(titleFrom('?!'), '?!');
	});

	it('cuts at a word and never inside a character', () => {
		const long = 'Explain how the parser reads the same token twice when the input ends early';
		assert.equal(titleFrom(long), 'Explain how the parser reads the same token twice when the…');
		assert.equal(titleFrom('😀'.repeat(40)), `${'😀'.repeat(30)}…`);
		assert.equal(titleFrom(`a${'😀'.repeat(40)}`), `a${'😀'.repeat(29)}…`);
	});
});
