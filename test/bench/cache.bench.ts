/**
 * What the prompt caches of several providers give a session: forty requests with tool results, the user thinking in
 * between, over three providers of a model that each keep a cache of their own. Measured at the server, which bills as
 * the vendors do; time is simulated, so caches expire as they would.
 *
 * The peer is the same session without the pin, at a service that balances its load anew with every request. It still
 * finds what each provider kept from earlier visits, so how much it pays more depends on what expires between them: by
 * automatic caches 0.65 as measured here, 0.79 where nothing expires. Beside that, the service's own stickiness is
 * measured, which ends with an error or a long pause.
 */
import * as z from 'zod';
import { type Clock, systemClock } from '../../src/agent/clock.ts';
import { buildSystemPrompt } from '../../src/agent/prompt.ts';
import { Session } from '../../src/agent/session/session.ts';
import { factsOf, parseModels } from '../../src/openrouter/catalogue/models.ts';
import { createOpenRouterClient } from '../../src/openrouter/openRouterClient.ts';
import { memorySessionStore } from '../fakes/memorySessionStore.ts';
import { MemoryWorkspace } from '../fakes/memoryWorkspace.ts';
import { plainRights } from '../fakes/sessionParts.ts';
import { everyTool as tools } from '../fakes/toolSets.ts';
import models from '../fixtures/openrouter/models.json' with { type: 'json' };
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';
import { dollarsOf } from '../openrouter-server/prices.ts';
import type { Scenario } from '../openrouter-server/scenario.ts';
import { report } from './row.ts';

const TURNS = 8;
/** Of each turn: all but the last call tools. */
const REQUESTS = 5;
const FILE_LINES = 60;
/** More calls at once than vendors look back for a mark. */
const PARALLEL_CALLS = 24;
/** What passes with each request, and while the user reads and writes. */
const REQUEST_MS = 20_000;
const PAUSE_MS = 180_000;
/** Runs with another seed each, so that no lucky choice of a provider decides. */
const SEEDS = [1, 2, 3, 4, 5];

/** Close in price, so that the service spreads its load over all of them. */
const PROVIDERS = [
	{ name: 'One', slug: 'one', priceFactor: 1 },
	{ name: 'Two', slug: 'two', priceFactor: 1.05 },
	{ name: 'Three', slug: 'three', priceFactor: 1.1 },
] as const;

interface Conditions {
	readonly model: string;
	readonly seed: number;
	readonly pinProvider: boolean;
	readonly isSticky: boolean;
	/** After so many answers the provider that gave the last one dies, in the middle of the next. */
	readonly diesAfter?: number;
}

interface Outcome {
	readonly cacheable: number;
	readonly marked: number;
	readonly cached: number;
	readonly requests: number;
	readonly keptPrefixes: number;
	readonly dollars: number;
	readonly failures: number;
}

// Shares of 0.95 and 0.99, as ratios the other way round.
await measure('z-ai/glm-5.2', 1.052);
await measure('anthropic/claude-sonnet-5', 1.01);

async function measure(model: string, reach: number): Promise<void> {
	const pinned = await runAll({ model, pinProvider: true, isSticky: false });
	const unpinned = await runAll({ model, pinProvider: false, isSticky: false });
	const sticky = await runAll({ model, pinProvider: false, isSticky: true });
	const both = await runAll({ model, pinProvider: true, isSticky: true });
	const dying = await runAll({ model, pinProvider: true, isSticky: false, diesAfter: 19 });
	report({
		name: `${model}: what a cache could have held, beside what was read from it`,
		measured: pinned.cacheable,
		against: pinned.cached,
		peer: 'read',
		unit: 'tokens',
		reach,
	});
	if (model.startsWith('anthropic/')) {
		report({
			name: `${model}: the same, beside what was marked`,
			measured: pinned.cacheable,
			against: pinned.marked,
			peer: 'marked',
			unit: 'tokens',
			reach: 1,
		});
	}
	report({
		name: `${model}: requests, beside those that begin as the one before`,
		measured: pinned.requests,
		against: pinned.keptPrefixes,
		peer: 'kept',
		unit: 'requests',
		reach: 1,
	});
	const dollars = { measured: pinned.dollars, unit: 'USD' } as const;
	report({ name: `${model}: cost`, ...dollars, against: unpinned.dollars, peer: 'unpinned', reach: 0.7 });
	report({
		name: `${model}: cost where the service is sticky by itself`,
		...dollars,
		measured: both.dollars,
		against: sticky.dollars,
		peer: 'sticky only',
		reach: 1,
	});
	report({
		name: `${model}: failed requests when the pinned provider dies`,
		measured: dying.failures,
		against: SEEDS.length,
		peer: 'one a run',
		unit: 'requests',
		reach: 1,
	});
}

/** The sum over all seeds. */
async function runAll(conditions: Omit<Conditions, 'seed'>): Promise<Outcome> {
	const sum = { cacheable: 0, marked: 0, cached: 0, requests: 0, keptPrefixes: 0, dollars: 0, failures: 0 };
	for (const seed of SEEDS) {
		const outcome = await run({ ...conditions, seed });
		for (const key of Object.keys(sum) as (keyof Outcome)[]) {
			sum[key] += outcome[key];
		}
	}
	return sum;
}

