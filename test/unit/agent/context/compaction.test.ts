import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
	type Crowd,
	doesShrink,
	planCompaction,
	planTrim,
	summaryRequest,
	writeSummary,
} from '../../../../src/agent/context/compaction.ts';
import { ContextMeter } from '../../../../src/agent/context/contextUse.ts';
import { Conversation } from '../../../../src/agent/context/conversation.ts';
import type { SessionEvent } from '../../../../src/agent/events.ts';
import type { Message } from '../../../../src/agent/model.ts';

const model = { id: 'vendor/model', name: 'Model', isBuiltIn: false };
const created: SessionEvent = { type: 'created', sessionId: 's', workspace: [], system: 'Be good.' };
const turnStart: SessionEvent = { type: 'turnStart', turnId: 't', model };
const user = (id: string, text: string, attached = ''): SessionEvent => ({
	type: 'user',
	messageId: id,
	text,
	attachments: attached === '' ? [] : [{ label: id, text: attached }],
});

/** A response with calls and their results, each of so many characters. */
function work(results: Readonly<Record<string, number>>): SessionEvent[] {
	const ids = Object.keys(results);
	return [
		{ type: 'requestStart', requestId: 'r' },
		{
			type: 'response',
			requestId: 'r',
			finish: 'toolCalls',
			toolCalls: ids.map(id => ({ id, name: 'read', arguments: '{}' })),
			durationMs: 1,
		},
		...ids.map(
			(callId): SessionEvent => ({
				type: 'toolEnd',
				callId,
				result: { outcome: 'ok', text: 'x'.repeat(results[callId] ?? 0), durationMs: 1 },
			}),
		),
	];
}

function conversationOf(...events: readonly SessionEvent[]): Conversation {
	const conversation = new Conversation();
	for (const event of [created, ...events]) {
		conversation.apply(event);
	}
	return conversation;
}

/** One token a character. */
function crowdOf({ messages }: Pick<Conversation, 'messages'>, limit: number): Crowd {
	const source = { messages, definitions: [], counted: undefined, facts: {}, settings: {} };
	const meter = new ContextMeter(text => text.length);
	return { messages, use: meter.measure(source), limit, sizeOf: meter.sizeOf(source) };
}

const trimOf = (conversation: Conversation, limit: number, protectedResponses = 2) =>
	planTrim(crowdOf(conversation, limit), conversation.retrieved, conversation.task.at(-1)?.at, protectedResponses);

describe('planTrim', () => {
	const events = [
		...[user('old', 'Look', 'y'.repeat(1_000)), turnStart],
		...[...work({ a: 4_000, small: 100 }), ...work({ b: 3_000 }), ...work({ c: 4_000 }), ...work({ d: 5_000 })],
	];
	const session = conversationOf(...events);

	it('takes the oldest results first and stops where enough is free', () => {
		assert.equal(trimOf(session, 30_000), undefined);
		assert.deepEqual(trimOf(session, 24_000)?.callIds, ['a']);
		assert.deepEqual(trimOf(session, 20_000)?.callIds, ['a', 'b']);
	});

	it('leaves the results of the newest two responses, and small ones', () => {
		assert.deepEqual(trimOf(session, 1_000)?.callIds, ['a', 'b']);
		assert.deepEqual(trimOf(session, 1_000, 0)?.callIds, ['a', 'b', 'c', 'd']);
	});

	it('takes attachments of older messages when the results do not suffice, never those of the newest', () => {
		assert.deepEqual(trimOf(session, 1_000)?.messageIds, []);
		const longer = conversationOf(...events, user('new', 'And', 'z'.repeat(1_000)));
		assert.deepEqual(trimOf(longer, 1_000)?.messageIds, ['old']);
		assert.deepEqual(trimOf(longer, 20_000)?.messageIds, []);
	});

	it('foretells what the fold makes of it', () => {
		const conversation = conversationOf(
			...[user('m', 'Go'), turnStart, ...work({ a: 3_000 }), ...work({ b: 300 }), ...work({ c: 300 })],
		);
		const plan = trimOf(conversation, 4_000);
		assert.ok(plan);
		assert.equal(crowdOf(conversation, 1).use.total, plan.tokensBefore);
		conversation.apply({ type: 'trimmed', ...plan });
		assert.equal(crowdOf(conversation, 1).use.total, plan.tokensAfter);
		assert.equal(trimOf(conversation, 4_000), undefined);
	});

	it('is not worth it below a tenth of the limit', () => {
		const events = [user('m', 'Go'), turnStart, ...work({ a: 1_000 }), ...work({ b: 9 }), ...work({ c: 9_000 })];
		assert.equal(trimOf(conversationOf(...events), 10_000), undefined);
		assert.deepEqual(trimOf(conversationOf(...events), 9_000)?.callIds, ['a']);
	});
});

