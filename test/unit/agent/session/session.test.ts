import assert from 'node:assert/strict';
import * as z from 'zod';
import { systemClock } from '../../../../src/agent/clock.ts';
import type { SessionEvent } from '../../../../src/agent/events.ts';
import { type ModelClient, ModelError, type Usage } from '../../../../src/agent/model.ts';
import { SessionTakenError } from '../../../../src/agent/session/log.ts';
import { Session } from '../../../../src/agent/session/session.ts';
import type { SessionOptions } from '../../../../src/agent/session/sessionOptions.ts';
import { defineTool, type Tool } from '../../../../src/agent/tool.ts';
import { MemoryRuleStore } from '../../../fakes/memoryRuleStore.ts';
import { type MemorySessionStore, memorySessionStore } from '../../../fakes/memorySessionStore.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';
import { type Answer, call, calls, says, scriptedModel, waitsForStop } from '../../../fakes/scriptedModel.ts';
import { fakeTool, resolvedModel } from '../../../fakes/turnHarness.ts';

const model = { id: 'vendor/model', name: 'Model', isBuiltIn: false };
const read = fakeTool('read');

/** Writes a whole file the way the real tools do: look, record, write. */
const writeTool = defineTool({
	name: 'write',
	description: 'Write a file.',
	effect: 'write',
	input: z.object({ path: z.string(), content: z.string() }),
	paths: ({ path }) => [path],
	subject: ({ path }) => path,
	async run({ path, content }, { workspace, signal, recordChange }) {
		const location = await workspace.locate(path, signal);
		const exists = (await workspace.stat(location, signal)) !== undefined;
		const current = exists ? await workspace.readText(location, signal) : undefined;
		await recordChange({ location, after: content, ...(current && { before: current.text }) });
		await workspace.write(location, content, current?.stamp ?? 'absent', signal);
		return { text: 'Written.' };
	},
});

interface World {
	readonly store: MemorySessionStore;
	readonly workspace: MemoryWorkspace;
	readonly bugs: unknown[];
	options(client: ModelClient, tools?: readonly Tool[]): SessionOptions;
	create(client: ModelClient, tools?: readonly Tool[]): Promise<Session>;
}

function world(files: Readonly<Record<string, string>> = {}): World {
	const store = memorySessionStore();
	const workspace = new MemoryWorkspace({ files });
	const bugs: unknown[] = [];
	let ids = 0;
	const made: World = {
		store,
		workspace,
		bugs,
		options: (client, tools = [read, writeTool]) => ({
			store,
			workspace,
			openTools: async () => ({ tools, definitions: [], dispose: async () => undefined }),
			rules: new MemoryRuleStore(),
			ownFolders: [],
			initialLevel: () => 'ask',
			resolveModel: async () => resolvedModel(client, { model }),
			currentRules: async () => '',
			isTrusted: () => true,
			maxRequests: () => 50,
			clock: systemClock,
			newId: () => `id${++ids}`,
			onBug: error => bugs.push(error),
		}),
		create: (client, tools) =>
			Session.create(made.options(client, tools), { system: 'Be good.', workspace: ['memory:/project'] }),
	};
	return made;
}

/** Resolves when the session has recorded an event of this type. */
function seen(session: Session, type: SessionEvent['type']): Promise<void> {
	return new Promise(resolve => {
		const subscription = session.onEvent(({ event }) => {
			if (event.type === type) {
				subscription.dispose();
				resolve();
			}
		});
	});
}

/** Sends a message and waits until the model is asked. */
async function sendAndWait(session: Session, text: string): Promise<void> {
	const asked = seen(session, 'requestStart');
	await session.send(text);
	await asked;
}

function typesOf(events: readonly { readonly event: SessionEvent }[]): string[] {
	return events.map(({ event }) => event.type);
}

