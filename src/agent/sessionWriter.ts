import type { SessionEvent } from './events.ts';
import { type Durability, type SessionLog, SessionTakenError } from './log.ts';

/**
 * Writes a session's events and survives a disk that does not take them: they are kept in memory, in order, and
 * written as soon as the disk takes them again. Calls must not overlap.
 */
export class SessionWriter {
	#log: SessionLog | undefined;
	readonly #openLog: () => Promise<SessionLog>;
	/** Not written yet, oldest first. */
	#backlog: SessionEvent[] = [];
	#failure: unknown;

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

	/** Whether all that was handed over is with the store. */
	get isSaved(): boolean {
		return this.#backlog.length === 0;
	}

	/** Why the last attempt to write failed, while not everything is saved. */
	get failure(): unknown {
		return this.isSaved ? undefined : this.#failure;
	}

	/**
	 * Writes an event behind the ones before it. While the disk refuses, only durable events try again: they are the
	 * rarer ones.
	 * @throws SessionTakenError when another window took the session; what is not written then stays unwritten.
	 */
	async write(event: SessionEvent, durability: Durability): Promise<void> {
		const isRetry = this.#backlog.length > 0;
		this.#backlog.push(event);
		if (isRetry && durability === 'buffered') {
			return;
		}
		await this.#flush(isRetry ? 'durable' : durability);
	}

	/** Tries a last time to write what is left, and gives the session free. */
	async close(): Promise<void> {
		if (this.#backlog.length > 0) {
			await this.#flush('durable');
		}
		await this.#log?.close();
	}

	async #flush(durability: Durability): Promise<void> {
		try {
			this.#log ??= await this.#openLog();
			await this.#log.append(this.#backlog, durability);
			this.#backlog = [];
		} catch (error) {
			if (error instanceof SessionTakenError) {
				throw error;
			}
			// A full or broken disk: the session goes on in memory, and says so by `isSaved`.
			this.#failure = error;
		}
	}
}
