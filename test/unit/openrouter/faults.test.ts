import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SpendLedger } from '../../../src/agent/ledger/ledger.ts';
import { meterClient } from '../../../src/agent/ledger/meteredClient.ts';
import { toParts } from '../../../src/agent/ledger/money.ts';
import { type Message, type ModelClient, ModelError, type ModelEvent } from '../../../src/agent/model.ts';
import { memoryLedger } from '../../fakes/memoryLedger.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { textOf } from './answer/readBytes.ts';
import { clientOf, request } from './asking.ts';
import { type Facts, readErrorNames, readFacts } from './catalogue/listedFacts.ts';
import { FaultClock, rounds, unhung } from './faultClock.ts';
import { FAULT_KINDS, type FaultKind, type FaultScript, type FaultStep, faultScript } from './faultScripts.ts';

const SCRIPTS = 1_000;
/** Servers with a client each, beside each other; the scripts of one run one after the other. */
const LANES = 4;
const KEY = `sk-or-v1-${'fedcba9876543210'.repeat(4)}`;
/** Some ten seconds on two free cores. */
const TIMEOUT_MS = 180_000;
/** A kind that is met more rarely is not tested. */
const LEAST_MET = 50;
/** The one in use, and some that were not back yet when the next request went out. */
const MAX_IDLE_CONNECTIONS = 5;

type Ending = 'complete' | 'stopped' | 'failed';

interface Told {
	readonly ending: Ending;
	readonly events: readonly ModelEvent[];
	readonly error: ModelError | undefined;
}

/** One client with its server and its ledger. */
class Lane {
	readonly met = new Map<string, number>();
	readonly #server: OpenRouterServer;
	readonly #clock = new FaultClock();
	readonly #ledger: SpendLedger;
	readonly #client: ModelClient;
	readonly #budgets = new Map<string, number>();
	#onHeaders: () => void = () => undefined;
	#ids = 0;

	constructor(server: OpenRouterServer, facts: Facts) {
		this.#server = server;
		this.#ledger = new SpendLedger({
			store: memoryLedger().open(),
			owner: 'test',
			isOwnerAlive: () => true,
			clock: this.#clock,
			newId: () => `id-${this.#ids++}`,
			priceOf: model => facts.get(model)?.price,
			onFailure: error => {
				throw error;
			},
		});
		const inner = clientOf(server, {
			clock: this.#clock,
			fetch: async (...request) => {
				const response = await globalThis.fetch(...request);
				this.#onHeaders();
				return response;
			},
		});
		this.#client = meterClient(inner, {
			ledger: this.#ledger,
			limits: sessionId => {
				const session = this.#budgets.get(sessionId);
				return session === undefined ? {} : { session };
			},
			factsOf: model => facts.get(model),
			defaultOutputTokens: 32_000,
		});
	}

	async run(seed: number, { model, steps, budget }: FaultScript): Promise<void> {
		const sessionId = `seed-${seed}`;
		if (budget !== undefined) {
			this.#budgets.set(sessionId, budget);
		}
		const messages: Message[] = [
			{ role: 'system', text: 'Rules. '.repeat(1_000) },
			{ role: 'user', text: 'Hello' },
		];
		for (const step of steps) {
			const { ending, events } = await this.#ask(step, { model, sessionId, messages: [...messages] });
			this.#count(step.kind);
			this.#count(ending);
			await this.#settle(sessionId, budget);
			if (ending !== 'complete') {
				// Asked again, as the loop does: nothing of what broke is in the conversation.
				continue;
			}
			const toolCalls = events.flatMap(event => (event.type === 'toolCall' ? [event.call] : []));
			messages.push(
				{ role: 'assistant', text: textOf(events), toolCalls, model },
				...toolCalls.map(({ id }): Message => ({ role: 'tool', callId: id, text: 'Result. '.repeat(20) })),
				...(toolCalls.length === 0 ? [{ role: 'user', text: 'Go on.' } as const] : []),
			);
		}
	}

	async #ask(step: FaultStep, wanted: Parameters<typeof request>[0]): Promise<Told> {
		const before = this.#server.chats.length;
		const stop = new AbortController();
		this.#server.script(step.answer);
		const events: ModelEvent[] = [];
		let isOver = false;
		const trouble = this.#makeTrouble(step, before + 1, stop, () => isOver);
		const read = async () => {
			for await (const event of this.#client.stream(request(wanted), stop.signal)) {
				events.push(event);
				if (events.length - 1 === step.stop) {
					stop.abort();
				}
			}
		};
		const error = await unhung(
			read().then(
				() => undefined,
				(thrown: unknown) => thrown,
			),
			`the answer (${inspect(step, { depth: 5, breakLength: Number.POSITIVE_INFINITY })})`,
		);
		isOver = true;
		this.#server.forgetScript();
		const told = judge(step, events, error, stop.signal.aborted);
		if (told.error?.kind !== 'budget') {
			await unhung(trouble, 'making trouble');
		}
		const chats = this.#server.chats.slice(before);
		if (step.isSilent === true) {
			// A silence behind the end of an answer is borne for a moment too.
			this.#clock.passPauses();
		}
		await unhung(Promise.all(chats.map(chat => chat.ended)), 'the end of the connection');
		return told;
	}

	/** What happens beside the answer: the user stops, or the client runs out of patience. */
	async #makeTrouble(step: FaultStep, number: number, stop: AbortController, isOver: () => boolean): Promise<void> {
		if (step.isSilent !== true && step.stop !== 'headers') {
			return;
		}
		const headers = new Promise<void>(resolve => {
			this.#onHeaders = resolve;
		});
		await (await this.#server.chat(number)).silent;
		if (step.stop === 'headers') {
			stop.abort();
		} else if (step.kind !== 'slowHeaders') {
			// What the server sent is read before patience ends.
			await headers;
			await rounds(10);
		}
		while (!isOver()) {
			await rounds(1);
			this.#clock.loseTemper();
		}
	}

	/** After the bills that came late, the ledger and the server agree to the last digit. */
	async #settle(sessionId: string, budget: number | undefined): Promise<void> {
		const { signal } = new AbortController();
		const { bill } = this.#client;
		assert.ok(bill);
		this.#clock.isHurried = true;
		await this.#ledger.settleOrphans({ bill: bill.bind(this.#client) }, signal);
		this.#clock.isHurried = false;
		const { known, unknownRequests, reserved } = this.#ledger.totals(sessionId).session;
		const billed = this.#server.costOfSession(sessionId);
		assert.deepEqual(
			{ parts: BigInt(toParts(known)), unknownRequests, reserved },
			{ parts: billed, unknownRequests: 0, reserved: 0 },
		);
		assert.ok(budget === undefined || billed <= BigInt(toParts(budget)), 'The budget was passed.');
	}

	#count(what: string): void {
		this.met.set(what, (this.met.get(what) ?? 0) + 1);
	}
}

