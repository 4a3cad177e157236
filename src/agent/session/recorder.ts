import type { Clock } from '../clock.ts';
import type { SessionEvent } from '../events.ts';
import { type Durability, SessionTakenError, type StoredEvent } from './log.ts';
import type { SessionWriter } from './sessionWriter.ts';

export interface RecorderOptions {
	/** Absent while another window holds the session. */
	readonly writer: SessionWriter | undefined;
	/** What is stored already. */
	readonly stored: readonly StoredEvent[];
	readonly clock: Pick<Clock, 'now'>;
	/** Takes each event in, the stored ones included, in order and before anybody is told. */
	fold(stored: StoredEvent): void;
	/** The event is stored and folded. */
	onRecorded(stored: StoredEvent): void;
	/** The session became saved or unsaved, or was taken by another window. */
	onChanged(): void;
}

/**
 * A session's events on their way: each is handed to the store, then folded, then told, in that order and one by one.
 * What was decided, and what is about to have an effect, is on disk by then.
 */
export class Recorder {
	readonly #options: RecorderOptions;
	readonly #events: StoredEvent[] = [];
	readonly #generation: number;
	#writer: SessionWriter | undefined;
	/** The last record asked for; each waits for the one before. */
	#recorded: Promise<void> = Promise.resolve();

	constructor(options: RecorderOptions) {
		this.#options = options;
		this.#writer = options.writer;
		this.#generation = options.stored.reduce((newest, { generation }) => Math.max(newest, generation), 0) + 1;
		for (const stored of options.stored) {
			this.#fold(stored);
		}
		void options.writer?.taken.then(() => this.#lose());
	}

	/** All events so far. */
	get events(): readonly StoredEvent[] {
		return this.#events;
	}

	/** Another window has the session: it can be read, not continued. */
	get isReadOnly(): boolean {
		return this.#writer === undefined;
	}

	/** False while the disk does not take the events: they are kept in memory. */
	get isSaved(): boolean {
		return this.#writer?.isSaved ?? true;
	}

	/** Why the session is not saved. */
	get saveFailure(): unknown {
		return this.#writer?.failure;
	}

	/**
	 * Stores, folds and tells an event, after all that were asked for before it.
	 * @throws SessionTakenError when another window took the session: the event was neither stored nor folded. Events
	 * recorded after that are folded and told, not stored.
	 */
	record(event: SessionEvent): Promise<void> {
		const recording = this.#recorded.then(async () => {
			const wasSaved = this.isSaved;
			try {
				await this.#writer?.write(event, durabilityOf(event));
			} catch (error) {
				this.#lose();
				throw error;
			}
			const sequence = (this.#events.at(-1)?.sequence ?? -1) + 1;
			const stored = { sequence, generation: this.#generation, at: this.#options.clock.now(), event };
			this.#fold(stored);
			this.#options.onRecorded(stored);
			if (wasSaved !== this.isSaved) {
				this.#options.onChanged();
			}
		});
		this.#recorded = recording.catch(() => {
			// The caller gets it; later records only need the order.
		});
		return recording;
	}

	/** Writes what is left and gives the session free. */
	async close(): Promise<void> {
		await this.#recorded;
		const writer = this.#writer;
		this.#writer = undefined;
		try {
			await writer?.close();
		} catch (error) {
			// Taken: then it is not ours to close.
			if (!(error instanceof SessionTakenError)) {
				throw error;
			}
		}
	}

	/** The log is another window's from now on. */
	#lose(): void {
		if (this.#writer !== undefined) {
			this.#writer = undefined;
			this.#options.onChanged();
		}
	}

	#fold(stored: StoredEvent): void {
		this.#options.fold(stored);
		this.#events.push(stored);
	}
}

/**
 * What was decided or is about to have an effect must be on disk first: a tool records each `change` before it makes it.
 * The rest is written at once too, in order, so that it survives the death of this process; only the power failing
 * between two durable events can take it, and reading can be done again.
 */
function durabilityOf(event: SessionEvent): Durability {
	switch (event.type) {
		case 'text':
		case 'reasoning':
		case 'retry':
		case 'leftOut':
		case 'served':
		case 'requestStart':
		case 'response':
		case 'approvalAsked':
		case 'innerCalls':
		case 'delegated':
		case 'delegateSpent':
		case 'toolStart':
		case 'toolEnd':
		// The file shows it, and a restore records many in a row.
		case 'undone':
			return 'buffered';
		default:
			return 'durable';
	}
}
