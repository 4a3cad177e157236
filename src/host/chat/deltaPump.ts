import type { TranscriptDelta } from '../../protocol/transcript.ts';

/** One frame in milliseconds: a page is told of changes at most this often. */
const FRAME = 25;

/**
 * Gathers deltas for a frame and hands them on together. Neighbouring texts of one item become one, so what a page
 * gets depends on the time that passed and not on how finely the model streams.
 */
export class DeltaPump {
	readonly #flushTo: (deltas: readonly TranscriptDelta[]) => void;
	#waiting: TranscriptDelta[] = [];
	#timer: ReturnType<typeof setTimeout> | undefined;

	constructor(flushTo: (deltas: readonly TranscriptDelta[]) => void) {
		this.#flushTo = flushTo;
	}

	add(deltas: readonly TranscriptDelta[]): void {
		for (const delta of deltas) {
			const last = this.#waiting.at(-1);
			if (delta.type === 'append' && last?.type === 'append' && last.index === delta.index) {
				this.#waiting[this.#waiting.length - 1] = { ...last, text: last.text + delta.text };
			} else {
				this.#waiting.push(delta);
			}
		}
		if (this.#waiting.length > 0) {
			this.#timer ??= setTimeout(() => this.flush(), FRAME);
		}
	}

	/** Hands on what waits, at once. */
	flush(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		const deltas = this.#waiting;
		this.#waiting = [];
		if (deltas.length > 0) {
			this.#flushTo(deltas);
		}
	}

	/** Forgets what waits: a snapshot holds it already. */
	clear(): void {
		clearTimeout(this.#timer);
		this.#timer = undefined;
		this.#waiting = [];
	}
}
