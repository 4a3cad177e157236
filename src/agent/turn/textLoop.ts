/** UTF-16 units. A piece longer than this is not noticed as one that repeats. */
const MAX_PIECE = 1_500;
/** UTF-16 units that must stand in the text before for a repetition to be suspected. */
const PROBE = 64;
/** UTF-16 units between two looks while nothing repeats. */
const PAUSE = 256;
/** A piece shorter than this is a rule, padding or zeros rather than words. */
const WORDY = 16;

/** How much of a repetition is too much. Lengths in UTF-16 units. */
interface Limit {
	readonly repeats: number;
	readonly length: number;
}

/** Tables, logs, lists and drawings repeat by lines; zeros and rules repeat in small pieces. Nobody writes so many. */
const LINES: Limit = { repeats: 400, length: 20_000 };
/** Words that repeat without ever beginning a new line. */
const WITHIN_LINE: Limit = { repeats: 150, length: 8_000 };
/** Long pieces, such as whole paragraphs. */
const LONG: Limit = { repeats: 40, length: 60_000 };

/**
 * Notices a model that writes the same piece of text again and again without end. Only what repeats to the letter
 * counts, so a table, a list or a log whose lines differ in a single character is never taken for it.
 *
 * Looks for the newest units a second time in what stands before them; their distance is the length of the piece, and
 * from there on each unit is compared with the one that far before it. Where that fails, the next look includes the
 * place where it failed, so pieces which repeat within a piece do not hide it. Constant memory, and a constant number of
 * steps for each unit.
 */
export class TextLoop {
	/** The newest units, with room to go on before they are moved to the front. */
	readonly #tail = new Uint16Array(8 * MAX_PIECE);
	#end = 0;
	#sinceLook = 0;
	#wait = PROBE;
	/** Length of the piece that seems to repeat; 0 when none does. */
	#piece = 0;
	#limit = LINES;
	/** Units up to here that repeat the piece, its first copy included. */
	#run = 0;

	/** @returns whether the text, with this behind it, repeats without end. */
	add(delta: string): boolean {
		for (let at = 0; at < delta.length; at++) {
			this.#append(delta.charCodeAt(at));
			if (this.#piece > 0 && this.#isEndless()) {
				return true;
			}
		}
		return false;
	}

	#append(unit: number): void {
		if (this.#end === this.#tail.length) {
			const kept = MAX_PIECE + PROBE;
			this.#tail.copyWithin(0, this.#end - kept);
			this.#end = kept;
		}
		const repeats = this.#piece > 0 && this.#tail[this.#end - this.#piece] === unit;
		this.#tail[this.#end++] = unit;
		this.#sinceLook++;
		if (repeats) {
			this.#run++;
			return;
		}
		if (this.#piece > 0) {
			this.#piece = 0;
			this.#wait = PROBE;
		}
		if (this.#sinceLook >= this.#wait) {
			this.#look();
		}
	}

	#look(): void {
		this.#sinceLook = 0;
		const farthest = Math.min(MAX_PIECE, this.#end - PROBE);
		for (let distance = 1; distance <= farthest; distance++) {
			if (this.#standsBefore(distance)) {
				this.#piece = distance;
				this.#run = PROBE + distance;
				this.#limit = distance >= WORDY && !this.#hasLineEnd(distance) ? WITHIN_LINE : LINES;
				return;
			}
		}
		this.#wait = PAUSE;
	}

	#standsBefore(distance: number): boolean {
		for (let at = this.#end - 1; at >= this.#end - PROBE; at--) {
			if (this.#tail[at] !== this.#tail[at - distance]) {
				return false;
			}
		}
		return true;
	}

	#hasLineEnd(piece: number): boolean {
		const newest = this.#tail.subarray(this.#end - piece, this.#end);
		return newest.includes(0x0a) || newest.includes(0x0d);
	}

	#isEndless(): boolean {
		const run = this.#run;
		const repeats = run / this.#piece;
		const passes = (limit: Limit) => run >= limit.length && repeats >= limit.repeats;
		return passes(this.#limit) || passes(LONG);
	}
}
