import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SpendLedger } from '../../../../src/agent/ledger/ledger.ts';
import type { LedgerEntryState } from '../../../../src/agent/ledger/ledgerState.ts';
import { meterClient } from '../../../../src/agent/ledger/meteredClient.ts';
import { sumDollars } from '../../../../src/agent/ledger/money.ts';
import type { BudgetLimits } from '../../../../src/agent/ledger/spendBudget.ts';
import {
	type ModelClient,
	ModelError,
	type ModelEvent,
	type ModelRequest,
	type Usage,
} from '../../../../src/agent/model.ts';
import type { ModelFacts } from '../../../../src/agent/modelFacts.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { type MemoryLedger, memoryLedger } from '../../../fakes/memoryLedger.ts';
import { type Answer, scriptedModel } from '../../../fakes/scriptedModel.ts';

const facts: Readonly<Record<string, ModelFacts>> = {
	'm/x': { contextLength: 200_000, maxOutputTokens: 64_000, price: { prompt: 1e-6, completion: 1e-5 } },
	'm/small': { maxOutputTokens: 1_000, price: { prompt: 1e-6, completion: 1e-5 } },
	'm/dear': { price: { prompt: 1e-5, completion: 1e-4 } },
	'm/free': { price: { prompt: 0, completion: 0 } },
	router: {},
};

const served: ModelEvent = { type: 'served', model: 'm/x-2026', provider: 'P', generationId: 'gen-1' };
const text: ModelEvent = { type: 'text', delta: 'Hello' };
const finish: ModelEvent = { type: 'finish', reason: 'stop' };
const usage = (cost?: number): Extract<ModelEvent, { type: 'usage' }> => ({ type: 'usage', usage: used(cost) });

function used(cost?: number): Usage {
	return {
		promptTokens: 500,
		completionTokens: 10,
		cachedTokens: 0,
		cacheWriteTokens: 0,
		reasoningTokens: 0,
		...(cost !== undefined && { cost }),
	};
}

const failing = (events: readonly ModelEvent[], error: unknown): Answer =>
	function* () {
		yield* events;
		throw error;
	};

function request(fields: Partial<ModelRequest> = {}): ModelRequest {
	return { model: 'm/x', messages: [{ role: 'user', text: 'Hi' }], tools: [], sessionId: 's', ...fields };
}

let ids = 0;

function setUp(
	answers: readonly Answer[],
	{
		limits = {},
		bill,
		kept = memoryLedger(),
	}: { limits?: BudgetLimits; bill?: ModelClient['bill']; kept?: MemoryLedger } = {},
) {
	const model = scriptedModel(...answers);
	const ledger = new SpendLedger({
		store: kept.open(),
		owner: 'me',
		isOwnerAlive: () => true,
		clock: manualClock(),
		newId: () => `id-${++ids}`,
		priceOf: id => facts[id]?.price,
		onFailure: error => assert.fail(String(error)),
	});
	const client = meterClient(bill ? { stream: model.stream, bill } : model, {
		ledger,
		limits: () => limits,
		factsOf: id => facts[id],
		defaultOutputTokens: 32_000,
	});
	return { model, ledger, client, kept };
}

const never = new AbortController().signal;

/** All events of a request, and the error it ended with. */
async function ask(client: ModelClient, asked = request(), leaveAfter = Number.POSITIVE_INFINITY) {
	const events: ModelEvent[] = [];
	try {
		for await (const event of client.stream(asked, never)) {
			events.push(event);
			if (events.length >= leaveAfter) {
				break;
			}
		}
	} catch (error) {
		assert.ok(error instanceof Error);
		return { events, error };
	} finally {
		// The bill is booked beside the answer.
		await new Promise(setImmediate);
	}
	return { events };
}

