import assert from 'node:assert/strict';
import { readDocument } from '../../../../src/openrouter/answer/readAnswer.ts';
import { readFixture } from '../fixtures.ts';
import { bytesOf, chunk, cutEvery, DONE, eventsOf, readPieces, sse, textOf } from './readBytes.ts';

function read(text: string, breakCause?: unknown) {
	return readPieces([bytesOf(text)], breakCause);
}

const call = { index: 0, id: 'c1', function: { name: 'write', arguments: '{"path":"a"}' } };
const halfCall = { index: 0, id: 'c1', function: { name: 'write', arguments: '{"path":"a","content":"rm' } };

describe('AnswerStream', () => {
	it('never runs half a call, also when the finish says that it is whole', () => {
		const { events, error } = read(sse(chunk({ tool_calls: [halfCall] }), chunk({}, 'tool_calls')));
		assert.equal(error?.kind, 'cut');
		assert.equal(eventsOf(events, 'toolCall').length, 0);
	});

	it('gives arguments that are no JSON to the loop when the answer is whole', () => {
		const { events } = read(sse(chunk({ tool_calls: [halfCall] }), chunk({}, 'tool_calls')) + DONE);
		assert.equal(eventsOf(events, 'toolCall')[0]?.call.arguments, halfCall.function.arguments);
	});

	it('takes calls without a finish reason for whole only at the end mark', () => {
		const calls = sse(chunk({ tool_calls: [call] }));
		assert.equal(read(calls).error?.kind, 'cut');
		assert.deepEqual(read(calls + DONE).events.at(-1), { type: 'finish', reason: 'toolCalls' });
	});

	it('refuses to run calls when a piece of the stream was unreadable', () => {
		const pieces = [
			sse(chunk({ tool_calls: [{ index: 0, id: 'c1', function: { name: 'write', arguments: '{"content":"keep ' } }] })),
			'data: {"choices":[{"delta":{"tool_calls":[{"index":0,"function":{"arg\n\n',
			sse(chunk({ tool_calls: [{ index: 0, function: { arguments: 'this"}' } }] }), chunk({}, 'tool_calls')),
			DONE,
		];
		const { events, error } = read(pieces.join(''));
		assert.equal(error?.kind, 'malformed');
		assert.equal(eventsOf(events, 'toolCall').length, 0);
	});

	it('keeps whole calls and drops the one that the output limit cut', () => {
		const second = { ...halfCall, index: 1, id: 'c2' };
		const { events } = read(sse(chunk({ tool_calls: [call, second] }), chunk({}, 'length')) + DONE);
		assert.deepEqual(
			eventsOf(events, 'toolCall').map(event => event.call.id),
			['c1'],
		);
		assert.deepEqual(events.at(-1), { type: 'finish', reason: 'length' });
	});

	it('runs nothing of an answer that the content filter ended', () => {
		const { events } = read(sse(chunk({ tool_calls: [call] }), chunk({}, 'content_filter')) + DONE);
		assert.deepEqual(eventsOf(events, 'toolCall'), []);
		assert.deepEqual(events.at(-1), { type: 'finish', reason: 'contentFilter' });
	});

	it('is whole when the connection breaks after the finish', () => {
		const { error } = read(sse(chunk({ content: 'Hi' }), chunk({}, 'stop')), new TypeError('terminated'));
		assert.equal(error, undefined);
	});

	it('tells a connection that broke before the answer from one that broke in it', () => {
		const cause = new TypeError('terminated');
		const before = read(': OPENROUTER PROCESSING\n\n', cause);
		const inside = read(sse(chunk({ content: 'Hi' })), cause);
		assert.deepEqual([before.error?.kind, inside.error?.kind], ['network', 'cut']);
		assert.equal(inside.error?.cause, cause);
	});

	it('reads nothing behind the end mark', () => {
		const { events } = read(sse(chunk({ content: 'a' }), chunk({}, 'stop')) + DONE + sse(chunk({ content: 'b' })));
		assert.equal(textOf(events), 'a');
	});

	it('ignores fields and values that it does not know, and takes null for not set', () => {
		const odd = {
			id: null,
			model: null,
			provider: 7,
			usage: null,
			error: null,
			choices: [
				{
					index: null,
					delta: { content: 'a', annotations: ['?', { type: 'new' }], tool_calls: null, reasoning_details: null },
					finish_reason: null,
					more: 1,
				},
			],
		};
		const { events, error } = read(sse(odd, chunk({}, 'a_new_reason')) + DONE);
		assert.equal(error, undefined);
		assert.equal(textOf(events), 'a');
		assert.deepEqual(events.at(-1), { type: 'finish', reason: 'stop' });
	});

	it('names the place where a chunk breaks the format', () => {
		const { error } = read(sse(chunk({ tool_calls: [{ index: 'first' }] })));
		assert.equal(error?.kind, 'malformed');
		assert.match(error?.message ?? '', /choices\.0\.delta\.tool_calls\.0\.index/);
	});

	it('refuses a call without a name', () => {
		const nameless = { index: 0, id: 'c', function: { arguments: '{}' } };
		assert.equal(read(sse(chunk({ tool_calls: [nameless] }), chunk({}, 'tool_calls')) + DONE).error?.kind, 'malformed');
	});

	it('shows reasoning once, from its text or from its details', () => {
		const details = [{ type: 'reasoning.summary', summary: 'S', index: 0 }];
		const { events } = read(
			sse(
				chunk({ reasoning: 'T', reasoning_details: details }),
				chunk({ reasoning_details: details }),
				chunk({}, 'stop'),
			) + DONE,
		);
		assert.deepEqual(
			eventsOf(events, 'reasoning').map(({ delta }) => delta),
			['T', 'S'],
		);
	});

	it('gives citations as they come', () => {
		const { events } = readPieces([readFixture('streams/annotations-url-citation.sse')]);
		const citations = eventsOf(events, 'citation');
		assert.ok(citations.length > 0);
		assert.ok(citations.every(({ citation }) => URL.canParse(citation.url)));
	});

	it('bills the user’s own provider key with what the provider takes', () => {
		const { events } = readPieces([readFixture('streams/usage-byok.sse')]);
		assert.ok((eventsOf(events, 'usage')[0]?.usage.cost ?? 0) > 0);
	});

	it('does not add upstream cost without an own key', () => {
		const { events } = readPieces([readFixture('streams/plain-text.sse')]);
		assert.equal(eventsOf(events, 'usage')[0]?.usage.cost, 0.00000495);
	});

	it('reads a data line of 8 MB that comes in small pieces', () => {
		const text = 'x'.repeat(8 * 1024 * 1024);
		const bytes = bytesOf(sse(chunk({ content: text }), chunk({}, 'stop')) + DONE);
		assert.equal(textOf(readPieces(cutEvery(bytes, 1_400)).events), text);
	});

	it('reads 200,000 deltas of one character', () => {
		const delta =
			'data: {"id":"g","model":"a/b","choices":[{"index":0,"delta":{"content":"x"},"finish_reason":null}]}\n\n';
		const bytes = bytesOf(delta.repeat(200_000) + sse(chunk({}, 'stop')) + DONE);
		assert.equal(textOf(readPieces(cutEvery(bytes, 16_384)).events).length, 200_000);
	}).timeout(20_000);
});

describe('an answer in one piece', () => {
	const options = { newCallId: () => 'new', now: () => 0 };
	const read = (name: string) => [
		...readDocument(new TextDecoder().decode(readFixture(`completions/${name}.json`)), options),
	];

	it('has the same events as a stream', () => {
		const events = read('reasoning-claude-signature');
		assert.equal(eventsOf(events, 'reasoningDetails')[0]?.details[0]?.['type'], 'reasoning.text');
		assert.equal(events.at(-1)?.type, 'finish');
	});

	it('gives tool calls, cached tokens and citations', () => {
		assert.equal(eventsOf(read('tool-call-gemini-byok'), 'toolCall').length, 1);
		assert.equal(eventsOf(read('cache-read-claude'), 'usage')[0]?.usage.cachedTokens, 2569);
		assert.ok(eventsOf(read('web-search-annotations'), 'citation').length > 0);
	});

	it('is refused when it is that of another endpoint', () => {
		assert.throws(() => read('responses-api-gpt-5.6'), { kind: 'notAnAnswer' });
	});
});
