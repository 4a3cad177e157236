/** Finds the lines of a quote among a file's, whatever their white space and typography. */
import { type LineLikeness, likenessOf, looser, RELAXATIONS } from './likeness.ts';
import { LineTable } from './lineTable.ts';
import { findRuns } from './runs.ts';
import type { LinePlace } from './transplant.ts';

export type LinesHow = LineLikeness | 'blankLines' | 'typo';

export interface FoundLines extends LinePlace {
	readonly how: LinesHow;
	/** From 0. */
	readonly line: number;
}

export interface FoundAll {
	/** Those of the least forgiving rule that finds any. */
	readonly places: readonly FoundLines[];
	/** There may be more. */
	readonly isCut: boolean;
}

const MAX_PLACES = 1000;
/** Characters compared in one search: some 100 ms. */
const MAX_WORK = 20_000_000;

export function toTable(lines: readonly string[]): LineTable {
	return new LineTable(lines.join('\n'));
}

/** The places where all lines of `quote` stand one after the other, blank ones aside. */
export function findLines(table: LineTable, quote: LineTable): FoundAll {
	const starts = findRuns(table.prints, quote.prints, MAX_PLACES);
	const found: FoundLines[] = [];
	let work = 0;
	for (const start of starts) {
		work += quote.text.length;
		if (work > MAX_WORK) {
			return { places: strictest(found), isCut: true };
		}
		const place = placeAt(table, quote, index => start + index);
		if (place !== undefined) {
			found.push(place);
		}
	}
	return { places: strictest(found), isCut: starts.length === MAX_PLACES };
}

function strictest(found: readonly FoundLines[]): readonly FoundLines[] {
	let best: readonly FoundLines[] = [];
	for (const place of found) {
		const order = RELAXATIONS.indexOf(place.how) - RELAXATIONS.indexOf(best[0]?.how ?? 'missingLine');
		best = order < 0 ? [place] : order === 0 ? [...best, place] : best;
	}
	return best;
}

/**
 * The lines of the quote paired with the file's.
 * @param solidOf the index among the file's solid lines of each of the quote's.
 * @param isLike a line that no rule makes the same, but that may be it. Undefined when one is not.
 */
export function placeAt(
	table: LineTable,
	quote: LineTable,
	solidOf: (index: number) => number,
	isLike: (quoted: string, own: string) => boolean = hasSameLetters,
): FoundLines | undefined {
	const ownOf: number[] = new Array(quote.count).fill(-1);
	const unsure = new Set<number>();
	let how: LinesHow = 'exact';
	let hasOtherCharacters = false;
	for (let index = 0; index < quote.solid.length; index++) {
		const [line, own] = [quote.solidLine(index), table.solidLine(solidOf(index))];
		const [quoted, ours] = [quote.line(line), table.line(own)];
		const likeness = likenessOf(quoted, ours);
		if (likeness === undefined && !isLike(quoted, ours)) {
			return undefined;
		}
		if (likeness === undefined) {
			unsure.add(line);
		}
		hasOtherCharacters ||= likeness === 'characters';
		how = looser(how, likeness ?? 'typo');
		ownOf[line] = own;
	}
	const line = table.solidLine(solidOf(0));
	how = hasSameBlanks(table, quote, ownOf, line) ? how : looser(how, 'blankLines');
	return { ownOf, unsure, hasOtherCharacters, how, line };
}

/** The prints are the same, so that only white space between signs can differ: enough for a line that stays. */
function hasSameLetters(quoted: string, own: string): boolean {
	const words = (line: string) => line.trim().split(/[^\p{L}\p{N}_$]+/u);
	return words(quoted).join(' ').trim() === words(own).join(' ').trim();
}

function hasSameBlanks(table: LineTable, quote: LineTable, ownOf: readonly number[], first: number): boolean {
	const lead = quote.solidLine(0);
	for (let line = 0; line < quote.count; line++) {
		const own = ownOf[line] ?? -1;
		if (own >= 0 ? own - first !== line - lead : !table.isBlank(first + line - lead)) {
			return false;
		}
	}
	return true;
}
