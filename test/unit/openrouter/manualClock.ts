import type { Clock } from '../../../src/agent/clock.ts';

interface Timer {
	readonly at: number;
	readonly ms: number;
	readonly callback: () => void;
}

/** A clock that a test moves. */
export class ManualClock implements Clock {
	#elapsed = 0;
	readonly #startedAt: number;
	readonly #timers = new Set<Timer>();
	readonly #waiting: { readonly ms: number; readonly resolve: () => void }[] = [];

	/** @param startedAt milliseconds since 1970. */
	constructor(startedAt = 1_795_219_200_000) {
		this.#startedAt = startedAt;
	}

	now(): number {
		return this.#startedAt + this.#elapsed;
	}

	monotonic(): number {
		return this.#elapsed;
	}

	schedule(ms: number, callback: () => void): () => void {
		const timer = { at: this.#elapsed + ms, ms, callback };
		this.#timers.add(timer);
		for (const waiting of this.#waiting.filter(({ ms: wanted }) => wanted === ms)) {
			waiting.resolve();
		}
		return () => this.#timers.delete(timer);
	}

	/** Resolves once somebody waits for exactly `ms`. */
	async scheduled(ms: number): Promise<void> {
		if (![...this.#timers].some(timer => timer.ms === ms)) {
			await new Promise<void>(resolve => this.#waiting.push({ ms, resolve }));
		}
	}

	/** Moves time on and runs what is due, in order. */
	advance(ms: number): void {
		const end = this.#elapsed + ms;
		for (;;) {
			const due = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
			if (due === undefined) {
				break;
			}
			this.#timers.delete(due);
			this.#elapsed = due.at;
			due.callback();
		}
		this.#elapsed = end;
	}
}
