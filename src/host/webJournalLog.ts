import type { Clock } from '../agent/clock.ts';
import type { SessionEvent } from '../agent/events.ts';
import { AppendQueue } from '../agent/session/appendQueue.ts';
import { encodeRecord } from '../agent/session/journalRecords.ts';
import { type Durability, type SessionLog, SessionTakenError } from '../agent/session/log.ts';
import type { JournalFiles } from './webJournalFiles.ts';
import type { HeldLock } from './webLock.ts';

/** Buffered records are written after so long at the latest. */
const FLUSH_MS = 250;
/** Bytes of a segment, about: beyond, a new one begins. */
const SEGMENT_BYTES = 65_536;

/** Where a segment stands among the files of a session. */
export interface SegmentName {
	readonly generation: number;
	readonly segment: number;
	/** Each writing of a segment is a file of its own; the newest holds all the earlier ones do. */
	readonly revision: number;
}

export function segmentFile(sessionId: string, { generation, segment, revision }: SegmentName): string {
	return `${sessionId}/${generation}-${segment}-${revision}.jsonl`;
}

/**
 * Writes records in segments, because files here cannot be appended to. A segment that grows is written anew under
 * another name before its older file goes, so a crash at any point leaves all that was durable.
 */
export class WebJournalLog implements SessionLog {
	readonly #files: JournalFiles;
	readonly #sessionId: string;
	readonly #generation: number;
	readonly #lock: HeldLock | undefined;
	readonly #clock: Clock;
	readonly #encoder = new TextEncoder();
	readonly #queue = new AppendQueue((events, durability) => this.#write(events, durability));
	#sequence: number;
	/** Records of the segment that is being filled. */
	#text = '';
	/** How much of it is on disk. */
	#writtenLength = 0;
	#segment = 0;
	#revision = 0;
	#cancelFlush: (() => void) | undefined;
	#isClosed = false;

	/** @param lock absent where the browser has no locks: then a newer generation among the files tells of another writer. */
	constructor(
		files: JournalFiles,
		sessionId: string,
		position: { readonly sequence: number; readonly generation: number },
		lock: HeldLock | undefined,
		clock: Clock,
	) {
		this.#files = files;
		this.#sessionId = sessionId;
		this.#sequence = position.sequence;
		this.#generation = position.generation;
		this.#lock = lock;
		this.#clock = clock;
	}

	async append(events: readonly SessionEvent[], durability: Durability): Promise<void> {
		if (this.#isClosed) {
			throw new Error('The session log is closed.');
		}
		await this.#queue.append(events, durability);
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		this.#cancelFlush?.();
		try {
			await this.#queue.append([], 'durable');
		} catch (error) {
			// Taken: what was buffered here has no place in the other tab's log.
			if (!(error instanceof SessionTakenError)) {
				throw error;
			}
		} finally {
			await this.#lock?.release();
		}
	}

	async #write(events: readonly SessionEvent[], durability: Durability): Promise<void> {
		if (this.#lock?.isTaken) {
			throw new SessionTakenError('This session was opened in another tab.');
		}
		const at = this.#clock.now();
		const records = events.map((event, index) =>
			encodeRecord({ sequence: this.#sequence + index, generation: this.#generation, at, event }),
		);
		const text = this.#text + records.join('');
		if (durability === 'durable' || text.length - this.#writtenLength >= SEGMENT_BYTES) {
			await this.#flush(text);
		} else {
			this.#text = text;
			if (text.length > this.#writtenLength) {
				this.#cancelFlush ??= this.#clock.schedule(FLUSH_MS, () => this.#flushSoon());
			}
		}
		this.#sequence += events.length;
	}

	#flushSoon(): void {
		this.#cancelFlush = undefined;
		if (!this.#isClosed) {
			this.#queue.append([], 'durable').catch(() => {
				// What is buffered stays so; the next durable append meets the same trouble and tells it.
			});
		}
	}

	async #flush(text: string): Promise<void> {
		this.#cancelFlush?.();
		this.#cancelFlush = undefined;
		if (text.length === this.#writtenLength) {
			return;
		}
		await this.#assertNewest();
		const revision = this.#revision + 1;
		await this.#files.write(this.#fileOf(revision), this.#encoder.encode(text));
		const older = this.#revision === 0 ? undefined : this.#fileOf(this.#revision);
		this.#revision = revision;
		this.#text = text;
		this.#writtenLength = text.length;
		if (text.length >= SEGMENT_BYTES) {
			this.#segment++;
			this.#revision = 0;
			this.#text = '';
			this.#writtenLength = 0;
		}
		if (older !== undefined) {
			// One that stays does no harm: the reader lets the newer one win.
			await this.#files.remove(older).catch(() => undefined);
		}
	}

	async #assertNewest(): Promise<void> {
		if (this.#lock !== undefined) {
			return;
		}
		const names = await this.#files.names(this.#sessionId);
		if (names.some(name => Number.parseInt(name, 10) > this.#generation)) {
			throw new SessionTakenError('This session was opened in another tab.');
		}
	}

	#fileOf(revision: number): string {
		const name = { generation: this.#generation, segment: this.#segment, revision };
		return segmentFile(this.#sessionId, name);
	}
}