describe('A metered client', () => {
	it('holds the budget that the user set for this conversation, in place of the usual one', async () => {
		const { client, model } = setUp([[served, usage(0.1), finish]], { limits: { session: 0.0001 } });
		const { events } = await ask(client, request({ sessionBudget: 5 }));
		assert.equal(events.at(-1)?.type, 'finish');
		assert.equal(model.requests.length, 1);
		const tight = setUp([[served, usage(0.1), finish]], { limits: { session: 5 } });
		const { error } = await ask(tight.client, request({ sessionBudget: 0.0001 }));
		assert.ok(error instanceof ModelError);
		assert.equal(error.fields.budget?.limit, 0.0001);
		assert.equal(tight.model.requests.length, 0);
	});

	it('books a task as such, in the budget of the session it works for and within its share of that', async () => {
		const { client, ledger, model } = setUp([[served, usage(0.002), finish]], { limits: { session: 0.1 } });
		const ofTask = request({ sessionId: 'child', account: 's' });
		await ask(client, ofTask);
		const [entry] = ledger.entries();
		assert.deepEqual([entry?.purpose, entry?.sessionId, entry?.account], ['task', 'child', 's']);
		assert.equal(ledger.totals('s').session.known, 0.002);
		// Of 0.1 dollars a task has half; an answer of 32,000 tokens would cost more than that.
		assert.ok((model.requests[0]?.maxOutputTokens ?? 0) <= 4_000);
		const tight = setUp([], { limits: { session: 5 } });
		const { error } = await ask(tight.client, { ...ofTask, sessionBudget: 0.0002 });
		assert.ok(error instanceof ModelError);
		assert.deepEqual([error.fields.budget?.scope, error.fields.budget?.limit], ['task', 0.0001]);
		await ask(client, request({ sessionId: 'child', account: 's', purpose: 'compaction' }));
		assert.deepEqual(
			[...ledger.entries()].map(({ purpose }) => purpose),
			['task', 'task'],
		);
	});

	it('passes the events on, and books what the answer cost and who gave it', async () => {
		const script = [served, text, usage(0.002), finish];
		const { client, ledger, model } = setUp([script]);
		const asked = request({ purpose: 'title', parameters: { temperature: 0 } });
		assert.deepEqual((await ask(client, asked)).events, script);
		assert.deepEqual(model.requests, [asked], 'without budgets the request is as it was');
		const [entry] = ledger.entries();
		assert.ok(entry);
		const { cost, model: asked2, servedModel, provider, purpose, state, generationId } = entry;
		assert.deepEqual(
			[cost, asked2, servedModel, provider, purpose, state, generationId],
			[0.002, 'm/x', 'm/x-2026', 'P', 'title', 'settled', 'gen-1'],
		);
	});

	it('reserves the worst case before it asks', async () => {
		const { client, ledger } = setUp([
			function* () {
				const { reserved } = ledger.totals('s').session;
				assert.ok(reserved > 32_000 * 1e-5 * 1.25 && reserved < 0.5, `${reserved}`);
				yield finish;
			},
		]);
		await ask(client);
	});

	it('releases what was never answered', async () => {
		const refused = new ModelError('rateLimit', 'Slow down.', { status: 429, generationId: 'gen-1' });
		const { client, ledger } = setUp([failing([], refused)]);
		assert.equal((await ask(client)).error, refused);
		assert.deepEqual(
			[...ledger.entries()].map(({ state }) => state),
			['released'],
		);
	});

	it('books a failure that was billed', async () => {
		const cut = new ModelError('cut', 'Cut.');
		const { client, ledger } = setUp([failing([served, text, usage(0.001)], cut)]);
		assert.equal((await ask(client)).error, cut);
		assert.equal(ledger.totals('s').session.known, 0.001);
	});

	it('keeps a stopped answer open until its bill comes', async () => {
		const { client, ledger } = setUp([failing([served, text], new ModelError('aborted', 'Stopped.'))], {
			bill: async () => used(0.003),
		});
		await ask(client);
		const before = ledger.totals('s').session;
		assert.ok(before.reserved > 0.3 && before.known === 0);
		assert.deepEqual(await client.bill?.('gen-1', never), used(0.003));
		assert.deepEqual(ledger.totals('s').session, { known: 0.003, unknownRequests: 0, reserved: 0 });
	});

	it('keeps an answer open that broke between its headers and its first word', async () => {
		const silent = new ModelError('silent', 'Nothing came.', { generationId: 'gen-2' });
		const { client, ledger } = setUp([failing([], silent)]);
		await ask(client);
		const [entry] = ledger.entries();
		assert.deepEqual([entry?.state, entry?.generationId], ['open', 'gen-2']);
	});

	it('knows of a bill that does not exist that the cost is unknown, not 0', async () => {
		const { client, ledger } = setUp([failing([served], new ModelError('cut', 'Cut.'))], {
			bill: async () => undefined,
		});
		await ask(client);
		await client.bill?.('gen-1', never);
		assert.deepEqual(ledger.totals('s').session, { known: 0, unknownRequests: 1, reserved: 0 });
	});

	it('has no bills where the client inside has none', () => {
		assert.equal(setUp([]).client.bill, undefined);
	});

	it('takes a consumer that leaves for a stop', async () => {
		let isClosed = false;
		const { client, ledger } = setUp([
			function* () {
				try {
					yield* [served, text, text];
				} finally {
					isClosed = true;
				}
			},
		]);
		await ask(client, request(), 2);
		assert.ok(isClosed);
		assert.deepEqual(
			[...ledger.entries()].map(({ state }) => state),
			['open'],
		);
		await ledger.settleOrphans({ bill: async () => used(0.001) }, never);
		assert.deepEqual(ledger.totals('s').session, { known: 0.001, unknownRequests: 0, reserved: 0 });
	});

	it('ends every reservation in exactly one way, and books exactly what was billed', async () => {
		const event = fc.oneof(
			fc.constantFrom(text, finish, served, { type: 'served', model: 'm/x' } as const),
			fc.constant<ModelEvent>({ type: 'repaired', kind: 'badRequest', message: 'Again.' }),
			fc.integer({ min: 0, max: 30_000_000 }).map(parts => usage(parts / 1e10)),
			fc.constant(usage()),
		);
		const failure = fc.option(
			fc.constantFrom(
				new ModelError('aborted', 'Stopped.'),
				new ModelError('aborted', 'Stopped.', { generationId: 'gen-h' }),
				new ModelError('unavailable', 'Busy.', { status: 503 }),
				new ModelError('unavailable', 'Busy.', { status: 503, generationId: 'gen-h' }),
				new Error('A bug.'),
			),
			{ nil: undefined },
		);
		const script = fc.record({
			events: fc.array(event, { maxLength: 6 }),
			failure,
			leaveAfter: fc.constantFrom(1, 3, Number.POSITIVE_INFINITY),
		});
		await fc.assert(
			fc.asyncProperty(fc.array(script, { minLength: 1, maxLength: 4 }), async scripts => {
				const answers = scripts.map(({ events, failure: error }) => (error ? failing(events, error) : events));
				const { client, ledger, kept } = setUp(answers);
				const billed: number[] = [];
				for (const { events, failure: error, leaveAfter } of scripts) {
					const result = await ask(client, request(), leaveAfter);
					const taken = events.slice(0, leaveAfter);
					assert.deepEqual(result.events, taken);
					assert.equal(result.error, events.length >= leaveAfter ? undefined : error);
					const last = taken.findLast(one => one.type === 'usage')?.usage;
					billed.push(last === undefined ? 0 : (last.cost ?? 500 * 1e-6 + 10 * 1e-5));
					const entry = [...ledger.entries()].at(-1);
					assert.ok(entry);
					const isAnswered = taken.some(({ type }) => type !== 'repaired');
					const hasHeader =
						result.error instanceof ModelError &&
						result.error.fields.generationId !== undefined &&
						(isAnswered || result.error.fields.status === undefined);
					const isFindable: boolean = hasHeader || taken.includes(served);
					const expected: LedgerEntryState = last
						? 'settled'
						: isFindable
							? 'open'
							: isAnswered
								? 'settled'
								: 'released';
					assert.equal(entry.state, expected);
					assert.equal(entry.cost === undefined, last === undefined);
					assert.ok(expected !== 'open' || entry.generationId !== undefined);
				}
				const ends = kept.lines
					.map(line => JSON.parse(line))
					.filter(({ type }) => type === 'settled' || type === 'released');
				assert.equal(new Set(ends.map(({ id }) => id)).size, ends.length, 'no reservation ends twice');
				assert.equal(ledger.totals('s').session.known, sumDollars(billed));
				const asked: string[] = [];
				await ledger.settleOrphans({ bill: async id => void asked.push(id) }, never);
				assert.equal(ledger.totals('s').session.reserved, 0);
				assert.ok(asked.every(id => id === 'gen-1' || id === 'gen-h'));
			}),
			{ numRuns: 300 },
		);
	});
});

