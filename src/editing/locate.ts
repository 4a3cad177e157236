/**
 * Finds the one place that a quote means and works out what becomes of it. Rules are tried from the least forgiving on; the
 * first that finds anything decides, and several places are never narrowed down by a looser rule.
 */
import { toPlain } from './characters.ts';
import { fitEdges } from './edges.ts';
import { cutAtElisions } from './elision.ts';
import { type FoundAll, type FoundLines, findLines, toTable } from './findLines.ts';
import { findInexact } from './inexact.ts';
import { LineTable } from './lineTable.ts';
import { findPlaces, lineAt, linesAt, type Place } from './places.ts';
import { type LinePlace, transplant } from './transplant.ts';
import { unwrap } from './unwrap.ts';

/** How an edit was found. */
export type How =
	| 'exact'
	| 'trailingSpace'
	| 'indent'
	| 'blankLines'
	| 'spacing'
	| 'characters'
	| 'unwrapped'
	| 'unescaped'
	| 'elided'
	| 'typo'
	| 'missingLine'
	/** In the text that the model was shown, and carried over to what became of it. */
	| 'base';

/** A text with LF line ends; its table of lines is made when a quote is not found as it stands. */
export class Source {
	readonly text: string;
	#table: LineTable | undefined;
	#plain: string | undefined;
	/** @param table of the same text, where it is known. */
	constructor(text: string, table?: LineTable) {
		this.text = text;
		this.#table = table;
	}

