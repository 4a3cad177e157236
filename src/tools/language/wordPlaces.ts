/** Finds names in text as whole words, so that `get` is not found in `target`. */
import type { TextPosition } from '../../agent/languageServices.ts';

/** Where `name` stands as a word, in order, at most `limit` places. @param fromLine counts from 1. */
export function wordPlaces(
	lines: readonly string[],
	name: string,
	{ fromLine = 1, limit }: { readonly fromLine?: number; readonly limit: number },
): readonly TextPosition[] {
	const word = wordPattern(name);
	const places: TextPosition[] = [];
	for (const [index, text] of lines.entries()) {
		for (const { index: at } of index + 1 < fromLine ? [] : text.matchAll(word)) {
			places.push({ line: index + 1, column: at + 1 });
			if (places.length === limit) {
				return places;
			}
		}
	}
	return places;
}

export function splitTextLines(text: string): readonly string[] {
	return text.split(/\r\n|\r|\n/);
}

/** A border is only asked for where the name has a letter: `#x` and `operator+` end in none. */
function wordPattern(name: string): RegExp {
	const letter = '[\\p{L}\\p{N}\\p{M}_$]';
	const isLetter = new RegExp(letter, 'u');
	const before = isLetter.test(name.slice(0, 1)) ? `(?<!${letter})` : '';
	const after = isLetter.test(name.slice(-1)) ? `(?!${letter})` : '';
	return new RegExp(`${before}${name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}${after}`, 'gu');
}
