import type { Corpus } from './corpus.ts';

/** Lines of other files around a text, as many characters as `room` says. None of them that says something is like another. */
export function largeText(corpus: Corpus, text: string, room: number): string {
	return fill(corpus, room / 2, 'above') + text + fill(corpus, room / 2, 'below');
}

/** One line with a minified text in its middle, longer by `room`. */
export function largeMinified(text: string, room: number): string {
	return `${statements(room / 2, 'a')}${text.replace(/\n/g, '')}${statements(room / 2, 'b')}`;
}

/** Texts of about this many characters, kept: they are large, and every case wants the same. */
const filled = new Map<string, string>();

function fill(corpus: Corpus, length: number, mark: string): string {
	const size = Math.round(length / 1000) * 1000;
	const key = `${mark}/${size}`;
	const known = filled.get(key);
	if (known !== undefined) {
		return known;
	}
	const lines: string[] = [];
	let written = 0;
	for (let copy = 1; written < size; copy++) {
		const file = corpus.files[copy % corpus.files.length];
		for (const line of file?.lines ?? []) {
			const numbered = line.replace(/[\p{L}_][\p{L}\p{N}_]*/gu, word => `${word}${mark}${copy}`);
			lines.push(numbered);
			written += numbered.length + 1;
			if (written >= size) {
				break;
			}
		}
	}
	const text = size === 0 ? '' : `${lines.join('\n')}\n`;
	filled.set(key, text);
	return text;
}

function statements(length: number, mark: string): string {
	const size = Math.round(length / 1000) * 1000;
	const key = `statements ${mark}/${size}`;
	const known = filled.get(key);
	if (known !== undefined) {
		return known;
	}
	const parts: string[] = [];
	for (let at = 0, written = 0; written < size; at++) {
		const part = `t.${mark}${at}=function(e){return e+${at}},`;
		parts.push(part);
		written += part.length;
	}
	const text = parts.join('');
	filled.set(key, text);
	return text;
}