const planOf = (conversation: Conversation, limit: number) =>
	planCompaction(crowdOf(conversation, limit), conversation.task.at(-1)?.at);

describe('planCompaction', () => {
	it("keeps the user's newest message and all behind it", () => {
		const conversation = conversationOf(
			...[user('1', 'Old'), turnStart, ...work({ a: 5_000 }), { type: 'turnEnd', reason: 'done' } as const],
			...[user('2', 'New'), turnStart, ...work({ b: 100 })],
		);
		const from = planOf(conversation, 6_000)?.from;
		assert.deepEqual(from !== undefined && conversation.messages[from], { role: 'user', text: 'New' });
	});

	it('keeps whole groups from the end where all of it is too much', () => {
		const conversation = conversationOf(
			...[user('1', 'Go'), turnStart, ...work({ a: 5_000 }), ...work({ b: 700, c: 700 }), ...work({ d: 50 })],
		);
		const indexOf = (from: number | undefined) => from && conversation.messages.length - from;
		assert.equal(indexOf(planOf(conversation, 6_500)?.from), 5);
		assert.equal(indexOf(planOf(conversation, 5_000)?.from), 2);
	});

	it('keeps nothing where the newest group alone is too much', () => {
		const conversation = conversationOf(user('1', 'Go'), turnStart, ...work({ a: 50 }), ...work({ b: 5_000 }));
		assert.equal(planOf(conversation, 5_000)?.from, conversation.messages.length);
	});

	it('is refused where system prompt and tools are most of it, or there is nothing before what is kept', () => {
		const short = conversationOf(user('1', 'Go'), turnStart, ...work({ a: 50 }));
		assert.equal(planOf(short, 10_000), undefined);
		const crowd = crowdOf(conversationOf(user('1', 'x'.repeat(4_000)), user('2', 'y')), 10_000);
		assert.notEqual(planCompaction(crowd, 2), undefined);
		const withTools = { ...crowd, use: { ...crowd.use, tools: 6_000, total: crowd.use.total + 6_000 } };
		assert.equal(planCompaction(withTools, 2), undefined);
	});
});

describe('doesShrink', () => {
	it('wants 40 % gone', () => {
		assert.equal(doesShrink(1_000, 600), true);
		assert.equal(doesShrink(1_000, 601), false);
	});
});

/** The first words of each message. */
const begins = (messages: readonly Message[] | undefined) =>
	messages?.map(({ role, text }) => `${role}: ${text.slice(0, 8)}`);

