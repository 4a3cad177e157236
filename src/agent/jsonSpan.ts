/** Where parts of a JSON text end that may be surrounded by other text. Linear time. */

/** Index behind the bracket that closes the one at `from`; undefined when none does, or one of another kind. */
export function endOfBrackets(text: string, from: number): number | undefined {
	const closers: string[] = [];
	for (let at = from; at < text.length; at++) {
		const character = text[at];
		if (character === '"') {
			at = endOfString(text, at) - 1;
		} else if (character === '{' || character === '[') {
			closers.push(character === '{' ? '}' : ']');
		} else if (character === '}' || character === ']') {
			if (closers.pop() !== character) {
				return undefined;
			}
			if (closers.length === 0) {
				return at + 1;
			}
		}
	}
	return undefined;
}

/** Index behind the quote that closes the string at `from`, or the end of the text. */
export function endOfString(text: string, from: number): number {
	for (let at = from + 1; at < text.length; at++) {
		if (text[at] === '\\') {
			at++;
		} else if (text[at] === '"') {
			return at + 1;
		}
	}
	return text.length;
}
