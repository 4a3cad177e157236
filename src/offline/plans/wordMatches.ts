/** Where a text stands in another, with care for word boundaries. */

/** What continues an identifier in the languages people use; `$` and combining marks included. */
const WORD_CHARACTER = /[\p{L}\p{M}\p{N}_$]/u;

/**
 * Offsets of `wanted` in `text`, left to right and apart from each other.
 * @param isWholeWord leaves out places where a letter, digit, `_` or `$` touches a word end of `wanted`.
 */
export function findWords(text: string, wanted: string, isWholeWord: boolean): readonly number[] {
	const found: number[] = [];
	if (wanted === '') {
		return found;
	}
	for (let at = text.indexOf(wanted); at >= 0; ) {
		const fits = !isWholeWord || isBounded(text, at, at + wanted.length);
		if (fits) {
			found.push(at);
		}
		at = text.indexOf(wanted, at + (fits ? wanted.length : 1));
	}
	return found;
}

export function replaceWords(text: string, wanted: string, replacement: string, isWholeWord: boolean): string {
	let result = '';
	let from = 0;
	for (const at of findWords(text, wanted, isWholeWord)) {
		result += text.slice(from, at) + replacement;
		from = at + wanted.length;
	}
	return result + text.slice(from);
}

function isBounded(text: string, start: number, end: number): boolean {
	return !isWordCharacter(characterBefore(text, start)) && !isWordCharacter(characterAt(text, end));
}

function isWordCharacter(character: string): boolean {
	return character !== '' && WORD_CHARACTER.test(character);
}

function characterAt(text: string, at: number): string {
	const point = text.codePointAt(at);
	return point === undefined ? '' : String.fromCodePoint(point);
}

/** The whole character that ends at `at`, also where it takes two UTF-16 units. */
function characterBefore(text: string, at: number): string {
	const isPair = /[\uDC00-\uDFFF]/.test(text[at - 1] ?? '') && /[\uD800-\uDBFF]/.test(text[at - 2] ?? '');
	return at === 0 ? '' : text.slice(isPair ? at - 2 : at - 1, at);
}