async function run(conditions: Conditions): Promise<Outcome> {
	let now = Date.parse('2026-11-21T09:00:00Z');
	const server = await startOpenRouterServer({
		providers: PROVIDERS,
		scenario: script(),
		seed: conditions.seed,
		isSticky: conditions.isSticky,
		now: () => now,
		credit: 1_000,
	});
	try {
		const session = await createSession(conditions, server, () => now);
		let failures = 0;
		session.onEvent(({ event }) => {
			if (event.type === 'response') {
				now += REQUEST_MS;
			}
			const provider = server.stats.at(-1)?.provider;
			if (event.type === 'response' && server.stats.length === conditions.diesAfter && provider !== undefined) {
				server.setOutage(provider, 'breaks');
			}
			if (event.type === 'requestFailed' && provider !== undefined) {
				failures++;
				server.setOutage(provider, 'refuses');
			}
		});
		for (let turn = 0; turn < TURNS; turn++) {
			await session.send(`Part ${turn}: read the files.`);
			await session.whenIdle();
			now += PAUSE_MS;
			if (session.state.lastEnd?.reason !== 'done') {
				throw new Error(`A turn ended with "${session.state.lastEnd?.reason}".`);
			}
		}
		await session.dispose();
		return { ...outcomeOf(server), failures };
	} finally {
		await server.close();
	}
}

/** @returns sums over the requests of a session, those of tokens without its first two. */
function outcomeOf({ stats, bill }: OpenRouterServer): Omit<Outcome, 'failures'> {
	const later = stats.slice(2);
	const sum = (key: 'cacheable' | 'marked' | 'cached') => later.reduce((total, request) => total + request[key], 0);
	return {
		cacheable: sum('cacheable'),
		marked: sum('marked'),
		cached: sum('cached'),
		requests: stats.length,
		keptPrefixes: stats.filter(({ keepsPrefix }) => keepsPrefix).length,
		dollars: dollarsOf(bill.total),
	};
}

function createSession(
	{ model, pinProvider }: Conditions,
	{ url, key }: OpenRouterServer,
	now: () => number,
): Promise<Session> {
	const row = parseModels(z.object({ data: z.array(z.unknown()) }).parse(models).data).models.find(
		({ id }) => id === model,
	);
	if (row === undefined) {
		throw new Error(`The list has no "${model}".`);
	}
	// Pauses are simulated too, so none of them lasts.
	const clock: Clock = { ...systemClock, now, schedule: (_ms, callback) => systemClock.schedule(0, callback) };
	return Session.create(
		{
			store: memorySessionStore(now),
			workspace: new MemoryWorkspace({ files: files() }),
			...plainRights(tools),
			resolveModel: async () => ({
				client: createOpenRouterClient({ baseUrl: url, getKey: async () => key }),
				model: { id: model, name: model, isBuiltIn: false },
				facts: factsOf(row),
				settings: { pinProvider },
				leftOut: [],
			}),
			isTrusted: () => true,
			maxRequests: () => 2 * REQUESTS,
			currentRules: async () => '',
			clock,
			newId: () => crypto.randomUUID(),
			onBug: error => {
				throw error;
			},
		},
		{
			system: buildSystemPrompt(
				{ operatingSystem: 'linux', roots: ['project'], date: '2026-11-21', isTrusted: true },
				[],
			),
			workspace: ['memory:/project'],
		},
	);
}

/** Each turn reads files one by one; in the middle of the session one step reads many at once. */
function script(): Scenario {
	const turns = Array.from({ length: TURNS }, (_, turn) => ({
		user: `^Part ${turn}:`,
		rounds: Array.from({ length: REQUESTS }, (_, request) => {
			const isLast = request === REQUESTS - 1;
			const isWide = turn === TURNS / 2 && request === 1;
			const paths = isWide
				? Array.from({ length: PARALLEL_CALLS }, (_, file) => smallPath(file))
				: [pathOf(turn, request)];
			const toolCalls = paths.map(path => ({ name: 'read', arguments: { path } }));
			return [
				{ answer: isLast ? { text: 'That is what the files say. '.repeat(20) } : { text: 'I look.', toolCalls } },
			];
		}),
	}));
	return { turns, otherwise: { text: 'What?' } };
}

function files(): Record<string, string> {
	const long = Array.from({ length: TURNS * REQUESTS }, (_, number) => [
		pathOf(Math.floor(number / REQUESTS), number % REQUESTS),
		textOf(number, FILE_LINES),
	]);
	const small = Array.from({ length: PARALLEL_CALLS }, (_, file) => [smallPath(file), textOf(file, 5)]);
	return Object.fromEntries([...long, ...small]);
}

function pathOf(turn: number, request: number): string {
	return `src/part${turn}/file${request}.ts`;
}

function smallPath(file: number): string {
	return `test/small${file}.ts`;
}

function textOf(number: number, lines: number): string {
	return Array.from(
		{ length: lines },
		(_, line) => `export const value${number}x${line} = compute(${line}, 'text'); // as before\n`,
	).join('');
}
