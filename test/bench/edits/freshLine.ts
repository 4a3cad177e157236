import { keyOf, type TextFile } from './corpus.ts';
import type { Random } from './random.ts';

const WORDS = [
	...['pending', 'cached', 'resolved', 'strict', 'remote', 'upper', 'draft', 'merged', 'bounded', 'visible'],
	...['quiet', 'nested', 'parsed', 'spare', 'former', 'outer', 'ready', 'shared', 'local', 'frozen'],
];
const NAME = /[\p{L}_][\p{L}\p{N}_]{2,}/gu;

/** Whether a line says enough to be known again. */
export function isSubstantial(line: string): boolean {
	return (line.match(/\p{L}/gu)?.length ?? 0) >= 4;
}

/** The line with one name or number replaced by one that the file does not have in such a line. */
export function freshLine(random: Random, file: TextFile, line: string): string | undefined {
	if (!isSubstantial(line)) {
		return undefined;
	}
	const fresh = /\d/.test(line) && random.chance(0.3) ? otherNumber(random, line) : otherWord(random, line);
	return fresh === undefined || file.keySet.has(keyOf(fresh)) ? undefined : fresh;
}

/** The line with another word, wholly different, in place of one of its names that passes. */
export function otherWord(random: Random, line: string, accepts?: (name: string) => boolean): string | undefined {
	const names = [...line.matchAll(NAME)].filter(([name]) => accepts === undefined || accepts(name));
	if (names.length === 0) {
		return undefined;
	}
	const match = random.pick(names);
	return replaceAt(line, match.index, match[0].length, nameLike(random, match[0]));
}

export function otherNumber(random: Random, line: string): string | undefined {
	const numbers = [...line.matchAll(/(?<![\p{L}\p{N}_.])\d+(?![\p{L}\p{N}_.])/gu)];
	if (numbers.length === 0) {
		return undefined;
	}
	const match = random.pick(numbers);
	return replaceAt(line, match.index, match[0].length, String(Number(match[0]) + random.int(1, 90)));
}

/** A name in the manner of another that shares no part with it. */
export function nameLike(random: Random, name: string): string {
	const word = random.pick(WORDS.filter(each => !name.toLowerCase().includes(each)));
	const second = random.pick(WORDS.filter(each => each !== word && !name.toLowerCase().includes(each)));
	if (/^[A-Z0-9_]+$/.test(name)) {
		return `${word}_${second}`.toUpperCase();
	}
	if (name.includes('_')) {
		return `${word}_${second}`;
	}
	const first = /^[A-Z]/.test(name) ? capital(word) : word;
	return /[a-z][A-Z]/.test(name) ? `${first}${capital(second)}` : first;
}

export function replaceAt(line: string, at: number, length: number, text: string): string {
	return `${line.slice(0, at)}${text}${line.slice(at + length)}`;
}

function capital(word: string): string {
	return `${word.charAt(0).toUpperCase()}${word.slice(1)}`;
}