describe('summaryRequest', () => {
	const conversation = conversationOf(
		...[user('1', 'The goal'), turnStart, ...work({ a: 4_000 }), ...work({ b: 4_000 }), ...work({ c: 1_500 })],
	);
	const crowd = crowdOf(conversation, 10_000);
	const plan = planOf(conversation, 10_000);
	assert.ok(plan);
	const requestOf = (maxTokens: number) => summaryRequest(crowd, plan, maxTokens);

	it("begins with the conversation's own messages, so that it is read from the cache", () => {
		const request = requestOf(20_000);
		assert.equal(request?.isPartial, false);
		assert.deepEqual(request?.messages.slice(0, -1), conversation.messages);
		const last = request?.messages.at(-1);
		assert.equal(last?.role, 'user');
		assert.match(last?.text ?? '', /but for its newest 2 messages, which stay behind it as they are/);
	});

	it('leaves out what stays anyway before anything else', () => {
		const request = requestOf(10_500);
		assert.equal(request?.isPartial, false);
		assert.deepEqual(request?.messages.slice(0, -1), conversation.messages.slice(0, plan.from));
		assert.match(request?.messages.at(-1)?.text ?? '', /newer messages, not shown, stay/);
	});

	it('then leaves out the oldest part but for its first message, and says so', () => {
		const request = requestOf(7_000);
		assert.equal(request?.isPartial, true);
		assert.deepEqual(begins(request?.messages), [
			...['system: Be good.', 'user: The goal', 'user: [A part ', 'assistant: ', 'tool: xxxxxxxx', 'user: [Automat'],
		]);
	});

	it('is given up where not even the newest part fits', () => {
		assert.equal(requestOf(4_000), undefined);
	});

	it('never passes the bound and never parts a result from its call', () => {
		const sizes = fc.array(fc.record({ a: fc.nat(900), b: fc.nat(900) }), { minLength: 1, maxLength: 12 });
		fc.assert(
			fc.property(sizes, fc.integer({ min: 1_000, max: 12_000 }), fc.nat(12_000), (groups, limit, maxTokens) => {
				const events = groups.flatMap(({ a, b }, at) => work({ [`a${at}`]: a, [`b${at}`]: b }));
				const conversation = conversationOf(user('1', 'Goal'), turnStart, ...events);
				const crowd = crowdOf(conversation, limit);
				const plan = planOf(conversation, limit);
				const request = plan && summaryRequest(crowd, plan, maxTokens);
				fc.pre(request !== undefined);
				const size = request.messages.reduce((sum, message) => sum + crowd.sizeOf(message), 0);
				assert.ok(size <= maxTokens, `${size} > ${maxTokens}`);
				const calls = request.messages.flatMap(message => (message.role === 'assistant' ? message.toolCalls : []));
				const results = request.messages.filter(message => message.role === 'tool');
				assert.deepEqual(
					results.map(result => result.callId),
					calls.map(({ id }) => id),
				);
			}),
		);
	});
});

describe('writeSummary', () => {
	it('is the summary, with what says that it is one', () => {
		assert.equal(
			writeSummary({ summary: 'All well.', isPartial: false, userTexts: [] }),
			'[The conversation so far was replaced by this hand-over to make room. What tools returned is gone with it: ' +
				'read again what you need. Go on with the open steps, without greeting or recap.]\n\nAll well.',
		);
	});

	it("adds the user's words, the rules that changed, and that a part is missing", () => {
		const text = writeSummary({ summary: 'S', isPartial: true, userTexts: ['One', '', 'Two'], rules: 'Use tabs.' });
		assert.match(text, /A part of it was too long and is not in the hand-over\./);
		assert.equal(
			text.slice(text.indexOf('\n\n')),
			'\n\nS\n\nWhat the user wrote last, word for word:\n```\nOne\n```' +
				'\n\nWhat the user wrote last, word for word:\n```\nTwo\n```' +
				'\n\nRules of this repository as they are now. They replace those at the beginning:\n```\nUse tabs.\n```',
		);
	});

	it("cuts the user's words at a length, the oldest first", () => {
		const userTexts = ['gone', 'a'.repeat(8_000), 'b'.repeat(3_000)];
		const text = writeSummary({ summary: 'S', isPartial: false, userTexts });
		assert.deepEqual(
			[...text.matchAll(/```\n(.)\1*/g)].map(([run]) => run.length - 4),
			[5_000, 3_000],
		);
		assert.match(text, /a\n\[cut\]\n```/);
		assert.doesNotMatch(text, /gone\n/);
	});
});
