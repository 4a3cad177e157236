import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ContextMeter } from '../../../../src/agent/context/contextUse.ts';
import { Conversation } from '../../../../src/agent/context/conversation.ts';
import { makeRoom, type RoomOptions, type RoomOutcome } from '../../../../src/agent/context/makeRoom.ts';
import type { CompactionReason, FailureRecord, SessionEvent, TurnEvent } from '../../../../src/agent/events.ts';
import type { Message } from '../../../../src/agent/model.ts';

const SYSTEM = 'Be good.\n\nRules\n\nUse tabs.';
const model = { id: 'vendor/model', name: 'Model', isBuiltIn: false };
const failure: FailureRecord = { kind: 'unavailable', message: 'Down.', fields: {} };

/** A session that makes room, with a model that gives the same summary each time. One token a character. */
class Room {
	readonly conversation = new Conversation();
	readonly events: TurnEvent[] = [];
	readonly requests: (readonly Message[])[] = [];
	answer: { readonly text: string } | FailureRecord = { text: 'The summary.' };
	rules = 'Use tabs.';
	readRules = async (_signal: AbortSignal): Promise<string> => this.rules;
	readonly #meter = new ContextMeter(text => text.length);

	constructor(...events: readonly SessionEvent[]) {
		this.apply({ type: 'created', sessionId: 's', workspace: [], system: SYSTEM }, ...events);
	}

	apply(...events: readonly SessionEvent[]): void {
		for (const event of events) {
			this.conversation.apply(event);
		}
	}

	/** Types and counts of the events, and how many requests there were. */
	get brief(): string {
		return [...this.events.map(({ type }) => type), `${this.requests.length} requests`].join(', ');
	}

	make(
		reason: CompactionReason,
		contextLength?: number,
		signal: AbortSignal = new AbortController().signal,
	): Promise<RoomOutcome> {
		const options: RoomOptions = {
			conversation: this.conversation,
			meter: this.#meter,
			definitions: [],
			facts: contextLength === undefined ? {} : { contextLength },
			settings: { maxOutputTokens: 1_000 },
			currentRules: this.readRules,
			summarise: async messages => {
				this.requests.push(messages);
				const requestId = `summary ${this.requests.length}`;
				this.apply({ type: 'requestStart', requestId, purpose: 'compaction' });
				return this.answer;
			},
		};
		const emit = async (event: TurnEvent) => {
			this.events.push(event);
			this.apply(event);
		};
		return makeRoom(options, emit, signal, reason);
	}
}

const user = (text: string, attached = ''): SessionEvent => ({
	type: 'user',
	messageId: text,
	text,
	attachments: attached === '' ? [] : [{ label: 'file', text: attached }],
});
const turnStart: SessionEvent = { type: 'turnStart', turnId: 't', model };
const turnEnd: SessionEvent = { type: 'turnEnd', reason: 'done' };
const requestStart: SessionEvent = { type: 'requestStart', requestId: 'r' };

/** One response with a call, whose result has so many characters. */
function work(id: string, size: number): SessionEvent[] {
	const toolCalls = [{ id, name: 'read', arguments: '{}' }];
	return [
		...[requestStart, { type: 'response', requestId: 'r', finish: 'toolCalls', toolCalls, durationMs: 1 } as const],
		{ type: 'toolEnd', callId: id, result: { outcome: 'ok', text: id.repeat(size), durationMs: 1 } },
	];
}

function say(text: string): SessionEvent[] {
	const response: SessionEvent = { type: 'response', requestId: 'r', finish: 'stop', toolCalls: [], durationMs: 1 };
	return [requestStart, { type: 'text', delta: text }, response];
}

/** Tokens of all messages. */
const sizeOf = ({ messages }: Conversation) =>
	new ContextMeter(text => text.length).measure({
		...{ messages, definitions: [], counted: undefined, facts: {}, settings: {} },
	}).total;

const largeReads = (): Room => new Room(user('Go'), turnStart, ...'abcde'.split('').flatMap(id => work(id, 4_000)));
/** Of the last turn, as much as may stay. */
const longTalk = (): Room =>
	new Room(
		...[60_000, 50_000, 50_000, 40_000].flatMap((size, turn) => [
			...[user(`Ask ${turn}`), turnStart, ...say('w'.repeat(size)), turnEnd],
		]),
	);

