import type { SessionEvent } from '../events.ts';
import { type Durability, type SessionLog, SessionTakenError } from './log.ts';

/**
 * Writes a session's events and survives a disk that does not take them: they are kept in memory, in order, and
 * written as soon as the disk takes them again. Buffered events are on their way at once; what comes while the disk
 * works goes with the next write, so that the turn waits for durable events alone.
 */
export class SessionWriter {
	#log: SessionLog | undefined;
	readonly #openLog: () => Promise<SessionLog>;
	/** Not written yet, oldest first. */
	#backlog: SessionEvent[] = [];
	#failure: unknown;
	#taken: SessionTakenError | undefined;
	#tellTaken: (() => void) | undefined;
	/** Resolves when another window took the session: at once, also where no event follows. */
	readonly taken = new Promise<void>(resolve => {
		this.#tellTaken = resolve;
	});
	/** The last write asked for; each waits for the one before. */
	#writing: Promise<void> = Promise.resolve();
	/** A write waits for its turn, and will take what is in the backlog then. */
	#isWriteWaiting = false;

	/** @param log an open one, or what makes it: called again until it succeeds. */
	constructor(log: SessionLog | (() => Promise<SessionLog>)) {
		if (typeof log === 'function') {
			this.#openLog = log;
		} else {
			// Held from the start, so that it is given free also when nothing is written.
			this.#log = log;
			this.#openLog = async () => log;
		}
	}

	/** False while the disk refuses: what it did not take is kept here. */
	get isSaved(): boolean {
		return this.#failure === undefined;
	}

	/** Why the last attempt to write failed, while not everything is saved. */
	get failure(): unknown {
		return this.#failure;
	}

	/**
	 * Writes an event behind the ones before it. Resolves once a durable one is on disk, and at once for a buffered one.
	 * While the disk refuses, only durable events try again: they are the rarer ones.
	 * @throws SessionTakenError when another window took the session, which may show with a later event; what is not
	 * written then stays unwritten.
	 */
	async write(event: SessionEvent, durability: Durability): Promise<void> {
		if (this.#taken !== undefined) {
			throw this.#taken;
		}
		this.#backlog.push(event);
		if (durability === 'durable') {
			await this.#flush('durable');
		} else if (this.isSaved && !this.#isWriteWaiting) {
			this.#isWriteWaiting = true;
			// That the session was taken is told by `taken`, and with the next event.
			void this.#flush('buffered').catch(() => undefined);
		}
	}

	/** Tries a last time to write what is left, and gives the session free. */
	async close(): Promise<void> {
		if (this.#backlog.length > 0 && this.#taken === undefined) {
			await this.#flush('durable');
		}
		await this.#writing;
		await this.#log?.close();
	}

	#flush(durability: Durability): Promise<void> {
		const writing = this.#writing.then(() => this.#writeBacklog(durability));
		this.#writing = writing.catch(() => {
			// Who asked gets it; the next one only needs the order.
		});
		return writing;
	}

	/** Also without a backlog: a durable event stands for those that were written before it. */
	async #writeBacklog(durability: Durability): Promise<void> {
		this.#isWriteWaiting = false;
		const batch = [...this.#backlog];
		try {
			this.#log ??= await this.#openLog();
			await this.#log.append(batch, durability);
			this.#backlog = this.#backlog.slice(batch.length);
			this.#failure = undefined;
		} catch (error) {
			if (error instanceof SessionTakenError) {
				this.#taken = error;
				this.#tellTaken?.();
				throw error;
			}
			// A full or broken disk: the session goes on in memory, and says so by `isSaved`.
			this.#failure = error;
		}
	}
}
