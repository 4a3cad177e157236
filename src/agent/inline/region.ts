/** Which lines an inline edit is about. */
import { indentOf } from './indentation.ts';

/** Lines from 0, end exclusive. Never empty: an insertion takes the place of the empty line it is made at. */
export interface Region {
	readonly start: number;
	readonly end: number;
	readonly kind: 'selection' | 'symbol' | 'paragraph' | 'insertion';
	/** Of the function, for the words about it. */
	readonly name?: string;
}

/** Something that has a name and a body, as the language server tells it. Lines from 0, `end` inclusive. */
export interface OutlineItem {
	readonly name: string;
	readonly start: number;
	readonly end: number;
	/** A function, method or constructor, rather than a class or a variable. */
	readonly isFunction: boolean;
}

/** Where the user is. Lines from 0. */
export interface CursorPlace {
	readonly startLine: number;
	readonly endLine: number;
	/** In UTF-16 units from the start of the last line. */
	readonly endColumn: number;
	readonly isEmpty: boolean;
}

/** Longest function that is taken as a whole without having been selected. */
const MAX_SYMBOL_LINES = 300;
const MAX_PARAGRAPH_LINES = 120;

/** @param outline all symbols of the file, in any order; empty where there is no language server. */
export function chooseRegion(
	lines: readonly string[],
	{ startLine, endLine, endColumn, isEmpty }: CursorPlace,
	outline: readonly OutlineItem[],
): Region {
	if (!isEmpty) {
		const isLastUntouched = endColumn === 0 && endLine > startLine;
		return { start: startLine, end: isLastUntouched ? endLine : endLine + 1, kind: 'selection' };
	}
	if ((lines[startLine] ?? '').trim() === '') {
		return { start: startLine, end: startLine + 1, kind: 'insertion' };
	}
	const symbol = enclosingFunction(outline, startLine);
	return symbol === undefined ? paragraphAt(lines, startLine) : withComment(lines, symbol);
}

/** The lines of the function around a line, with its comment; undefined where there is none of a size to be taken. */
export function functionRegion(
	lines: readonly string[],
	line: number,
	outline: readonly OutlineItem[],
): Region | undefined {
	const symbol = enclosingFunction(outline, line);
	return symbol && withComment(lines, symbol);
}

/** So many lines on both sides of a line, within the file; without the empty one that only stands for its last line end. */
export function linesAround(lines: readonly string[], line: number, count: number): Region {
	const last = lines.at(-1) === '' ? lines.length - 1 : lines.length;
	const end = Math.max(line + 1, Math.min(last, line + count + 1));
	return { start: Math.max(0, line - count), end, kind: 'paragraph' };
}

/** The innermost function. Where there is none, whatever is innermost, such as a type or a variable. */
function enclosingFunction(outline: readonly OutlineItem[], line: number): OutlineItem | undefined {
	const around = outline
		.filter(item => item.start <= line && line <= item.end && item.end - item.start < MAX_SYMBOL_LINES)
		.sort((a, b) => a.end - a.start - (b.end - b.start));
	return around.find(({ isFunction }) => isFunction) ?? around.find(({ start, end }) => end > start);
}

/** Comments and decorators right above belong to it: a new signature wants a new description. */
function withComment(lines: readonly string[], { start, end, name }: OutlineItem): Region {
	let from = start;
	while (from > 0 && /^\s*(?:\/\/|\/\*|\*|#|--|;;|@|\[)/.test(lines[from - 1] ?? '')) {
		from--;
	}
	return { start: from, end: end + 1, kind: 'symbol', name };
}

function paragraphAt(lines: readonly string[], line: number): Region {
	let start = line;
	let end = line + 1;
	const isText = (at: number) => (lines[at] ?? '').trim() !== '';
	while (start > 0 && isText(start - 1) && end - start < MAX_PARAGRAPH_LINES) {
		start--;
	}
	while (end < lines.length && isText(end) && end - start < MAX_PARAGRAPH_LINES) {
		end++;
	}
	return end - start < MAX_PARAGRAPH_LINES
		? { start, end, kind: 'paragraph' }
		: { start: line, end: line + 1, kind: 'paragraph' };
}

/** What a text put there is indented with: as the line has it, else as the lines around. */
export function indentAt(lines: readonly string[], { start, end }: Region, unit: string): string {
	const own = lines.slice(start, end).find(line => line !== '');
	if (own !== undefined) {
		return indentOf(own);
	}
	const above = lines.slice(0, start).findLast(line => line.trim() !== '') ?? '';
	const below = lines.slice(end).find(line => line.trim() !== '') ?? '';
	if (/[{([:]\s*$/.test(above)) {
		return indentOf(above) + unit;
	}
	const [a, b] = [indentOf(above), indentOf(below)];
	return a.length >= b.length ? a : b;
}
