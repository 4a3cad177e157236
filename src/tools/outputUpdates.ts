import type { Clock } from '../agent/clock.ts';
import type { OutputUpdate } from '../agent/shellPort.ts';

/** 20 a second: more than a reader sees, and what a card can draw beside everything else. */
const INTERVAL_MS = 50;
/** Of one update; more would be scrolled away unseen. */
const MAX_CHARACTERS = 8_000;

/** Hands output on in updates that are not too many and not too long. */
export class OutputUpdates {
	readonly #hand: (update: OutputUpdate) => void;
	readonly #clock: Pick<Clock, 'monotonic' | 'schedule'>;
	readonly #openLine: () => string;
	#text = '';
	#skipped = 0;
	#shownLine = '';
	#last = Number.NEGATIVE_INFINITY;
	#cancel: (() => void) | undefined;

	/** @param openLine gives the line that may still change. */
	constructor(
		hand: (update: OutputUpdate) => void,
		clock: Pick<Clock, 'monotonic' | 'schedule'>,
		openLine: () => string,
	) {
		this.#hand = hand;
		this.#clock = clock;
		this.#openLine = openLine;
	}

	/** @param text may be empty when only the open line changed. */
	add(text: string): void {
		this.#text += text;
		if (this.#text.length > 2 * MAX_CHARACTERS) {
			this.#shorten();
		}
		if (this.#cancel !== undefined) {
			return;
		}
		const wait = this.#last + INTERVAL_MS - this.#clock.monotonic();
		if (wait <= 0) {
			this.flush();
			return;
		}
		this.#cancel = this.#clock.schedule(wait, () => this.flush());
	}

	/** Hands on what waits, if anything does. */
	flush(): void {
		this.#cancel?.();
		this.#cancel = undefined;
		this.#shorten();
		const openLine = this.#openLine();
		if (this.#text === '' && this.#skipped === 0 && openLine === this.#shownLine) {
			return;
		}
		const update = { text: this.#text, skipped: this.#skipped, openLine };
		this.#text = '';
		this.#skipped = 0;
		this.#shownLine = openLine;
		this.#last = this.#clock.monotonic();
		this.#hand(update);
	}

	#shorten(): void {
		const tooMany = this.#text.length - MAX_CHARACTERS;
		if (tooMany > 0) {
			this.#skipped += tooMany;
			this.#text = this.#text.slice(tooMany);
		}
	}
}
