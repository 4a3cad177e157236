import assert from 'node:assert/strict';
import type { Message, ModelRequest } from '../../../../src/agent/model.ts';
import { buildBody } from '../../../../src/openrouter/request/requestBody.ts';
import { request } from '../asking.ts';

const CLAUDE = 'anthropic/claude-sonnet-4.6';
const SYSTEM: Message = { role: 'system', text: 'You help.' };
const ASK: Message = { role: 'user', text: 'Fix it' };

/** An answer with so many calls, and their results. */
function step(calls: number, model = CLAUDE): readonly Message[] {
	const toolCalls = Array.from({ length: calls }, (_, index) => ({ id: `c${index}`, name: 'read', arguments: '{}' }));
	const results = toolCalls.map(({ id }): Message => ({ role: 'tool', callId: id, text: 'text' }));
	return [{ role: 'assistant', text: '', toolCalls, model }, ...results];
}

/** Indices of the marked messages, and the mark that all of them have. */
function marks(overrides: Partial<ModelRequest>): { readonly at: readonly number[]; readonly mark?: unknown } {
	const { messages, tools } = buildBody(request({ model: CLAUDE, messages: [SYSTEM, ASK], ...overrides }));
	assert.ok(!JSON.stringify(tools ?? []).includes('cache_control'));
	const found = messages.flatMap((message, index) => {
		const text = JSON.stringify(message);
		const [mark, second] = [...text.matchAll(/"cache_control":(\{.*?\})/g)].map(match => match[1]);
		assert.equal(second, undefined, 'one mark a message');
		assert.ok(mark === undefined || /"cache_control":\{[^{}]*\}\}\]/.test(text), 'on its last part');
		return mark === undefined ? [] : [{ index, mark }];
	});
	assert.ok(found.length <= 4, 'Anthropic and Alibaba refuse more');
	const [first] = found;
	return { at: found.map(({ index }) => index), ...(first && { mark: JSON.parse(first.mark) }) };
}

describe('cache marks', () => {
	it('stand on the system prompt and at the end of a first request', () => {
		assert.deepEqual(marks({}), { at: [0, 1], mark: { type: 'ephemeral' } });
		assert.deepEqual(marks({ messages: [ASK] }).at, [0]);
	});

	it('stand where this request and the two before it ended, however many calls lie between', () => {
		assert.deepEqual(marks({ messages: [SYSTEM, ASK, ...step(1)] }).at, [0, 1, 3]);
		assert.deepEqual(marks({ messages: [SYSTEM, ASK, ...step(1), ...step(12)] }).at, [0, 1, 3, 16]);
		assert.deepEqual(marks({ messages: [SYSTEM, ASK, ...step(1), ...step(12), ...step(2)] }).at, [0, 3, 16, 19]);
	});

	it('stand behind a message that the user sent meanwhile', () => {
		const messages = [SYSTEM, ASK, ...step(2), { role: 'user', text: 'And this' } as const];
		assert.deepEqual(marks({ messages }).at, [0, 1, 5]);
	});

	it('always include those of the request before, so that all it wrote is found', () => {
		const messages: Message[] = [SYSTEM, ASK];
		let before = marks({ messages }).at;
		for (const calls of [1, 30, 2, 1, 25, 40, 3]) {
			messages.push(...step(calls));
			const { at } = marks({ messages });
			assert.ok(at.includes(before.at(-1) ?? -1));
			assert.equal(at.at(-1), messages.length - 1);
			before = at;
		}
	});

	it('live for an hour where that is asked for and offered', () => {
		const parameters = { cacheLifetime: '1h' } as const;
		assert.deepEqual(marks({ parameters }).mark, { type: 'ephemeral', ttl: '1h' });
		assert.deepEqual(marks({ parameters, model: 'qwen/qwen3-max' }).mark, { type: 'ephemeral' });
	});

	it('are set for the models that want them, and for no others', () => {
		const wanting = [
			CLAUDE,
			'~anthropic/claude-opus-latest',
			'openrouter/anthropic/claude-opus-5:nitro',
			'qwen/qwen3-max',
			'qwen/qwen3-coder-plus',
			'qwen/qwen3-coder-flash',
			'qwen/qwen3.6-plus',
			'qwen/qwen-plus',
			'deepseek/deepseek-v3.2',
		];
		const others = [
			'openai/gpt-5',
			'google/gemini-3.6-flash',
			'deepseek/deepseek-v4-pro',
			'deepseek/deepseek-v3.2-exp',
			'qwen/qwen3-coder',
			'qwen/qwen3.5-plus-02-15',
			'z-ai/glm-4.7',
			'openrouter/auto',
			'@preset/mine',
		];
		assert.deepEqual(
			[...wanting, ...others].filter(model => marks({ model }).at.length > 0),
			wanting,
		);
	});

	it('are set for a router that answered with Claude', () => {
		assert.deepEqual(marks({ model: 'openrouter/auto', messages: [SYSTEM, ASK, ...step(1)] }).at, [0, 1, 3]);
		const messages = [SYSTEM, ASK, ...step(1, 'openai/gpt-5')];
		assert.deepEqual(marks({ model: 'openrouter/auto', messages }).at, []);
	});

	it('write nothing that nobody reads again', () => {
		assert.deepEqual(marks({ purpose: 'title' }).at, []);
		assert.deepEqual(marks({ purpose: 'completion' }).at, []);
		assert.deepEqual(marks({ purpose: 'structured' }).at, [0]);
		assert.deepEqual(marks({ purpose: 'compaction' }).at, [0, 1]);
	});

	it('stand on no empty text, and on the text beside a picture', () => {
		assert.deepEqual(marks({ messages: [{ role: 'system', text: '' }, ASK] }).at, [1]);
		const images = [{ mediaType: 'image/png', hash: 'a' }];
		const body = buildBody(request({ model: CLAUDE, messages: [{ ...ASK, images }], images: { a: 'AA' } }));
		assert.deepEqual(body.messages, [
			{
				role: 'user',
				content: [
					{ type: 'text', text: 'Fix it', cache_control: { type: 'ephemeral' } },
					{ type: 'image_url', image_url: { url: 'data:image/png;base64,AA' } },
				],
			},
		]);
	});

	it('keep an OpenAI conversation on one machine by its key', () => {
		const key = (model: string) => buildBody(request({ model }))['prompt_cache_key'];
		assert.equal(key('openai/gpt-5'), 'session-1');
		assert.equal(key(CLAUDE), undefined);
	});
});
