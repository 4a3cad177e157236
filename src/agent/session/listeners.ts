import type { Subscription } from './sessionOptions.ts';

/** Who is called back. One that throws harms neither the caller nor the others. */
export class Listeners<Value> {
	readonly #onBug: (error: unknown) => void;
	readonly #listeners = new Set<(value: Value) => void>();

	constructor(onBug: (error: unknown) => void) {
		this.#onBug = onBug;
	}

	add(listener: (value: Value) => void): Subscription {
		this.#listeners.add(listener);
		return { dispose: () => this.#listeners.delete(listener) };
	}

	tell(value: Value): void {
		for (const listener of this.#listeners) {
			try {
				listener(value);
			} catch (error) {
				this.#onBug(error);
			}
		}
	}
}
