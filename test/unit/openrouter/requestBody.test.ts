import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AssistantMessage, Message } from '../../../src/agent/model.ts';
import { answerLimit } from '../../../src/openrouter/answerLimit.ts';
import { buildBody } from '../../../src/openrouter/requestBody.ts';
import { READ_TOOL, request } from './asking.ts';

const CLAUDE = 'anthropic/claude-sonnet-4.6';
const signed = [
	// The order of the keys is part of what comes back unchanged.
	{ type: 'reasoning.text', text: 'Hm', signature: 'S', format: 'anthropic-claude-v1', index: 0 },
	{ index: 1, format: 'anthropic-claude-v1', data: 'D', type: 'reasoning.encrypted' },
];
const call = { id: 'toolu_1', name: 'read', arguments: '{ "path":"b",  "a":1 }' };

function assistant(overrides: Partial<AssistantMessage> = {}): AssistantMessage {
	return { role: 'assistant', text: '', toolCalls: [call], model: CLAUDE, ...overrides };
}

function wire(message: Message, model = CLAUDE): unknown {
	return buildBody(request({ model, messages: [message] })).messages[0];
}

describe('buildBody', () => {
	it('gives the whole request in the order that keeps its prefix', () => {
		const body = buildBody(request({ model: CLAUDE, sessionId: 's'.repeat(300) }), {
			limits: { maxOutputTokens: 8_192 },
		});
		assert.deepEqual(Object.keys(body), [
			'model',
			'stream',
			'session_id',
			'max_tokens',
			'plugins',
			'cache_control',
			'tools',
			'messages',
		]);
		assert.deepEqual(
			{ ...body, messages: [] },
			{
				model: CLAUDE,
				stream: true,
				session_id: 's'.repeat(256),
				max_tokens: 8_192,
				plugins: [{ id: 'context-compression', enabled: false }],
				cache_control: { type: 'ephemeral' },
				tools: [{ type: 'function', function: READ_TOOL }],
				messages: [],
			},
		);
	});

	it('asks for caching only where it must be asked for', () => {
		const asks = (model: string) => 'cache_control' in buildBody(request({ model }));
		assert.deepEqual(
			['anthropic/claude-opus-5', '~anthropic/claude-opus-latest', 'openai/gpt-5', 'openrouter/auto'].map(asks),
			[true, true, false, false],
		);
	});

	it('sends the tools with every request, and no list where there are none', () => {
		assert.ok('tools' in buildBody(request()));
		assert.ok(!('tools' in buildBody(request({ tools: [] }))));
		assert.ok(!('tool_choice' in buildBody(request())));
	});

	it('sends null beside calls, and the bytes of the arguments as they came', () => {
		assert.deepEqual(wire(assistant()), {
			role: 'assistant',
			content: null,
			tool_calls: [{ id: 'toolu_1', type: 'function', function: { name: 'read', arguments: call.arguments } }],
		});
	});

	it('sends reasoning details back to the byte, to the same family', () => {
		const message = assistant({ reasoningDetails: signed, reasoning: 'Hm' });
		const sent = JSON.stringify(wire(message, 'anthropic/claude-opus-5'));
		assert.ok(sent.includes(`"reasoning_details":${JSON.stringify(signed)}`));
		assert.ok(!sent.includes('"reasoning":'), 'the plain text is part of the details already');
	});

	it('keeps reasoning from another family', () => {
		const sent = JSON.stringify(
			wire(assistant({ reasoningDetails: signed, reasoning: 'Hm' }), 'google/gemini-3.6-flash'),
		);
		assert.ok(!sent.includes('reasoning'));
	});

	it('knows the family by the signature where the id does not tell it', () => {
		const routed = assistant({ model: 'openrouter/auto', reasoningDetails: signed });
		assert.ok(JSON.stringify(wire(routed, CLAUDE)).includes('reasoning_details'));
		assert.ok(!JSON.stringify(wire(routed, 'openai/gpt-5')).includes('reasoning_details'));
		assert.ok(
			JSON.stringify(wire(assistant({ reasoningDetails: signed }), 'openrouter/auto')).includes('reasoning_details'),
		);
	});

	it('sends the plain reasoning where a model has no details, and an empty list as one', () => {
		const model = 'deepseek/deepseek-v4-pro';
		const sent = wire(
			assistant({ model, toolCalls: [], text: 'Done.', reasoning: 'Think.', reasoningDetails: [] }),
			model,
		);
		assert.deepEqual(sent, { role: 'assistant', content: 'Done.', reasoning: 'Think.', reasoning_details: [] });
	});

	it('leaves out an answer that has neither text nor call', () => {
		assert.equal(wire(assistant({ toolCalls: [], reasoning: 'Hm' })), undefined);
	});

	it('grows by appending only: what was sent stays the prefix of what is sent', () => {
		const text = fc.string({ unit: 'binary' });
		const message: fc.Arbitrary<Message> = fc.oneof(
			fc.record({ role: fc.constant('user' as const), text }),
			fc.record({ role: fc.constant('tool' as const), callId: text, text }),
			fc.record({
				role: fc.constant('assistant' as const),
				text,
				toolCalls: fc.array(fc.record({ id: text, name: text, arguments: text }), { maxLength: 2 }),
				model: fc.constantFrom(CLAUDE, 'google/gemini-3.6-flash'),
				reasoning: text,
				reasoningDetails: fc.array(fc.record({ type: fc.constant('reasoning.text'), text, index: fc.nat(3) })),
			}),
		);
		fc.assert(
			fc.property(fc.array(message, { minLength: 1, maxLength: 8 }), message, (messages, next) => {
				const list = (sent: readonly Message[]) =>
					JSON.stringify(buildBody(request({ model: CLAUDE, messages: sent })).messages);
				const before = list(messages);
				assert.equal(list(structuredClone(messages)), before);
				assert.ok(list([...messages, next]).startsWith(before.slice(0, -1)));
			}),
			{ numRuns: 40 },
		);
	});
});

describe('answerLimit', () => {
	const input = 'x'.repeat(30_000);

	it('caps what is reserved, and goes below it for a smaller model', () => {
		assert.equal(answerLimit(input, undefined), 32_000);
		assert.equal(answerLimit(input, undefined, { maxOutputTokens: 4_096 }), 4_096);
		assert.equal(answerLimit(input, 500, { maxOutputTokens: 4_096 }), 500);
	});

	it('leaves room for the input', () => {
		const limit = answerLimit(input, undefined, { contextLength: 32_768 });
		assert.ok(limit < 32_768 - 10_000 && limit > 20_000, String(limit));
	});

	it('counts characters of three bytes as a token each', () => {
		assert.ok(answerLimit('語'.repeat(30_000), undefined, { contextLength: 40_000 }) < 10_000);
	});

	it('asks for a small answer rather than for none, and lets the service say that there is no room', () => {
		assert.equal(answerLimit(input, undefined, { contextLength: 4_096 }), 1_024);
	});
});
