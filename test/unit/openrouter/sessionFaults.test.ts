import assert from 'node:assert/strict';
import { toParts } from '../../../src/agent/ledger/money.ts';
import { Session } from '../../../src/agent/session/session.ts';
import { hurriedClock } from '../../fakes/hurriedClock.ts';
import { memorySessionStore } from '../../fakes/memorySessionStore.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { plainRights } from '../../fakes/sessionParts.ts';
import { fileTools as tools } from '../../fakes/toolSets.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { clientOf } from './asking.ts';
import { type Facts, readErrorNames, readFacts } from './catalogue/listedFacts.ts';
import { FaultClock, rounds, unhung } from './faultClock.ts';
import { type FaultKind, type FaultStep, faultScript } from './faultScripts.ts';

const SCRIPTS = 150;
const KEY = `sk-or-v1-${'fedcba9876543210'.repeat(4)}`;
const FALLBACK = 'deepseek/deepseek-v4-flash';
/** What the server says when the script is at its end. */
const LAST_WORD = 'Hello!';
/** Rounds of the event loop in which what the server sent has surely been read. */
const QUIET = 50;
/** Three attempts with each of two models, one of them mended, for each answer of a script and for the last word. */
const MOST_REQUESTS = 4 * 3 * 2 * 2;
/** Those that the user causes are tested where the user is; late headers are not silence. */
const OTHERS: readonly FaultKind[] = ['stop', 'stopEarly', 'lateHeaders'];

/** A session and its server, which play one script. */
class Play {
	readonly #server: OpenRouterServer;
	readonly #facts: Facts;
	readonly #clock = new FaultClock();
	readonly #bugs: unknown[] = [];
	#ids = 0;

	constructor(server: OpenRouterServer, facts: Facts) {
		this.#server = server;
		this.#facts = facts;
		this.#clock.isHurried = true;
	}

	async run(model: string, steps: readonly FaultStep[], hasFallback: boolean): Promise<Session> {
		const session = await this.#createSession(model, hasFallback);
		this.#server.script(...steps.map(({ answer }) => answer));
		let isOver = false;
		void this.#endSilences(() => isOver);
		await session.send('Do it.');
		await unhung(session.whenIdle(), 'the end of the turn');
		await unhung(session.whenSettled(), 'the bills');
		isOver = true;
		assert.deepEqual(this.#bugs, []);
		return session;
	}

	/** Whenever the server falls silent, the client has read what it sent and loses its patience. */
	async #endSilences(isOver: () => boolean): Promise<void> {
		for (let number = this.#server.chats.length + 1; !isOver(); number++) {
			const chat = await this.#server.chat(number);
			let hasEnded = false;
			void chat.ended.then(() => {
				hasEnded = true;
			});
			void chat.silent.then(async () => {
				// So long that a next request, which may follow at once, is not hit as well.
				for (await rounds(QUIET); !hasEnded; await rounds(QUIET)) {
					this.#clock.loseTemper();
				}
			});
		}
	}

	#createSession(model: string, hasFallback: boolean): Promise<Session> {
		const clock = hurriedClock();
		const client = clientOf(this.#server, { clock: this.#clock });
		return Session.create(
			{
				store: memorySessionStore(),
				workspace: new MemoryWorkspace(),
				...plainRights(tools),
				resolveModel: async (id = model) => ({
					client,
					model: { id, name: id, isBuiltIn: false },
					facts: this.#facts.get(id) ?? {},
					settings: hasFallback ? { fallbackModels: [FALLBACK] } : {},
					leftOut: [],
				}),
				isTrusted: () => true,
				maxRequests: () => 20,
				currentRules: async () => '',
				clock,
				random: () => 0.5,
				newId: () => `id-${this.#ids++}`,
				onBug: error => this.#bugs.push(error),
			},
			{ system: 'Rules. '.repeat(1_000), workspace: ['memory:/project'] },
		);
	}
}

/** Every call has its one result, and every text is one that the model said whole. */
function assertWhole(session: Session, steps: readonly FaultStep[]): void {
	const said = new Set([LAST_WORD, ...steps.map(({ answer }) => ('text' in answer ? (answer.text ?? '') : ''))]);
	let open: readonly string[] = [];
	for (const message of session.messages) {
		if (message.role === 'tool') {
			assert.equal(message.callId, open[0]);
			open = open.slice(1);
			continue;
		}
		assert.deepEqual(open, []);
		if (message.role === 'assistant') {
			assert.ok(said.has(message.text), `Nobody said: ${message.text}`);
			open = message.toolCalls.map(({ id }) => id);
		}
	}
	assert.deepEqual(open, []);
}

describe('a session and a service that fails in every way', () => {
	it(`end ${SCRIPTS} turns in a clear way each, with a whole conversation and the bill`, async () => {
		const [facts, errors] = [readFacts(), readErrorNames()];
		const ends = new Map<string, number>();
		for (let seed = 0; seed < SCRIPTS; seed++) {
			const { model, steps } = faultScript(seed, errors, KEY);
			const played = steps.filter(({ kind }) => !OTHERS.includes(kind));
			const server = await startOpenRouterServer({ key: KEY, credit: 1_000, lateRecords: 1 });
			try {
				const session = await new Play(server, facts).run(model, played, seed % 2 === 0);
				const end = session.state.lastEnd?.reason ?? 'none';
				ends.set(end, (ends.get(end) ?? 0) + 1);
				assertWhole(session, played);
				const { known, unknownRequests } = session.state.cost;
				assert.deepEqual([BigInt(toParts(known)), unknownRequests], [server.bill.total, 0]);
				assert.ok(server.chats.length <= MOST_REQUESTS, `${server.chats.length} requests`);
				assert.ok(!JSON.stringify(session.events).includes(KEY));
				await session.dispose();
			} catch (error) {
				const kinds = played.map(({ kind }) => kind).join(', ');
				throw new Error(`Seed ${seed} (${kinds}): ${error instanceof Error ? error.message : error}`, { cause: error });
			} finally {
				await server.close();
			}
		}
		assert.deepEqual([...ends.keys()].sort(), ['done', 'failed']);
	});
});
