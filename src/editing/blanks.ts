/** Blank lines: a quote may have too many or too few, the file's stay, and only what the edit changes about them changes. */
import { isBlankLine } from './lineTable.ts';

/**
 * The file's lines with as many blank ones more or less as the edit makes of them.
 * @param own blank lines, perhaps with others among them. @param was and @param now how many the quote and its new text have.
 */
export function reblank(own: readonly string[], was: number, now: number): readonly string[] {
	const blank = own.filter(isBlankLine).length;
	if (was === now || blank === now) {
		return own;
	}
	if (now > was) {
		return [...own, ...new Array<string>(now - was).fill('')];
	}
	let tooMany = was - now;
	return own
		.toReversed()
		.filter(line => !isBlankLine(line) || tooMany-- <= 0)
		.toReversed();
}

/** A place where lines are added and none changed. */
export interface Blanks {
	/** Blank lines of the quote. */
	readonly was: readonly string[];
	/** The new text there: blank lines at its ends, others between. */
	readonly now: readonly string[];
	/** Blank lines of the file. */
	readonly own: readonly string[];
}

export interface BlanksAround {
	readonly before: readonly string[];
	readonly after: readonly string[];
	/** How many lines at the ends of the new text they stand for. */
	readonly lead: number;
	readonly trail: number;
}

/** The blank lines on both sides of added lines; undefined where the side of one cannot be told. */
export function reblankAround({ was, now, own }: Blanks): BlanksAround | undefined {
	const lead = now.findIndex(line => !isBlankLine(line));
	const trail = now.length - 1 - now.findLastIndex(line => !isBlankLine(line));
	let [before, after] = [lead, trail];
	const missing = own.length - was.length;
	if (was.length === 0 && own.length > 0) {
		if (lead + trail === 0) {
			return undefined;
		}
		// The new text brings the blank lines along that the quote left out.
		const more = Math.max(0, own.length - lead - trail);
		[before, after] = lead === 0 ? [before, after + more] : [before + more, after];
	} else if (missing !== 0) {
		const isBehind = lead === 0 && trail > 0;
		before = isBehind ? before : Math.max(0, before + missing);
		after = isBehind ? Math.max(0, after + missing) : after;
	}
	const take = (count: number, source: readonly string[]) =>
		Array.from({ length: count }, (_, index) => source[index] ?? '');
	const first = take(before, own);
	return { before: first, after: take(after, own.slice(Math.max(first.length, own.length - after))), lead, trail };
}
