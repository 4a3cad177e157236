import { lineExcerpt } from '../../tools/lineExcerpt.ts';
import { WordSplitter } from './words.ts';

/** Lines that are shown of a piece. */
const MAX_LINES = 8;

/** The lines of a piece that hold most of the words, in order; where none does, the first ones. */
export function excerptOf(
	text: string,
	{ from, to }: { readonly from: number; readonly to: number },
	words: readonly string[],
): readonly { readonly line: number; readonly text: string }[] {
	const splitter = new WordSplitter();
	const wanted = new Set(words);
	const lines = text
		.split(/\r?\n/)
		.slice(from - 1, to)
		.map((content, index) => ({ line: from + index, text: content }))
		.filter(line => line.text.trim() !== '');
	const held = new Map(lines.map(line => [line, splitter.words(line.text).filter(word => wanted.has(word)).length]));
	const best = lines
		.toSorted((a, b) => (held.get(b) ?? 0) - (held.get(a) ?? 0) || a.line - b.line)
		.filter((line, index) => index === 0 || (held.get(line) ?? 0) > 0)
		.slice(0, MAX_LINES);
	return best
		.sort((a, b) => a.line - b.line)
		.map(({ line, text: content }) => ({ line, text: lineExcerpt(content, 0) }));
}
