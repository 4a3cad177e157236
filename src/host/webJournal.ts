import {
	type CollectedTexts,
	type CollectingStore,
	type CollectOptions,
	collectTexts,
	hashesIn,
	type NamingSession,
} from '../agent/checkpoint/collectTexts.ts';
import { type Clock, systemClock } from '../agent/clock.ts';
import { parseRecords, resolveRecords, summarize } from '../agent/session/journalRecords.ts';
import {
	type OpenedSession,
	type OpenOptions,
	type SessionLog,
	type SessionSummary,
	SessionTakenError,
	type StoredEvent,
} from '../agent/session/log.ts';
import { WebBlobs } from './webBlobs.ts';
import type { JournalFiles } from './webJournalFiles.ts';
import { type SegmentName, segmentFile, WebJournalLog } from './webJournalLog.ts';
import { type HeldLock, type Locks, takeWebLock } from './webLock.ts';

export interface WebJournalOptions {
	readonly files: JournalFiles;
	/** `navigator.locks` where there is one. */
	readonly locks?: Locks | undefined;
	/** Tells the stores of different workspaces apart among the browser's locks: the folder's URI. */
	readonly name: string;
	readonly clock?: Clock;
}

const BLOBS = 'blobs';
const MAX_ATTEMPTS = 5;

/** Sessions through the editor's file system: a folder of segments for each session, and `blobs/`. */
export function openWebJournal(options: WebJournalOptions): CollectingStore {
	return new WebJournal(options);
}

class WebJournal implements CollectingStore {
	readonly #files: JournalFiles;
	readonly #locks: Locks | undefined;
	readonly #name: string;
	readonly #clock: Clock;
	readonly #blobs: WebBlobs;

	constructor({ files, locks, name, clock }: WebJournalOptions) {
		this.#files = files;
		this.#locks = locks;
		this.#name = name;
		this.#clock = clock ?? systemClock;
		this.#blobs = new WebBlobs({ files, folder: BLOBS, locks, name, now: () => this.#clock.now() });
	}