describe('A metered client, under budgets', () => {
	it('asks nothing that a budget does not cover', async () => {
		const { client, model } = setUp([], { limits: { request: 0.01 } });
		const { error } = await ask(client, request({ model: 'm/dear' }));
		assert.ok(error instanceof ModelError && error.kind === 'budget');
		assert.equal(error.fields.budget?.scope, 'request');
		assert.ok((error.fields.budget?.needed ?? 0) > 32_000 * 1e-4);
		assert.deepEqual(model.requests, []);
	});

	it('lowers the limit of the answer to what fits', async () => {
		const { client, model } = setUp([[usage(0.001), finish]], { limits: { session: 0.1 } });
		await ask(client);
		const limit = model.requests[0]?.maxOutputTokens ?? 0;
		assert.ok(limit > 7_000 && limit < 8_000, `${limit}`);
	});

	it('does not lower it below what is useful', async () => {
		const { client } = setUp([], { limits: { session: 0.025 } });
		assert.equal((await ask(client)).error?.name, 'ModelError');
		const thinking = request({ parameters: { reasoningTokens: 8_000 } });
		assert.equal((await ask(setUp([], { limits: { session: 0.1 } }).client, thinking)).error?.name, 'ModelError');
		const short = setUp([[finish]], { limits: { session: 0.025 } });
		assert.equal((await ask(short.client, request({ maxOutputTokens: 300 }))).error, undefined);
		assert.equal(short.model.requests[0]?.maxOutputTokens, 300);
	});

	it('says the limit it reserved for: the wish, the usual, or what the model can', async () => {
		const limits = { day: 100 };
		const { client, model } = setUp([[finish], [finish], [finish], [finish]], { limits });
		await ask(client);
		await ask(client, request({ parameters: { maxOutputTokens: 5_000 } }));
		await ask(client, request({ maxOutputTokens: 4_000, parameters: { maxOutputTokens: 5_000 } }));
		await ask(client, request({ model: 'm/small' }));
		assert.deepEqual(
			model.requests.map(({ maxOutputTokens }) => maxOutputTokens),
			[32_000, 5_000, 4_000, 1_000],
		);
	});

	it('lets no provider answer that is dearer than what was reserved', async () => {
		const { client, model } = setUp([[finish], [finish]], { limits: { day: 100 } });
		await ask(client, request({ routing: { only: ['p'] }, fallbacks: ['m/dear'] }));
		assert.deepEqual(model.requests[0]?.routing, { only: ['p'], maxPrice: { prompt: 12.5, completion: 125 } });
		await ask(client, request({ routing: { maxPrice: { prompt: 2, completion: 20 } } }));
		assert.deepEqual(model.requests[1]?.routing?.maxPrice, { prompt: 2, completion: 20 });
	});

	it('says so when that leaves no provider', async () => {
		const none = new ModelError('noRoute', 'No endpoints found.', { status: 404 });
		const { client } = setUp([failing([], none), failing([], none)], { limits: { day: 100 } });
		const { error } = await ask(client);
		assert.ok(error instanceof ModelError && error.kind === 'noRoute' && error.cause === none);
		assert.match(error.message, /^No endpoints found\. .*up to \$1\.25 in and \$12\.5 out/);
		const own = await ask(client, request({ routing: { maxPrice: { prompt: 2, completion: 20 } } }));
		assert.equal(own.error, none);
	});

	it('refuses a model whose price is not known, and names it', async () => {
		const { client, model } = setUp([[served, usage(0.01), finish]], { limits: { month: 100 } });
		for (const asked of [request({ model: 'router' }), request({ fallbacks: ['m/free', 'unheard/of'] })]) {
			const { error } = await ask(client, asked);
			assert.ok(error instanceof ModelError && error.kind === 'budget' && error.fields.budget === undefined);
			assert.match(error.message, /^The price of (router|unheard\/of) is not known .* Choose a model with a price\.$/);
		}
		assert.deepEqual(model.requests, []);
	});

	it('asks such a model without budgets, and books its cost', async () => {
		const { client, ledger } = setUp([[served, usage(0.01), finish]]);
		await ask(client, request({ model: 'router' }));
		assert.equal(ledger.totals('s').session.known, 0.01);
	});

	it('lets free models answer when the budget is used up', async () => {
		const { client } = setUp([[usage(0.1), finish], [finish]], { limits: { session: 0.1 } });
		await ask(client);
		assert.equal((await ask(client)).error?.name, 'ModelError');
		assert.equal((await ask(client, request({ model: 'm/free' }))).error, undefined);
	});

	it('holds them with parallel requests that each cost all they may', async () => {
		const limits = { session: 1 };
		const greedy: Answer = asked => [usage(((asked.maxOutputTokens ?? 0) + 100) * 1e-5), finish];
		const kept = memoryLedger();
		const windows = [0, 1].map(() =>
			setUp(
				Array.from({ length: 20 }, () => greedy),
				{ limits, kept },
			),
		);
		const results = await Promise.all(
			windows.flatMap(({ client }) =>
				Array.from({ length: 20 }, () => ask(client, request({ maxOutputTokens: 9_000 }))),
			),
		);
		const ledger = windows[0]?.ledger;
		await ledger?.refresh();
		const known = ledger?.totals('s').session.known ?? 0;
		assert.ok(known > 0.7 && known <= 1, `${known}`);
		assert.ok(results.some(({ error }) => error !== undefined));
	});
});
