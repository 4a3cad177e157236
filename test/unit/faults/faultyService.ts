/**
 * A whole session over a real connection, a real folder and a real journal, against a service that a test scripts byte
 * by byte. What must hold after every fault, whatever it was, is checked here once for all.
 */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseRecords } from '../../../src/agent/session/journalRecords.ts';
import { Session } from '../../../src/agent/session/session.ts';
import type { Tool } from '../../../src/agent/tool.ts';
import type { RetryPolicy } from '../../../src/agent/turn/retryPolicy.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { openJournalStore } from '../../../src/node/journal.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { readTool } from '../../../src/tools/read.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { hurriedClock } from '../../fakes/hurriedClock.ts';
import { plainRights } from '../../fakes/sessionParts.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import { openScene, type Scene } from '../attacks/attackHarness.ts';
import { clientOf } from '../openrouter/asking.ts';
import { ManualClock } from '../openrouter/manualClock.ts';

export const KEY = `sk-or-v1-${'fedcba9876543210'.repeat(4)}`;

export interface FaultSetup {
	readonly tools?: readonly Tool[];
	readonly retry?: Partial<RetryPolicy>;
	/** In the place of the connection. */
	readonly fetch?: typeof globalThis.fetch;
}

/** One attempt, so that a test sees how that one ends. */
const ONCE: RetryPolicy = {
	maxAttempts: 1,
	baseDelayMs: 1_000,
	rateLimitDelayMs: 5_000,
	maxDelayMs: 60_000,
	patienceMs: 60_000,
};

export class FaultyService {
	readonly server: OpenRouterServer;
	readonly session: Session;
	readonly scene: Scene;
	/** Of the client alone: the session's own waits are over at once. */
	readonly clock: ManualClock;
	readonly #bugs: unknown[];
	readonly #unhandled: unknown[] = [];
	readonly #onUnhandled = (reason: unknown) => this.#unhandled.push(reason);

	private constructor(server: OpenRouterServer, session: Session, scene: Scene, clock: ManualClock, bugs: unknown[]) {
		this.server = server;
		this.session = session;
		this.scene = scene;
		this.clock = clock;
		this.#bugs = bugs;
		process.on('unhandledRejection', this.#onUnhandled);
	}

	static async start({ tools, retry, fetch }: FaultSetup = {}): Promise<FaultyService> {
		const scene = await openScene();
		const server = await startOpenRouterServer({ key: KEY, credit: 1_000 });
		const clock = new ManualClock();
		const bugs: unknown[] = [];
		let ids = 0;
		const client = clientOf(server, { clock, ...(fetch && { fetch }) });
		const session = await Session.create(
			{
				...plainRights(tools ?? [readTool(), editTool(), writeTool()]),
				store: openJournalStore(join(scene.outside, 'sessions')),
				workspace: openFileWorkspace({ folder: scene.folder, platform: process.platform }),
				resolveModel: async (id = 'openai/gpt-4o-mini') => ({
					client,
					model: { id, name: id, isBuiltIn: false },
					facts: {},
					settings: {},
					leftOut: [],
				}),
				isTrusted: () => true,
				maxRequests: () => 20,
				currentRules: async () => '',
				clock: hurriedClock(),
				retry: { ...ONCE, ...retry },
				random: () => 0.5,
				newId: () => `id-${++ids}`,
				onBug: error => bugs.push(error),
			},
			{ system: 'Rules.', workspace: [scene.folder] },
		);
		return new FaultyService(server, session, scene, clock, bugs);
	}

	/** Sends a message and waits for the end of the turn. Questions are answered with yes. */
	async turn(text = 'Go.'): Promise<void> {
		const answering = this.session.onDidChangeState(() => this.#allowAll());
		await this.session.send(text);
		await this.session.whenIdle();
		answering.dispose();
	}

	/** What the workspace folder holds. */
	async files(): Promise<Readonly<Record<string, string>>> {
		const all = Object.entries(await this.scene.snapshot());
		return Object.fromEntries(all.flatMap(([path, text]) => (path.startsWith('ws/') ? [[path.slice(3), text]] : [])));
	}

	/** Texts of what the session told, by event type. */
	told(type: 'text'): string {
		return this.session.events.map(({ event }) => (event.type === type ? event.delta : '')).join('');
	}

	/** The failures of requests, oldest first. */
	get failures() {
		return this.session.events.flatMap(({ event }) => (event.type === 'requestFailed' ? [event.failure] : []));
	}

	get end() {
		return this.session.state.lastEnd;
	}

	/** Ends everything and checks what must hold after every fault. */
	async close(): Promise<void> {
		const { session, server, scene } = this;
		try {
			assert.equal(session.isRunning, false, 'the session is idle');
			await session.dispose();
			const folder = join(scene.outside, 'sessions');
			const journal = await readFile(join(folder, `${session.id}.jsonl`));
			const { records, damagedRecords, tornFrom } = parseRecords(journal);
			assert.deepEqual([damagedRecords, tornFrom], [0, journal.length], 'the journal is whole');
			assert.deepEqual(
				records.map(({ event }) => event),
				session.events.map(({ event }) => event),
				'the journal holds what was told',
			);
			assert.ok(!journal.toString('utf8').includes(KEY), 'the key is in no journal');
			const names = [...(await readdir(folder)), ...(await readdir(scene.folder, { recursive: true }))];
			assert.deepEqual(
				names.filter(name => /\.(lock|tmp|torn)/.test(name)),
				[],
				'no temporary file is left',
			);
			assert.deepEqual(this.#bugs, []);
			assert.deepEqual(this.#unhandled, []);
		} finally {
			process.off('unhandledRejection', this.#onUnhandled);
			await server.close();
			await scene.dispose();
		}
	}

	#allowAll(): void {
		for (const { callId } of this.session.pendingApprovals) {
			this.session.answer(callId, { allow: 'once' });
		}
	}
}
