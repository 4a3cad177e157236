import type { Clock } from '../../agent/clock.ts';
import { ModelError } from '../../agent/model.ts';
import { stopped } from '../failure/stopped.ts';

/** How long nothing may come, in milliseconds. Only time spent waiting for the network counts, never a slow reader. */
export interface SilenceLimits {
	/** Until the headers. The service sends them at once and keep-alive comments after them. */
	readonly firstByteMs: number;
	/** Without any byte, comments included: the connection is dead. */
	readonly idleByteMs: number;
	/** Comments only: the service lives but no provider answers. Long, because some models think hidden for minutes. */
	readonly idleDataMs: number;
}

/**
 * Comments come every second or so, so a minute without one means a dead connection. A model that thinks without
 * showing it sends comments alone: two minutes, as for the first byte, would cut answers that are paid for already.
 */
export const DEFAULT_LIMITS: SilenceLimits = { firstByteMs: 120_000, idleByteMs: 60_000, idleDataMs: 300_000 };

/** Ends a wait that lasts too long. One per request. */
export class Watchdog {
	readonly #clock: Clock;
	readonly #limits: SilenceLimits;
	readonly #signal: AbortSignal;
	/** Time waited since the last data event. */
	#waitedMs = 0;
	#hasHeaders = false;

	constructor(clock: Clock, limits: SilenceLimits, signal: AbortSignal) {
		this.#clock = clock;
		this.#limits = limits;
		this.#signal = signal;
	}

	sawHeaders(): void {
		this.#hasHeaders = true;
	}

	sawData(): void {
		this.#waitedMs = 0;
	}

	/** A timer of the same clock. */
	after(ms: number, callback: () => void): () => void {
		return this.#clock.schedule(ms, callback);
	}

	/**
	 * Waits for the next piece. Rejects at once when the signal fires, also if the network does not react to it.
	 * @throws ModelError `silent` past the limit, `aborted` when the signal fired.
	 */
	wait<T>(piece: Promise<T>): Promise<T> {
		const { firstByteMs, idleByteMs, idleDataMs } = this.#limits;
		const limitMs = this.#hasHeaders ? Math.max(0, Math.min(idleByteMs, idleDataMs - this.#waitedMs)) : firstByteMs;
		const startedAt = this.#clock.monotonic();
		return new Promise((resolve, reject) => {
			const stop = () => finish(() => reject(stopped(this.#signal)));
			const cancel = this.#clock.schedule(limitMs, () => finish(() => reject(this.#silence(limitMs))));
			const finish = (settle: () => void) => {
				cancel();
				this.#signal.removeEventListener('abort', stop);
				if (this.#hasHeaders) {
					this.#waitedMs += this.#clock.monotonic() - startedAt;
				}
				settle();
			};
			this.#signal.addEventListener('abort', stop);
			piece.then(
				value => finish(() => resolve(value)),
				error => finish(() => reject(this.#signal.aborted ? stopped(this.#signal) : error)),
			);
			if (this.#signal.aborted) {
				stop();
			}
		});
	}

	#silence(limitMs: number): ModelError {
		const seconds = Math.round((limitMs < this.#limits.idleByteMs ? this.#limits.idleDataMs : limitMs) / 1000);
		return new ModelError('silent', `Nothing has come for ${seconds} s.`, { isRetryable: true });
	}
}
