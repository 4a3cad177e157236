/**
 * Brackets of a piece of code in any language, well enough to see where a block ends: what stands in quotes on one line
 * is passed over, comments are not.
 */

/** How many brackets are open, as one line follows another. One closes another of whatever form. */
export class Brackets {
	#open = 0;

	get depth(): number {
		return this.#open;
	}

	/** @returns whether the line closes what nothing here opened. */
	readLine(line: string): boolean {
		let isUnmatched = false;
		for (const character of withoutStrings(line)) {
			if ('([{'.includes(character)) {
				this.#open++;
			} else if (')]}'.includes(character)) {
				isUnmatched ||= this.#open === 0;
				this.#open = Math.max(0, this.#open - 1);
			}
		}
		return isUnmatched;
	}
}

/** How many brackets a text leaves open. */
export function openBrackets(text: string): number {
	const brackets = new Brackets();
	for (const line of text.split('\n')) {
		brackets.readLine(line);
	}
	return brackets.depth;
}

/** The line with its quoted parts blanked. */
function withoutStrings(line: string): string {
	return line.replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/g, ' ');
}
