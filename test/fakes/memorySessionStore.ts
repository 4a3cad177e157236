import { createHash } from 'node:crypto';
import {
	type CollectingStore,
	collectTexts,
	FRESH_MS,
	GRACE_MS,
	hashesIn,
} from '../../src/agent/checkpoint/collectTexts.ts';
import type { SessionEvent } from '../../src/agent/events.ts';
import { encodeRecord, parseRecords, resolveRecords, summarize } from '../../src/agent/session/journalRecords.ts';
import { type SessionLog, SessionTakenError, type StoredEvent } from '../../src/agent/session/log.ts';

interface StoredSession {
	/** What a crash would leave. */
	durable: StoredEvent[];
	/** Written, but not yet safe. */
	buffered: StoredEvent[];
	holder: symbol | undefined;
}

export interface MemorySessionStore extends CollectingStore {
	/** While set, every append fails with it, as on a full disk. */
	failure: Error | undefined;
	/** What is written, without opening the session. */
	peek(sessionId: string): readonly SessionEvent[];
	/** Ends whoever holds the session as a crash does: what was only buffered is lost. */
	crash(sessionId: string): void;
}

/** Sessions in memory, passed through their file format so that nothing survives here that would not on disk. */
export function memorySessionStore(now: () => number = () => 1_700_000_000_000): MemorySessionStore {
	const sessions = new Map<string, StoredSession>();
	const blobs = new Map<string, { readonly text: string; readonly at: number }>();

	function logFor(sessionId: string, session: StoredSession, sequence: number, generation: number): SessionLog {
		const me = Symbol(sessionId);
		session.holder = me;
		let next = sequence;
		return {
			async append(events: readonly SessionEvent[], durability) {
				if (sessions.get(sessionId) !== session || session.holder !== me) {
					throw new SessionTakenError('This session was opened in another window.');
				}
				if (store.failure !== undefined) {
					throw store.failure;
				}
				const lines = events.map(event => encodeRecord({ sequence: next++, generation, at: now(), event })).join('');
				session.buffered.push(...parseRecords(new TextEncoder().encode(lines)).records);
				if (durability === 'durable') {
					session.durable.push(...session.buffered.splice(0));
				}
			},
			async close() {
				session.durable.push(...session.buffered.splice(0));
				if (session.holder === me) {
					session.holder = undefined;
				}
			},
		};
	}

	const store: MemorySessionStore = {
		failure: undefined,
		async list() {
			return [...sessions]
				.map(([id, { durable, buffered }]) => summarize(id, [...durable, ...buffered], [...durable, ...buffered]))
				.filter(summary => summary !== undefined)
				.sort((a, b) => b.updatedAt - a.updatedAt);
		},
		async create(sessionId) {
			if (store.failure !== undefined) {
				throw store.failure;
			}
			const session: StoredSession = { durable: [], buffered: [], holder: undefined };
			sessions.set(sessionId, session);
			return logFor(sessionId, session, 0, 1);
		},
		async open(sessionId, options) {
			const session = sessions.get(sessionId);
			if (session === undefined) {
				throw new Error(`There is no session ${sessionId}.`);
			}
			const events = resolveRecords([...session.durable, ...session.buffered]);
			if (session.holder !== undefined && options?.takeOver !== true) {
				return { events, tornBytes: 0, damagedRecords: 0 };
			}
			const generation = events.reduce((newest, event) => Math.max(newest, event.generation), 0) + 1;
			const log = logFor(sessionId, session, (events.at(-1)?.sequence ?? -1) + 1, generation);
			return { events, log, tornBytes: 0, damagedRecords: 0 };
		},
		async delete(sessionId) {
			sessions.delete(sessionId);
		},
		async putBlob(text) {
			if (store.failure !== undefined) {
				throw store.failure;
			}
			const hash = createHash('sha256').update(text).digest('hex');
			const kept = blobs.get(hash);
			if (kept === undefined || now() - kept.at > FRESH_MS) {
				blobs.set(hash, { text, at: now() });
			}
			return hash;
		},
		async getBlob(hash) {
			return blobs.get(hash)?.text;
		},
		collectTexts(options) {
			const shelf = {
				texts: async () => [...blobs].map(([hash, { text, at }]) => ({ hash, bytes: Buffer.byteLength(text), at })),
				sessions: async () =>
					[...sessions].map(([id, session]) => ({
						updatedAt: session.durable.at(-1)?.at ?? 0,
						names: async () => hashesIn(JSON.stringify(store.peek(id))),
						isOpen: async () => session.holder !== undefined,
						events: async () => resolveRecords([...session.durable, ...session.buffered]),
					})),
				async remove(hash: string) {
					const isOld = now() - (blobs.get(hash)?.at ?? 0) > GRACE_MS;
					return isOld && blobs.delete(hash);
				},
			};
			return collectTexts(shelf, now(), options);
		},
		peek(sessionId) {
			const { durable = [], buffered = [] } = sessions.get(sessionId) ?? {};
			return resolveRecords([...durable, ...buffered]).map(({ event }) => event);
		},
		crash(sessionId) {
			const session = sessions.get(sessionId);
			if (session !== undefined) {
				session.buffered = [];
				session.holder = undefined;
			}
		},
	};
	return store;
}