describe('makeRoom before the window is full', () => {
	it('does nothing where there is room, or nobody knows the window', async () => {
		const room = largeReads();
		assert.deepEqual(await room.make('auto', 100_000), { kind: 'made' });
		assert.deepEqual(await room.make('auto'), { kind: 'made' });
		assert.equal(room.brief, '0 requests');
	});

	it('leaves out old results where that is enough, without asking anybody', async () => {
		const room = largeReads();
		const tokensBefore = sizeOf(room.conversation);
		assert.deepEqual(await room.make('auto', 22_000), { kind: 'made' });
		const tokensAfter = sizeOf(room.conversation);
		assert.deepEqual(room.events, [
			{ type: 'trimmed', callIds: ['a', 'b'], messageIds: [], tokensBefore, tokensAfter },
		]);
		assert.ok(tokensAfter < 12_600);
		assert.equal(room.requests.length, 0);
	});

	it('compacts where leaving out is not enough, with the whole conversation in front of the model', async () => {
		const room = longTalk();
		const before = room.conversation.messages;
		assert.deepEqual(await room.make('auto', 222_000), { kind: 'made' });
		assert.equal(room.brief, 'compacted, 1 requests');
		assert.deepEqual(room.requests[0]?.slice(0, -1), before);
		assert.deepEqual(room.conversation.messages.slice(2), before.slice(-2));
		assert.match(room.conversation.messages[1]?.text ?? '', /recap\.\]\n\nThe summary\.$/);
	});

	it('tells the sizes as they are', async () => {
		const room = longTalk();
		const before = sizeOf(room.conversation);
		await room.make('auto', 222_000);
		const event = room.events.find(({ type }) => type === 'compacted');
		assert.ok(event?.type === 'compacted');
		assert.deepEqual([event.tokensBefore, event.tokensAfter], [before, sizeOf(room.conversation)]);
		assert.equal(event.keptMessages, 2);
	});

	it('leaves out what it can where a compaction is refused', async () => {
		const room = new Room(
			...[user('Go'), turnStart, ...work('a', 3_000), ...say('w'.repeat(6_000))],
			...[...work('b', 4_000), ...work('c', 4_000)],
		);
		room.answer = { text: 's'.repeat(20_000) };
		assert.deepEqual(await room.make('auto', 18_000), { kind: 'made' });
		assert.equal(room.brief, 'trimmed, 1 requests');
	});

	it('does not ask again for a summary that came to nothing before the conversation has grown', async () => {
		const room = longTalk();
		room.answer = failure;
		assert.equal((await room.make('auto', 222_000)).kind, 'failed');
		assert.equal((await room.make('auto', 222_000)).kind, 'impossible');
		room.apply(user('More'), turnStart, ...say('w'.repeat(12_000)));
		room.answer = { text: 'The summary.' };
		assert.equal((await room.make('auto', 222_000)).kind, 'made');
		assert.equal(room.requests.length, 2);
	});

	it('is done with one call: the next one finds room', async () => {
		const crowded: readonly [Room, number][] = [
			[largeReads(), 22_000],
			[longTalk(), 222_000],
		];
		for (const [room, contextLength] of crowded) {
			await room.make('auto', contextLength);
			const { brief } = room;
			assert.notEqual(brief, '0 requests');
			assert.deepEqual(await room.make('auto', contextLength), { kind: 'made' });
			assert.equal(room.brief, brief);
		}
	});
});

