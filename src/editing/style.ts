/** The characters a file writes where the model wrote others: learnt from the lines that both have. */
import { toPlain } from './characters.ts';
import { toTokens } from './tokens.ts';

export interface LinePair {
	readonly quoted: string;
	readonly own: string;
}

export interface Style {
	/** A word or sign. @param before and @param after what stands beside it in its line. */
	text(text: string, before: string, after: string): string;
	/** White space between two of them. */
	gap(gap: string): string;
}

/** Nothing is known about the file: the text stays as it is. */
export const NO_STYLE: Style = { text: text => text, gap: gap => gap };

const PROSE_FILE = /\.(?:md|mdx|markdown|txt|rst|adoc|html?|tex)$/i;
const COMMENT_LINE = /^\s*(?:\/\/|\/\*|\*|#|--|<!--|;|%)/;
const LETTER = /\p{L}/u;
const FANCY_GAP = /[^\S\t\n\r ]/;
/** Longer lines, and more of them, teach nothing. */
const MAX_LENGTH = 5000;
const MAX_PAIRS = 2000;

/** @param ownText the whole file: what it has somewhere is never made plain. */
export function learnStyle(pairs: readonly LinePair[], ownText: string, path: string): Style {
	const written = new Map<string, Set<string>>();
	const read = new Map<string, Set<string>>();
	let [isTypographed, hasFancyGaps] = [false, false];
	for (const { quoted, own } of pairs.slice(0, MAX_PAIRS)) {
		if (quoted.length > MAX_LENGTH) {
			continue;
		}
		hasFancyGaps ||= hasFancyGap(quoted) && !hasFancyGap(own);
		for (const [role, from, to] of compare(quoted, own)) {
			const known = written.get(role) ?? new Set();
			written.set(role, known.add(to));
			read.set(from, (read.get(from) ?? new Set()).add(to));
			isTypographed ||= from !== to && toPlain(from) === to;
		}
	}
	const gap = (text: string) => (hasFancyGaps ? toPlain(text) : text);
	if (written.size === 0) {
		return { ...NO_STYLE, gap };
	}
	const styleText: Style['text'] = (text, before, after) => {
		const plain = toPlain(text);
		if (plain !== text) {
			const meant = read.get(text);
			const isPlainHere = meant === undefined ? isTypographed && !ownText.includes(text) : !meant.has(text);
			return isPlainHere ? plain : text;
		}
		const results = written.get(roleOf(text, before, after));
		const [result] = results ?? [];
		if (results?.size !== 1 || result === undefined || result === text) {
			return text;
		}
		const isApostrophe = text === "'" && roleOf(text, before, after).startsWith('in');
		return isApostrophe || PROSE_FILE.test(path) || COMMENT_LINE.test(before) ? result : text;
	};
	return { text: styleText, gap };
}

/** White space that is not plain: a no-break space and its kin. */
function hasFancyGap(line: string): boolean {
	return FANCY_GAP.test(line) && toPlain(line) !== line;
}

/** A line that is new as a whole. */
export function styleLine(line: string, style: Style): string {
	if (line.length > MAX_LENGTH) {
		return line;
	}
	const { tokens, rest } = toTokens(line);
	let styled = '';
	for (const [index, { gap, text }] of tokens.entries()) {
		const next = tokens[index + 1];
		styled += style.gap(gap);
		styled += style.text(text, styled, next === undefined ? '' : next.gap + next.text);
	}
	return styled + rest;
}

/** The signs that both lines have at the same place, by the part they play. */
function* compare(quoted: string, own: string): Generator<readonly [role: string, from: string, to: string]> {
	const [left, right] = [toTokens(quoted).tokens, toTokens(own).tokens];
	if (left.length !== right.length) {
		return;
	}
	let before = '';
	for (const [index, token] of left.entries()) {
		const other = right[index];
		const next = left[index + 1];
		before += token.gap;
		if (other !== undefined && toPlain(token.text) === toPlain(other.text)) {
			const after = next === undefined ? '' : next.gap + next.text;
			yield [roleOf(toPlain(token.text), before, after), token.text, other.text];
		}
		before += token.text;
	}
}

/** A quote that opens is another character than one that closes. */
function roleOf(text: string, before: string, after: string): string {
	const isAfterLetter = LETTER.test(before.at(-1) ?? ' ');
	if (isAfterLetter && LETTER.test(after[0] ?? ' ')) {
		return `in ${text}`;
	}
	return /[\s([{]$/.test(before) || before === '' ? `open ${text}` : `close ${text}`;
}