/** Exactly one of complete, stopped and failed, by what it must be. */
function judge(step: FaultStep, events: readonly ModelEvent[], error: unknown, isStopped: boolean): Told {
	const finishes = events.filter(({ type }) => type === 'finish').length;
	for (const text of [JSON.stringify(events), inspect(error, { depth: 10, showHidden: true })]) {
		assert.ok(!text.includes(KEY), `The key is in: ${text}`);
	}
	if (error === undefined) {
		assert.equal(finishes, 1);
		assert.equal(events.at(-1)?.type, 'finish');
		assert.notEqual(step.mustEnd, 'broken');
		assertSaid(step, events);
		return { ending: 'complete', events, error: undefined };
	}
	if (!(error instanceof ModelError)) {
		throw error;
	}
	assert.equal(finishes, 0);
	assert.equal(error.kind === 'aborted', isStopped, error.message);
	assert.ok(step.mustEnd !== 'complete' || error.kind === 'budget', error.message);
	return { ending: isStopped ? 'stopped' : 'failed', events, error };
}

/** A whole answer is the one that the model gave, to the last character. */
function assertSaid({ answer }: FaultStep, events: readonly ModelEvent[]): void {
	if (!('text' in answer)) {
		// The client mended a refusal, and got what the server says without a script.
		return;
	}
	const calls = events.flatMap(event => (event.type === 'toolCall' ? [JSON.parse(event.call.arguments)] : []));
	assert.equal(textOf(events), answer.text ?? '');
	assert.deepEqual(
		calls,
		(answer.toolCalls ?? []).map(call => call.arguments),
	);
}

/** Runs every so many-th script against a server of its own. @returns how often each kind and ending was met. */
async function runLane(first: number, facts: Facts, errors: readonly string[]): Promise<ReadonlyMap<string, number>> {
	const server = await startOpenRouterServer({ key: KEY, credit: 1_000, lateRecords: 1 });
	try {
		const lane = new Lane(server, facts);
		for (let seed = first; seed < SCRIPTS; seed += LANES) {
			try {
				await lane.run(seed, faultScript(seed, errors, KEY));
			} catch (error) {
				throw new Error(`Seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
			}
		}
		// Those that wait for another request; every one that broke is closed.
		assert.ok((await server.connections()) <= MAX_IDLE_CONNECTIONS);
		return lane.met;
	} finally {
		await server.close();
	}
}

describe('a client and a service that fails in every way', () => {
	it(`end ${SCRIPTS} conversations in one clear way each, and agree on the bill`, async () => {
		const unhandled: unknown[] = [];
		const onUnhandled = (reason: unknown) => unhandled.push(reason);
		process.on('unhandledRejection', onUnhandled);
		const [facts, errors] = [readFacts(), readErrorNames()];
		try {
			const lanes = Array.from({ length: LANES }, (_, first) => runLane(first, facts, errors));
			// All of them end before the first failure is told.
			await Promise.allSettled(lanes);
			const met = await Promise.all(lanes);
			const wanted: readonly (FaultKind | Ending)[] = [...FAULT_KINDS, 'complete', 'stopped', 'failed'];
			for (const what of wanted) {
				const count = met.reduce((sum, lane) => sum + (lane.get(what) ?? 0), 0);
				assert.ok(count >= LEAST_MET, `"${what}" was met ${count} times only.`);
			}
		} finally {
			process.off('unhandledRejection', onUnhandled);
		}
		assert.deepEqual(unhandled, []);
	}).timeout(TIMEOUT_MS);
});