	/** The text with one part of it replaced, and its table if this one's was made. */
	replaced({ start, end, text: now }: Replacement, text: string): Source {
		return new Source(text, this.#table?.replaced(start, end, now, text));
	}

	/** With plain characters for typographic ones; the same text where it has none. */
	get plain(): string {
		this.#plain ??= this.table.isAscii ? this.text : toPlain(this.text);
		return this.#plain;
	}
	get table(): LineTable {
		this.#table ??= new LineTable(this.text);
		return this.#table;
	}
}

export interface Quote {
	/** Both with LF line ends. */
	readonly oldText: string;
	readonly newText: string;
	readonly replaceAll?: boolean | undefined;
	/** 1-based. */
	readonly nearLine?: number | undefined;
	readonly path: string;
}

export interface Replacement extends Place {
	readonly text: string;
}

export type Located =
	| { readonly kind: 'found'; readonly replacements: readonly Replacement[]; readonly how: How }
	/** 1-based lines, at least two, perhaps not all. */
	| { readonly kind: 'several'; readonly lines: readonly number[]; readonly how: How; readonly isCut: boolean }
	| { readonly kind: 'unclear'; readonly reason: string; readonly line: number }
	| { readonly kind: 'elision' | 'tooLarge'; readonly reason: string }
	| { readonly kind: 'none' };

const NONE = { kind: 'none' } as const;
const NEAR_LINES = 3;
/** More places than anyone is told about. */
const MAX_PLACES = 1000;
/** Characters of a quote, and of its new text, above which only the exact text is looked for. */
const MAX_QUOTE = 3_000_000;
const MAX_REPLACED = 100_000;
/** Characters of the largest result; a `replaceAll` can multiply a text beyond what a string can hold. */
const MAX_RESULT = 100_000_000;

/** By the rules under which every letter of the quote is in the file. */
export function locateLiteral(source: Source, quote: Quote): Located {
	const found = locateExact(source, quote);
	if (found.kind !== 'none') {
		return found;
	}
	const lines = locateLines(source, quote);
	return lines.kind === 'none' ? locatePlain(source, quote) : lines;
}

/** By all other rules. */
export function locateFreely(source: Source, quote: Quote): Located {
	const ways = unwrap(quote);
	for (const locate of [locateExact, locateLiteral]) {
		for (const way of ways) {
			const found = locate(source, { ...quote, ...way, nearLine: quote.nearLine ?? way.line });
			if (found.kind !== 'none') {
				return found.kind === 'found' ? { ...found, how: way.how } : found;
			}
		}
	}
	const readable = [quote, ...ways.filter(way => way.how === 'unwrapped').map(way => ({ ...quote, ...way }))];
	for (const locate of [locateElided, locateInexact]) {
		for (const way of readable) {
			const found = locate(source, way);
			if (found.kind !== 'none') {
				return found;
			}
		}
	}
	return NONE;
}

function locateExact(source: Source, quote: Quote): Located {
	const { text } = source;
	const { oldText, newText } = quote;
	if (quote.replaceAll === true) {
		const places = findPlaces(text, oldText, { overlapping: false, limit: MAX_REPLACED });
		if (places.length === MAX_REPLACED || text.length + places.length * newText.length > MAX_RESULT) {
			return { kind: 'tooLarge', reason: `oldText stands in ${places.length} places: the result would be too large` };
		}
		const replacements = places.map(place => ({ ...place, text: newText }));
		return places.length === 0 ? NONE : { kind: 'found', replacements, how: 'exact' };
	}
	const places = findPlaces(text, oldText, { overlapping: true, limit: MAX_PLACES });
	const place = places.length > 1 ? chooseExact(text, places, quote) : places[0];
	if (place === undefined) {
		const lines = linesAt(text, places);
		return places.length === 0 ? NONE : { kind: 'several', lines, how: 'exact', isCut: places.length === MAX_PLACES };
	}
	if (places.length === 1 && cutsWord(text, place)) {
		const others = locateLines(source, quote);
		if (others.kind !== 'none') {
			const lines = [lineAt(text, place.start), ...startsOf(source, others)];
			return { kind: 'several', lines, how: 'exact', isCut: false };
		}
	}
	const edged = fitEdges(text, place, oldText, newText);
	if (edged.kind === 'refused') {
		return { kind: 'unclear', reason: edged.reason, line: lineAt(text, place.start) };
	}
	if (edged.kind === 'lines') {
		return locateLines(source, places.length > 1 ? { ...quote, nearLine: lineAt(text, place.start) } : quote);
	}
	return { kind: 'found', replacements: [{ ...edged.place, text: edged.newText }], how: 'exact' };
}

/** The one that the hint names, or the only one of whole lines where the quote has their indentation. */
function chooseExact(text: string, places: readonly Place[], { oldText, nearLine }: Quote): Place | undefined {
	if (nearLine !== undefined) {
		const lines = linesAt(text, places);
		const near = nearest(places, nearLine, (_, index) => lines[index] ?? 0);
		return near.length === 1 ? near[0] : undefined;
	}
	if (!/^[ \t]/.test(oldText) || places.length === MAX_PLACES) {
		return undefined;
	}
	const isWhole = ({ start, end }: Place) =>
		(start === 0 || text[start - 1] === '\n') && (end === text.length || text[end] === '\n' || text[end - 1] === '\n');
	const whole = places.filter(isWhole);
	return whole.length === 1 ? whole[0] : undefined;
}

/** Those that the hint may mean: the one it names, else all that are near it. */
function nearest<P>(places: readonly P[], hint: number, lineOf: (place: P, index: number) => number): readonly P[] {
	const within = (lines: number) => places.filter((place, index) => Math.abs(lineOf(place, index) - hint) <= lines);
	const named = within(0);
	return named.length === 1 ? named : within(NEAR_LINES);
}

const WORD_SIGN = /[\p{L}\p{N}_$]/u;

/** The quote begins or ends within a word of the file, and so may be whole lines of another place. */
function cutsWord(text: string, { start, end }: Place): boolean {
	const isInWord = (at: number) => WORD_SIGN.test(text.charAt(at - 1)) && WORD_SIGN.test(text.charAt(at));
	return isInWord(start) || isInWord(end);
}

function startsOf(source: Source, located: Located): readonly number[] {
	switch (located.kind) {
		case 'found':
			return located.replacements.map(({ start }) => lineAt(source.text, start));
		case 'several':
			return located.lines;
		case 'unclear':
			return [located.line];
		default:
			return [];
	}
}

/** The text's lines; a final line end ends the last one. */
export function quotedLines(text: string): readonly string[] {
	return text === '' ? [] : (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
}

function locateLines(source: Source, quote: Quote): Located {
	if (quote.oldText.length + quote.newText.length > MAX_QUOTE) {
		return {
			kind: 'tooLarge',
			reason: 'oldText is not in the file as quoted, and too long to look for anything like it',
		};
	}
	const table = toTable(quotedLines(quote.oldText));
	return chooseLines(findLines(source.table, table), quote, place => transplantAt(source, quote, place, place.how));
}

function chooseLines({ places, isCut }: FoundAll, { nearLine }: Quote, use: (place: FoundLines) => Located): Located {
	const near = nearLine === undefined ? places : nearest(places, nearLine, place => place.line + 1);
	const [chosen] = near.length === 1 ? near : places;
	if (chosen === undefined) {
		return isCut
			? { kind: 'tooLarge', reason: 'oldText resembles too many places; quote more of the lines around it' }
			: NONE;
	}
	return (places.length > 1 || isCut) && near.length !== 1
		? { kind: 'several', lines: places.map(place => place.line + 1), how: chosen.how, isCut }
		: use(chosen);
}

/** The quote's lines made the file's, the difference to the new text made in them. */
function transplantAt(source: Source, { oldText, newText, path }: Quote, place: LinePlace, how: How): Located {
	const { table } = source;
	const result = transplant(table, { quoted: quotedLines(oldText), next: quotedLines(newText), path }, place);
	if (!result.ok) {
		return { kind: 'unclear', reason: result.reason, line: (place.ownOf.find(line => line >= 0) ?? 0) + 1 };
	}
	return { kind: 'found', replacements: [toReplacement(table, result)], how };
}

function toReplacement(
	table: LineTable,
	{ from, to, lines }: { readonly from: number; readonly to: number; readonly lines: readonly string[] },
): Replacement {
	const isLast = to >= table.count;
	const [start, end] = [table.startOf(from), Math.min(table.startOf(to), table.text.length)];
	const isEnded = end > start && table.text[end - 1] === '\n';
	const text = lines.length === 0 ? '' : lines.join('\n') + (isEnded ? '\n' : '');
	// Without its last lines a text that has no final line end still has none.
	return lines.length === 0 && isLast && !isEnded && start > 0 ? { start: start - 1, end, text } : { start, end, text };
}

/** A part of a line, or from within one line to within another, in which only typography differs. */
function locatePlain(source: Source, quote: Quote): Located {
	const { text } = source;
	const [plain, oldPlain] = [source.plain, toPlain(quote.oldText)];
	if (plain === text && oldPlain === quote.oldText) {
		return NONE;
	}
	const places = findPlaces(plain, oldPlain, { overlapping: true, limit: MAX_PLACES });
	const [place] = places;
	if (place === undefined || places.length > 1) {
		const lines = linesAt(text, places);
		return places.length === 0
			? NONE
			: { kind: 'several', lines, how: 'characters', isCut: places.length === MAX_PLACES };
	}
	const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
	const newline = text.indexOf('\n', place.end);
	const lineEnd = newline < 0 ? text.length : newline;
	const [before, after] = [text.slice(place.start === 0 ? 0 : lineStart, place.start), text.slice(place.end, lineEnd)];
	const whole = { ...quote, oldText: before + quote.oldText + after, newText: before + quote.newText + after };
	const lines = quotedLines(whole.oldText);
	const first = lineAt(text, place.start) - 1;
	const ownOf = lines.map((line, index) => (line.trim() === '' ? -1 : first + index));
	return transplantAt(source, whole, { ownOf, unsure: new Set(), hasOtherCharacters: true }, 'characters');
}

/** Each piece between placeholders in its own only place, all in order. */
function locateElided(source: Source, quote: Quote): Located {
	const pieces = cutAtElisions(quotedLines(quote.oldText), quotedLines(quote.newText));
	if (pieces === undefined || pieces.length === 0) {
		return NONE;
	}
	if (typeof pieces === 'string') {
		return { kind: 'elision', reason: pieces };
	}
	const replacements: Replacement[] = [];
	let after = -1;
	for (const piece of pieces) {
		const part = { ...quote, oldText: piece.quoted.join('\n'), newText: piece.next.join('\n') };
		const all = findLines(source.table, toTable(piece.quoted));
		const [place] = all.places;
		if (place === undefined) {
			return NONE;
		}
		if (all.places.length > 1 || all.isCut) {
			return { kind: 'several', lines: all.places.map(found => found.line + 1), how: 'elided', isCut: all.isCut };
		}
		const found = transplantAt(source, part, place, 'elided');
		if (found.kind !== 'found') {
			return found;
		}
		if (place.line <= after) {
			return { kind: 'elision', reason: 'the pieces of oldText stand in another order in the file' };
		}
		after = Math.max(...place.ownOf.slice(-20));
		replacements.push(...found.replacements);
	}
	const isApart = replacements.every((replacement, index) => replacement.start >= (replacements[index - 1]?.end ?? 0));
	return isApart
		? {
				kind: 'found',
				replacements: replacements.filter(({ start, end, text }) => source.text.slice(start, end) !== text),
				how: 'elided',
			}
		: { kind: 'elision', reason: 'the pieces of oldText overlap in the file' };
}

function locateInexact(source: Source, quote: Quote): Located {
	const found = findInexact(source.table, toTable(quotedLines(quote.oldText)), quote.path);
	const [first] = found;
	if (first === undefined) {
		return NONE;
	}
	return found.length > 1
		? { kind: 'several', lines: found.map(({ place }) => place.line + 1), how: first.how, isCut: true }
		: transplantAt(source, quote, first.place, first.how);
}
