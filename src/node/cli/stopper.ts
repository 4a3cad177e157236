/** Ctrl-C and its kin: the first one ends the work cleanly, the second one ends the process. */
import { type ExitCode, exitCodes } from './exitCodes.ts';

const SIGNALS = {
	SIGINT: exitCodes.interrupted,
	SIGTERM: exitCodes.terminated,
	/** The terminal was closed. */
	SIGHUP: exitCodes.terminated,
} as const;

/** @param listener called at each of the signals. */
type Subscribe = (signal: keyof typeof SIGNALS, listener: () => void) => void;

export class Stopper {
	readonly #subscribe: Subscribe;
	readonly #controller = new AbortController();
	#exitCode: ExitCode | undefined;

	constructor(subscribe: Subscribe) {
		this.#subscribe = subscribe;
	}

	/** Begins to listen. The process then no longer ends by itself at a signal. @param onFirst may say what happens. */
	listen(onFirst: () => void): void {
		for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			const code = SIGNALS[name];
			this.#subscribe(name, () => {
				if (this.#exitCode !== undefined) {
					process.exit(code);
				}
				onFirst();
				this.stop(code);
			});
		}
	}

	/** Fires at the first signal. */
	get signal(): AbortSignal {
		return this.#controller.signal;
	}

	/** With what the process ends because of it. */
	get exitCode(): ExitCode | undefined {
		return this.#exitCode;
	}

	stop(exitCode: ExitCode): void {
		this.#exitCode ??= exitCode;
		this.#controller.abort();
	}
}
