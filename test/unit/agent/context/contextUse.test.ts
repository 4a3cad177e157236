import assert from 'node:assert/strict';
import { ContextMeter, type ContextSource, needsRoom } from '../../../../src/agent/context/contextUse.ts';
import type { AssistantMessage, Message, ToolDefinition } from '../../../../src/agent/model.ts';

const system: Message = { role: 'system', text: 'sys' };
const user = (text: string): Message => ({ role: 'user', text });
const noTools: readonly ToolDefinition[] = [];

/** One token a character, and every text it was asked for. */
function countingMeter(): { readonly meter: ContextMeter; readonly asked: string[] } {
	const asked: string[] = [];
	const meter = new ContextMeter(text => {
		asked.push(text);
		return text.length;
	});
	return { meter, asked };
}

const source = (messages: readonly Message[], more: Partial<ContextSource> = {}): ContextSource => ({
	messages,
	definitions: noTools,
	counted: undefined,
	facts: {},
	settings: {},
	...more,
});

describe('ContextMeter', () => {
	it('tells system prompt, tools and conversation apart', () => {
		const definitions = [{ name: 'read', description: 'Reads.', parameters: {} }];
		const { meter } = countingMeter();
		const use = meter.measure(source([system, user('1234567890')], { definitions }));
		const tools = JSON.stringify(definitions).length;
		assert.deepEqual(use, { system: 7, tools, conversation: 14, total: tools + 21 });
	});

	it('counts all that goes back of an answer: text, calls, reasoning', () => {
		const { meter } = countingMeter();
		const sizeOf = meter.sizeOf(source([]));
		const bare: AssistantMessage = { role: 'assistant', text: 'abc', toolCalls: [], model: 'm' };
		assert.equal(sizeOf(bare), 7);
		assert.equal(sizeOf({ ...bare, toolCalls: [{ id: 'i', name: 'read', arguments: '{"a":1}' }] }), 7 + 4 + 7 + 8);
		assert.equal(sizeOf({ ...bare, reasoning: '12345' }), 12);
		const reasoningDetails = [{ type: 'reasoning.encrypted', data: 'xyz' }];
		assert.equal(sizeOf({ ...bare, reasoningDetails }), 7 + JSON.stringify(reasoningDetails).length);
		assert.equal(sizeOf({ role: 'tool', callId: 'i', text: 'abc' }), 11);
	});

	it('corrects by what the service counted, but not the images', () => {
		const { meter } = countingMeter();
		const image = { mediaType: 'image/png', hash: 'h' };
		const messages: Message[] = [system, { role: 'user', text: 'x'.repeat(89), images: [image] }];
		const counted = { messages, count: 2, promptTokens: 1_750 };
		// 100 tokens of text by our count are 150 by that of the service.
		assert.deepEqual(meter.measure(source([...messages, user('x'.repeat(96))], { counted })), {
			...{ system: 11, tools: 0 },
			conversation: 140 + 1_600 + 150,
			total: 11 + 140 + 1_600 + 150,
		});
	});

	it('looks at the messages that the counted request had, not at those behind', () => {
		const { meter } = countingMeter();
		const messages = [system, user('x'.repeat(89)), user('x'.repeat(96))];
		const counted = { messages, count: 2, promptTokens: 200 };
		assert.equal(meter.measure(source(messages, { counted })).total, 400);
	});

	it('does not believe a count that is far off', () => {
		const { meter } = countingMeter();
		const messages = [user('x'.repeat(96))];
		const total = (promptTokens: number) =>
			meter.measure(source(messages, { counted: { messages, count: 1, promptTokens } })).total;
		assert.deepEqual([total(1), total(100_000)], [50, 250]);
	});

	it('estimates every text once, however many requests there are', () => {
		const { meter, asked } = countingMeter();
		const definitions = [{ name: 'read', description: 'Reads.', parameters: {} }];
		const messages: Message[] = [system];
		for (let request = 0; request < 2_000; request++) {
			messages.push(user(`message ${request}`));
			const counted = { messages, count: messages.length, promptTokens: 10 * messages.length };
			meter.measure(source(messages, { definitions, counted: request % 10 === 9 ? counted : undefined }));
		}
		assert.equal(asked.length, 2_000 + 2);
		assert.equal(new Set(asked).size, asked.length);
	});

	it('comes near the real count of code', () => {
		const code =
			'export function sum(values: readonly number[]): number {\n\treturn values.reduce((a, b) => a + b, 0);\n}\n';
		const o200k = 27;
		const frame = 4;
		const size = new ContextMeter().sizeOf(source([]))(user(code)) - frame;
		assert.ok(Math.abs(size - o200k) / o200k < 0.1, String(size));
	});
});

describe('The limit', () => {
	const { meter } = countingMeter();
	const limitOf = (more: Partial<ContextSource>) => meter.measure(source([], more)).limit;

	it('leaves room for an answer: as set, as the model gives, at most a fifth of the window', () => {
		assert.equal(limitOf({ facts: { contextLength: 1_000_000 } }), 968_000);
		assert.equal(limitOf({ facts: { contextLength: 1_000_000 }, settings: { maxOutputTokens: 64_000 } }), 936_000);
		assert.equal(limitOf({ facts: { contextLength: 1_000_000, maxOutputTokens: 4_000 } }), 996_000);
		assert.equal(limitOf({ facts: { contextLength: 10_000 } }), 8_000);
	});

	it('is not made up where nobody knows the window', () => {
		assert.equal(limitOf({ facts: { maxOutputTokens: 4_000 } }), undefined);
	});

	it('is near from 90 % on, and never where there is none', () => {
		assert.equal(needsRoom({ total: 899, limit: 1_000 }), false);
		assert.equal(needsRoom({ total: 900, limit: 1_000 }), true);
		assert.equal(needsRoom({ total: 1e9 }), false);
	});
});
