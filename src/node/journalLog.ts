import type { SessionEvent } from '../agent/events.ts';
import { AppendQueue } from '../agent/session/appendQueue.ts';
import { encodeRecord } from '../agent/session/journalRecords.ts';
import { type Durability, type SessionLog, SessionTakenError } from '../agent/session/log.ts';
import type { FileLock } from './fileLock.ts';

/** The part of a file handle that appending needs. */
export interface AppendFile {
	appendFile(text: string): Promise<void>;
	datasync(): Promise<void>;
	close(): Promise<void>;
}

export interface JournalPosition {
	/** Of the first record to write. */
	readonly sequence: number;
	readonly generation: number;
	/** What stands before lacks its line end. */
	readonly needsLineEnd: boolean;
}

/**
 * Appends records to one file. The file is never rewritten: after a write that failed half-way, its rest is closed with
 * a line end and passed over by the reader, and the same sequence numbers are used again.
 */
export class JournalLog implements SessionLog {
	readonly #file: AppendFile;
	readonly #lock: FileLock;
	readonly #now: () => number;
	readonly #generation: number;
	readonly #queue = new AppendQueue((events, durability) => this.#write(events, durability));
	#sequence: number;
	#needsLineEnd: boolean;
	#isClosed = false;

	constructor(file: AppendFile, lock: FileLock, position: JournalPosition, now: () => number) {
		this.#file = file;
		this.#lock = lock;
		this.#now = now;
		this.#sequence = position.sequence;
		this.#generation = position.generation;
		this.#needsLineEnd = position.needsLineEnd;
	}

	async append(events: readonly SessionEvent[], durability: Durability): Promise<void> {
		if (this.#isClosed) {
			throw new Error('The session log is closed.');
		}
		await this.#queue.append(events, durability);
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		await this.#queue.whenIdle();
		try {
			await this.#file.datasync();
		} finally {
			await this.#file.close();
			await this.#lock.release();
		}
	}

	async #write(events: readonly SessionEvent[], durability: Durability): Promise<void> {
		// A stale process may wake up long after it was taken over: so before each write, not once.
		if (!(await this.#lock.isMine())) {
			throw new SessionTakenError('This session was opened in another window.');
		}
		const at = this.#now();
		const records = events.map((event, index) =>
			encodeRecord({ sequence: this.#sequence + index, generation: this.#generation, at, event }),
		);
		if (records.length > 0) {
			const lineEnd = this.#needsLineEnd ? '\n' : '';
			this.#needsLineEnd = true;
			await this.#file.appendFile(lineEnd + records.join(''));
			this.#needsLineEnd = false;
		}
		if (durability === 'durable') {
			await this.#file.datasync();
		}
		this.#sequence += events.length;
	}
}
