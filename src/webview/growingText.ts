import { signal } from '@preact/signals';

/** Text that is only ever added to. Readers take what is new, so that no delta costs the whole text again. */
export class GrowingText {
	readonly #pieces: string[] = [];
	#length = 0;
	/** Number of pieces; a reader that depends on it hears of each addition. */
	readonly count = signal(0);

	constructor(text: string) {
		this.append(text);
	}

	/** In UTF-16 units. */
	get length(): number {
		return this.#length;
	}

	append(text: string): void {
		if (text !== '') {
			this.#pieces.push(text);
			this.#length += text.length;
			this.count.value = this.#pieces.length;
		}
	}

	/** The piece at a place, or undefined at the end. */
	piece(index: number): string | undefined {
		return this.#pieces[index];
	}

	toString(): string {
		return this.#pieces.join('');
	}
}
