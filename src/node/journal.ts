import { type FileHandle, mkdir, open, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
	type CollectedTexts,
	type CollectingStore,
	type CollectOptions,
	collectTexts,
	hashesIn,
	type NamingSession,
} from '../agent/checkpoint/collectTexts.ts';
import { parseRecords, resolveRecords, summarize } from '../agent/session/journalRecords.ts';
import {
	type OpenedSession,
	type OpenOptions,
	type SessionLog,
	type SessionSummary,
	SessionTakenError,
	type StoredEvent,
} from '../agent/session/log.ts';
import { Blobs, syncFolder } from './blobs.ts';
import { defaultLockTimes, FileLock, isCode, type LockTimes } from './fileLock.ts';
import { type AppendFile, JournalLog } from './journalLog.ts';

export interface JournalOptions {
	readonly lockTimes?: LockTimes;
	/** Milliseconds since 1970. */
	readonly now?: () => number;
	/** Opens a journal for appending, readable by the user alone. */
	readonly openForAppend?: (path: string) => Promise<AppendFile>;
}

const SUFFIX = '.jsonl';
/** Journals looked into at the same time for the list. */
const LIST_PARALLEL = 16;
/** Bytes of a journal looked through at once for names of texts: a moment's work. */
const SCAN_BYTES = 262_144;
/** Of a text's name. */
const HASH_LENGTH = 64;
/** Bytes read at each end of a journal for the list; the next size when a whole record, or the title, is longer. */
const PROBES = [16_384, 262_144, 4_194_304];

/**
 * Sessions in a folder: `<session>.jsonl`, `<session>.lock` while a window holds it, and `blobs/`. The folder need not
 * exist. Text is written in UTF-8, files are readable by the user alone.
 */
export function openJournalStore(folder: string, options: JournalOptions = {}): CollectingStore {
	return new JournalStore(folder, options);
}

class JournalStore implements CollectingStore {
	readonly #folder: string;
	readonly #blobs: Blobs;
	readonly #lockTimes: LockTimes;
	readonly #now: () => number;
	readonly #openForAppend: (path: string) => Promise<AppendFile>;
	/** Summaries by path, good while the file has the same size and time. Only a cache. */
	readonly #summaries = new Map<string, { size: number; mtimeMs: number; summary: SessionSummary | undefined }>();

	constructor(folder: string, options: JournalOptions) {
		this.#folder = folder;
		this.#lockTimes = options.lockTimes ?? defaultLockTimes;
		this.#now = options.now ?? Date.now;
		this.#blobs = new Blobs(join(folder, 'blobs'), this.#now);
		this.#openForAppend = options.openForAppend ?? (path => open(path, 'a', 0o600));
	}