describe('makeRoom by command', () => {
	it('compacts at once, also where nobody knows the window', async () => {
		const room = longTalk();
		assert.deepEqual(await room.make('manual'), { kind: 'made' });
		assert.equal(room.brief, 'compacted, 1 requests');
		assert.equal(room.conversation.messages.length, 4);
	});

	it('asks nobody where there is too little to compact', async () => {
		const room = new Room(user('Hi'), turnStart, ...say('Hello.'), turnEnd);
		assert.equal((await room.make('manual', 100_000)).kind, 'impossible');
		assert.equal(room.brief, '0 requests');
	});

	it('leaves the conversation as it was where the summary fails, is empty or does not shrink it', async () => {
		const answers: readonly [Room['answer'], RoomOutcome['kind']][] = [
			[failure, 'failed'],
			[{ text: ' \n' }, 'failed'],
			[{ text: 's'.repeat(150_000) }, 'impossible'],
		];
		for (const [answer, kind] of answers) {
			const room = longTalk();
			room.answer = answer;
			const before = room.conversation.messages;
			assert.equal((await room.make('manual')).kind, kind);
			assert.equal(room.brief, '1 requests');
			assert.equal(room.conversation.messages, before);
		}
	});

	it('carries the rules again only where they changed', async () => {
		const same = longTalk();
		await same.make('manual');
		assert.doesNotMatch(same.conversation.messages[1]?.text ?? '', /Use tabs/);
		const changed = longTalk();
		changed.rules = 'Use spaces.';
		for (let time = 1; time <= 2; time++) {
			await changed.make('manual');
			assert.equal(changed.events.length, time);
			const summary = changed.conversation.messages[1]?.text ?? '';
			assert.match(summary, /Rules of this repository as they are now[^`]*```\nUse spaces\.\n```$/);
			changed.apply(user('And'), turnStart, ...say('w'.repeat(90_000)), turnEnd, user('So'), turnStart);
		}
	});

	it('ends as stopped, without a change, when it is stopped while it reads the rules', async () => {
		const room = longTalk();
		const before = room.conversation.messages;
		const stop = new AbortController();
		room.readRules = async signal => {
			stop.abort();
			signal.throwIfAborted();
			return '';
		};
		const outcome = await room.make('manual', undefined, stop.signal);
		assert.deepEqual(outcome, { kind: 'failed', failure: { kind: 'aborted', message: 'Stopped.', fields: {} } });
		assert.equal(room.conversation.messages, before);
	});

	it("keeps the user's words over a second compaction within one turn", async () => {
		const room = new Room(user('Only touch b.ts'), turnStart, ...'abcd'.split('').flatMap(id => work(id, 4_000)));
		await room.make('manual');
		room.apply(...'efgh'.split('').flatMap(id => work(id, 4_000)));
		await room.make('manual');
		assert.equal(room.brief, 'compacted, compacted, 2 requests');
		assert.match(room.conversation.messages[1]?.text ?? '', /\n```\nOnly touch b\.ts\n```$/);
	});
});

describe('makeRoom after the service refused the request for its length', () => {
	it('believes it, whatever the estimate says of the window', async () => {
		for (const contextLength of [undefined, 1_000_000]) {
			const room = largeReads();
			assert.deepEqual(await room.make('overflow', contextLength), { kind: 'made' });
			assert.equal(room.brief, 'trimmed, 0 requests');
			assert.ok(sizeOf(room.conversation) < 13_000);
		}
	});

	it('trims before it compacts, so that the request for the summary fits', async () => {
		const room = new Room(
			...[user('Go'), turnStart, ...work('a', 30_000), ...say('w'.repeat(120_000))],
			...[...work('b', 5_000), ...work('c', 5_000)],
		);
		const size = sizeOf(room.conversation);
		assert.deepEqual(await room.make('overflow', size), { kind: 'made' });
		assert.equal(room.brief, 'trimmed, compacted, 1 requests');
		const request = room.requests[0] ?? [];
		assert.ok(request.some(({ text }) => text.startsWith('[Result left out')));
		assert.ok(sizeOf(room.conversation) < size / 2);
	});

	it('gives up even the newest results where nothing else helps', async () => {
		const room = new Room(user('Read it'), turnStart, ...work('a', 9_000));
		room.answer = failure;
		assert.deepEqual(await room.make('overflow', 4_000), { kind: 'made' });
		assert.deepEqual(
			room.events.map(event => event.type === 'trimmed' && event.callIds),
			[['a']],
		);
	});

	it('says that it is impossible where nothing can shrink', async () => {
		const room = new Room(user('x'.repeat(9_000)), turnStart);
		const outcome = await room.make('overflow', 4_000);
		assert.deepEqual([outcome.kind, room.brief], ['impossible', '0 requests']);
	});
});

describe('makeRoom, for any conversation', () => {
	const step = fc.oneof(
		fc.nat(6_000).map(size => ({ kind: 'work', size }) as const),
		fc.nat(3_000).map(size => ({ kind: 'say', size }) as const),
		fc.nat(2_000).map(size => ({ kind: 'ask', size }) as const),
		fc.constantFrom('auto', 'manual', 'overflow').map(reason => ({ kind: 'room', reason }) as const),
	);
	const answers = fc.infiniteStream(fc.nat(9_000));

	it('comes to an end, and leaves a conversation that a provider takes', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 30 }), answers, async (steps, sizes) => {
				const room = new Room(user('Go'), turnStart);
				for (const [at, next] of steps.entries()) {
					if (next.kind === 'room') {
						room.answer = { text: 's'.repeat(sizes.next().value) };
						const { length } = room.events;
						await room.make(next.reason, 20_000);
						const types = room.events.slice(length).map(({ type }) => type);
						assert.ok(['', 'trimmed', 'compacted', 'trimmed,compacted'].includes(types.join()), types.join());
					} else if (next.kind === 'work') {
						room.apply(...work(`c${at} `, next.size));
					} else if (next.kind === 'say') {
						room.apply(...say('w'.repeat(next.size + 1)));
					} else {
						room.apply(turnEnd, user(`Ask ${at}`, 'f'.repeat(next.size)), turnStart);
					}
					assertSound(room.conversation.messages);
				}
				for (const event of room.events) {
					if (event.type === 'trimmed' || event.type === 'compacted') {
						assert.ok(event.tokensAfter < event.tokensBefore);
					}
				}
			}),
		);
	});

	function assertSound(messages: readonly Message[]): void {
		assert.deepEqual(messages[0], { role: 'system', text: SYSTEM });
		const due: string[] = [];
		for (const message of messages.slice(1)) {
			assert.notEqual(message.role, 'system');
			if (message.role === 'tool') {
				assert.equal(message.callId, due.shift());
			} else {
				assert.equal(due.length, 0);
				due.push(...(message.role === 'assistant' ? message.toolCalls : []).map(({ id }) => id));
			}
		}
		assert.equal(due.length, 0);
	}
});
