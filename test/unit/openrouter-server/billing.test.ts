import assert from 'node:assert/strict';
import * as z from 'zod';
import type { OpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { dollarsOf, picoOf, pricesOf } from '../../openrouter-server/prices.ts';
import { chat, get, servedBy, withServer } from './calling.ts';

const generationBody = z.object({
	data: z.looseObject({
		total_cost: z.number(),
		is_byok: z.boolean(),
		upstream_inference_cost: z.number(),
		cancelled: z.boolean(),
		native_tokens_completion: z.number(),
	}),
});

async function generation(server: OpenRouterServer, id: string | null) {
	return generationBody.parse(await (await get(server, `/generation?id=${id}`)).json()).data;
}

describe('prices', () => {
	it('are exact to a millionth of a millionth of a dollar', () => {
		assert.equal(picoOf('0.000000003625'), 3_625n);
		assert.equal(picoOf('12'), 12_000_000_000_000n);
		assert.equal(picoOf('0.0000000833333333333333'), 83_333n);
		assert.equal(picoOf('-1'), 0n);
		assert.equal(dollarsOf(3_625n), 0.000000003625);
	});

	const row = {
		id: 'a/b',
		canonical_slug: 'a/b',
		context_length: null,
		pricing: {
			prompt: '0.000001',
			completion: '0.000002',
			overrides: [
				{ min_prompt_tokens: 100, prompt: '0.000003' },
				{ utc_start: '2200', utc_end: '0200', prompt: '0.000004' },
			],
		},
	};
	const at = (time: string) => Date.parse(`2026-11-21T${time}Z`);

	it('are others for long prompts, and at some hours, also over midnight', () => {
		const prompt = (tokens: number, time: string) => pricesOf(row, tokens, at(time)).prompt;
		assert.equal(prompt(100, '12:00:00'), 1_000_000n);
		assert.equal(prompt(101, '12:00:00'), 3_000_000n);
		assert.equal(prompt(100, '23:00:00'), 4_000_000n);
		assert.equal(prompt(101, '01:59:59'), 4_000_000n);
		assert.equal(prompt(100, '02:00:00'), 1_000_000n);
		assert.equal(pricesOf(row, 101, at('12:00:00')).completion, 2_000_000n);
	});

	it('are the provider’s', () => {
		assert.equal(pricesOf(row, 1, at('12:00:00'), 1.16).completion, 2_320_000n);
	});
});

describe('local OpenRouter, the bill', () => {
	it('is the sum of what the answers say', () =>
		withServer({}, async server => {
			const costs: number[] = [];
			for (let count = 0; count < 3; count++) {
				costs.push((await servedBy(await chat(server))).usage.cost);
			}
			const { total, account, paid, answers } = server.bill;
			assert.equal(total, BigInt(costs.reduce((sum, cost) => sum + Math.round(cost * 1e12), 0)));
			assert.deepEqual([account, paid, answers], [total, 3, 3]);
		}));

	it('has what the user’s own key pays, and the share of the account', () =>
		withServer({ lateRecords: 0 }, async server => {
			server.script({ text: 'x', byok: true, price: '0.5' }, { text: 'x', byok: 0.05, price: '0.5' });
			const [own, shared] = [await chat(server), await chat(server)];
			const record = await generation(server, shared.headers.get('x-generation-id'));
			assert.deepEqual([record.is_byok, record.total_cost, record.upstream_inference_cost], [true, 0.025, 0.5]);
			const usages = [(await servedBy(own)).usage, (await servedBy(shared)).usage];
			assert.deepEqual(
				usages.map(({ cost, is_byok, cost_details }) => [cost, is_byok, cost_details.upstream_inference_cost]),
				[
					[0, true, 0.5],
					[0.025, true, 0.5],
				],
			);
			assert.equal(server.bill.total, picoOf('1.025'));
			assert.equal(server.bill.account, picoOf('0.025'));
		}));

	/** Leaves a long answer after its first bytes, and gives the record of it. */
	async function leave(server: OpenRouterServer) {
		const controller = new AbortController();
		const response = await chat(server, { stream: true }, { signal: controller.signal });
		const reader = response.body?.getReader();
		await reader?.read();
		controller.abort();
		await server.chats[0]?.ended;
		return generation(server, response.headers.get('x-generation-id'));
	}
	// The delay only keeps the server from being done: the client leaves at the first bytes.
	const slow = { text: 'Word. '.repeat(200), pieces: 40, delayMs: 20 } as const;

	it('has what was made of an answer that was left', () =>
		withServer({ lateRecords: 0 }, async server => {
			server.script(slow, { text: slow.text });
			const left = await leave(server);
			assert.equal(left.cancelled, true);
			assert.equal(server.bill.total, BigInt(Math.round(left.total_cost * 1e12)));
			const whole = (await servedBy(await chat(server))).usage;
			assert.ok(left.native_tokens_completion < whole.completion_tokens);
		}));

	it('has all of an answer that was left, where the provider goes on', () => {
		const providers = [{ name: 'Bedrock', slug: 'bedrock', billsLeftAnswers: 'whole' as const }];
		return withServer({ lateRecords: 0, providers }, async server => {
			server.script({ ...slow, pieces: 2_000 }, { text: slow.text });
			const left = await leave(server);
			const whole = (await servedBy(await chat(server))).usage;
			assert.equal(left.native_tokens_completion, whole.completion_tokens);
		});
	});

	it('has nothing for an answer that ended with an error, or that nothing came of', () =>
		withServer({ lateRecords: 0 }, async server => {
			server.script(
				{ text: 'Some text', breaks: { afterChunks: 1 } },
				{ text: 'Some text', fault: { afterBytes: 30, how: 'close' } },
			);
			for (let count = 0; count < 2; count++) {
				const response = await chat(server, { stream: true });
				await response.text();
				assert.equal((await generation(server, response.headers.get('x-generation-id'))).total_cost, 0);
			}
			assert.deepEqual(server.bill, { total: 0n, account: 0n, paid: 0, answers: 2 });
		}));

	it('has what a recording says of itself', () =>
		withServer({}, async server => {
			server.script({ stream: 'usage-byok.sse' });
			await (await chat(server, { stream: true })).text();
			assert.ok(server.bill.total > server.bill.account);
		}));

	it('pays with a credit that can change, and stops at the limit of a key', () =>
		withServer({ credit: 1 }, async server => {
			server.account.credit = 0;
			assert.equal((await chat(server)).status, 402);
			server.account.credit = 5;
			assert.equal((await chat(server)).status, 200);
			const key = server.account.newKey({ label: 'Small', limit: 0.000_001 });
			const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
			assert.equal((await chat(server, {}, { headers })).status, 200);
			assert.equal((await chat(server, {}, { headers })).status, 403);
			server.account.revoke(key);
			assert.equal((await chat(server, {}, { headers })).status, 401);
		}));

	it('counts free requests by the day', async () => {
		let now = Date.parse('2026-11-21T23:00:00Z');
		await withServer({ freeDailyLimit: 1, now: () => now }, async server => {
			const model = 'nvidia/nemotron-3-super-120b-a12b:free';
			assert.equal((await chat(server, { model })).status, 200);
			assert.equal((await chat(server, { model })).status, 429);
			now += 3_600_000;
			assert.equal((await chat(server, { model })).status, 200);
		});
	});

	it('refuses for the reason that it is told, with its own waiting time', () =>
		withServer({}, async server => {
			server.script({ refuse: 'credits' }, { refuse: 'upstream', retryAfter: 7 }, { refuse: 'freeDay' });
			const responses = [await chat(server), await chat(server), await chat(server)];
			assert.deepEqual(
				responses.map(({ status, headers }) => [status, headers.get('retry-after')]),
				[
					[402, null],
					[429, '7'],
					[429, null],
				],
			);
		}));
});