	async list(): Promise<readonly SessionSummary[]> {
		const ids = (await namesIn(this.#folder))
			.filter(name => name.endsWith(SUFFIX))
			.map(name => name.slice(0, -SUFFIX.length));
		const summaries: SessionSummary[] = [];
		const queue = ids.values();
		const look = async () => {
			for (const id of queue) {
				const summary = await this.#summary(id);
				if (summary !== undefined) {
					summaries.push(summary);
				}
			}
		};
		await Promise.all(Array.from({ length: LIST_PARALLEL }, look));
		return summaries.sort((a, b) => b.updatedAt - a.updatedAt || (a.id < b.id ? -1 : 1));
	}

	async create(sessionId: string): Promise<SessionLog> {
		const path = this.#path(sessionId);
		await mkdir(this.#folder, { recursive: true, mode: 0o700 });
		const lock = await FileLock.take(this.#lockPath(sessionId), this.#lockTimes);
		if (lock === undefined) {
			throw new SessionTakenError('Another window creates a session of this id.');
		}
		return this.#withLock(lock, async () => {
			const file = await this.#openForAppend(path);
			await syncFolder(this.#folder);
			return new JournalLog(file, lock, { sequence: 0, generation: 1, needsLineEnd: false }, this.#now);
		});
	}

	async open(sessionId: string, { takeOver = false }: OpenOptions = {}): Promise<OpenedSession> {
		const path = this.#path(sessionId);
		try {
			await stat(path);
		} catch (error) {
			throw isCode(error, 'ENOENT') ? new Error(`There is no session ${sessionId}.`, { cause: error }) : error;
		}
		const lock = await FileLock.take(this.#lockPath(sessionId), this.#lockTimes, takeOver);
		if (lock === undefined) {
			const { records, damagedRecords } = parseRecords(await readFile(path));
			// What looks torn is being written just now.
			return { events: resolveRecords(records), tornBytes: 0, damagedRecords };
		}
		return this.#withLock(lock, async () => {
			const bytes = await readFile(path);
			const { records, damagedRecords, tornFrom } = parseRecords(bytes);
			const torn = bytes.subarray(tornFrom);
			if (torn.length > 0) {
				await this.#setAside(sessionId, torn, tornFrom);
			}
			const events = resolveRecords(records);
			const generation = records.reduce((newest, record) => Math.max(newest, record.generation), 0) + 1;
			const position = {
				sequence: (events.at(-1)?.sequence ?? -1) + 1,
				generation,
				needsLineEnd: torn.length === 0 && bytes.length > 0 && bytes.at(-1) !== 0x0a,
			};
			const log = new JournalLog(await this.#openForAppend(path), lock, position, this.#now);
			return { events, log, tornBytes: torn.length, damagedRecords };
		});
	}

	async delete(sessionId: string): Promise<void> {
		const path = this.#path(sessionId);
		// First the lock: who holds it finds out before its next write.
		await rm(this.#lockPath(sessionId), { force: true });
		await rm(path, { force: true });
		for (const name of await namesIn(this.#folder)) {
			if (name.startsWith(`${sessionId}.torn-`)) {
				await rm(join(this.#folder, name), { force: true });
			}
		}
		this.#summaries.delete(path);
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
		return collectTexts(shelf, this.#now(), options);
	}

	async #namingSessions(): Promise<readonly NamingSession[]> {
		const names = await namesIn(this.#folder);
		const sessions: NamingSession[] = [];
		for (const name of names.filter(found => found.endsWith(SUFFIX))) {
			const id = name.slice(0, -SUFFIX.length);
			const path = join(this.#folder, name);
			const files = [path, ...names.filter(found => found.startsWith(`${id}.torn-`)).map(at => join(this.#folder, at))];
			sessions.push({
				updatedAt: (await this.#summary(id))?.updatedAt ?? 0,
				async names() {
					const found = new Set<string>();
					for (const file of files) {
						await scanHashes(file, found);
					}
					return found;
				},
				isOpen: () => FileLock.isHeld(this.#lockPath(id), this.#lockTimes),
				events: async () => resolveRecords(parseRecords(await readIfThere(path)).records),
			});
		}
		return sessions;
	}

	/** @throws Error for an id that is not a plain file name. */
	#path(sessionId: string): string {
		if (!/^[A-Za-z0-9_-]{1,128}$/.test(sessionId)) {
			throw new Error(`"${sessionId}" is no session id.`);
		}
		return join(this.#folder, sessionId + SUFFIX);
	}

	#lockPath(sessionId: string): string {
		return join(this.#folder, `${sessionId}.lock`);
	}

	async #withLock<Value>(lock: FileLock, work: () => Promise<Value>): Promise<Value> {
		try {
			return await work();
		} catch (error) {
			await lock.release();
			throw error;
		}
	}

	/** Keeps the torn end beside the journal, then cuts it off, so that the next record begins on a line of its own. */
	async #setAside(sessionId: string, torn: Uint8Array, tornFrom: number): Promise<void> {
		const path = join(this.#folder, `${sessionId}.torn-${this.#now()}`);
		await writeFile(path, torn, { mode: 0o600, flush: true });
		await truncate(this.#path(sessionId), tornFrom);
	}

	async #summary(id: string): Promise<SessionSummary | undefined> {
		const path = join(this.#folder, id + SUFFIX);
		let file: FileHandle;
		try {
			file = await open(path, 'r');
		} catch (error) {
			if (isCode(error, 'ENOENT')) {
				// Deleted since we read the folder.
				return undefined;
			}
			throw error;
		}
		try {
			const { size, mtimeMs } = await file.stat();
			const cached = this.#summaries.get(path);
			if (cached?.size === size && cached.mtimeMs === mtimeMs) {
				return cached.summary;
			}
			const summary = summarize(id, await probeHead(file, size), await probeTail(file, size));
			this.#summaries.set(path, { size, mtimeMs, summary });
			return summary;
		} finally {
			await file.close();
		}
	}
}

async function probeHead(file: FileHandle, size: number): Promise<readonly StoredEvent[]> {
	let records: readonly StoredEvent[] = [];
	for (const length of PROBES) {
		({ records } = parseRecords(await readRange(file, 0, Math.min(length, size))));
		if (length >= size || records.some(({ event }) => event.type === 'titled')) {
			break;
		}
	}
	return records;
}

async function probeTail(file: FileHandle, size: number): Promise<readonly StoredEvent[]> {
	for (const length of PROBES) {
		const from = Math.max(0, size - length);
		const { records } = parseRecords(await readRange(file, from, size - from));
		if (records.length > 0 || from === 0) {
			return records;
		}
	}
	return [];
}

async function readRange(file: FileHandle, from: number, length: number): Promise<Uint8Array> {
	const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, from);
	return buffer.subarray(0, bytesRead);
}

/** A journal that is deleted meanwhile names nothing. */
async function scanHashes(path: string, found: Set<string>): Promise<void> {
	let file: FileHandle;
	try {
		file = await open(path, 'r');
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return;
		}
		throw error;
	}
	try {
		const bytes = Buffer.alloc(SCAN_BYTES);
		let rest = '';
		for (;;) {
			const { bytesRead } = await file.read(bytes, 0, SCAN_BYTES);
			if (bytesRead === 0) {
				return;
			}
			const text = rest + bytes.toString('latin1', 0, bytesRead);
			hashesIn(text, found);
			// With what comes next this may be one more.
			rest = text.slice(-HASH_LENGTH);
		}
	} finally {
		await file.close();
	}
}

async function readIfThere(path: string): Promise<Uint8Array> {
	try {
		return await readFile(path);
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return new Uint8Array();
		}
		throw error;
	}
}

async function namesIn(folder: string): Promise<readonly string[]> {
	try {
		return await readdir(folder);
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return [];
		}
		throw error;
	}
}
