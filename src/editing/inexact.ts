/** Finds a quote that has one line wrong: a slip in a name, a word of a comment, a line left out. */
import { distance } from 'fastest-levenshtein';
import { type FoundLines, placeAt } from './findLines.ts';
import type { LineTable } from './lineTable.ts';
import { sharedEnds, sharedStarts } from './runs.ts';
import { toTokens } from './tokens.ts';

export interface Inexact {
	readonly place: FoundLines;
	readonly how: 'typo' | 'missingLine';
}

/** Beyond the first two it does not matter how many there are. */
const MAX_FOUND = 2;
/** Letters and digits by which a quote says enough about its place without the line that is wrong. */
const MIN_SIGNS = 12;
const MIN_SIGNS_IN_LINE = 4;
const MAX_LINE = 2000;

/** Comparisons after which the search is given up: only a text that repeats itself has so many. */
const MAX_LINES_COMPARED = 1_000_000;
const MAX_SLIPS_COMPARED = 300;

/** Places of the quote but for one line. Bounded work, whatever the sizes. */
export function findInexact(table: LineTable, quote: LineTable, path: string): readonly Inexact[] {
	const count = quote.prints.length;
	if (count < 2 || signsIn(quote.text) < MIN_SIGNS) {
		return [];
	}
	const starts = sharedStarts(table.prints, quote.prints);
	const ends = sharedEnds(table.prints, quote.prints);
	const found: Inexact[] = [];
	let [lines, slips] = [0, 0];
	for (let at = 0; at < starts.length && found.length < MAX_FOUND; at++) {
		const shared = starts[at] ?? 0;
		const isOneWrong =
			shared < count && at + count <= starts.length && (ends[at + count - 1] ?? 0) >= count - 1 - shared;
		const isOneLeftOut = shared >= 1 && shared < count && (ends[at + count] ?? 0) + shared >= count;
		lines += isOneWrong || isOneLeftOut ? count : 0;
		slips += isOneWrong ? 1 : 0;
		if (lines > MAX_LINES_COMPARED || slips > MAX_SLIPS_COMPARED) {
			return [];
		}
		const place = isOneWrong ? withSlip(table, quote, { at, wrong: shared, path }) : undefined;
		if (place !== undefined) {
			found.push({ place, how: 'typo' });
		}
		const without = isOneLeftOut ? withLineLeftOut(table, quote, at, shared) : undefined;
		if (without !== undefined) {
			found.push({ place: without, how: 'missingLine' });
		}
	}
	return found;
}

interface SlipAt {
	/** The first solid line of the file, the solid line of the quote that is wrong: both as indexes. */
	readonly at: number;
	readonly wrong: number;
	readonly path: string;
}

function withSlip(table: LineTable, quote: LineTable, { at, wrong, path }: SlipAt): FoundLines | undefined {
	const line = quote.line(quote.solidLine(wrong));
	const own = table.line(table.solidLine(at + wrong));
	if (!saysEnough(quote, wrong) || !isSlip(line, own, table.text, path)) {
		return undefined;
	}
	return placeAt(
		table,
		quote,
		index => at + index,
		(quoted, ours) => quoted === line && ours === own,
	);
}

function withLineLeftOut(table: LineTable, quote: LineTable, at: number, behind: number): FoundLines | undefined {
	return saysEnough(quote, undefined)
		? placeAt(
				table,
				quote,
				index => at + index + (index < behind ? 0 : 1),
				() => false,
			)
		: undefined;
}

/** Without the line at `wrong`, or, where one is left out, two lines that are more than brackets. */
function saysEnough(quote: LineTable, wrong: number | undefined): boolean {
	let signs = 0;
	let tellingLines = 0;
	for (let index = 0; index < quote.solid.length; index++) {
		const inLine = index === wrong ? 0 : signsIn(quote.line(quote.solidLine(index)));
		signs += inLine;
		tellingLines += inLine >= MIN_SIGNS_IN_LINE ? 1 : 0;
	}
	return signs >= MIN_SIGNS_IN_LINE && (wrong !== undefined ? tellingLines >= 1 : tellingLines >= 2);
}

function signsIn(text: string): number {
	let signs = 0;
	for (let at = 0; at < text.length && signs < 1000; at++) {
		signs += /[\p{L}\p{N}]/u.test(text.charAt(at)) ? 1 : 0;
	}
	return signs;
}

/** One letter of one long name, or one word of a comment. */
function isSlip(quoted: string, own: string, file: string, path: string): boolean {
	if (Math.max(quoted.length, own.length) > MAX_LINE) {
		return false;
	}
	const [was, is] = [quoted.trim(), own.trim()];
	return isCommentSlip(was, is, path) || isNameSlip(was, is, file);
}

const MIN_NAME = 6;
const NAME = /^[\p{L}_$][\p{L}\p{N}_$]*$/u;

