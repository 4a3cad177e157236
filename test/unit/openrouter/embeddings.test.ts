import assert from 'node:assert/strict';
import { ModelError } from '../../../src/agent/model.ts';
import { createEmbeddings } from '../../../src/openrouter/embeddings.ts';

const { signal } = new AbortController();
const MODEL = 'openrouter/openai/text-embedding-3-small';
const answer = {
	object: 'list',
	model: 'openai/text-embedding-3-small',
	data: [
		{ object: 'embedding', index: 1, embedding: [0, 1] },
		{ object: 'embedding', index: 0, embedding: [1, 0.5] },
	],
	usage: { prompt_tokens: 5, total_tokens: 5, cost: 1e-7 },
};

describe('createEmbeddings', () => {
	let sent: { readonly url: string; readonly method?: string | undefined; readonly body: unknown }[];
	const answering = (body: unknown, init: ResponseInit = {}) =>
		createEmbeddings({
			connect: async () => ({
				baseUrl: 'http://127.0.0.1:9/api/v1',
				key: 'sk-or-v1-secret',
				fetch: async (url, request) => {
					const text = request?.body;
					sent.push({
						url: String(url),
						method: request?.method,
						body: text === undefined || text === null ? undefined : JSON.parse(String(text)),
					});
					return new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' }, ...init });
				},
			}),
			routing: () => ({ zeroDataRetention: true }),
		});

	beforeEach(() => {
		sent = [];
	});

	it('gives the vectors in the order of the texts, with the bill', async () => {
		assert.deepEqual(await answering(answer).embed(MODEL, ['one', 'two'], signal), {
			vectors: [
				[1, 0.5],
				[0, 1],
			],
			usage: {
				promptTokens: 5,
				completionTokens: 0,
				cachedTokens: 0,
				cacheWriteTokens: 0,
				reasoningTokens: 0,
				cost: 1e-7,
			},
			model: 'openai/text-embedding-3-small',
		});
	});
	it("keeps to the user's rules on providers", async () => {
		await answering(answer).embed(MODEL, ['one', 'two'], signal);
		assert.deepEqual(sent, [
			{
				url: 'http://127.0.0.1:9/api/v1/embeddings',
				method: 'POST',
				body: { model: 'openai/text-embedding-3-small', input: ['one', 'two'], provider: { zdr: true } },
			},
		]);
	});
	for (const [what, body] of [
		['too few vectors', { ...answer, data: answer.data.slice(1) }],
		['one twice', { ...answer, data: [answer.data[0], answer.data[0]] }],
		['vectors of different length', { ...answer, data: [answer.data[0], { index: 0, embedding: [1] }] }],
		['no vectors', { ...answer, data: [0, 1].map(index => ({ index, embedding: [] })) }],
		['another shape', { hello: 1 }],
	] as const) {
		it(`takes ${what} for no answer`, async () => {
			await assert.rejects(answering(body).embed(MODEL, ['one', 'two'], signal), (error: unknown) => {
				assert.ok(error instanceof ModelError);
				assert.equal(error.kind, 'notAnAnswer');
				return true;
			});
		});
	}
	it('tells a refusal by its kind, also inside a 200', async () => {
		const refusal = { error: { code: 402, message: 'Insufficient credits' } };
		for (const init of [{ status: 402 }, { status: 200 }]) {
			await assert.rejects(answering(refusal, init).embed(MODEL, ['x'], signal), (error: unknown) => {
				assert.ok(error instanceof ModelError);
				assert.equal(error.kind, 'credits');
				return true;
			});
		}
	});
	it('finds the price of a million tokens, and the model that does not exist', async () => {
		const listing = {
			data: [
				{ id: 'openai/text-embedding-3-small', pricing: { prompt: '0.00000002', completion: '0' } },
				{ id: 'lab/unpriced', pricing: { prompt: '-1' } },
			],
		};
		assert.equal(await answering(listing).price(MODEL, signal), 0.02);
		assert.equal(sent[0]?.url, 'http://127.0.0.1:9/api/v1/embeddings/models');
		assert.equal(await answering(listing).price('lab/unpriced', signal), undefined);
		await assert.rejects(answering(listing).price('lab/none', signal), /no embedding model "lab\/none"/);
	});
});
