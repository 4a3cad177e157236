import type { SessionEvent } from '../events.ts';
import type { Durability } from './log.ts';

interface Waiting {
	readonly events: readonly SessionEvent[];
	readonly durability: Durability;
	resolve(): void;
	reject(error: unknown): void;
}

/** Puts appends in line for a journal: one write at a time, what arrives meanwhile goes out together in the next. */
export class AppendQueue {
	readonly #write: (events: readonly SessionEvent[], durability: Durability) => Promise<void>;
	#waiting: Waiting[] = [];
	#writing: Promise<void> | undefined;

	/** @param write writes all or none of the events; when it throws, so do the appends that wanted them. */
	constructor(write: (events: readonly SessionEvent[], durability: Durability) => Promise<void>) {
		this.#write = write;
	}

	append(events: readonly SessionEvent[], durability: Durability): Promise<void> {
		return new Promise((resolve, reject) => {
			this.#waiting.push({ events, durability, resolve, reject });
			this.#writing ??= this.#writeAll();
		});
	}

	/** Resolves when all that was asked for so far was tried. */
	async whenIdle(): Promise<void> {
		await this.#writing;
	}

	async #writeAll(): Promise<void> {
		while (this.#waiting.length > 0) {
			const batch = this.#waiting;
			this.#waiting = [];
			const isDurable = batch.some(({ durability }) => durability === 'durable');
			try {
				const events = batch.flatMap(append => append.events);
				await this.#write(events, isDurable ? 'durable' : 'buffered');
				for (const { resolve } of batch) {
					resolve();
				}
			} catch (error) {
				for (const { reject } of batch) {
					reject(error);
				}
			}
		}
		this.#writing = undefined;
	}
}
