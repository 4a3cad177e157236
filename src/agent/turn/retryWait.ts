import { abortable } from '../abortable.ts';
import type { Clock } from '../clock.ts';

/** The longest delay that timers take, in milliseconds. */
const LONGEST_TIMER = 2 ** 31 - 1;

/** The wait before a request is made again. Ends early when the user says so, or by the signal. */
export class RetryWait {
	readonly #clock: Clock;
	#skip: (() => void) | undefined;

	constructor(clock: Clock) {
		this.#clock = clock;
	}

	/** Whether something waits. */
	get isWaiting(): boolean {
		return this.#skip !== undefined;
	}

	/** Ends the wait. @returns false when nothing waits. */
	skip(): boolean {
		const skip = this.#skip;
		skip?.();
		return skip !== undefined;
	}

	/** @throws what the signal was fired with. */
	async wait(ms: number, signal: AbortSignal): Promise<void> {
		let cancel: (() => void) | undefined;
		const over = new Promise<void>(resolve => {
			this.#skip = resolve;
			const until = this.#clock.monotonic() + ms;
			const step = () => {
				const left = until - this.#clock.monotonic();
				if (left <= 0) {
					resolve();
				} else {
					cancel = this.#clock.schedule(Math.min(left, LONGEST_TIMER), step);
				}
			};
			step();
		});
		try {
			await abortable(over, signal);
		} finally {
			cancel?.();
			this.#skip = undefined;
		}
	}
}
