import assert from 'node:assert/strict';
import fc from 'fast-check';
import { boundCost, listCost, PromptMeter } from '../../../../src/agent/ledger/requestPrice.ts';
import type { Message, ModelRequest } from '../../../../src/agent/model.ts';
import type { ModelPrice } from '../../../../src/agent/modelFacts.ts';

const price: ModelPrice = {
	prompt: 3e-6,
	completion: 15e-6,
	cacheRead: 3e-7,
	cacheWrite: 3.75e-6,
	cacheWriteHour: 6e-6,
};

function request(fields: Partial<ModelRequest> = {}): ModelRequest {
	return { model: 'm/x', messages: [], tools: [], sessionId: 's', ...fields };
}

const user = (text: string): Message => ({ role: 'user', text });

describe('The size of a prompt, before it is sent', () => {
	const text = 'const answer = 42;\n'.repeat(2_000);

	it('is a third of its bytes while nothing is known', () => {
		const { tokens } = new PromptMeter().measure(request({ messages: [user(text)] }));
		assert.ok(tokens > text.length / 3 && tokens < text.length / 3 + 2_000, `${tokens}`);
	});

	it('is what was billed, and a little more, once there is a bill', () => {
		const meter = new PromptMeter();
		const first = request({ messages: [user(text)] });
		meter.learn(first, 9_000);
		const grown = request({ messages: [...first.messages, user('And now?')] });
		const { tokens } = meter.measure(grown);
		assert.ok(tokens > 9_000 && tokens < 9_700, `${tokens}`);
		assert.ok(meter.measure({ ...grown, sessionId: 't' }).tokens > 12_000, 'of that conversation alone');
		assert.ok(meter.measure({ ...grown, purpose: 'compaction' }).tokens > 12_000);
	});

	it('follows a text that has more tokens than usual', () => {
		const meter = new PromptMeter();
		meter.learn(request({ messages: [user(text)] }), 30_000);
		const { tokens } = meter.measure(request({ messages: [user(text), user(text)] }));
		assert.ok(tokens > 55_000, `${tokens}`);
	});

	it('is guessed anew after the conversation shrank', () => {
		const meter = new PromptMeter();
		meter.learn(request({ messages: [user(text)] }), 9_000);
		const { tokens } = meter.measure(request({ messages: [user(text.slice(0, 9_000))] }));
		assert.ok(tokens > 3_000 && tokens < 5_000, `${tokens}`);
	});

	it('is not learnt from a bill that leaves out the prompt', () => {
		const meter = new PromptMeter();
		meter.learn(request({ messages: [user(text)] }), 0);
		assert.ok(meter.measure(request({ messages: [user(text)] })).tokens > 12_000);
	});

	it('counts pictures, and each but once', () => {
		const meter = new PromptMeter();
		const images = [{ mediaType: 'image/png', hash: 'a' }];
		const shown = request({ messages: [{ role: 'user', text, images }] });
		const without = meter.measure(request({ messages: [user(text)] })).tokens;
		const { tokens, images: count } = meter.measure(shown);
		assert.equal(count, 1);
		assert.ok(tokens > without + 5_000);
		meter.learn(shown, 10_000);
		assert.ok(meter.measure({ ...shown, messages: [...shown.messages, user('?')] }).tokens < 11_000);
	});
});

