/** Ctrl-C and its kin: the first one ends the work cleanly, the second one ends the process. */
import { type ExitCode, exitCodes } from './exitCodes.ts';

const SIGNALS = {
	SIGINT: exitCodes.interrupted,
	SIGTERM: exitCodes.terminated,
	/** The terminal was closed. */
	SIGHUP: exitCodes.terminated,
} as const;

/** What the end may take that is asked for twice. */
const CLEAN_UP_MS = 3_000;

/** @param listener called at each of the signals. */
type Subscribe = (signal: keyof typeof SIGNALS, listener: () => void) => void;

export class Stopper {
	readonly #subscribe: Subscribe;
	readonly #exit: (code: ExitCode) => void;
	readonly #controller = new AbortController();
	readonly #cleanUps = new Set<() => Promise<void>>();
	#exitCode: ExitCode | undefined;
	#isEnding = false;

	/** @param exit ends the process. */
	constructor(subscribe: Subscribe, exit: (code: ExitCode) => void = code => process.exit(code)) {
		this.#subscribe = subscribe;
		this.#exit = exit;
	}

	/** Begins to listen. The process then no longer ends by itself at a signal. @param onFirst may say what happens. */
	listen(onFirst: () => void): void {
		for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
			const code = SIGNALS[name];
			this.#subscribe(name, () => {
				if (this.#exitCode !== undefined) {
					return void this.#endProcess(code);
				}
				onFirst();
				this.stop(code);
			});
		}
	}

	/**
	 * Says what must not be left behind even when the process is ended at once, such as commands that run.
	 * @param cleanUp gets three seconds at most.
	 * @returns a function that takes it back.
	 */
	beforeEnd(cleanUp: () => Promise<void>): () => void {
		this.#cleanUps.add(cleanUp);
		return () => void this.#cleanUps.delete(cleanUp);
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

	/** The second signal; a third one does not wait for anything. */
	async #endProcess(code: ExitCode): Promise<void> {
		if (!this.#isEnding) {
			this.#isEnding = true;
			const late = new Promise<void>(done => setTimeout(done, CLEAN_UP_MS));
			const cleaned = Promise.allSettled([...this.#cleanUps].map(cleanUp => cleanUp()));
			await Promise.race([cleaned, late]);
		}
		this.#exit(code);
	}
}
