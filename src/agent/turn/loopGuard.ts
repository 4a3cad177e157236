/** What to make of a result that may be one too many of its kind. */
export type Repetition = 'fresh' | 'hint' | 'stop';

const HINT_AT = 3;
const STOP_AT = 5;
/** Responses in a row whose call of one tool could not be read. */
const STOP_AT_UNREADABLE = 3;

/**
 * Notices a model that runs in circles: the same call with the same result in response after response. What counts
 * are responses, so several equal calls within one are not yet a loop, and calls that alternate do not hide one.
 */
export class LoopGuard {
	#before = new Map<string, number>();
	#now = new Map<string, number>();

	/** Called before the calls of each response. */
	beginResponse(): void {
		this.#before = this.#now;
		this.#now = new Map();
	}

	/** @param result the text for the model, before any hint was added. */
	observe(name: string, argumentText: string, result: string): Repetition {
		const count = this.#count(JSON.stringify([name, argumentText, result]));
		return count >= STOP_AT ? 'stop' : count >= HINT_AT ? 'hint' : 'fresh';
	}

	/** Counts arguments that could not be read, whatever was wrong with them. */
	observeUnreadable(name: string): Repetition {
		return this.#count(JSON.stringify([name])) >= STOP_AT_UNREADABLE ? 'stop' : 'fresh';
	}

	#count(key: string): number {
		const count = (this.#before.get(key) ?? 0) + 1;
		this.#now.set(key, count);
		return count;
	}
}

export const LOOP_HINT =
	'[This call has now brought the same result several times. Do something else, or tell the user what stands in the way.]';