describe('The most a request may cost', () => {
	it('takes the dearest way: all written to the cache, by a provider above the list', () => {
		const bound = boundCost(request(), { tokens: 1_000, images: 0 }, [price]);
		assert.deepEqual(bound.maxPrice, { prompt: 3.75, completion: 18.75 });
		assert.ok(Math.abs(bound.fixed - 1_000 * 3.75e-6 * 1.25) < 1e-12);
		assert.ok(Math.abs(bound.perOutputToken - 15e-6 * 1.25) < 1e-15);
		const hour = boundCost(request({ parameters: { cacheLifetime: '1h' } }), { tokens: 1_000, images: 0 }, [price]);
		assert.ok(Math.abs(hour.fixed - 1_000 * 6e-6 * 1.25) < 1e-12);
	});

	it('takes the dearest of the model and its fallbacks', () => {
		const bound = boundCost(request(), { tokens: 1_000, images: 0 }, [price, { prompt: 5e-6, completion: 1e-6 }]);
		assert.deepEqual(bound.maxPrice, { prompt: 6.25, completion: 18.75 });
		assert.ok(bound.fixed >= 1_000 * 5e-6 * 1.25);
	});

	it("keeps to the user's maximum price, and adds what it leaves open", () => {
		const routing = { maxPrice: { completion: 10 } };
		const bound = boundCost(request({ routing }), { tokens: 0, images: 0 }, [price]);
		assert.deepEqual(bound.maxPrice, { prompt: 3.75, completion: 10 });
		assert.ok(Math.abs(bound.perOutputToken - 10e-6) < 1e-15);
	});

	it('knows what a faster tier costs', () => {
		const bound = boundCost(request({ parameters: { serviceTier: 'priority' } }), { tokens: 0, images: 0 }, [price]);
		assert.deepEqual(bound.maxPrice, { prompt: 7.5, completion: 37.5 });
	});

	it('is nothing for a free model', () => {
		const bound = boundCost(request(), { tokens: 1_000, images: 2 }, [{ prompt: 0, completion: 0 }]);
		assert.deepEqual(bound, { fixed: 0, perOutputToken: 0, maxPrice: { prompt: 0, completion: 0 } });
	});

	it('is never less than the list price of what is used', () => {
		const perToken = fc.integer({ min: 0, max: 100 }).map(number => number * 1e-7);
		const optional = fc.option(perToken, { nil: undefined });
		const prices = fc
			.record({
				prompt: fc.integer({ min: 1, max: 100 }).map(number => number * 1e-7),
				completion: fc.integer({ min: 1, max: 100 }).map(number => number * 1e-7),
				cacheWrite: optional,
				request: optional,
				above: fc.nat(3_000),
				longPrompt: optional,
				longCompletion: optional,
				from: fc.nat(1_439),
			})
			.map(
				({
					prompt,
					completion,
					cacheWrite,
					request: perRequest,
					above,
					longPrompt,
					longCompletion,
					from,
				}): ModelPrice => ({
					prompt,
					completion,
					...(cacheWrite !== undefined && { cacheWrite }),
					...(perRequest !== undefined && { request: perRequest }),
					overrides: [
						{ abovePromptTokens: above, ...(longPrompt !== undefined && { prompt: longPrompt }) },
						{ minutes: { from, to: 600 }, ...(longCompletion !== undefined && { completion: longCompletion }) },
					],
				}),
			);
		const share = fc.double({ min: 0, max: 1, noNaN: true });
		fc.assert(
			fc.property(
				fc.array(prices, { minLength: 1, maxLength: 3 }),
				fc.nat(2),
				share,
				share,
				fc.nat(86_400_000),
				(all, who, cached, written, at) => {
					const bound = boundCost(request(), { tokens: 3_000, images: 0 }, all);
					const promptTokens = Math.round(3_000 * cached);
					const usage = {
						promptTokens,
						completionTokens: 500,
						cachedTokens: 0,
						cacheWriteTokens: Math.round(promptTokens * written),
						reasoningTokens: 0,
					};
					const served = all[who % all.length];
					assert.ok(served);
					assert.ok(listCost(usage, served, at) <= bound.fixed + 500 * bound.perOutputToken);
				},
			),
		);
	});
});

describe('The list price of an answer', () => {
	const usage = {
		promptTokens: 10_000,
		completionTokens: 100,
		cachedTokens: 8_000,
		cacheWriteTokens: 1_000,
		reasoningTokens: 50,
	};

	it('tells plain, cached and written tokens apart', () => {
		const cost = 1_000 * 3e-6 + 8_000 * 3e-7 + 1_000 * 3.75e-6 + 100 * 15e-6;
		assert.ok(Math.abs(listCost(usage, price, 0) - cost) < 1e-12);
		const plain = { prompt: 1e-6, completion: 0 };
		assert.ok(Math.abs(listCost(usage, plain, 0) - 0.01) < 1e-12);
	});

	it('takes written tokens that are counted beside the prompt', () => {
		const beside = { ...usage, promptTokens: 8_500 };
		assert.ok(
			Math.abs(listCost(beside, { ...price, completion: 0 }, 0) - (500 * 3e-6 + 8_000 * 3e-7 + 1_000 * 3.75e-6)) <
				1e-12,
		);
	});

	it('takes the prices of long prompts and of the time of day, the last that applies', () => {
		const overrides = [
			{ abovePromptTokens: 9_999, completion: 1e-3 },
			{ abovePromptTokens: 10_000, completion: 1 },
			{ minutes: { from: 1_380, to: 60 }, completion: 1e-4 },
		];
		const long = { prompt: 0, completion: 1e-6, overrides };
		const at = (hours: number) => Date.UTC(2026, 10, 21, hours, 30);
		assert.equal(listCost(usage, long, at(12)), 0.1);
		assert.equal(listCost(usage, long, at(23)), 0.01);
		assert.equal(listCost(usage, long, at(0)), 0.01);
		assert.equal(listCost(usage, long, at(1)), 0.1);
	});
});