describe('Session', () => {
	it('records a whole turn, and what it tells is what is stored', async () => {
		const { store, create } = world();
		const session = await create(scriptedModel(calls(call('c1', 'read', { path: 'a' })), says('Hel', 'lo.')));
		const told: SessionEvent[] = [];
		session.onEvent(({ event }) => told.push(event));
		await session.send('# Look at a\nplease');
		await session.whenIdle();
		assert.equal(session.state.title, 'Look at a');
		assert.deepEqual(typesOf(session.events), [
			...['created', 'titled', 'user', 'turnStart', 'requestStart', 'response', 'toolStart', 'toolEnd'],
			...['requestStart', 'text', 'response', 'turnEnd'],
		]);
		assert.deepEqual(
			store.peek(session.id),
			session.events.map(({ event }) => event),
		);
		assert.deepEqual(
			told,
			session.events.slice(1).map(({ event }) => event),
		);
		assert.deepEqual(
			session.events.map(({ sequence }) => sequence),
			[...session.events.keys()],
		);
	});

	it('keeps the request a growing prefix over turns', async () => {
		const client = scriptedModel(says('One.'), says('Two.'));
		const { create } = world();
		const session = await create(client);
		await session.send('First');
		await session.whenIdle();
		await session.send('Second');
		await session.whenIdle();
		const [first, second] = client.requests;
		assert.deepEqual(second?.messages.slice(0, first?.messages.length), first?.messages);
		assert.equal(second?.messages.length, 4);
	});

	it('queues what is sent meanwhile and brings it in at the next step', async () => {
		const client = scriptedModel(async function* () {
			await queued;
			yield* says('A.');
		}, says('B.'));
		const { create } = world();
		const session = await create(client);
		const queued = seen(session, 'queued');
		await sendAndWait(session, 'a');
		assert.equal(session.isRunning, true);
		await session.send('b', [{ label: 'l', text: 'attached' }]);
		assert.deepEqual(
			session.state.queue.map(({ text }) => text),
			['b'],
		);
		await session.whenIdle();
		assert.deepEqual(session.state.queue, []);
		assert.deepEqual(client.requests[1]?.messages.at(-1), {
			role: 'user',
			text: 'b\n\nAttached by the user: l\n```\nattached\n```',
		});
		assert.equal(typesOf(session.events).filter(type => type === 'turnStart').length, 1);
	});

	it('starts a turn for what came when the last one was ending', async () => {
		const client = scriptedModel(says('A.'), says('B.'));
		const { create } = world();
		const session = await create(client);
		let late: Promise<void> | undefined;
		session.onEvent(({ event }) => {
			if (event.type === 'turnEnd') {
				late ??= session.send('b');
			}
		});
		await session.send('a');
		await session.whenIdle();
		await late;
		assert.deepEqual(typesOf(session.events).slice(-7), [
			...['queued', 'user', 'turnStart', 'requestStart', 'text', 'response', 'turnEnd'],
		]);
		assert.deepEqual(session.state.queue, []);
	});

	it('takes a message out of the queue', async () => {
		const { create } = world();
		const session = await create(scriptedModel(waitsForStop));
		await sendAndWait(session, 'a');
		await session.send('b');
		const id = session.state.queue[0]?.messageId ?? '';
		assert.equal(await session.removeQueued(id), true);
		assert.equal(await session.removeQueued(id), false);
		session.stop();
		await session.whenIdle();
		assert.deepEqual(session.state.queue, []);
	});

	it('asks for approval, takes one answer, and remembers it for the session', async () => {
		const { create, workspace } = world();
		const client = scriptedModel(
			calls(call('c1', 'write', { path: 'a', content: '1' }), call('c2', 'write', { path: 'b', content: '2' })),
			says('ok'),
		);
		const session = await create(client);
		await session.send('go');
		await waiting(session);
		assert.deepEqual(
			session.pendingApprovals.map(({ callId }) => callId),
			['c1'],
		);
		assert.equal(session.answer('other', { allow: 'once' }), false);
		assert.equal(session.answer('c1', { allow: 'session' }), true);
		assert.equal(session.answer('c1', { allow: 'no' }), false);
		await session.whenIdle();
		assert.equal(workspace.saved('a'), '1');
		assert.equal(workspace.saved('b'), '2');
		assert.equal(session.permissions.level, 'edits');
	});

	it('does nothing on a yes after the stop', async () => {
		const { create, workspace } = world();
		const session = await create(scriptedModel(calls(call('c1', 'write', { path: 'a', content: '1' }))));
		await session.send('go');
		await waiting(session);
		session.stop();
		assert.equal(session.answer('c1', { allow: 'once' }), false);
		await session.whenIdle();
		assert.equal(workspace.saved('a'), undefined);
		assert.equal(session.state.lastEnd?.reason, 'stopped');
	});

	it('goes on after a failure without doing anything twice', async () => {
		let runs = 0;
		const counting = fakeTool('read', { run: () => ({ text: `run ${++runs}` }) });
		const client = scriptedModel(
			calls(call('c1', 'read', { path: 'a' })),
			() => {
				throw new ModelError('unavailable', 'Overloaded.', { isRetryable: false });
			},
			says('Done.'),
		);
		const { create } = world();
		const session = await create(client, [counting]);
		await session.send('go');
		await session.whenIdle();
		assert.equal(session.state.lastEnd?.failure?.kind, 'unavailable');
		await session.continue();
		await session.whenIdle();
		assert.equal(session.state.lastEnd?.reason, 'done');
		assert.equal(runs, 1);
		assert.deepEqual(client.requests[2]?.messages, client.requests[1]?.messages);
		await session.continue();
		assert.equal(session.isRunning, false);
	});

	it('rejects a message when there is no model to send it to, and records nothing', async () => {
		const { store, options } = world();
		const session = await Session.create(
			{ ...options(scriptedModel()), resolveModel: () => Promise.reject(new Error('No model.')) },
			{ system: '', workspace: [] },
		);
		await assert.rejects(session.send('hello'), /No model/);
		assert.deepEqual(typesOf(session.events), ['created']);
		assert.equal(session.isRunning, false);
		assert.equal(store.peek(session.id).length, 1);
	});

	it('harms nothing when a listener throws', async () => {
		const { create, bugs } = world();
		const session = await create(scriptedModel(says('ok')));
		session.onEvent(() => {
			throw new Error('bad listener');
		});
		await session.send('go');
		await session.whenIdle();
		assert.equal(session.state.lastEnd?.reason, 'done');
		assert.equal(bugs.length, session.events.length - 1);
	});

	describe('opened again', () => {
		it('closes the turn of a process that died at any event, and continues it to its end', async () => {
			const script = () => [
				calls(call('c1', 'read', { path: 'a' }), call('c2', 'write', { path: 'f', content: 'x' })),
				says('Do', 'ne.'),
			];
			const { create } = world();
			const whole = await create(scriptedModel(...script()));
			whole.onDidChangeState(() => whole.answer('c2', { allow: 'once' }));
			await whole.send('go');
			await whole.whenIdle();

			for (let at = 1; at < whole.events.length; at++) {
				const { store, options } = world();
				const log = await store.create('dead');
				await log.append(
					whole.events.slice(0, at).map(({ event }) => event),
					'durable',
				);
				store.crash('dead');
				const client = scriptedModel(says('Went on.'));
				const session = await Session.open(options(client), 'dead');
				assert.equal(session.state.isTurnOpen, false, `after ${at}`);
				const hadMessage = whole.events.slice(0, at).some(({ event }) => event.type === 'user');
				assert.equal(session.state.lastEnd?.reason, hadMessage ? 'interrupted' : undefined);
				await (hadMessage ? session.continue() : session.send('go'));
				await session.whenIdle();
				assert.equal(session.state.lastEnd?.reason, 'done', `after ${at}`);
				assert.equal(client.requests.length, 1);
				assert.deepEqual(
					store.peek('dead'),
					session.events.map(({ event }) => event),
				);
			}
		});

		it('tells the model that a tool may have had an effect when it was running', async () => {
			const { store, options } = world();
			const log = await store.create('dead');
			const toolCalls = [call('c1', 'write', {}), call('c2', 'write', {})];
			await log.append(
				[
					{ type: 'created', sessionId: 'dead', workspace: [], system: '' },
					{ type: 'user', messageId: 'm', text: 'go', attachments: [] },
					{ type: 'turnStart', turnId: 't', model },
					{ type: 'requestStart', requestId: 'r' },
					{ type: 'response', requestId: 'r', finish: 'toolCalls', toolCalls, durationMs: 1 },
					{ type: 'toolStart', callId: 'c1', name: 'write', subject: '' },
				],
				'durable',
			);
			store.crash('dead');
			const client = scriptedModel(says('ok'));
			const session = await Session.open(options(client), 'dead');
			await session.continue();
			await session.whenIdle();
			assert.deepEqual(
				client.requests[0]?.messages.flatMap(message => (message.role === 'tool' ? [message.text] : [])),
				[
					'The editor closed while this ran; check its effect before repeating it.',
					'Not run: the editor closed before it.',
				],
			);
		});

		it('has its queue again and sends it first', async () => {
			const { store, create, options } = world();
			const session = await create(scriptedModel(waitsForStop));
			await sendAndWait(session, 'a');
			await session.send('b');
			await session.dispose();
			assert.deepEqual(store.peek(session.id).at(-1), { type: 'turnEnd', reason: 'interrupted' });
			const client = scriptedModel(says('ok'));
			const again = await Session.open(options(client), session.id);
			assert.equal(again.state.lastEnd?.reason, 'interrupted');
			assert.deepEqual(
				again.state.queue.map(({ text }) => text),
				['b'],
			);
			await again.send('c');
			await again.whenIdle();
			assert.deepEqual(
				client.requests[0]?.messages.flatMap(message => (message.role === 'user' ? [message.text] : [])),
				['a', 'b', 'c'],
			);
			assert.deepEqual(again.state.queue, []);
		});
	});

	it('answers after a crash what was sent in the moment before it', async () => {
		const { store, create, options } = world();
		const session = await create(scriptedModel(says('ok')));
		await session.send('first');
		await session.whenIdle();
		await session.dispose();
		const log = (await store.open(session.id)).log;
		await log?.append([{ type: 'user', messageId: 'm', text: 'second', attachments: [] }], 'durable');
		store.crash(session.id);
		const client = scriptedModel(says('ok'));
		const again = await Session.open(options(client), session.id);
		assert.equal(again.state.lastEnd?.reason, 'interrupted');
		await again.continue();
		await again.whenIdle();
		assert.deepEqual(client.requests[0]?.messages.at(-1), { role: 'user', text: 'second' });
	});

	it('closes whatever it is doing, and takes nothing more', async () => {
		const { store, create } = world();
		const session = await create(scriptedModel(waitsForStop));
		// Not awaited: it closes while the message is still on its way.
		const sent = session.send('go');
		await session.dispose();
		await sent.catch(() => undefined);
		assert.equal(session.isRunning, false);
		const isOpen = store.peek(session.id).findLast(({ type }) => type === 'turnStart' || type === 'turnEnd');
		assert.notEqual(isOpen?.type, 'turnStart');
		await assert.rejects(session.send('more'), /closed/);
		const reopened = await store.open(session.id);
		assert.ok(reopened.log, 'the session is free');
	});

	describe('with two windows', () => {
		it('is read-only while another window has it, and writes nothing', async () => {
			const { store, create, options } = world();
			const first = await create(scriptedModel(waitsForStop));
			await sendAndWait(first, 'go');
			await first.send('more');
			const before = store.peek(first.id);
			const second = await Session.open(options(scriptedModel()), first.id);
			assert.equal(second.isReadOnly, true);
			await assert.rejects(second.send('hi'), SessionTakenError);
			await assert.rejects(second.continue(), SessionTakenError);
			assert.throws(() => second.undo([]), SessionTakenError);
			await second.dispose();
			assert.deepEqual(store.peek(first.id), before);
			first.stop();
			await first.whenIdle();
		});

		it('stops its turn and its stream when it is taken over, and leaves the log alone', async () => {
			const { store, create, options, bugs } = world();
			let isStreamStopped = false;
			const first = await create(
				scriptedModel(async function* (_request, signal) {
					signal.addEventListener('abort', () => {
						isStreamStopped = true;
					});
					yield { type: 'text', delta: 'Working' };
					await taken;
					yield { type: 'text', delta: ' on' };
					yield* waitsForStop(_request, signal);
				}),
			);
			let take: (() => void) | undefined;
			const taken = new Promise<void>(resolve => {
				take = resolve;
			});
			const text = seen(first, 'text');
			await first.send('go');
			await text;
			const second = await Session.open(options(scriptedModel(says('ok'))), first.id, { takeOver: true });
			take?.();
			await first.whenIdle();
			assert.equal(isStreamStopped, true);
			assert.equal(first.isReadOnly, true);
			await assert.rejects(first.send('mine'), SessionTakenError);
			await second.continue();
			await second.whenIdle();
			assert.equal(second.state.lastEnd?.reason, 'done');
			assert.deepEqual(
				store.peek(first.id),
				second.events.map(({ event }) => event),
			);
			assert.deepEqual(bugs, []);
		});

		it('finds out at the next message when it was idle', async () => {
			const { create, options } = world();
			const first = await create(scriptedModel(says('ok')));
			await first.send('go');
			await first.whenIdle();
			await Session.open(options(scriptedModel()), first.id, { takeOver: true });
			await assert.rejects(first.send('mine'), SessionTakenError);
			assert.equal(first.isReadOnly, true);
			assert.equal(first.isRunning, false);
			assert.ok(!first.events.some(({ event }) => event.type === 'user' && event.text === 'mine'));
		});
	});

	describe('on a full disk', () => {
		it('goes on in memory, says so, and saves all once there is room', async () => {
			const { store, create } = world();
			const session = await create(scriptedModel(says('One.'), says('Two.')));
			store.failure = new Error('ENOSPC: no space left on device');
			await session.send('first');
			await session.whenIdle();
			assert.equal(session.isSaved, false);
			assert.equal(session.saveFailure, store.failure);
			assert.equal(session.state.lastEnd?.reason, 'done');
			assert.equal(store.peek(session.id).length, 1);
			store.failure = undefined;
			await session.send('second');
			await session.whenIdle();
			assert.equal(session.isSaved, true);
			assert.deepEqual(
				store.peek(session.id),
				session.events.map(({ event }) => event),
			);
		});

		it('can be created, and is stored later', async () => {
			const { store, create } = world();
			store.failure = new Error('ENOSPC');
			const session = await create(scriptedModel(says('ok')));
			assert.equal(session.isSaved, false);
			assert.deepEqual(await store.list(), []);
			store.failure = undefined;
			await session.send('go');
			await session.whenIdle();
			assert.equal(session.isSaved, true);
			assert.equal((await store.list())[0]?.title, 'go');
		});

		it('changes no file whose former text cannot be kept', async () => {
			const { store, create, workspace } = world({ 'a.ts': 'old' });
			const session = await create(
				scriptedModel(calls(call('c1', 'write', { path: 'a.ts', content: 'new' })), says('ok')),
			);
			session.onDidChangeState(() => session.answer('c1', { allow: 'once' }));
			store.failure = new Error('ENOSPC');
			await session.send('go');
			await session.whenIdle();
			assert.equal(workspace.saved('a.ts'), 'old');
		});
	});

	it('gives a session free that was only looked at', async () => {
		const { create, options } = world();
		const session = await create(scriptedModel(says('Yes.')));
		await session.send('Is it free?');
		await session.dispose();
		const looked = await Session.open(options(scriptedModel()), session.id);
		await looked.dispose();
		const opened = await Session.open(options(scriptedModel()), session.id);
		assert.equal(opened.isReadOnly, false);
		await opened.dispose();
	});

	describe('bills that come late', () => {
		const usage: Usage = {
			promptTokens: 10,
			completionTokens: 5,
			cachedTokens: 0,
			cacheWriteTokens: 0,
			reasoningTokens: 0,
			cost: 0.25,
		};
		const cut: Answer = function* () {
			yield { type: 'served', model: 'vendor/model', generationId: 'gen-1' };
			yield { type: 'text', delta: 'Half' };
			throw new ModelError('cut', 'Cut.', { isRetryable: false });
		};
		const whole: Answer = [
			{ type: 'served', model: 'vendor/model', generationId: 'gen-2' },
			{ type: 'usage', usage: { ...usage, cost: 0.5 } },
			{ type: 'finish', reason: 'stop' },
		];

		it('are asked for after a cut, and make the cost known', async () => {
			const asked: string[] = [];
			const client: ModelClient = {
				...scriptedModel(cut, whole),
				bill: async id => {
					asked.push(id);
					return usage;
				},
			};
			const { create } = world();
			const session = await create(client);
			await session.send('Go.');
			await session.whenIdle();
			await session.whenSettled();
			assert.deepEqual(session.state.cost, { known: 0.25, unknownRequests: 0 });
			assert.deepEqual(asked, ['gen-1']);
			await session.continue();
			await session.whenIdle();
			await session.whenSettled();
			assert.deepEqual(session.state.cost, { known: 0.75, unknownRequests: 0 });
			assert.deepEqual(asked, ['gen-1']);
			await session.dispose();
		});

		it('are asked for by the next window when this one closed before', async () => {
			const never: ModelClient = {
				...scriptedModel(cut),
				bill: (_, signal) =>
					new Promise((_, reject) =>
						signal.addEventListener('abort', () => reject(new ModelError('aborted', 'Stopped.'))),
					),
			};
			const { create, options, bugs } = world();
			const session = await create(never);
			await session.send('Go.');
			await session.whenIdle();
			assert.deepEqual(session.state.cost, { known: 0, unknownRequests: 1 });
			await session.dispose();
			const client: ModelClient = { ...scriptedModel(whole), bill: async () => usage };
			const opened = await Session.open(options(client), session.id);
			await opened.continue();
			await opened.whenIdle();
			await opened.whenSettled();
			assert.deepEqual(opened.state.cost, { known: 0.75, unknownRequests: 0 });
			await opened.dispose();
			assert.deepEqual(bugs, []);
		});

		it('are asked for again with the next turn when they could not be asked for', async () => {
			let isSignedIn = false;
			const client: ModelClient = {
				...scriptedModel(cut, whole),
				bill: async () => {
					if (!isSignedIn) {
						throw new ModelError('auth', 'No key.');
					}
					return usage;
				},
			};
			const session = await world().create(client);
			await session.send('Go.');
			await session.whenIdle();
			await session.whenSettled();
			assert.deepEqual(session.state.cost, { known: 0, unknownRequests: 1 });
			isSignedIn = true;
			await session.continue();
			await session.whenIdle();
			await session.whenSettled();
			assert.deepEqual(session.state.cost, { known: 0.75, unknownRequests: 0 });
			await session.dispose();
		});

		it('stay unknown when nobody has them', async () => {
			const client: ModelClient = { ...scriptedModel(cut), bill: async () => undefined };
			const session = await world().create(client);
			await session.send('Go.');
			await session.whenIdle();
			await session.whenSettled();
			assert.deepEqual(session.state.cost, { known: 0, unknownRequests: 1 });
			await session.dispose();
		});
	});

	it('tells the client the budget that the user set for it, also after it was opened again', async () => {
		const { create, options } = world();
		const first = scriptedModel(says('One.'));
		const session = await create(first);
		await session.setBudget(2);
		await session.send('Go.');
		await session.whenIdle();
		assert.equal(first.requests[0]?.sessionBudget, 2);
		await session.dispose();
		const second = scriptedModel(says('Two.'));
		const opened = await Session.open(options(second), session.id);
		await opened.send('Go on.');
		await opened.whenIdle();
		assert.equal(second.requests[0]?.sessionBudget, 2);
		await opened.dispose();
	});

	describe('undo', () => {
		const original = 'one\ntwo\nthree\nfour\nfive\n';
		async function changed(...contents: readonly (readonly [path: string, content: string])[]) {
			const made = world({ 'a.ts': original });
			const toolCalls = contents.map(([path, content], index) => call(`c${index}`, 'write', { path, content }));
			const session = await made.create(scriptedModel(calls(...toolCalls), says('ok'), says('ok')));
			session.onDidChangeState(() => session.answer(session.pendingApprovals[0]?.callId ?? '', { allow: 'once' }));
			await session.send('go');
			await session.whenIdle();
			return { ...made, session, ids: session.state.changes.map(({ changeId }) => changeId) };
		}
		const edited = original.replace('two', 'TWO');

		it('takes back an edit and keeps what the user typed since', async () => {
			const { session, workspace, ids } = await changed(['a.ts', edited]);
			workspace.put('a.ts', `${edited}typed\n`);
			const undone = await session.undo(ids);
			assert.deepEqual(
				undone.map(({ outcome }) => outcome),
				[{ kind: 'undone' }],
			);
			assert.equal(workspace.saved('a.ts'), `${original}typed\n`);
			assert.deepEqual(session.state.changes, []);
			assert.deepEqual(await session.undo(ids), []);
		});

		it('writes nothing and says so where the user changed the same place', async () => {
			const { session, workspace, ids } = await changed(['a.ts', edited]);
			const typed = edited.replace('TWO', 'my two');
			workspace.put('a.ts', typed);
			assert.deepEqual(
				(await session.undo(ids)).map(({ outcome }) => outcome),
				[{ kind: 'conflict', conflicts: 1 }],
			);
			assert.equal(workspace.saved('a.ts'), typed);
			assert.equal(session.state.changes.length, 1);
			assert.deepEqual(session.events.at(-1)?.event, { type: 'undone', changeId: ids[0], conflicts: 1 });
		});

		it('takes back several changes of a file, and one from among them', async () => {
			const last = edited.replace('five', 'FIVE');
			const { session, workspace, ids } = await changed(['a.ts', edited], ['a.ts', last]);
			await session.undo(ids.slice(0, 1));
			assert.equal(workspace.saved('a.ts'), original.replace('five', 'FIVE'));
			await session.undo(ids);
			assert.equal(workspace.saved('a.ts'), original);
		});

		it('removes a file that the agent made, unless it was changed since', async () => {
			const { session, workspace, ids } = await changed(['new.ts', 'x'], ['other.ts', 'y']);
			workspace.put('other.ts', 'typed');
			const undone = await session.undo(ids);
			assert.deepEqual(
				undone.map(({ path, outcome }) => [path, outcome.kind]),
				[
					['other.ts', 'conflict'],
					['new.ts', 'undone'],
				],
			);
			assert.equal(workspace.saved('new.ts'), undefined);
			assert.equal(workspace.saved('other.ts'), 'typed');
		});

		it('merges anew when the user types at the same moment', async () => {
			const { session, workspace, ids } = await changed(['a.ts', edited]);
			const write = workspace.write.bind(workspace);
			let isFirst = true;
			workspace.write = (...args) => {
				if (isFirst) {
					isFirst = false;
					workspace.put('a.ts', `${edited}typed\n`);
				}
				return write(...args);
			};
			await session.undo(ids);
			assert.equal(workspace.saved('a.ts'), `${original}typed\n`);
		});

		it('tells why a change cannot be taken back, and takes back the others', async () => {
			const { session, workspace, ids } = await changed(['a.ts', edited], ['b.ts', 'x']);
			workspace.disk.delete('a.ts');
			await assert.rejects(session.undo(ids), /a\.ts was deleted or renamed since/);
			assert.equal(workspace.saved('b.ts'), undefined);
			assert.deepEqual(
				session.state.changes.map(({ path }) => path),
				['a.ts'],
			);
		});

		it('tells the model with the next message, and forgets what the user keeps', async () => {
			const { session, ids } = await changed(['a.ts', edited], ['b.ts', 'x']);
			await session.keep(ids.slice(0, 1));
			await session.undo(ids);
			assert.deepEqual(session.state.changes, []);
			await session.send('next');
			await session.whenIdle();
			const users = session.messages.filter(({ role }) => role === 'user');
			assert.equal(
				users.at(-1)?.role === 'user' && users.at(-1)?.text,
				'next\n\n[The user took back your change to b.ts. Read it again before you edit it.]',
			);
		});
	});
});

/** Resolves when something waits for the user. */
function waiting(session: Session): Promise<void> {
	return new Promise(resolve => {
		const look = () => {
			if (session.pendingApprovals.length > 0) {
				subscription.dispose();
				resolve();
			}
		};
		const subscription = session.onDidChangeState(look);
		look();
	});
}