function isNameSlip(quoted: string, own: string, file: string): boolean {
	const [left, right] = [toTokens(quoted).tokens, toTokens(own).tokens];
	if (left.length !== right.length) {
		return false;
	}
	const differing = left.flatMap((token, index) => {
		const other = right[index]?.text ?? '';
		return token.text === other ? [] : [[token.text, other] as const];
	});
	// The same name may be wrong more than once.
	const [first] = differing;
	if (first === undefined || differing.some(pair => pair[0] !== first[0] || pair[1] !== first[1])) {
		return false;
	}
	const [wrong, correct] = first;
	return isOneLetterOff(wrong, correct) && !hasWord(file, wrong);
}

function isOneLetterOff(wrong: string, right: string): boolean {
	if (Math.min(wrong.length, right.length) < MIN_NAME || !NAME.test(wrong) || !NAME.test(right)) {
		return false;
	}
	let head = 0;
	while (head < wrong.length && wrong[head] === right[head]) {
		head++;
	}
	let tail = 0;
	while (tail < Math.min(wrong.length, right.length) - head && wrong.at(-1 - tail) === right.at(-1 - tail)) {
		tail++;
	}
	const [was, is] = [wrong.slice(head, wrong.length - tail), right.slice(head, right.length - tail)];
	if (/[\p{N}_$]/u.test(was + is) || was.toLowerCase() === is.toLowerCase()) {
		return false;
	}
	const isSwapped = was.length === 2 && is.length === 2 && was === `${is[1]}${is[0]}`;
	const isPlural = /^s?$/i.test(was) && /^s?$/i.test(is) && isPartEnd(right, right.length - tail);
	return (isSwapped || (was.length <= 1 && is.length <= 1)) && !isPlural && !isShortPart(right, head);
}

/** The words that a name is made of end there. */
function isPartEnd(name: string, at: number): boolean {
	return at >= name.length || /[\p{Lu}_$]/u.test(name.charAt(at));
}

/** `getName` and `setName`, `rowA` and `rowB` are other names. */
function isShortPart(name: string, at: number): boolean {
	for (const part of name.matchAll(/\p{Lu}*[^\p{Lu}_$]*/gu)) {
		if (at >= part.index && at < part.index + part[0].length) {
			return part[0].length <= 3;
		}
	}
	return at >= name.length;
}

function hasWord(text: string, word: string): boolean {
	const isSign = (at: number) => NAME_SIGN.test(text.charAt(at));
	for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
		if (!isSign(at - 1) && !isSign(at + word.length)) {
			return true;
		}
	}
	return false;
}

const NAME_SIGN = /[\p{L}\p{N}_$]/u;
const MIN_WORDS = 3;

/** The same code, and a comment of which one word is another, added or missing. */
function isCommentSlip(quoted: string, own: string, path: string): boolean {
	const opener = commentIn(path);
	const [left, right] = [opener.exec(quoted), opener.exec(own)];
	if (
		left === null ||
		right === null ||
		left[0] !== right[0] ||
		quoted.slice(0, left.index) !== own.slice(0, right.index)
	) {
		return false;
	}
	const [was, is] = [wordsOf(quoted.slice(left.index)), wordsOf(own.slice(right.index))];
	let head = 0;
	while (head < Math.min(was.length, is.length) && was[head] === is[head]) {
		head++;
	}
	let tail = 0;
	while (tail < Math.min(was.length, is.length) - head && was.at(-1 - tail) === is.at(-1 - tail)) {
		tail++;
	}
	const [wrong, correct] = [was.slice(head, was.length - tail), is.slice(head, is.length - tail)];
	const isOneWord = wrong.length <= 1 && correct.length <= 1;
	const hasNumber = /\p{N}/u.test([...wrong, ...correct].join(''));
	const isCode = /[(){}[\]=;]/.test([...wrong, ...correct].join('')) && distance(wrong.join(''), correct.join('')) > 2;
	return isOneWord && !hasNumber && !isCode && head + tail >= MIN_WORDS - 1;
}

function wordsOf(comment: string): string[] {
	return comment.split(/\s+/).filter(word => word !== '');
}

const HASH = /(?:^|\s)#+(?=[\s!]|$)/;
const SLASHES = /(?:^|\s)(?:\/\/+|\/\*+)|^\*+(?=\s)/;

/** Where a comment begins in a trimmed line. Without a language known, by what all agree on. */
function commentIn(path: string): RegExp {
	const ending = /[^./\\]*$/.exec(path)?.[0].toLowerCase() ?? '';
	if (
		/^(?:py|pyi|sh|bash|zsh|ya?ml|toml|rb|pl|r|jl|mk|makefile|dockerfile|cmake|conf|ini|ps1|ex|exs|nix|tf)$/.test(
			ending,
		)
	) {
		return HASH;
	}
	if (/^(?:sql|lua|hs|elm|ada|vhdl?)$/.test(ending)) {
		return /(?:^|\s)--+(?=\s)/;
	}
	if (/^(?:html?|xml|svg|vue|svelte|mdx?|markdown)$/.test(ending)) {
		return /<!--|(?:^|\s)\/\/+(?=\s)/;
	}
	return SLASHES;
}
