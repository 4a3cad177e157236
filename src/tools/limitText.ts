/** Cuts output to what one result may hold. */

/** Characters of the largest result: about 12,000 tokens of code. */
const MAX_RESULT_CHARACTERS = 50_000;

export interface LimitedLines {
	readonly lines: readonly string[];
	/** How many of the given lines are whole in `lines`. */
	readonly taken: number;
	/** Characters left out of the one line that was too long by itself. */
	readonly cutCharacters: number;
}

/** As many whole lines as fit. A first line that does not fit by itself is cut. */
export function limitLines(lines: readonly string[], maxCharacters = MAX_RESULT_CHARACTERS): LimitedLines {
	let length = 0;
	for (const [index, line] of lines.entries()) {
		length += line.length + 1;
		if (length <= maxCharacters + 1) {
			continue;
		}
		if (index > 0) {
			return { lines: lines.slice(0, index), taken: index, cutCharacters: 0 };
		}
		return { lines: [sliceWhole(line, maxCharacters)], taken: 1, cutCharacters: line.length - maxCharacters };
	}
	return { lines, taken: lines.length, cutCharacters: 0 };
}

/** The first `length` characters, one less where that would halve a surrogate pair. */
export function sliceWhole(text: string, length: number): string {
	const last = text.charCodeAt(length - 1);
	return text.slice(0, last >= 0xd800 && last <= 0xdbff ? length - 1 : length);
}
