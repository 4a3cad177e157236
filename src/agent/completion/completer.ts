import type { Clock } from '../clock.ts';
import { type Message, ModelError } from '../model.ts';
import { type CompletionAnswer, cleanCompletion } from './cleanCompletion.ts';
import { CompletionCache } from './completionCache.ts';
import { type CompletionExtent, type CompletionPlace, extentAt } from './completionPlace.ts';
import { completionMessages } from './completionPrompt.ts';

export interface CompleterOptions {
	readonly clock: Clock;
	/** Asks the model. @throws ModelError */
	readonly ask: (
		messages: readonly Message[],
		extent: CompletionExtent,
		signal: AbortSignal,
	) => Promise<CompletionAnswer>;
	/** Called when `state` is another. */
	readonly onState: (state: CompleterState) => void;
}

export type CompleterState =
	| { readonly type: 'ready' }
	| { readonly type: 'working' }
	/** Nothing is asked unless the user wants it, until a while has passed or `resume` is called. */
	| { readonly type: 'paused'; readonly failure: ModelError };

/** After the last key. Less than that is between two keys of a quick typist. */
const DEBOUNCE_MS = 250;
/** After a failure of which nothing is known; doubled with each that follows it. */
const PAUSE_MS = 15_000;
const LONGEST_PAUSE_MS = 5 * 60_000;

/** Suggests what comes next at a cursor: from what was suggested before, or by asking the model once the typing rests. */
export class Completer {
	readonly #options: CompleterOptions;
	readonly #cache = new CompletionCache();
	#running = 0;
	#failures = 0;
	#pause: ModelError | undefined;
	#endPause: (() => void) | undefined;

	constructor(options: CompleterOptions) {
		this.#options = options;
	}

	get state(): CompleterState {
		if (this.#running > 0) {
			return { type: 'working' };
		}
		return this.#pause === undefined ? { type: 'ready' } : { type: 'paused', failure: this.#pause };
	}

	/**
	 * The text to insert; undefined where there is none. What goes wrong is in `state`, and is not thrown.
	 * @param isExplicit the user asked for it: at once, also in a pause and at places where nothing is suggested unasked.
	 * @param signal fires when the user types on.
	 */
	async complete(place: CompletionPlace, isExplicit: boolean, signal: AbortSignal): Promise<string | undefined> {
		const known = this.#cache.find(place);
		if (known !== undefined && (known !== '' || !isExplicit)) {
			return known || undefined;
		}
		const extent = extentAt(place, isExplicit);
		if (extent === undefined || (this.#pause !== undefined && !isExplicit)) {
			return undefined;
		}
		if (!isExplicit && !(await this.#rest(signal))) {
			return undefined;
		}
		return signal.aborted ? undefined : this.#ask(place, extent, signal);
	}

	/** Ends a pause: what kept from asking may be over. */
	resume(): void {
		this.#failures = 0;
		this.#setPause(undefined);
	}

	/** Forgets what was suggested, as by another model. */
	forget(): void {
		this.#cache.clear();
	}

	dispose(): void {
		this.#endPause?.();
	}

	async #ask(place: CompletionPlace, extent: CompletionExtent, signal: AbortSignal): Promise<string | undefined> {
		this.#running++;
		this.#tell();
		try {
			const answer = await this.#options.ask(completionMessages(place, extent), extent, signal);
			this.#failures = 0;
			this.#setPause(undefined);
			const text = cleanCompletion(answer, place, extent);
			this.#cache.add(place, text);
			return text || undefined;
		} catch (error) {
			if (signal.aborted) {
				return undefined;
			}
			if (!(error instanceof ModelError)) {
				throw error;
			}
			this.#failures++;
			this.#setPause(error);
			return undefined;
		} finally {
			this.#running--;
			this.#tell();
		}
	}

	/** @returns false when the signal fired first. */
	#rest(signal: AbortSignal): Promise<boolean> {
		return new Promise(resolve => {
			if (signal.aborted) {
				resolve(false);
				return;
			}
			const stop = () => {
				cancel();
				resolve(false);
			};
			const cancel = this.#options.clock.schedule(DEBOUNCE_MS, () => {
				signal.removeEventListener('abort', stop);
				resolve(true);
			});
			signal.addEventListener('abort', stop, { once: true });
		});
	}

	#setPause(failure: ModelError | undefined): void {
		this.#endPause?.();
		this.#endPause = undefined;
		this.#pause = undefined;
		if (failure !== undefined) {
			const { clock } = this.#options;
			const ms = pauseOf(failure, this.#failures);
			this.#pause = failure;
			this.#endPause = clock.schedule(ms, () => this.#setPause(undefined));
		}
		this.#tell();
	}

	#tell(): void {
		this.#options.onState(this.state);
	}
}

/** As long as the service asks, or longer with each failure. What only the user can mend is not tried again soon. */
function pauseOf({ kind, fields }: ModelError, failures: number): number {
	const isForUser =
		fields.isRetryable === false || ['auth', 'credits', 'keyLimit', 'budget', 'freeQuota'].includes(kind);
	const growing = Math.min(PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
	return Math.max(fields.retryAfterMs ?? 0, isForUser ? LONGEST_PAUSE_MS : growing);
}
