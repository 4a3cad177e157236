import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../src/agent/events.ts';
import type { Usage } from '../../../src/agent/model.ts';
import type { StoredEvent } from '../../../src/agent/session/log.ts';
import { TranscriptView } from '../../../src/host/chat/transcriptView.ts';
import { applyDelta, type Item, type TranscriptDelta } from '../../../src/protocol/transcript.ts';

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
function shown(
	events: readonly SessionEvent[],
	known?: ConstructorParameters<typeof TranscriptView>[1],
): readonly Item[] {
	const view = new TranscriptView(t, known);
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
			{ kind: 'user', id: 'e0', text: 'Fix it', chips: ['a.ts'], canRestore: true },
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
				requests: [
					{
						model: 'B',
						provider: 'P',
						purpose: 'Answer',
						promptTokens: 100,
						cachedTokens: 50,
						cacheWriteTokens: 0,
						completionTokens: 10,
						reasoningTokens: 0,
						cost: '$0.031',
						durationMs: 5,
					},
				],
				providerSwitches: 0,
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
				request: { callId: 'c', name: 'edit', subject: 'a.ts', reason: 'write', view },
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

	it('shows what a running command prints, and folds it into its result', () => {
		const view = new TranscriptView(t);
		const page: Item[] = [];
		const apply = (deltas: readonly TranscriptDelta[]) => {
			for (const delta of deltas) {
				applyDelta(page, delta.index, delta);
			}
			assert.deepEqual(page, view.items);
		};
		const events: SessionEvent[] = [
			...start,
			{ type: 'toolStart', callId: 'c', name: 'bash', subject: 'npm test\n\u202E', allowedBy: ['npm test …'] },
		];
		for (const event of stored(events)) {
			apply(view.add(event));
		}
		const update = { text: 'one\u200B\n', skipped: 0, openLine: '50 %' };
		apply(view.output({ callId: 'c', update }));
		apply(view.output({ callId: 'c', update: { text: 'two\n', skipped: 9, openLine: '' } }));
		apply(view.output({ callId: 'unknown', update }));
		const running = page.at(-1);
		assert.ok(running?.kind === 'tool');
		assert.equal(running.subject, 'npm test ⏎ \\u{202E}');
		assert.deepEqual(running.live, { text: 'two\n', openLine: '', isCut: true });
		const end: SessionEvent = {
			type: 'toolEnd',
			callId: 'c',
			result: {
				...{ outcome: 'ok', text: '', durationMs: 3 },
				view: { kind: 'command', command: 'npm test', note: 'exit code 1, 2.3 s', output: 'two' },
			},
		};
		apply(view.add({ sequence: 9, generation: 0, at: 0, event: end }));
		apply(view.output({ callId: 'c', update }));
		assert.deepEqual(page.at(-1), {
			kind: 'tool',
			id: 'e3',
			name: 'bash',
			state: 'done',
			verb: 'Ran',
			subject: 'npm test ⏎ \\u{202E}',
			note: 'exit code 1, 2.3 s',
			allowedBy: ['npm test …'],
			detail: { kind: 'command', command: 'npm test', output: 'two' },
		});
	});

	it('has a row for each call of a call, which wait, run and end one by one', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'toolStart', callId: 'b', name: 'batch', subject: '2 calls' },
			{
				type: 'innerCalls',
				parentId: 'b',
				calls: [
					{ callId: 'b/1', name: 'read', subject: 'a.ts' },
					{ callId: 'b/2', name: 'bash', subject: 'make' },
				],
			},
		];
		const states = (more: readonly SessionEvent[]) =>
			shown([...events, ...more]).flatMap(item => (item.kind === 'tool' ? [`${item.verb} ${item.subject}`] : []));
		assert.deepEqual(states([]), ['Running 2 calls', 'Next a.ts', 'Next make']);
		const item = { callId: 'b/2', name: 'bash', subject: 'make', reason: 'command' } as const;
		const asked: SessionEvent = {
			type: 'approvalAsked',
			request: { callId: 'b', name: 'batch', subject: '2 calls', reason: 'several', items: [item] },
		};
		assert.deepEqual(states([asked]), ['Waiting 2 calls', 'Next a.ts', 'Waiting make']);
		const answered: SessionEvent[] = [asked, { type: 'approvalAnswered', callId: 'b', answer: { allow: 'once' } }];
		assert.deepEqual(states(answered), ['Running 2 calls', 'Next a.ts', 'Next make']);
		const ended: SessionEvent[] = [
			...answered,
			{ type: 'toolStart', callId: 'b/1', parentId: 'b', name: 'read', subject: 'a.ts' },
			{ type: 'toolEnd', callId: 'b/1', parentId: 'b', result: { outcome: 'ok', text: '', durationMs: 1 } },
			{ type: 'toolStart', callId: 'b/2', parentId: 'b', name: 'bash', subject: 'make' },
			{ type: 'toolEnd', callId: 'b/2', parentId: 'b', result: { outcome: 'error', text: '', durationMs: 1 } },
			{ type: 'toolEnd', callId: 'b', result: { outcome: 'ok', text: '1: ok\n2: no make here', durationMs: 2 } },
		];
		assert.deepEqual(states(ended), ['Ran 2 calls', 'Read a.ts', 'Failed make']);
		const rows = shown([...events, ...ended]).filter(row => row.kind === 'tool');
		assert.deepEqual(
			rows.map(({ parentId }) => parentId),
			[undefined, rows[0]?.id, rows[0]?.id],
		);
		// Why an inner call failed is only in the text of the outer one.
		assert.deepEqual(rows[0]?.detail, { kind: 'text', text: '1: ok\n2: no make here' });
	});

	it('shows an agent that works for a call, its costs as they come, and counts them in the receipt', () => {
		const spent = (requestId: string, cost?: number): SessionEvent => ({
			type: 'delegateSpent',
			callId: 'c',
			requestId,
			...(cost !== undefined && { cost }),
		});
		const running: SessionEvent[] = [
			...start,
			{ type: 'response', requestId: 'r', finish: 'toolCalls', toolCalls: [], usage, durationMs: 5 },
			{ type: 'toolStart', callId: 'c', name: 'task', subject: 'Port' },
			{ type: 'delegated', callId: 'c', sessionId: 's9', title: 'Port the tests' },
			spent('d1', 0.01),
			spent('d2'),
		];
		const rowOf = (events: readonly SessionEvent[]) => shown(events).find(item => item.kind === 'tool');
		const row = rowOf(running);
		assert.ok(row?.kind === 'tool');
		assert.deepEqual([row.subject, row.note, row.delegateId], ['Port the tests', '2 steps, cost unknown', 's9']);
		const view = { kind: 'agent', sessionId: 's9', title: 'Port the tests', note: 'not finished, 4 calls' } as const;
		const ended: SessionEvent[] = [
			...running,
			{ type: 'toolEnd', callId: 'c', result: { outcome: 'ok', text: '', view, durationMs: 5 } },
			{ type: 'turnEnd', reason: 'done' },
		];
		const receiptOf = (events: readonly SessionEvent[]) => {
			const receipt = shown(events).findLast(item => item.kind === 'receipt');
			return receipt?.kind === 'receipt' ? [receipt.cost, receipt.requests.at(-1)] : undefined;
		};
		const request = { purpose: 'Sub-agent: Port the tests', durationMs: 2000 };
		assert.deepEqual(receiptOf(ended), ['cost unknown', { ...request, cost: 'cost unknown' }]);
		const late = [...ended, spent('d2', 0.02)];
		assert.deepEqual(receiptOf(late), ['$0.061', { ...request, cost: '$0.030' }]);
		const noteOf = (events: readonly SessionEvent[]) => {
			const item = rowOf(events);
			return item?.kind === 'tool' && item.note;
		};
		assert.equal(noteOf(ended), '2 steps, cost unknown');
		assert.equal(noteOf(late), '2 steps, $0.030');
		assert.equal(noteOf(ended.filter(event => event.type !== 'delegateSpent' || event.cost)), 'not finished, 4 calls');
	});

	it('counts in the receipt what a tool cost by itself, by its name', () => {
		const searched: SessionEvent[] = [
			...start,
			{ type: 'response', requestId: 'r', finish: 'toolCalls', toolCalls: [], usage, durationMs: 5 },
			{ type: 'toolStart', callId: 'c', name: 'websearch', subject: 'parsers' },
			{ type: 'delegateSpent', callId: 'c', requestId: 's', cost: 0.01 },
			{ type: 'toolEnd', callId: 'c', result: { outcome: 'ok', text: '', durationMs: 5 } },
			{ type: 'turnEnd', reason: 'done' },
		];
		const receipt = shown(searched).findLast(item => item.kind === 'receipt');
		assert.ok(receipt?.kind === 'receipt');
		const own = receipt.requests.at(-1);
		assert.deepEqual([receipt.cost, own?.purpose, own?.cost], ['$0.041', 'websearch', '$0.010']);
	});

	it('keeps the newest plan and makes no row of it, unless it could not be set', () => {
		const planned = (outcome: 'ok' | 'error', ...texts: string[]): SessionEvent[] => [
			{ type: 'requestStart', requestId: 'r' },
			{
				type: 'response',
				requestId: 'r',
				finish: 'toolCalls',
				toolCalls: [{ id: 'p', name: 'todo', arguments: '{}' }],
				durationMs: 1,
			},
			{ type: 'toolStart', callId: 'p', name: 'todo', subject: '' },
			{
				type: 'toolEnd',
				callId: 'p',
				result: {
					...{ outcome, text: 'Give items.', durationMs: 1 },
					...(outcome === 'ok' && { view: { kind: 'plan', items: texts.map(text => ({ text, status: 'open' })) } }),
				},
			},
		];
		const view = new TranscriptView(t);
		for (const event of stored([
			...start,
			...planned('ok', 'a'),
			...planned('ok', 'b\u200B', 'c'),
			...planned('error'),
		])) {
			view.add(event);
		}
		assert.deepEqual(view.plan, [
			{ text: 'b\\u{200B}', status: 'open' },
			{ text: 'c', status: 'open' },
		]);
		assert.deepEqual(
			view.items.flatMap(item => (item.kind === 'tool' ? [[item.verb, item.subject, item.detail]] : [])),
			[['Failed', '', { kind: 'text', text: 'Give items.' }]],
		);
	});

	it('names the server of a foreign tool, and never a path that is not what it seems', () => {
		const view = { kind: 'foreign', server: 'github', tool: 'search', input: '{}' } as const;
		const rows = shown([
			...start,
			{
				type: 'approvalAsked',
				request: { callId: 'f', name: 'useTool', subject: 'mcp_search {}', reason: 'foreign', view },
			},
			{ type: 'toolStart', callId: 'f', name: 'useTool', subject: 'mcp_search {}' },
			{ type: 'toolStart', callId: 'g', name: 'read', subject: 'a\u202Ets.b' },
		]).flatMap(item => (item.kind === 'tool' ? [[item.verb, item.subject, item.path]] : []));
		assert.deepEqual(rows, [
			['Using', 'github: search', undefined],
			['Reading', 'a\\u{202E}ts.b', undefined],
		]);
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

	it('counts down to the next attempt, and keeps one line for attempts that brought nothing', () => {
		const failed = failure('rateLimit', { provider: 'P' });
		const events: SessionEvent[] = [...start, failed, retry('rateLimit', 18_000, 1)];
		assert.deepEqual(shown(events).at(-1), {
			kind: 'notice',
			id: 'e4',
			icon: 'refresh',
			text: 'Rate limited by P. Trying again in {0} s.',
			until: 4000 + 18_000,
			actions: [
				{ action: 'retryNow', label: 'Try now' },
				{ action: 'chooseModel', label: 'Other model' },
				{ action: 'stop', label: 'Stop' },
			],
		});
		events.push({ type: 'requestStart', requestId: 'r2' });
		assert.deepEqual(notices(events), ['Rate limited by P. Tried again.']);
		events.push(failure('rateLimit', { provider: 'P' }, 'r2'), retry('rateLimit', 36_000, 2));
		assert.deepEqual(notices(events), ['Rate limited by P. Trying again in {0} s.']);
		events.push({ type: 'requestStart', requestId: 'r3' });
		const last = shown(events).at(-1);
		assert.deepEqual(last, {
			kind: 'notice',
			id: 'e4',
			icon: 'refresh',
			text: 'Rate limited by P. Tried again 2 times.',
		});
	});

	it('stops a countdown that ends with the turn', () => {
		const events: SessionEvent[] = [
			...start,
			failure('unavailable'),
			retry('unavailable', 1000, 1),
			{ type: 'turnEnd', reason: 'stopped' },
		];
		assert.deepEqual(shown(events)[1], { kind: 'notice', id: 'e4', icon: 'refresh', text: 'P could not answer.' });
	});

	it('keeps what a broken attempt said as interrupted, and what the next one says beside it', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'text', delta: 'Half a thought' },
			failure('cut'),
			retry('cut', 500, 1),
			{ type: 'requestStart', requestId: 'r2' },
			{ type: 'text', delta: 'Half a thought, whole' },
			{ type: 'response', requestId: 'r2', finish: 'stop', toolCalls: [], usage, durationMs: 5, firstTokenMs: 2 },
			{ type: 'turnEnd', reason: 'done' },
		];
		const [, first, notice, second, receipt] = shown(events);
		assert.ok(first?.kind === 'text' && first.state === 'interrupted' && first.text === 'Half a thought');
		assert.equal(
			notice?.kind === 'notice' && notice.text,
			'The connection broke after 3 words; the text above is kept as interrupted. Tried again.',
		);
		assert.ok(second?.kind === 'text' && second.state === 'done' && second.text === 'Half a thought, whole');
		assert.ok(receipt?.kind === 'receipt');
		assert.deepEqual(
			receipt.requests.map(({ note, cost, firstTokenMs }) => [note, cost, firstTokenMs]),
			[
				['interrupted', 'cost unknown', undefined],
				[undefined, '$0.031', 2],
			],
		);
		assert.equal(receipt.cost, 'cost unknown');
	});

	it('corrects the receipt of an ended turn when the bill of a broken request comes in', () => {
		const broken: SessionEvent[] = [
			...start,
			{ type: 'text', delta: 'Half' },
			failure('cut'),
			{ type: 'turnEnd', reason: 'failed', failure: { kind: 'cut', message: '', fields: {} } },
		];
		const later: SessionEvent[] = [
			...broken,
			{ type: 'user', messageId: 'm2', text: 'Go on', attachments: [] },
			{ type: 'billed', requestId: 'r', usage },
		];
		const receiptOf = (events: readonly SessionEvent[]) => shown(events).find(({ kind }) => kind === 'receipt');
		const [before, after] = [receiptOf(broken), receiptOf(later)];
		assert.ok(before?.kind === 'receipt' && after?.kind === 'receipt');
		assert.equal(before.cost, 'cost unknown');
		assert.equal(after.cost, '$0.031');
		assert.equal(after.requests[0]?.note, 'interrupted');
		assert.equal(after.durationMs, before.durationMs);
	});

	it('takes a bill that comes while the turn still runs into its receipt', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'text', delta: 'Half' },
			failure('cut'),
			{ type: 'billed', requestId: 'r', usage },
			{ type: 'turnEnd', reason: 'stopped' },
		];
		const receipt = shown(events).at(-1);
		assert.equal(receipt?.kind === 'receipt' && receipt.cost, '$0.031');
	});

	it('names the model the turn went on with, and who answers with it', () => {
		const events: SessionEvent[] = [
			...start,
			failure('unavailable'),
			{
				type: 'modelSwitched',
				from: 'a/b',
				to: { id: 'c/d', name: 'D', isBuiltIn: false },
				kind: 'unavailable',
				message: 'Overloaded.',
			},
			{ type: 'requestStart', requestId: 'r2' },
			{ type: 'served', model: 'c/d', provider: 'Q' },
			{ type: 'response', requestId: 'r2', finish: 'stop', toolCalls: [], usage, durationMs: 5 },
			{ type: 'turnEnd', reason: 'done' },
		];
		assert.deepEqual(notices(events), ['B could not answer (unavailable). Continued on D.']);
		const receipt = shown(events).at(-1);
		assert.ok(receipt?.kind === 'receipt');
		assert.deepEqual([receipt.model, receipt.provider, receipt.cost], ['D', 'Q', '$0.031']);
		assert.deepEqual(
			receipt.requests.map(({ model: name, note, cost }) => [name, note, cost]),
			[
				[undefined, 'unavailable', 'no cost'],
				['D', undefined, '$0.031'],
			],
		);
	});

	it('counts how often another provider answered than the one with the warm cache, and what that cost', () => {
		const request = (requestId: string, provider: string, cachedTokens: number): SessionEvent[] => [
			{ type: 'requestStart', requestId, pinnedProvider: 'P' },
			{ type: 'served', model: 'a/b', provider },
			{
				type: 'response',
				requestId,
				finish: 'stop',
				toolCalls: [],
				usage: { ...usage, promptTokens: 10_000, cachedTokens, cacheWriteTokens: 10_000 - cachedTokens },
				durationMs: 5,
			},
		];
		const events: SessionEvent[] = [
			{ type: 'turnStart', turnId: 't', model },
			...request('r1', 'P', 0),
			...request('r2', 'P', 10_000),
			...request('r3', 'Q', 0),
			...request('r4', 'Q', 10_000),
			{ type: 'turnEnd', reason: 'done' },
		];
		const priceOf = (id: string) => (id === 'a/b' ? { prompt: 3e-6, cacheRead: 3e-7 } : undefined);
		const receiptWith = (known?: ConstructorParameters<typeof TranscriptView>[1]) => {
			const receipt = shown(events, known).at(-1);
			assert.ok(receipt?.kind === 'receipt');
			return receipt;
		};
		assert.equal(receiptWith().providerSwitches, 1);
		assert.equal(receiptWith().switchCost, '10k tokens read anew');
		assert.equal(receiptWith({ nameOf: () => undefined, priceOf }).switchCost, 'about $0.027, 10k tokens read anew');
	});

	it('names who answered by the catalogue, and by what was asked for where nobody knows it', () => {
		const answeredBy = (served: string): SessionEvent[] => [
			...start,
			{ type: 'served', model: served, provider: 'P' },
			...finished,
		];
		const nameOf = (id: string) => (id === 'a/b-20260801' ? 'B of August' : undefined);
		const names = (served: string) => {
			const receipt = shown(answeredBy(served), { nameOf, priceOf: () => undefined }).at(-1);
			assert.ok(receipt?.kind === 'receipt');
			return [receipt.model, receipt.requests[0]?.model];
		};
		assert.deepEqual(names('a/b'), ['B', 'B']);
		assert.deepEqual(names('a/b-20260801'), ['B of August', 'B of August']);
		assert.deepEqual(names('x/y'), ['B', 'x/y']);
	});

	it('tells quietly what the model is not sent, with the summary of what was compacted below', () => {
		const events: SessionEvent[] = [
			...start,
			{ type: 'leftOut', model: 'a/b', parameters: ['temperature', 'topP'] },
			{ type: 'trimmed', callIds: ['c'], messageIds: ['m'], tokensBefore: 190_000, tokensAfter: 120_000 },
			{
				type: 'compacted',
				reason: 'auto',
				summary: '[Note for the model.]\n\nThe parser was mended.',
				keptMessages: 2,
				tokensBefore: 190_000,
				tokensAfter: 42_000,
			},
			{ type: 'budgetSet', limit: 4 },
		];
		assert.deepEqual(notices(events), [
			'B does not take these settings, so they are left out: temperature, topP.',
			'2 earlier results are no longer sent to the model: from 190k to 120k tokens.',
			'The conversation was compacted from 190k to 42k tokens.',
			'The budget of this session is $4.00.',
		]);
		const compacted = shown(events).find(item => item.kind === 'notice' && item.detail !== undefined);
		assert.ok(compacted?.kind === 'notice');
		assert.deepEqual(compacted.detail, { kind: 'text', text: 'The parser was mended.' });
	});

	it('shows pictures apart from other context', () => {
		const attachments = [
			{ label: 'a.ts', text: '…' },
			{ label: 'Image 1', text: '', image: { mediaType: 'image/png', hash: 'h' } },
		];
		assert.deepEqual(shown([{ type: 'user', messageId: 'm', text: 'See', attachments }]), [
			{ kind: 'user', id: 'e0', text: 'See', chips: ['a.ts'], images: ['Image 1'], canRestore: true },
		]);
	});
});

function failure(kind: 'cut' | 'rateLimit' | 'unavailable', fields = {}, requestId = 'r'): SessionEvent {
	return { type: 'requestFailed', requestId, failure: { kind, message: 'It failed.', fields } };
}

function retry(kind: 'cut' | 'rateLimit' | 'unavailable', delayMs: number, attempt: number): SessionEvent {
	return { type: 'retry', attempt, delayMs, kind, message: 'It failed.', provider: 'P' };
}

function notices(events: readonly SessionEvent[]): string[] {
	return shown(events).flatMap(item => (item.kind === 'notice' ? [item.text] : []));
}