	async list(): Promise<readonly SessionSummary[]> {
		const ids = (await this.#files.names('')).filter(name => name !== BLOBS && isSessionId(name));
		const summaries = await Promise.all(ids.map(id => this.#summary(id)));
		return summaries
			.filter(summary => summary !== undefined)
			.sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1));
	}

	async create(sessionId: string): Promise<SessionLog> {
		assertSessionId(sessionId);
		const { lock, isHeld } = await this.#lock(sessionId, false);
		if (isHeld) {
			throw new SessionTakenError('Another tab creates a session of this id.');
		}
		return new WebJournalLog(this.#files, sessionId, { sequence: 0, generation: 1 }, lock, this.#clock);
	}

	async open(sessionId: string, { takeOver = false }: OpenOptions = {}): Promise<OpenedSession> {
		assertSessionId(sessionId);
		const { lock, isHeld } = await this.#lock(sessionId, takeOver);
		try {
			const segments = await this.#segments(sessionId);
			if (segments.length === 0) {
				throw new Error(`There is no session ${sessionId}.`);
			}
			const { records, damagedRecords, tornBytes } = await this.#readAll(sessionId, segments);
			const events = resolveRecords(records);
			if (isHeld) {
				return { events, tornBytes: 0, damagedRecords };
			}
			const position = {
				sequence: (events.at(-1)?.sequence ?? -1) + 1,
				generation: Math.max(0, ...segments.map(({ generation }) => generation)) + 1,
			};
			const log = new WebJournalLog(this.#files, sessionId, position, lock, this.#clock);
			return { events, log, tornBytes, damagedRecords };
		} catch (error) {
			await lock?.release();
			throw error;
		}
	}

	async delete(sessionId: string): Promise<void> {
		assertSessionId(sessionId);
		// By force: a tab that holds the session finds out before its next write.
		const { lock } = await this.#lock(sessionId, true);
		try {
			await this.#files.remove(sessionId);
		} finally {
			await lock?.release();
		}
	}

	putBlob(text: string): Promise<string> {
		return this.#blobs.put(text);
	}

	getBlob(hash: string): Promise<string | undefined> {
		return this.#blobs.get(hash);
	}

	collectTexts(options?: CollectOptions): Promise<CollectedTexts> {
		const shelf = {
			texts: () => this.#blobs.list(),
			sessions: () => this.#namingSessions(),
			remove: (hash: string) => this.#blobs.remove(hash),
		};
		return collectTexts(shelf, this.#clock.now(), options);
	}

	async #namingSessions(): Promise<readonly NamingSession[]> {
		const ids = (await this.#files.names('')).filter(name => name !== BLOBS && isSessionId(name));
		return Promise.all(
			ids.map(async (id): Promise<NamingSession> => {
				const newest = (await this.#segments(id)).at(-1);
				const file = newest && (await this.#files.stat(segmentFile(id, newest)));
				return {
					updatedAt: file?.at ?? 0,
					names: () => this.#hashes(id),
					isOpen: () => this.#isOpen(id),
					events: async () => resolveRecords((await this.#readAll(id, await this.#segments(id))).records),
				};
			}),
		);
	}

	/** @throws Error when the session is written faster than it can be read. */
	async #hashes(sessionId: string): Promise<ReadonlySet<string>> {
		for (let attempt = 1; ; attempt++) {
			try {
				const found = new Set<string>();
				for (const segment of await this.#segments(sessionId)) {
					hashesIn(new TextDecoder().decode(await this.#files.read(segmentFile(sessionId, segment))), found);
				}
				return found;
			} catch (error) {
				// Most likely a segment was written anew under another name.
				if (attempt === MAX_ATTEMPTS) {
					throw error;
				}
			}
		}
	}

	/** Without locks nobody knows: then it may be. */
	async #isOpen(sessionId: string): Promise<boolean> {
		const { lock, isHeld } = await this.#lock(sessionId, false);
		await lock?.release();
		return isHeld || lock === undefined;
	}

	async #lock(sessionId: string, force: boolean): Promise<{ lock: HeldLock | undefined; isHeld: boolean }> {
		if (this.#locks === undefined) {
			return { lock: undefined, isHeld: false };
		}
		const lock = await takeWebLock(this.#locks, `${this.#name}/${sessionId}`, force);
		return { lock, isHeld: lock === undefined };
	}

	/** In the order in which their records count. */
	async #segments(sessionId: string): Promise<readonly SegmentName[]> {
		const names = (await this.#files.names(sessionId)).map(parseSegment).filter(name => name !== undefined);
		return names.sort((a, b) => a.generation - b.generation || a.segment - b.segment || a.revision - b.revision);
	}

	async #readAll(sessionId: string, segments: readonly SegmentName[]) {
		const records: StoredEvent[] = [];
		let damagedRecords = 0;
		let tornBytes = 0;
		let previous: { readonly name: SegmentName; readonly records: readonly StoredEvent[] } | undefined;
		const add = (more: readonly StoredEvent[] = []) => {
			for (const record of more) {
				records.push(record);
			}
		};
		for (const name of segments) {
			const bytes = await this.#files.read(segmentFile(sessionId, name));
			const parsed = parseRecords(bytes);
			damagedRecords += parsed.damagedRecords;
			tornBytes += bytes.length - parsed.tornFrom;
			const isRevision = previous?.name.generation === name.generation && previous.name.segment === name.segment;
			if (!isRevision) {
				add(previous?.records);
			} else if (previous !== undefined && previous.records.length > parsed.records.length) {
				// The newer writing of the segment was cut: the older one holds all that was durable.
				continue;
			}
			previous = { name, records: parsed.records };
		}
		add(previous?.records);
		return { records, damagedRecords, tornBytes };
	}

	async #summary(id: string): Promise<SessionSummary | undefined> {
		const segments = await this.#segments(id);
		const [first, last] = [segments[0], segments.at(-1)];
		if (first === undefined || last === undefined) {
			return undefined;
		}
		const head = parseRecords(await this.#files.read(segmentFile(id, first))).records;
		const tail = first === last ? head : parseRecords(await this.#files.read(segmentFile(id, last))).records;
		return summarize(id, head, tail);
	}
}

function parseSegment(name: string): SegmentName | undefined {
	const match = /^(\d+)-(\d+)-(\d+)\.jsonl$/.exec(name);
	if (match === null) {
		return undefined;
	}
	const [, generation, segment, revision] = match.map(Number);
	return generation === undefined || segment === undefined || revision === undefined
		? undefined
		: { generation, segment, revision };
}

function isSessionId(name: string): boolean {
	return /^[A-Za-z0-9_-]{1,128}$/.test(name);
}

/** @throws Error for an id that is not a plain name. */
function assertSessionId(sessionId: string): void {
	if (!isSessionId(sessionId) || sessionId === BLOBS) {
		throw new Error(`"${sessionId}" is no session id.`);
	}
}
