import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { SpendLedger } from '../../../src/agent/ledger/ledger.ts';
import { meterClient } from '../../../src/agent/ledger/meteredClient.ts';
import type { BudgetLimits } from '../../../src/agent/ledger/spendBudget.ts';
import { ModelError } from '../../../src/agent/model.ts';
import type { ModelFacts } from '../../../src/agent/modelFacts.ts';
import { createWebSearch, type WebSearchOptions, withSearchPrice } from '../../../src/openrouter/webSearch.ts';
import { manualClock } from '../../fakes/manualClock.ts';
import { memoryLedger } from '../../fakes/memoryLedger.ts';

const { signal } = new AbortController();
const KEY = 'sk-or-v1-secret';
const recorded = readFileSync('test/fixtures/openrouter/completions/web-search-annotations.json', 'utf8');

describe('createWebSearch', () => {
	let sent: { readonly url: string; readonly body: unknown } | undefined;

	const answering = (body: string, init: ResponseInit = {}, more: Partial<WebSearchOptions> = {}) =>
		createWebSearch({
			connect: async () => ({
				baseUrl: 'http://127.0.0.1:9/api/v1',
				key: KEY,
				fetch: async (url, request) => {
					sent = { url: String(url), body: JSON.parse(String(request?.body)) };
					return new Response(body, { headers: { 'content-type': 'application/json' }, ...init });
				},
			}),
			chooseModel: async () => 'openrouter/deepseek/deepseek-chat',
			meter: client => client,
			account: () => ({ sessionId: 's' }),
			...more,
		});
	const search = (body: string, init?: ResponseInit, domains: readonly string[] = []) =>
		answering(body, init).search('pydantic ai', { maxResults: 5, domains }, signal);

	it('reads a recorded answer: the text, its sources, and the bill of model and engine', async () => {
		assert.deepEqual(await search(recorded), {
			text: 'https://github.com/pydantic/pydantic-ai',
			citations: [
				{ url: 'https://github.com/pydantic/pydantic-ai', title: 'AI Agent Framework, the Pydantic way' },
				{ url: 'https://pydantic.dev/pydantic-ai' },
				{ url: 'https://github.com/pydantic/pydantic-ai/releases/tag/v2.0.0', title: 'v2.0.0 (2026-06-23)' },
				{ url: 'https://pydantic.dev/docs/ai/overview/', title: 'Pydantic AI | Pydantic Docs' },
				{
					url: 'https://github.com/pydantic/pydantic-ai/tree/refs/tags/v1.44.0',
					title: 'GitHub - pydantic/pydantic-ai at refs/tags/v1.44.0 · GitHub',
				},
			],
			usage: {
				promptTokens: 2315,
				completionTokens: 40,
				cachedTokens: 0,
				cacheWriteTokens: 0,
				reasoningTokens: 0,
				cost: 0.007637029,
			},
			model: 'deepseek/deepseek-chat',
			generationId: 'gen-1786680756-Fmq0SbiQ50hlHCCn30d5',
		});
	});

	it('asks for the service’s own search tool, and for no stream', async () => {
		await search(recorded, {}, ['docs.example']);
		assert.equal(sent?.url, 'http://127.0.0.1:9/api/v1/chat/completions');
		assert.ok(sent !== undefined);
		const { messages, ...body } = sent.body as { readonly messages: readonly { readonly role: string }[] };
		assert.deepEqual(body, {
			model: 'deepseek/deepseek-chat',
			stream: false,
			max_tokens: 1_500,
			tools: [
				{
					type: 'openrouter:web_search',
					parameters: { max_results: 5, max_uses: 3, allowed_domains: ['docs.example'] },
				},
			],
		});
		assert.deepEqual(
			messages.map(({ role }) => role),
			['system', 'user'],
		);
		assert.deepEqual(messages.at(-1), { role: 'user', content: 'pydantic ai' });
	});

	it('names each source once', async () => {
		const citation = (title: string) => ({ type: 'url_citation', url_citation: { url: 'https://a.example/', title } });
		const message = { content: 'a', annotations: [citation('First'), citation('Second'), { type: 'file' }] };
		const answer = await search(JSON.stringify({ choices: [{ finish_reason: 'stop', message }] }));
		assert.deepEqual(answer, { text: 'a', citations: [{ url: 'https://a.example/', title: 'First' }] });
	});

	it('obeys what the user wants of providers', async () => {
		const routing = () => ({ dataCollection: 'deny', zeroDataRetention: true }) as const;
		await answering(recorded, {}, { routing }).search('x', { maxResults: 5, domains: [] }, signal);
		assert.ok(sent !== undefined);
		const { provider } = sent.body as { readonly provider?: unknown };
		assert.deepEqual(provider, { data_collection: 'deny', zdr: true });
	});

	describe('with a ledger', () => {
		const facts: ModelFacts = { maxOutputTokens: 8_000, price: { prompt: 1e-7, completion: 4e-7 } };
		let ledger: SpendLedger;
		let ids = 0;

		beforeEach(() => {
			sent = undefined;
			ledger = new SpendLedger({
				...{ store: memoryLedger().open(), owner: 'me', isOwnerAlive: () => true, clock: manualClock() },
				newId: () => `id-${++ids}`,
				priceOf: () => facts.price,
				onFailure: error => assert.fail(String(error)),
			});
		});

		const searching = (body: string, init: ResponseInit, limits: BudgetLimits, sessionBudget?: number) => {
			const meter: WebSearchOptions['meter'] = client =>
				meterClient(client, {
					...{ ledger, limits: () => limits, defaultOutputTokens: 8_000 },
					factsOf: () => withSearchPrice(facts),
				});
			const account = () => ({ sessionId: 'parent', ...(sessionBudget !== undefined && { sessionBudget }) });
			return answering(body, init, { meter, account }).search('x', { maxResults: 5, domains: [] }, signal);
		};

		it('books its bill under the session that it counts against', async () => {
			await searching(recorded, {}, {});
			await ledger.whenWritten();
			const [entry] = ledger.entries();
			assert.deepEqual([entry?.sessionId, entry?.purpose, entry?.cost], ['parent', 'search', 0.007637029]);
			assert.equal(ledger.totals('parent').session.known, 0.007637029);
		});

		it('reserves for engine and pages beforehand, and asks nothing that a budget does not cover', async () => {
			for (const [limits, own] of [
				[{ session: 0.02 }, undefined],
				[{}, 0.02],
			] as const) {
				await assert.rejects(searching(recorded, {}, limits, own), { name: 'ModelError', kind: 'budget' });
				assert.equal(sent, undefined);
			}
			await searching(recorded, {}, { session: 0.06 });
			assert.ok(sent !== undefined);
		});

		it('leaves what broke off open under the id of its bill', async () => {
			const init = { headers: { 'x-generation-id': 'gen-9', 'content-type': 'application/json' } };
			await assert.rejects(searching('{"choices": [', init, {}), ModelError);
			await ledger.whenWritten();
			const [entry] = ledger.entries();
			assert.deepEqual([entry?.state, entry?.generationId], ['open', 'gen-9']);
		});
	});

	it('fails as a request to a model does, without the key', async () => {
		const failures: readonly (readonly [string, ResponseInit, string])[] = [
			[JSON.stringify({ error: { code: 402, message: `No credits for ${KEY}` } }), { status: 402 }, 'credits'],
			[JSON.stringify({ error: { code: 401, message: 'No such key' } }), { status: 401 }, 'auth'],
			[JSON.stringify({ error: { code: 502, message: 'Search is down' } }), {}, 'unavailable'],
			['<html>portal</html>', {}, 'notAnAnswer'],
		];
		for (const [body, init, kind] of failures) {
			await assert.rejects(search(body, init), (error: unknown) => {
				assert.ok(error instanceof ModelError);
				assert.equal(error.kind, kind, error.message);
				assert.doesNotMatch(JSON.stringify([error.message, error.fields]), new RegExp(KEY));
				return true;
			});
		}
	});
});
