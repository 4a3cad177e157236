import { sliceWhole } from '../limitText.ts';

export interface TextPart {
	readonly text: string;
	/** Where the next part starts, in characters; undefined at the end. */
	readonly next: number | undefined;
}

/** A part ends with a line where one ends in this last share of it. */
const LAST_SHARE = 0.2;

/** A text that is read part by part, and made no further than it is read. */
export class PagedText {
	readonly #pieces: AsyncIterator<string, undefined>;
	readonly #separator: string;
	#text = '';
	#isWhole = false;

	/** @param separator goes between two pieces. */
	constructor(pieces: AsyncIterator<string, undefined>, separator: string) {
		this.#pieces = pieces;
		this.#separator = separator;
	}

	/** Characters known so far; all of them once a part had no next. */
	get length(): number {
		return this.#text.length;
	}

	/** @param offset in characters; past the end the part is empty. */
	async part(offset: number, maxLength: number): Promise<TextPart> {
		// One character more tells whether there is a next part.
		await this.#make(offset + maxLength + 1);
		const rest = this.#text.slice(offset);
		if (rest.length <= maxLength) {
			return { text: rest, next: undefined };
		}
		const lineEnd = rest.lastIndexOf('\n', maxLength - 1) + 1;
		const text = lineEnd > maxLength * (1 - LAST_SHARE) ? rest.slice(0, lineEnd) : sliceWhole(rest, maxLength);
		return { text, next: offset + text.length };
	}

	async #make(length: number): Promise<void> {
		while (!this.#isWhole && this.#text.length < length) {
			const { done, value } = await this.#pieces.next();
			if (done) {
				this.#isWhole = true;
			} else {
				this.#text += this.#text === '' ? value : `${this.#separator}${value}`;
			}
		}
	}
}
