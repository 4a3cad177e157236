import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { AssistantMessage, Message, ModelRequest, OutputFormat } from '../../../../src/agent/model.ts';
import type { ModelParameters } from '../../../../src/agent/settings/modelSettings.ts';
import { answerLimit } from '../../../../src/openrouter/request/answerLimit.ts';
import { type BodyOptions, buildBody, type RequestBody } from '../../../../src/openrouter/request/requestBody.ts';
import { READ_TOOL, request } from '../asking.ts';

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
		const body = buildBody(
			request({
				model: 'openrouter/openai/gpt-5',
				sessionId: 's'.repeat(300),
				parameters: { verbosity: 'low', reasoningEffort: 'high', serviceTier: 'flex' },
				routing: { sort: 'price' },
				fallbacks: ['openrouter/~anthropic/claude-haiku-latest'],
				preset: 'mine',
				output: { name: 'answer', schema: { type: 'object' } },
			}),
			{ limits: { maxOutputTokens: 8_192 } },
		);
		const fields = {
			model: 'openai/gpt-5',
			stream: true,
			session_id: 's'.repeat(256),
			max_tokens: 8_192,
			models: ['~anthropic/claude-haiku-latest'],
			preset: 'mine',
			prompt_cache_key: 's'.repeat(64),
			reasoning: { effort: 'high' },
			verbosity: 'low',
			service_tier: 'flex',
			provider: { sort: 'price' },
			response_format: {
				type: 'json_schema',
				json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
			},
			tools: [{ type: 'function', function: READ_TOOL }],
			messages: [
				{ role: 'system', content: 'You help.' },
				{ role: 'user', content: 'Hello' },
			],
		};
		assert.equal(JSON.stringify(body), JSON.stringify(fields));
	});

	it('keeps the service from cutting out the middle, and a preset with the plugins it has', () => {
		const plugins = [{ id: 'context-compression', enabled: false }];
		assert.deepEqual(buildBody(request())['plugins'], plugins);
		assert.equal(buildBody(request({ preset: 'mine' }))['plugins'], undefined);
		assert.equal(buildBody(request({ model: '@preset/mine' }))['plugins'], undefined);
	});

	it('takes ids as users write them', () => {
		const ids = {
			'openrouter/z-ai/glm-4.7': 'z-ai/glm-4.7',
			'openrouter/~anthropic/claude-opus-latest': '~anthropic/claude-opus-latest',
			'openrouter/openrouter/auto': 'openrouter/auto',
			'openrouter/auto': 'openrouter/auto',
			'openrouter/@preset/mine': '@preset/mine',
			' deepseek/deepseek-v3.2:free ': 'deepseek/deepseek-v3.2:free',
		};
		for (const [written, sent] of Object.entries(ids)) {
			assert.equal(buildBody(request({ model: written })).model, sent);
		}
	});

	it('sends each parameter under its own name, and none that is not set', () => {
		const parameters = {
			temperature: 0,
			topP: 0.9,
			topK: 40,
			minP: 0.1,
			topA: 0.2,
			frequencyPenalty: 0.3,
			presencePenalty: 0.4,
			repetitionPenalty: 1.1,
			seed: 7,
			stop: ['END'],
			parallelToolCalls: false,
			maxOutputTokens: 5_000,
		};
		const {
			model: _m,
			stream: _s,
			session_id: _i,
			plugins: _p,
			tools,
			messages: _g,
			...sent
		} = buildBody(request({ model: 'mistralai/devstral', parameters }));
		assert.ok(tools);
		assert.deepEqual(sent, {
			max_tokens: 5_000,
			temperature: 0,
			top_p: 0.9,
			top_k: 40,
			min_p: 0.1,
			top_a: 0.2,
			frequency_penalty: 0.3,
			presence_penalty: 0.4,
			repetition_penalty: 1.1,
			seed: 7,
			stop: ['END'],
			parallel_tool_calls: false,
		});
		const bare = buildBody(request({ parameters: { stop: [], parallelToolCalls: true }, tools: [] }));
		assert.ok(!('stop' in bare) && !('parallel_tool_calls' in bare) && !('reasoning' in bare) && !('tools' in bare));
	});

	it('limits thinking by tokens or by effort, never by both, and leaves room for the answer', () => {
		const reasoning = (parameters: ModelParameters, maxOutputTokens = 32_000) =>
			buildBody(request({ parameters, maxOutputTokens }))['reasoning'];
		assert.deepEqual(reasoning({ reasoningEffort: 'none' }), { effort: 'none' });
		assert.deepEqual(reasoning({ reasoningEffort: 'low', reasoningTokens: 4_000 }), { max_tokens: 4_000 });
		assert.deepEqual(reasoning({ reasoningTokens: 64_000 }), { max_tokens: 30_976 });
		assert.equal(reasoning({ reasoningTokens: 64_000 }, 1_500), undefined);
	});

	it('asks for strict mode only where the schema meets its demands', () => {
		const strict = (schema: OutputFormat['schema']) =>
			/"strict":(true|false)/.exec(JSON.stringify(buildBody(request({ output: { name: 'a', schema } }))))?.[1];
		const closed = { type: 'object', properties: { a: {} }, required: ['a'], additionalProperties: false };
		assert.equal(strict(closed), 'true');
		assert.equal(strict({ ...closed, required: [] }), 'false');
		assert.equal(strict({ ...closed, additionalProperties: true }), 'false');
		assert.equal(
			strict({ ...closed, properties: { a: { type: 'array', items: { ...closed, required: [] } } } }),
			'false',
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

	it('sends arguments that are no JSON mended where they could be, and empty where not', () => {
		const sent = (text: string) => {
			const message = wire(assistant({ toolCalls: [{ ...call, arguments: text }] }));
			// The shape is that of the test above.
			return (message as { tool_calls: { function: { arguments: string } }[] }).tool_calls[0]?.function.arguments;
		};
		assert.equal(sent('{"path": "a",}'), '{"path":"a"}');
		assert.equal(sent('{"path": "a'), '{}');
		assert.equal(sent(''), '{}');
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

	it('grows by appending only, whatever else changes from one request to the next', () => {
		const text = fc.string({ unit: 'binary' });
		const image = fc.record({ mediaType: fc.constant('image/png'), hash: fc.constantFrom('known', 'gone') });
		const message: fc.Arbitrary<Message> = fc.oneof(
			fc.record({ role: fc.constant('user' as const), text, images: fc.array(image, { maxLength: 2 }) }),
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
		const varying = fc.record(
			{
				pinnedProvider: fc.constantFrom('Anthropic', 'Amazon Bedrock'),
				maxOutputTokens: fc.integer({ min: 1, max: 64_000 }),
				routing: fc.constantFrom({ sort: 'price' as const }, { ignore: ['azure'] }),
				parameters: fc.constantFrom({ temperature: 1 }, { reasoningTokens: 2_000 }),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(
				fc.constantFrom(CLAUDE, 'qwen/qwen3-max', 'openai/gpt-5', 'openrouter/auto'),
				fc.array(message, { minLength: 1, maxLength: 8 }),
				message,
				varying,
				varying,
				(model, messages, next, now, then) => {
					const images = { known: 'AAAA' };
					const one = request({ model, messages, images, ...now });
					const first = buildBody(one, { limits: { contextLength: 50_000 } });
					const limits = { contextLength: 20_000, maxOutputTokens: 4_000 };
					const second = buildBody({ ...one, ...then, messages: [...messages, next] }, { limits });
					assert.equal(
						JSON.stringify(buildBody(structuredClone(one), { limits: { contextLength: 50_000 } })),
						JSON.stringify(first),
					);
					assert.ok(cachedPart(second).startsWith(cachedPart(first)));
				},
			),
			{ numRuns: 150 },
		);
	});
});

/** What providers compare with their caches; marks are no part of it. */
function cachedPart({ tools, messages }: RequestBody): string {
	return JSON.stringify({ tools, messages }, (key, value) => (key === 'cache_control' ? undefined : value)).slice(
		0,
		-2,
	);
}

describe('buildBody, pictures', () => {
	const images = { a: 'QUJD' };
	const ref = (hash: string) => ({ mediaType: 'image/png', hash });
	const picture = { type: 'image_url', image_url: { url: 'data:image/png;base64,QUJD' } };
	const content = (wanted: Partial<ModelRequest>, options?: BodyOptions) =>
		buildBody(request({ images, ...wanted }), options).messages.map(message => 'content' in message && message.content);

	it('sends the text first, then the pictures', () => {
		const messages: Message[] = [{ role: 'user', text: 'See', images: [ref('a'), ref('a')] }];
		assert.deepEqual(content({ messages }), [[{ type: 'text', text: 'See' }, picture, picture]]);
		assert.deepEqual(content({ messages: [{ role: 'user', text: '', images: [ref('a')] }] }), [[picture]]);
	});

	it('says in words that a picture is gone', () => {
		const messages: Message[] = [{ role: 'user', text: 'See', images: [ref('b')] }];
		const gone = { type: 'text', text: '[An image was here; its data is not there any more.]' };
		assert.deepEqual(content({ messages }), [[{ type: 'text', text: 'See' }, gone]]);
	});

	it('leaves older pictures out for a model that takes none, and lets the service refuse the newest', () => {
		const messages: Message[] = [
			{ role: 'user', text: 'Old', images: [ref('a')] },
			{ role: 'assistant', text: 'Yes', toolCalls: [], model: 'm' },
			{ role: 'user', text: 'New', images: [ref('a')] },
		];
		const [old, , newest] = content({ messages }, { limits: { takesImages: false } });
		const none = { type: 'text', text: '[An image was here; this model takes none.]' };
		assert.deepEqual(old, [{ type: 'text', text: 'Old' }, none]);
		assert.deepEqual(newest, [{ type: 'text', text: 'New' }, picture]);
	});

	it('counts a picture by what it shows, not by the length of its text', () => {
		const messages: Message[] = [{ role: 'user', text: 'See', images: [ref('a')] }];
		const wanted = request({ messages, images: { a: 'A'.repeat(3_000_000) } });
		assert.equal(buildBody(wanted, { limits: { contextLength: 40_000 } }).max_tokens, 32_000);
	});
});

describe('answerLimit', () => {
	const input = 30_000;

	it('caps what is reserved, and goes below it for a smaller model', () => {
		assert.equal(answerLimit(input, undefined), 32_000);
		assert.equal(answerLimit(input, undefined, { maxOutputTokens: 4_096 }), 4_096);
		assert.equal(answerLimit(input, 500, { maxOutputTokens: 4_096 }), 500);
	});

	it('leaves room for the input, in few steps', () => {
		const limits = [50_000, 42_000, 40_000, 27_000, 26_000, 18_000].map(contextLength =>
			answerLimit(input, undefined, { contextLength }),
		);
		assert.deepEqual(limits, [32_000, 16_000, 16_000, 16_000, 8_000, 4_000]);
	});

	it('counts three bytes as a token, and pictures besides', () => {
		assert.equal(answerLimit(90_000, undefined, { contextLength: 40_000 }), 8_000);
		assert.equal(answerLimit(input, undefined, { contextLength: 43_000 }), 32_000);
		assert.equal(answerLimit(input, undefined, { contextLength: 43_000 }, 1), 16_000);
	});

	it('asks for a small answer rather than for none, and lets the service say that there is no room', () => {
		assert.equal(answerLimit(input, undefined, { contextLength: 4_096 }), 1_024);
	});
});
