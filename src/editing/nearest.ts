/** The part of a file that resembles a quote which is not in it, for the message that refuses the edit. */
import { distance } from 'fastest-levenshtein';
import { isBlankLine, LineTable } from './lineTable.ts';

/** Lines of the file, from 0, the end exclusive. */
export interface Nearest {
	readonly from: number;
	readonly to: number;
}

const MAX_QUOTED_LINES = 400;
const MAX_SHOWN_LINES = 12;
const MAX_LINE = 300;
/** Lines of the file looked at for each line of the quote; more common ones say nothing. */
const MAX_EQUAL = 200;
/** Words of a line by which lines like it are looked for, and lines compared for each. */
const MIN_WORD = 3;
const MAX_WORDS = 4;
const MAX_LINES_WITH_WORD = 300;
/** Share of characters that must agree for a line to count as resembling. */
const LIKENESS = 0.6;

/** Bounded work, whatever the sizes. */
export function findNearest(table: LineTable, quoted: readonly string[]): Nearest | undefined {
	const quote = new LineTable(quoted.slice(0, MAX_QUOTED_LINES).join('\n'));
	const start = byEqualLines(table, quote) ?? byLikeness(table, quote);
	if (start === undefined) {
		return undefined;
	}
	const from = Math.max(0, Math.min(start, table.count - 1));
	return { from, to: Math.min(table.count, from + Math.min(Math.max(quoted.length, 1), MAX_SHOWN_LINES)) };
}

/** Where most of the quote's lines are, the longer the more they count. */
function byEqualLines(table: LineTable, quote: LineTable): number | undefined {
	const quotedAt = new Map<number, number[]>();
	for (const [index, print] of quote.prints.entries()) {
		const lines = quotedAt.get(print) ?? [];
		lines.push(quote.solidLine(index));
		quotedAt.set(print, lines);
	}
	const times = new Map<number, number>();
	const votes = new Map<number, number>();
	for (let index = 0; index < table.prints.length; index++) {
		const print = table.prints[index] ?? 0;
		const lines = quotedAt.get(print);
		const count = (times.get(print) ?? 0) + 1;
		if (lines === undefined || count > MAX_EQUAL) {
			continue;
		}
		times.set(print, count);
		for (const line of lines.slice(0, 20)) {
			const start = table.solidLine(index) - line;
			votes.set(start, (votes.get(start) ?? 0) + Math.min(60, quote.line(line).trim().length));
		}
	}
	let best: number | undefined;
	let most = 7;
	for (const [start, vote] of votes) {
		if (vote > most) {
			[best, most] = [start, vote];
		}
	}
	return best;
}

/** Where the line is that is most like the longest one of the quote, among those that share a word with it. */
function byLikeness(table: LineTable, quote: LineTable): number | undefined {
	let wanted = '';
	let anchor = 0;
	for (const line of quote.solid) {
		const text = squeeze(quote.line(line));
		if (text.length > Math.max(2, wanted.length)) {
			[wanted, anchor] = [text, line];
		}
	}
	let best: number | undefined;
	let least = Math.floor(wanted.length * (1 - LIKENESS)) + 1;
	for (const number of linesWith(table, longestWords(wanted))) {
		const text = squeeze(table.line(number).slice(0, 2 * MAX_LINE));
		if (wanted.length > 12 && text.includes(wanted)) {
			return number - anchor;
		}
		const far = Math.abs(text.length - wanted.length) < least ? distance(text, wanted) : least;
		if (far < least) {
			[best, least] = [number - anchor, far];
		}
	}
	return best;
}

function longestWords(line: string): readonly string[] {
	const words = new Set(line.split(/[^\p{L}\p{N}]+/u).filter(word => word.length >= MIN_WORD));
	return [...words].sort((left, right) => right.length - left.length).slice(0, MAX_WORDS);
}

/** Lines in which one of the words is, the longest word's first. */
function linesWith(table: LineTable, words: readonly string[]): ReadonlySet<number> {
	const lines = new Set<number>();
	for (const word of words) {
		let count = 0;
		for (let at = table.text.indexOf(word); at >= 0 && count < MAX_LINES_WITH_WORD; count++) {
			const line = table.lineAt(at);
			lines.add(line);
			at = table.text.indexOf(word, Math.max(at + 1, table.startOf(line + 1)));
		}
	}
	return lines;
}

function squeeze(line: string): string {
	return line.replace(/\s+/g, ' ').trim().slice(0, MAX_LINE);
}

/** Lines with their numbers, as a listing shows them: `12|text`. */
export function numbered(table: LineTable, from: number, to: number): string {
	const lines: string[] = [];
	for (let number = Math.max(0, from); number < Math.min(to, table.count); number++) {
		const line = table.line(number);
		lines.push(`${number + 1}|${isBlankLine(line) ? '' : clip(line)}`);
	}
	return lines.join('\n');
}

function clip(line: string): string {
	return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
