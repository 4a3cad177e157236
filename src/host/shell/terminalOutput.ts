import type { OutputExcerpt, OutputPage } from '../../agent/shellPort.ts';
import { TerminalText } from '../../tools/terminalText.ts';

/** Bytes of an excerpt's beginning and of its end. */
const HALF = 15_000;
/** Bytes kept of one output from its beginning; of what is more, the end alone. */
const MAX_KEPT = 4 * 1024 * 1024;
/** A page ends with a line where one ends in its last part. */
const LINE_SHARE = 0.5;

/** What a command printed to a terminal, as text, in memory. Positions count bytes of UTF-8. */
export class TerminalOutput {
	readonly #text = new TerminalText();
	readonly #encoder = new TextEncoder();
	readonly #decoder = new TextDecoder();
	#kept = new Uint8Array(HALF);
	#keptLength = 0;
	/** The last bytes, when not all are kept. */
	#tail = new Uint8Array();
	#end = 0;
	#isOver = false;

	/** Behind what is final so far. */
	get end(): number {
		return this.#end;
	}

	get openLine(): string {
		return this.#isOver ? '' : this.#text.openLine;
	}

	/** @returns what is final by now. */
	write(data: string): string {
		const final = this.#text.write(data);
		this.#append(final);
		return final;
	}

	/** Nothing more comes. @returns what was open. */
	finish(): string {
		const final = this.#text.end();
		this.#isOver = true;
		this.#append(final);
		return final;
	}

	excerpt(): OutputExcerpt {
		const { end, openLine } = this;
		if (end <= 2 * HALF) {
			return { head: this.#decoder.decode(this.#kept.subarray(0, end)), tail: '', end, openLine };
		}
		const from = boundary(this.#kept, HALF);
		const tail = this.#last(HALF);
		return {
			head: this.#decoder.decode(this.#kept.subarray(0, from)),
			gap: { from, bytes: end - from - tail.length },
			tail: this.#decoder.decode(tail),
			...{ end, openLine },
			...(end > this.#keptLength && { lostFrom: this.#keptLength }),
		};
	}

	read(from: number, count: number): OutputPage {
		const tailFrom = this.#end - this.#tail.length;
		const isLost = from >= this.#keptLength && from < tailFrom;
		const start = Math.min(isLost ? tailFrom : from, this.#end);
		const [bytes, offset] = start < this.#keptLength ? [this.#kept, 0] : [this.#tail, tailFrom];
		const length = offset === 0 ? this.#keptLength : this.#tail.length;
		const page = cut(
			bytes.subarray(start - offset, Math.min(start - offset + count, length)),
			start + count < this.#end,
		);
		const next = start + page.length;
		const isEnd = next >= this.#end;
		return {
			text: this.#decoder.decode(page),
			next,
			isEnd,
			openLine: isEnd ? this.openLine : '',
			lostBytes: isLost ? tailFrom - from : 0,
		};
	}

	#append(text: string): void {
		const bytes = this.#encoder.encode(text);
		const fitting = boundary(bytes, MAX_KEPT - this.#keptLength);
		// What comes behind a gap belongs to the tail, however small.
		if (this.#keptLength === this.#end && fitting > 0) {
			this.#keep(bytes.subarray(0, fitting));
		}
		this.#end += bytes.length;
		if (this.#end > this.#keptLength) {
			const joined = new Uint8Array(this.#tail.length + bytes.length);
			joined.set(this.#tail);
			joined.set(bytes, this.#tail.length);
			this.#tail = joined.slice(ending(joined, HALF));
		}
	}

	#keep(bytes: Uint8Array): void {
		const length = this.#keptLength + bytes.length;
		if (length > this.#kept.length) {
			const larger = new Uint8Array(Math.min(MAX_KEPT, Math.max(length, 2 * this.#kept.length)));
			larger.set(this.#kept.subarray(0, this.#keptLength));
			this.#kept = larger;
		}
		this.#kept.set(bytes, this.#keptLength);
		this.#keptLength = length;
	}

	#last(count: number): Uint8Array {
		if (this.#end > this.#keptLength) {
			return this.#tail;
		}
		const all = this.#kept.subarray(0, this.#keptLength);
		return all.subarray(ending(all, count));
	}
}

/** The last place up to `at` where no character is cut. */
function boundary(bytes: Uint8Array, at: number): number {
	let place = Math.max(0, Math.min(at, bytes.length));
	while (place > 0 && isInside(bytes, place)) {
		place--;
	}
	return place;
}

/** Where the last `count` bytes begin, no character cut. */
function ending(bytes: Uint8Array, count: number): number {
	let place = Math.max(0, bytes.length - count);
	while (isInside(bytes, place)) {
		place++;
	}
	return place;
}

/** Whether a character goes on at this place. */
function isInside(bytes: Uint8Array, place: number): boolean {
	return ((bytes[place] ?? 0) & 0xc0) === 0x80;
}

/** @param hasMore something follows, so that a line may be left for the next page. */
function cut(bytes: Uint8Array, hasMore: boolean): Uint8Array {
	if (!hasMore) {
		return bytes;
	}
	const line = bytes.lastIndexOf(0x0a) + 1;
	if (line > bytes.length * LINE_SHARE) {
		return bytes.subarray(0, line);
	}
	let end = bytes.length;
	// The last character may be cut: it begins where its first byte stands.
	while (end > 1 && isInside(bytes, end - 1)) {
		end--;
	}
	const first = bytes[end - 1] ?? 0;
	const needed = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
	return bytes.subarray(0, end - 1 + needed <= bytes.length ? bytes.length : end - 1);
}
