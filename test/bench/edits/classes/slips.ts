import { nameLike, replaceAt } from '../freshLine.ts';
import type { Random } from '../random.ts';

const LONG_NAME = /[A-Za-z_]{8,}/g;
const LETTERS = 'abcdefghiklmnoprstuvwy';

/** The line with one letter of one long name wrong, or two swapped. */
export function misspelt(random: Random, line: string): string | undefined {
	const names = [...line.matchAll(LONG_NAME)];
	if (names.length === 0) {
		return undefined;
	}
	const { 0: name, index } = random.pick(names);
	const at = random.int(1, name.length - 3);
	const [first = '', second = ''] = [name[at], name[at + 1]];
	if (random.chance(0.5)) {
		return first.toLowerCase() === second.toLowerCase() || /_/.test(first + second)
			? undefined
			: replaceAt(line, index + at, 2, second + first);
	}
	const letter = random.pick([...LETTERS].filter(each => each !== first.toLowerCase()));
	return /[a-z]/.test(first) ? replaceAt(line, index + at, 1, letter) : undefined;
}

/** The line with one word of prose replaced by another. */
export function reworded(random: Random, line: string): string | undefined {
	const words = [...line.matchAll(/(?<=\s)[a-z]{4,}(?=[\s,;]|\.(?!\w)|$)/g)];
	if (words.length === 0) {
		return undefined;
	}
	const word = random.pick(words);
	return replaceAt(line, word.index, word[0].length, nameLike(random, 'word'));
}

/** The line with one name in the other letter case. */
export function recased(random: Random, line: string): string | undefined {
	const names = [...line.matchAll(/[A-Za-z]{3,}/g)];
	if (names.length === 0) {
		return undefined;
	}
	const { 0: name, index } = random.pick(names);
	const head = name.charAt(0);
	const other = random.chance(0.5)
		? (head === head.toLowerCase() ? head.toUpperCase() : head.toLowerCase()) + name.slice(1)
		: name === name.toUpperCase()
			? name.toLowerCase()
			: name.toUpperCase();
	return other === name ? undefined : replaceAt(line, index, name.length, other);
}
