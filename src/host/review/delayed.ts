import type { Clock } from '../../agent/clock.ts';

/** A step that is done a little later, once for all who ask for it meanwhile. */
export class Delayed {
	readonly #clock: Clock;
	readonly #run: () => void;
	#cancel: (() => void) | undefined;

	constructor(clock: Clock, run: () => void) {
		this.#clock = clock;
		this.#run = run;
	}

	/** Does it after `ms` milliseconds in which nobody asked again. */
	after(ms: number): void {
		this.#cancel?.();
		this.#cancel = this.#clock.schedule(ms, () => {
			this.#cancel = undefined;
			this.#run();
		});
	}

	/** Does it `ms` milliseconds after the first who asked: also where somebody asks all the time. */
	within(ms: number): void {
		if (this.#cancel === undefined) {
			this.after(ms);
		}
	}

	dispose(): void {
		this.#cancel?.();
		this.#cancel = undefined;
	}
}
