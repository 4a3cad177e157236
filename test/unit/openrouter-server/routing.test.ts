import assert from 'node:assert/strict';
import type { OpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { chat, get, refused, servedBy, withServer } from './calling.ts';

const providers = [
	{ name: 'Cheap', slug: 'cheap', priceFactor: 0.5, throughput: 20, latencyMs: 2, quantization: 'fp4' },
	{ name: 'Fast', slug: 'fast/turbo', throughput: 200, latencyMs: 1, keepsNothing: false },
	{ name: 'Dear', slug: 'dear', priceFactor: 2, throughput: 60, latencyMs: 0, trains: true },
];

/** Names of those who answer one request after the other. */
async function answering(server: OpenRouterServer, count: number, body: object = {}): Promise<readonly string[]> {
	const names: string[] = [];
	for (let made = 0; made < count; made++) {
		names.push((await servedBy(await chat(server, body))).provider);
	}
	return names;
}

describe('local OpenRouter, routing', () => {
	const first: readonly (readonly [preferences: object, name: string])[] = [
		[{ order: ['dear', 'cheap'] }, 'Dear'],
		[{ order: ['unknown', 'fast'] }, 'Fast'],
		[{ only: ['fast'] }, 'Fast'],
		[{ ignore: ['cheap', 'fast/turbo'] }, 'Dear'],
		[{ sort: 'price' }, 'Cheap'],
		[{ sort: 'throughput' }, 'Fast'],
		[{ sort: { by: 'latency' } }, 'Dear'],
		[{ quantizations: ['fp4'] }, 'Cheap'],
		[{ max_price: { prompt: 0.1 } }, 'Cheap'],
		[{ zdr: true, data_collection: 'deny' }, 'Cheap'],
	];
	for (const [provider, name] of first) {
		it(`lets "${name}" answer for ${JSON.stringify(provider)}`, () =>
			withServer({ providers }, async server => {
				assert.deepEqual(await answering(server, 3, { provider }), [name, name, name]);
			}));
	}

	const none: readonly (readonly [preferences: object, message: RegExp])[] = [
		[{ only: ['turbo'] }, /No endpoints match/],
		[{ order: ['unknown'], allow_fallbacks: false }, /No endpoints match/],
		[{ max_price: { prompt: 0.000_001 } }, /No endpoints match/],
		[{ only: ['fast'], zdr: true }, /zero data retention/],
		[{ only: ['dear'], data_collection: 'deny' }, /data policy/],
	];
	for (const [provider, message] of none) {
		it(`has nobody for ${JSON.stringify(provider)}`, () =>
			withServer({ providers }, async server => {
				const [status, text] = await refused(await chat(server, { provider }));
				assert.equal(status, 404);
				assert.match(text, message);
			}));
	}

	it('has nobody for a model that no provider serves', () =>
		withServer({ providers: [{ name: 'One', slug: 'one', models: ['z-ai/glm-5.2'] }] }, async server => {
			const [status, message] = await refused(await chat(server));
			assert.deepEqual([status, message], [404, 'No endpoints found for openai/gpt-4o-mini.']);
			assert.equal((await chat(server, { model: 'z-ai/glm-5.2' })).status, 200);
		}));

	it('follows the virtual suffixes', () =>
		withServer({ providers }, async server => {
			const model = (suffix: string) => answering(server, 1, { model: `openai/gpt-4o-mini${suffix}` });
			assert.deepEqual([await model(':floor'), await model(':nitro')], [['Cheap'], ['Fast']]);
		}));

	it('prefers the cheap by the square of their prices, without a preference', () =>
		withServer({ providers, isSticky: false }, async server => {
			const names = await answering(server, 200);
			const share = (name: string) => names.filter(other => other === name).length / names.length;
			// By weight 16 : 4 : 1.
			assert.ok(Math.abs(share('Cheap') - 16 / 21) < 0.1);
			assert.ok(Math.abs(share('Fast') - 4 / 21) < 0.1);
			assert.ok(share('Dear') > 0);
		}));

	it('keeps a conversation where it was answered, until it rests for ten minutes', async () => {
		let now = 0;
		await withServer({ providers, now: () => now }, async server => {
			const ask = (count: number) => answering(server, count, { session_id: 's' });
			const before = new Set(await ask(20));
			assert.equal(before.size, 1);
			const after: string[] = [];
			for (let count = 0; count < 20; count++) {
				now += 600_000;
				after.push(...(await ask(1)));
			}
			assert.ok(new Set(after).size > 1);
		});
	});

	it('knows a conversation by its beginning where it has no id', () =>
		withServer({ providers }, async server => {
			const messages = [
				{ role: 'user', content: 'Hello' },
				{ role: 'assistant', content: 'Hi' },
				{ role: 'user', content: 'Go on' },
			];
			const [name] = await answering(server, 1);
			assert.deepEqual(
				await answering(server, 10, { messages }),
				Array.from({ length: 10 }, () => name),
			);
		}));

	it('goes on to the next provider when one refuses, and not back for a while', async () => {
		let now = 0;
		await withServer({ providers, isSticky: false, now: () => now }, async server => {
			const order = { provider: { order: ['cheap', 'fast'] } };
			server.setOutage('cheap', 'refuses');
			assert.deepEqual(await answering(server, 1, order), ['Fast']);
			server.setOutage('cheap', undefined);
			assert.ok(!(await answering(server, 30)).includes('Cheap'));
			now += 30_000;
			assert.ok((await answering(server, 30)).includes('Cheap'));
		});
	});

	it('says who failed when nobody is left', () =>
		withServer({ providers: [{ name: 'One', slug: 'one', outages: [{ from: 2, to: 2 }] }] }, async server => {
			assert.equal((await chat(server)).status, 200);
			const failed = await chat(server);
			assert.equal(failed.status, 502);
			assert.match(await failed.text(), /"provider_name": "One"/);
			assert.equal((await chat(server)).status, 200);
		}));

	it('breaks in the middle of the answer where the outage says so', () =>
		withServer({ providers: [{ name: 'One', slug: 'one', outages: [{ from: 1, how: 'breaks' }] }] }, async server => {
			const response = await chat(server, { stream: true });
			assert.equal(response.status, 200);
			assert.match(await response.text(), /"error":\{"code":502,"message":"Provider disconnected"/);
		}));

	it('goes on to the fallback models after every error, and bills the one that answers', () => {
		const one = { name: 'One', slug: 'one', models: ['openai/gpt-4o-mini'] };
		const two = { name: 'Two', slug: 'two', models: ['z-ai/glm-5.2'] };
		return withServer({ providers: [one, two] }, async server => {
			const models = ['acme/none', 'z-ai/glm-5.2'];
			const tooLong = await servedBy(await chat(server, { models, max_tokens: 200_000 }));
			server.setOutage('one', 'refuses');
			const out = await servedBy(await chat(server, { models }));
			const stats = server.stats.map(({ model, provider }) => [model, provider]);
			assert.deepEqual([tooLong.model, out.model], ['z-ai/glm-5.2-20260616', 'z-ai/glm-5.2-20260616']);
			assert.deepEqual(stats, [
				['z-ai/glm-5.2', 'two'],
				['z-ai/glm-5.2', 'two'],
			]);
			server.setOutage('two', 'refuses');
			assert.match(await (await chat(server, { models })).text(), /"provider_name": "Two"/);
		});
	});

	it('lets a script name who answers', () =>
		withServer({ providers }, async server => {
			server.script({ text: 'x', provider: 'dear' }, { text: 'x', provider: 'elsewhere' });
			assert.deepEqual(await answering(server, 2), ['Dear', 'elsewhere']);
		}));

	it('lists the providers of a model as they are', () =>
		withServer({ providers }, async server => {
			const text = await (await get(server, '/models/openai/gpt-4o-mini/endpoints')).text();
			assert.match(text, /"tag":"fast\/turbo"/);
			assert.match(text, /"prompt":"0\.000000075000"/);
		}));
});
