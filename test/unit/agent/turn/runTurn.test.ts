import assert from 'node:assert/strict';
import { Conversation } from '../../../../src/agent/context/conversation.ts';
import type { TurnEvent } from '../../../../src/agent/events.ts';
import { ModelError, type ModelEvent } from '../../../../src/agent/model.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { DEFAULT_RETRY } from '../../../../src/agent/turn/retryPolicy.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { call, calls, says, scriptedModel, waitsForStop } from '../../../fakes/scriptedModel.ts';
import { fakeTool, runToEnd, turnOptions } from '../../../fakes/turnHarness.ts';

const read = fakeTool('read');

/** A promise and the hand that settles it. */
function gate() {
	let settle: (() => void) | undefined;
	const passed = new Promise<void>(resolve => {
		settle = resolve;
	});
	return { open: () => settle?.(), passed };
}

function typesOf(events: readonly TurnEvent[]): string[] {
	return events.map(event => ('callId' in event ? `${event.type} ${event.callId}` : event.type));
}

describe('runTurn', () => {
	it('asks, runs the call, and asks again with its result', async () => {
		const clock = manualClock();
		const client = scriptedModel(
			[
				{ type: 'served', model: 'vendor/model-1', provider: 'P' },
				{ type: 'text', delta: 'Looking.' },
				{ type: 'reasoningDetails', details: [{ type: 'reasoning.text' }] },
				{ type: 'toolCall', call: call('c1', 'read', { path: 'a.ts' }) },
				{ type: 'finish', reason: 'toolCalls' },
			],
			says('Done.'),
		);
		const tool = fakeTool('read', {
			run(path) {
				clock.advance(7);
				return { text: `text of ${path}`, view: { kind: 'note', note: '1 line' } };
			},
		});
		const { events, conversation, bugs } = await runToEnd({ client, tools: [tool], clock });
		assert.deepEqual(events, [
			{ type: 'turnStart', turnId: 'turn', model: { id: 'vendor/model', name: 'Model', isBuiltIn: false } },
			{ type: 'requestStart', requestId: 'id1' },
			{ type: 'served', model: 'vendor/model-1', provider: 'P' },
			{ type: 'text', delta: 'Looking.' },
			{
				type: 'response',
				requestId: 'id1',
				finish: 'toolCalls',
				toolCalls: [{ id: 'c1', name: 'read', arguments: '{"path":"a.ts"}' }],
				reasoningDetails: [{ type: 'reasoning.text' }],
				durationMs: 0,
				firstTokenMs: 0,
			},
			{ type: 'toolStart', callId: 'c1', name: 'read', subject: 'a.ts' },
			{
				type: 'toolEnd',
				callId: 'c1',
				result: { outcome: 'ok', text: 'text of a.ts', view: { kind: 'note', note: '1 line' }, durationMs: 7 },
			},
			{ type: 'requestStart', requestId: 'id2' },
			{ type: 'text', delta: 'Done.' },
			{ type: 'response', requestId: 'id2', finish: 'stop', toolCalls: [], durationMs: 0, firstTokenMs: 0 },
			{ type: 'turnEnd', reason: 'done' },
		] satisfies TurnEvent[]);
		assert.deepEqual(bugs, []);
		assert.deepEqual(client.requests[1]?.messages, conversation.messages.slice(0, -1));
		assert.deepEqual(
			conversation.messages.map(({ role }) => role),
			['system', 'user', 'assistant', 'tool', 'assistant'],
		);
	});

	describe('requests', () => {
		it('ends as failed with what the client threw, keeping the usage', async () => {
			const usage = { promptTokens: 1, completionTokens: 2, cachedTokens: 0, cacheWriteTokens: 0, reasoningTokens: 0 };
			const { events } = await runToEnd({
				client: scriptedModel(function* () {
					yield { type: 'text', delta: 'Half' };
					yield { type: 'usage', usage };
					throw new ModelError('cut', 'The stream broke.', { provider: 'P', isRetryable: false });
				}),
			});
			const failure = { kind: 'cut', message: 'The stream broke.', fields: { provider: 'P', isRetryable: false } };
			assert.deepEqual(events.slice(-2), [
				{ type: 'requestFailed', requestId: 'id1', failure, usage },
				{ type: 'turnEnd', reason: 'failed', failure },
			]);
		});

		it('takes a stream without a finish for a cut one', async () => {
			const { end } = await runToEnd({
				client: scriptedModel([{ type: 'text', delta: 'Half' }]),
				retry: { ...DEFAULT_RETRY, maxAttempts: 1 },
			});
			assert.equal(end.failure?.kind, 'cut');
		});

		it('reports a bug of the client as internal and hands it to the log', async () => {
			const bug = new TypeError('x is not a function');
			const { end, bugs } = await runToEnd({
				client: scriptedModel(() => {
					throw bug;
				}),
			});
			assert.deepEqual(bugs, [bug]);
			assert.equal(end.reason, 'failed');
			assert.equal(end.failure?.kind, 'internal');
			assert.ok(!end.failure.message.includes('x is not'));
		});

		it('stops at the limit of requests', async () => {
			let count = 0;
			const more = () => calls(call(`c${count}`, 'read', { path: `${count++}.ts` }));
			const client = scriptedModel(more, more, more, more);
			const { end } = await runToEnd({ client, tools: [read], maxRequests: 3 });
			assert.equal(end.reason, 'limit');
			assert.equal(client.requests.length, 3);
		});

		it('brings in what the user sent meanwhile before the next request, and goes on for it after the last', async () => {
			const queue = [{ messageId: 'q1', text: 'And b.', attachments: [] }];
			const client = scriptedModel(
				calls(call('c1', 'read', { path: 'a' })),
				() => {
					queue.push({ messageId: 'q2', text: 'And c.', attachments: [] });
					return says('A and b.');
				},
				says('And c.'),
			);
			const { end } = await runToEnd({ client, tools: [read], queue });
			assert.equal(end.reason, 'done');
			assert.deepEqual(
				client.requests.map(({ messages }) => messages.at(-1)),
				[
					{ role: 'user', text: 'And b.' },
					{ role: 'tool', callId: 'c1', text: 'read a' },
					{ role: 'user', text: 'And c.' },
				],
			);
		});

		it('runs no call of an answer that was cut at its length, and tells so', async () => {
			const client = scriptedModel([
				{ type: 'toolCall', call: call('c1', 'read', { path: 'a' }) },
				{ type: 'finish', reason: 'length' },
			]);
			const { end, results, events } = await runToEnd({ client, tools: [read] });
			assert.equal(end.reason, 'length');
			assert.match(results['c1'] ?? '', /^Not run: the answer was cut/);
			assert.ok(!typesOf(events).includes('toolStart c1'));
		});

		it('ends as failed when the provider stopped the answer for its content', async () => {
			const { end } = await runToEnd({ client: scriptedModel([{ type: 'finish', reason: 'contentFilter' }]) });
			assert.equal(end.failure?.kind, 'moderation');
		});
	});

	describe('arguments', () => {
		const attempt = async (name: string, args: string) => {
			const client = scriptedModel(calls({ id: 'c1', name, arguments: args }), says('ok'));
			const { results, events, bugs } = await runToEnd({ client, tools: [read] });
			assert.deepEqual(bugs, []);
			assert.equal(events.at(-1)?.type, 'turnEnd');
			return results['c1'] ?? '';
		};

		it('tells where the JSON breaks', async () => {
			assert.match(
				await attempt('read', '{"path": "a'),
				/not valid JSON: they end at position 11, where the closing "/,
			);
			assert.match(await attempt('read', "{path:'a'}"), /expected a property name in double quotes at position 1/);
			assert.match(await attempt('read', '{"path": NaN}'), /expected a value at position 9/);
		});

		it('tells which argument does not fit', async () => {
			assert.match(await attempt('read', '{"path": 3}'), /do not fit: path: .*string/);
			assert.match(await attempt('read', 'null'), /do not fit/);
			assert.match(await attempt('read', '[]'), /do not fit/);
			assert.match(await attempt('read', ''), /do not fit: path/);
		});

		it('knows no tool by the name of a property of objects', async () => {
			for (const name of ['__proto__', 'constructor', 'Read', 'read ', 'mcp__x', '']) {
				assert.match(await attempt(name, '{"path":"a"}'), /^There is no tool .* The tools are: read\.$/);
			}
		});

		it('freezes what the user approves', async () => {
			let seen: unknown;
			const sly = {
				...fakeTool('write', { effect: 'write', run: async () => ({ text: 'written' }) }),
				preview: async (input: unknown) => {
					seen = input;
					(input as { path: string }).path = 'other';
					return { kind: 'note', note: '' } as const;
				},
			};
			const client = scriptedModel(calls(call('c1', 'write', { path: 'a' })), says('ok'));
			const { asked, bugs } = await runToEnd({ client, tools: [sly] });
			assert.deepEqual(seen, { path: 'a' });
			assert.deepEqual(asked, []);
			assert.ok(bugs[0] instanceof TypeError);
		});

		it('gives a call a new id when an earlier one of the session has it', async () => {
			const client = scriptedModel(
				calls(call('call_0', 'read', { path: 'a' }), call('call_0', 'read', { path: 'b' })),
				calls(call('call_0', 'read', { path: 'c' })),
				says('ok'),
			);
			const { results } = await runToEnd({ client, tools: [read] });
			assert.deepEqual(Object.values(results), ['read a', 'read b', 'read c']);
		});
	});

	describe('order', () => {
		it('runs neighbouring reads together and a write alone, in the order of the calls', async () => {
			const log: string[] = [];
			const first = gate();
			const step = (name: string, effect: 'read' | 'write') =>
				fakeTool(name, {
					effect,
					async run(path) {
						log.push(`${path} begins`);
						if (path === 'r1') {
							await first.passed;
						} else if (path === 'r2') {
							first.open();
						}
						log.push(`${path} ends`);
						return { text: path };
					},
				});
			const client = scriptedModel(
				calls(
					call('1', 'read', { path: 'r1' }),
					call('2', 'read', { path: 'r2' }),
					call('3', 'write', { path: 'w1' }),
					call('4', 'read', { path: 'r3' }),
					call('5', 'write', { path: 'w2' }),
				),
				says('ok'),
			);
			await runToEnd({ client, tools: [step('read', 'read'), step('write', 'write')] });
			assert.deepEqual(log.slice(0, 2), ['r1 begins', 'r2 begins']);
			assert.deepEqual(log.slice(2, 4).sort(), ['r1 ends', 'r2 ends']);
			assert.deepEqual(log.slice(4), ['w1 begins', 'w1 ends', 'r3 begins', 'r3 ends', 'w2 begins', 'w2 ends']);
			assert.deepEqual(
				client.requests[1]?.messages.flatMap(message => (message.role === 'tool' ? [message.callId] : [])),
				['1', '2', '3', '4', '5'],
			);
		});

		it('starts a tool, and lets it touch a file, only after the event of it was dealt with', async () => {
			const log: string[] = [];
			const write = fakeTool('write', {
				effect: 'write',
				async run(path, context) {
					log.push('runs');
					await context.recordChange({
						location: await context.workspace.locate(path, context.signal),
						before: 'old',
						after: 'new',
					});
					log.push('touches the file');
					return { text: 'written' };
				},
			});
			const client = scriptedModel(calls(call('c1', 'write', { path: 'a.ts' })), says('ok'));
			const { events } = await runToEnd({
				client,
				tools: [write],
				allowed: { level: 'edits' },
				async onEvent({ type }) {
					log.push(`stores ${type}`);
					// Whatever could overtake has its chance now.
					await new Promise(resolve => setImmediate(resolve));
					log.push(`stored ${type}`);
				},
			});
			const from = log.indexOf('stores toolStart');
			assert.deepEqual(log.slice(from, from + 8), [
				'stores toolStart',
				'stored toolStart',
				'runs',
				'stores change',
				'stored change',
				'touches the file',
				'stores toolEnd',
				'stored toolEnd',
			]);
			assert.deepEqual(
				events.find(({ type }) => type === 'change'),
				{
					type: 'change',
					changeId: 'id2',
					callId: 'c1',
					path: 'a.ts',
					uri: 'file:///root/a.ts',
					before: 'hash of old',
					after: 'hash of new',
				},
			);
		});

		it('lets no file be touched when the change could not be recorded', async () => {
			let isTouched = false;
			const write = fakeTool('write', {
				effect: 'write',
				async run(path, context) {
					await context.recordChange({ location: await context.workspace.locate(path, context.signal), after: 'new' });
					isTouched = true;
					return { text: 'written' };
				},
			});
			const client = scriptedModel(calls(call('c1', 'write', { path: 'a' })), says('ok'));
			const { results } = await runToEnd({
				client,
				tools: [write],
				putBlob: () => Promise.reject(new Error('no space left on device')),
			});
			assert.equal(isTouched, false);
			assert.match(results['c1'] ?? '', /^Not changed: .*no space left on device/);
		});
	});

	describe('approvals', () => {
		const write = fakeTool('write', { effect: 'write' });

		it('asks for each write until the session is allowed', async () => {
			const client = scriptedModel(
				calls(
					call('1', 'write', { path: 'a' }),
					call('2', 'write', { path: 'b' }),
					call('3', 'write', { path: 'package.json' }),
					call('4', 'write', { path: '/etc/hosts' }),
				),
				says('ok'),
			);
			const { asked, results, events } = await runToEnd({
				client,
				tools: [write],
				ask: () => ({ allow: 'session' }),
			});
			assert.deepEqual(
				asked.map(({ callId, reason, offer }) => [callId, reason, offer?.scopes]),
				[
					['1', 'write', ['session']],
					['3', 'protected', undefined],
					['4', 'system', undefined],
				],
			);
			assert.deepEqual(Object.values(results), ['write a', 'write b', 'write package.json', 'write /etc/hosts']);
			assert.deepEqual(
				events.flatMap(event => (event.type === 'approvalAnswered' ? [event.answer.allow] : [])),
				['session', 'once', 'once'],
			);
		});

		it('shows the preview, and takes its failure for the result without asking', async () => {
			const tool = fakeTool('write', {
				effect: 'write',
				async preview(path) {
					if (path === 'bad') {
						throw new ToolError('No such text.');
					}
					return { kind: 'note', note: `preview of ${path}` };
				},
			});
			const client = scriptedModel(
				calls(call('1', 'write', { path: 'bad' }), call('2', 'write', { path: 'good' })),
				says('ok'),
			);
			const { asked, results } = await runToEnd({ client, tools: [tool] });
			assert.deepEqual(
				asked.map(({ callId, view }) => [callId, view]),
				[['2', { kind: 'note', note: 'preview of good' }]],
			);
			assert.deepEqual(results, { 1: 'No such text.', 2: 'write good' });
		});

		it('tells the model what the user wants instead', async () => {
			const client = scriptedModel(calls(call('1', 'write', { path: 'a' })), says('ok'));
			const { results, events } = await runToEnd({
				client,
				tools: [write],
				ask: () => ({ allow: 'no', instead: ' use b ' }),
			});
			assert.equal(results['1'], 'The user did not allow this and says: use b');
			assert.ok(!typesOf(events).includes('toolStart 1'));
		});

		it('ends the turn at the third refusal in a row, without running what follows', async () => {
			const client = scriptedModel(
				calls(call('1', 'write', { path: 'a' }), call('2', 'write', { path: 'b' })),
				calls(call('3', 'write', { path: 'c' }), call('4', 'write', { path: 'd' })),
			);
			const { end, asked, results } = await runToEnd({ client, tools: [write], ask: () => ({ allow: 'no' }) });
			assert.equal(end.reason, 'denied');
			assert.equal(asked.length, 3);
			assert.match(results['4'] ?? '', /^Not run/);
		});

		it('counts refusals anew after a yes or a word of the user', async () => {
			const answers = ['no', 'no', 'once', 'no', 'no', 'instead', 'no', 'no'];
			const client = scriptedModel(
				calls(...answers.map((_, index) => call(`${index}`, 'write', { path: `${index}` }))),
				says('ok'),
			);
			const { end } = await runToEnd({
				client,
				tools: [write],
				ask({ callId }) {
					const answer = answers[Number(callId)];
					return answer === 'once' ? { allow: 'once' } : { allow: 'no', ...(answer === 'instead' && { instead: 'x' }) };
				},
			});
			assert.equal(end.reason, 'done');
		});

		it('denies without asking what policy forbids', async () => {
			const client = scriptedModel(
				calls(call('1', 'write', { path: '.git/hooks/pre-commit' }), call('2', 'read', { path: 'a\0b' })),
				says('ok'),
			);
			const { asked, events } = await runToEnd({ client, tools: [write, read] });
			assert.deepEqual(asked, []);
			assert.deepEqual(
				events.flatMap(event => (event.type === 'toolEnd' ? [event.result.outcome] : [])),
				['denied', 'denied'],
			);
		});

		it('asks when the check of a path breaks', async () => {
			const client = scriptedModel(calls(call('1', 'read', { path: 'a' })), says('ok'));
			const workspace = {
				locate() {
					throw new Error('broken');
				},
			};
			const { asked, bugs } = await runToEnd({ client, tools: [read], workspace: workspace as never });
			assert.deepEqual(
				asked.map(({ reason }) => reason),
				['unclear'],
			);
			assert.equal(bugs.length, 1);
		});
	});

	describe('stop', () => {
		it('ends an answer under way', async () => {
			const stop = new AbortController();
			const { events } = await runToEnd({
				client: scriptedModel(waitsForStop),
				signal: stop.signal,
				onEvent: ({ type }) => (type === 'requestStart' ? setImmediate(() => stop.abort()) && undefined : undefined),
			});
			assert.deepEqual(typesOf(events), ['turnStart', 'requestStart', 'requestFailed', 'turnEnd']);
			assert.deepEqual(events.at(-1), { type: 'turnEnd', reason: 'stopped' });
		});

		it('leaves a read alone that does not listen, and starts nothing after', async () => {
			const stop = new AbortController();
			const deaf = fakeTool('read', {
				run(path) {
					assert.equal(path, 'a');
					setImmediate(() => stop.abort());
					return gate().passed.then(() => ({ text: 'never' }));
				},
			});
			const write = fakeTool('write', { effect: 'write' });
			const client = scriptedModel(
				calls(call('1', 'read', { path: 'a' }), call('2', 'write', { path: 'b' }), call('3', 'read', { path: 'c' })),
			);
			const { events, end } = await runToEnd({ client, tools: [deaf, write], signal: stop.signal });
			assert.equal(end.reason, 'stopped');
			assert.deepEqual(typesOf(events).slice(3), ['toolStart 1', 'toolEnd 1', 'toolEnd 2', 'toolEnd 3', 'turnEnd']);
			const outcomes = events.flatMap(event => (event.type === 'toolEnd' ? [event.result.outcome] : []));
			assert.deepEqual(outcomes, ['interrupted', 'interrupted', 'interrupted']);
		});

		it('tells how a write under way ended, when that comes in time', async () => {
			const stop = new AbortController();
			const write = fakeTool('write', {
				effect: 'write',
				async run() {
					stop.abort();
					await new Promise(resolve => setImmediate(resolve));
					return { text: 'written' };
				},
			});
			const client = scriptedModel(calls(call('1', 'write', { path: 'a' })));
			const { results, end } = await runToEnd({ client, tools: [write], signal: stop.signal });
			assert.equal(end.reason, 'stopped');
			assert.deepEqual(results, { 1: 'written' });
		});

		it('gives up on a write that does not end', async () => {
			const stop = new AbortController();
			const clock = manualClock();
			const write = fakeTool('write', {
				effect: 'write',
				run() {
					stop.abort();
					setImmediate(() => clock.advance(1_000));
					return gate().passed.then(() => ({ text: 'never' }));
				},
			});
			const client = scriptedModel(calls(call('1', 'write', { path: 'a' })));
			const { results } = await runToEnd({ client, tools: [write], signal: stop.signal, clock });
			assert.match(results['1'] ?? '', /check its effect/);
		});

		it('voids a pending approval: a late yes does nothing', async () => {
			const stop = new AbortController();
			let allow = (): void => assert.fail('nobody was asked');
			const write = fakeTool('write', { effect: 'write', run: () => assert.fail('ran') });
			const client = scriptedModel(calls(call('1', 'write', { path: 'a' })));
			const { events, end } = await runToEnd({
				client,
				tools: [write],
				signal: stop.signal,
				ask: () => {
					setImmediate(() => stop.abort());
					return new Promise(resolve => {
						allow = () => resolve({ allow: 'once' });
					});
				},
			});
			allow();
			await new Promise(resolve => setImmediate(resolve));
			assert.equal(end.reason, 'stopped');
			assert.ok(!typesOf(events).some(type => type.startsWith('toolStart') || type.startsWith('approvalAnswered')));
		});

		it('touches no file when the stop comes while the change is recorded', async () => {
			const stop = new AbortController();
			let isTouched = false;
			const write = fakeTool('write', {
				effect: 'write',
				async run(path, context) {
					await context.recordChange({ location: await context.workspace.locate(path, context.signal), after: 'new' });
					isTouched = true;
					return { text: 'written' };
				},
			});
			const client = scriptedModel(calls(call('1', 'write', { path: 'a' })));
			await runToEnd({
				client,
				tools: [write],
				signal: stop.signal,
				onEvent: ({ type }) => (type === 'change' ? stop.abort() : undefined),
			});
			assert.equal(isTouched, false);
		});

		it('ends properly and starts no tool, whichever event it comes after', async () => {
			const write = fakeTool('write', { effect: 'write' });
			const script = () =>
				scriptedModel(
					calls(call('1', 'read', { path: 'a' }), call('2', 'write', { path: 'b' }), call('3', 'read', { path: 'c' })),
					says('Do', 'ne.'),
				);
			const whole = await runToEnd({ client: script(), tools: [read, write] });
			for (let at = 0; at < whole.events.length - 1; at++) {
				const stop = new AbortController();
				let count = 0;
				const { events, end, state } = await runToEnd({
					client: script(),
					tools: [read, write],
					signal: stop.signal,
					onEvent() {
						if (count++ === at) {
							stop.abort();
						}
					},
				});
				const after = typesOf(events.slice(at + 1));
				assert.ok(!after.some(type => /^(?:toolStart|requestStart|approvalAsked)/.test(type)), `after ${at}: ${after}`);
				assert.ok(end.reason === 'stopped' || (end.reason === 'done' && at >= whole.events.length - 3));
				assert.deepEqual(state.pendingCalls, []);
				const ended = events.flatMap(event => (event.type === 'toolEnd' ? [event.callId] : []));
				assert.equal(new Set(ended).size, ended.length);
			}
		});
	});

	describe('tools that fail', () => {
		it('tells the model what a tool says, and hides what is a bug of ours', async () => {
			const bug = new TypeError('undefined is not iterable');
			const tool = fakeTool('read', {
				run(path) {
					throw path === 'bug' ? bug : new ToolError('No such file.');
				},
			});
			const client = scriptedModel(
				calls(call('1', 'read', { path: 'a' }), call('2', 'read', { path: 'bug' })),
				says('ok'),
			);
			const { results, bugs, end } = await runToEnd({ client, tools: [tool] });
			assert.equal(results['1'], 'No such file.');
			assert.ok(!results['2']?.includes('iterable'));
			assert.deepEqual(bugs, [bug]);
			assert.equal(end.reason, 'done');
		});
	});

	describe('loops', () => {
		const repeat = (args: () => string): (() => ModelEvent[]) => {
			let id = 0;
			return () => calls({ id: `c${id++}`, name: 'read', arguments: args() });
		};

		it('hints at the third equal call with an equal result and stops at the fifth', async () => {
			const again = repeat(() => '{"path":"a"}');
			const client = scriptedModel(again, again, again, again, again, again);
			const { end, results } = await runToEnd({ client, tools: [read] });
			assert.equal(end.reason, 'loop');
			assert.match(end.failure?.message ?? '', /read "a"/);
			assert.deepEqual(
				Object.values(results).map(text => text.includes('Do something else')),
				[false, false, true, true, false],
			);
		});

		it('cuts a text that repeats itself for ever, keeps what came, and closes the stream', async () => {
			let sent = 0;
			let isClosed = false;
			const client = scriptedModel(function* () {
				try {
					for (; sent < 100_000; sent++) {
						yield { type: 'text', delta: 'the same sixty characters come again and again and again... ' };
					}
				} finally {
					isClosed = true;
				}
			});
			const { end, events } = await runToEnd({ client });
			assert.equal(end.reason, 'loop');
			assert.ok(isClosed && sent < 2000, `${sent} pieces were read`);
			assert.ok(events.some(({ type }) => type === 'text') && events.some(({ type }) => type === 'requestFailed'));
		});

		it('lets a call be repeated whose result changes', async () => {
			let count = 0;
			const tool = fakeTool('read', { run: () => ({ text: `${count++}` }) });
			const again = repeat(() => '{"path":"a"}');
			const { end } = await runToEnd({
				client: scriptedModel(again, again, again, again, again, again, says('ok')),
				tools: [tool],
			});
			assert.equal(end.reason, 'done');
		});

		it('stops at the third answer in a row whose arguments cannot be read', async () => {
			let broken = '{';
			const again = repeat(() => {
				broken += '"';
				return broken;
			});
			const client = scriptedModel(again, again, again, again);
			const { end } = await runToEnd({ client, tools: [read] });
			assert.equal(end.reason, 'loop');
			assert.equal(client.requests.length, 3);
		});
	});

	it('lets the tools know when the consumer leaves, and runs on nowhere', async () => {
		const { runTurn } = await import('../../../../src/agent/turn/runTurn.ts');
		const left = gate();
		const client = scriptedModel(async function* (_request, signal) {
			yield { type: 'text', delta: 'a' };
			signal.addEventListener('abort', left.open, { once: true });
			yield { type: 'text', delta: 'b' };
			assert.fail('asked for more');
		});
		const conversation = new Conversation();
		conversation.apply({ type: 'user', messageId: 'm', text: 'Hi', attachments: [] });
		const turn = runTurn({ ...turnOptions(client, conversation), workspace: undefined as never, onBug: assert.fail });
		for await (const event of turn) {
			if (event.type === 'text' && event.delta === 'b') {
				break;
			}
		}
		await left.passed;
	});
});
