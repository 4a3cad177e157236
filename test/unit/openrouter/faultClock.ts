import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '../../../src/agent/clock.ts';

/** From here on a wait is patience with a connection, not a pause between two questions. */
const PATIENCE_MS = 60_000;
/** Nothing in these tests lasts this long by itself. */
const HANG_MS = 20_000;

/** Time that passes when the test says so. */
export class FaultClock implements Clock {
	readonly #waiting = new Map<object, { readonly ms: number; readonly callback: () => void }>();
	/** Whether pauses pass at once. */
	isHurried = false;

	now(): number {
		return 1_795_219_200_000;
	}

	monotonic(): number {
		return 0;
	}

	schedule(ms: number, callback: () => void): () => void {
		const waiting = {};
		this.#waiting.set(waiting, { ms, callback });
		if (this.isHurried && ms < PATIENCE_MS) {
			void setImmediate().then(() => this.#end(waiting));
		}
		return () => this.#waiting.delete(waiting);
	}

	/** Ends all patience with silent connections. */
	loseTemper(): void {
		this.#endThose(ms => ms >= PATIENCE_MS);
	}

	passPauses(): void {
		this.#endThose(ms => ms < PATIENCE_MS);
	}

	#endThose(isDue: (ms: number) => boolean): void {
		for (const [waiting, { ms }] of this.#waiting) {
			if (isDue(ms)) {
				this.#end(waiting);
			}
		}
	}

	#end(waiting: object): void {
		const { callback } = this.#waiting.get(waiting) ?? {};
		this.#waiting.delete(waiting);
		callback?.();
	}
}

/** Fails where something never ends, rather than hang with it. */
export async function unhung<Value>(work: Promise<Value>, what: string): Promise<Value> {
	const late = new AbortController();
	const { signal } = late;
	try {
		return await Promise.race([
			work,
			sleep(HANG_MS, undefined, { signal }).then(() => Promise.reject(new Error(`It waits for ${what}.`))),
		]);
	} finally {
		late.abort();
	}
}

/** Lets the event loop go round so often. */
export async function rounds(count: number): Promise<void> {
	for (let made = 0; made < count; made++) {
		await setImmediate();
	}
}
