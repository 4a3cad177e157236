/** Carries the indentation of a model's text over into the file's: other depth, tabs for spaces or the reverse. */

/** The indentation of one line as it was quoted and as the file has it. */
export interface IndentPair {
	readonly quoted: string;
	readonly own: string;
}

/** The file's indentation for one of the model's text; undefined where that cannot be told. */
export type ToOwnIndent = (indent: string) => string | undefined;

const TAB_WIDTHS = [4, 2, 8, 3, 1];
const CLEAR_MAJORITY = 3;

/**
 * @param pairs of the lines that both have.
 * @param others indentations of the model's text, which tell the width of its step.
 */
export function learnIndent(pairs: readonly IndentPair[], others: readonly string[]): ToOwnIndent {
	if (pairs.every(pair => pair.quoted === pair.own)) {
		return indent => indent;
	}
	if (areSlips(pairs)) {
		return indent => indent;
	}
	const known = countPairs(pairs);
	const convert = isOneKind(pairs) ? byPrefix(pairs) : byWidth(pairs, others);
	return indent => known.get(indent) ?? convert(indent);
}

/** Most lines are right, the others a space off: that says nothing about any other line. */
function areSlips(pairs: readonly IndentPair[]): boolean {
	const wrong = pairs.filter(pair => pair.quoted !== pair.own);
	const isSpaceOff = ({ quoted, own }: IndentPair) => quoted === ` ${own}` || own === ` ${quoted}`;
	return 2 * wrong.length < pairs.length && wrong.every(isSpaceOff);
}

/** The usual indentation for each quoted one; none where two are as usual. */
function countPairs(pairs: readonly IndentPair[]): ReadonlyMap<string, string> {
	const counts = new Map<string, Map<string, number>>();
	for (const { quoted, own } of pairs) {
		const owns = counts.get(quoted) ?? new Map<string, number>();
		counts.set(quoted, owns.set(own, (owns.get(own) ?? 0) + 1));
	}
	const usual = new Map<string, string>();
	for (const [quoted, owns] of counts) {
		const [first, second] = [...owns].sort(([, left], [, right]) => right - left);
		if (first !== undefined && first[1] !== second?.[1]) {
			usual.set(quoted, first[0]);
		} else if (owns.has(quoted)) {
			usual.set(quoted, quoted);
		}
	}
	return usual;
}

/** Both write their indentation with tabs alone, or both with spaces alone. */
function isOneKind(pairs: readonly IndentPair[]): boolean {
	const all = pairs.map(pair => pair.quoted + pair.own).join('');
	return !all.includes('\t') || !all.includes(' ');
}

/** One sign is one step on both sides: the shift that most lines have, or the same multiple on all. */
function byPrefix(pairs: readonly IndentPair[]): ToOwnIndent {
	const sign = pairs.some(pair => (pair.quoted + pair.own).includes('\t')) ? '\t' : ' ';
	const scale = scaleOf(pairs);
	const shift = usualShift(pairs.map(pair => pair.own.length - pair.quoted.length));
	return indent => {
		if (indent.replaceAll(sign, '') !== '') {
			return undefined;
		}
		const length = scale !== undefined ? indent.length * scale : shift === undefined ? -1 : indent.length + shift;
		return length >= 0 && Number.isInteger(length) ? sign.repeat(length) : undefined;
	};
}

/** Four spaces a step for two: at least two depths say so. */
function scaleOf(pairs: readonly IndentPair[]): number | undefined {
	const deep = pairs.filter(pair => pair.quoted.length > 0);
	const [first] = deep;
	if (first === undefined || first.own.length === 0 || new Set(deep.map(pair => pair.quoted)).size < 2) {
		return undefined;
	}
	const scale = first.own.length / first.quoted.length;
	return pairs.every(pair => pair.own.length === pair.quoted.length * scale) ? scale : undefined;
}

function usualShift(shifts: readonly number[]): number | undefined {
	const counts = new Map<number, number>();
	for (const shift of shifts) {
		counts.set(shift, (counts.get(shift) ?? 0) + 1);
	}
	const [first, second] = [...counts].sort(([, left], [, right]) => right - left);
	if (first === undefined || first[1] !== second?.[1]) {
		return first?.[0];
	}
	return counts.get(0) === first[1] ? 0 : undefined;
}

/** Tabs on one side: the width of a tab that makes all lines agree. */
function byWidth(pairs: readonly IndentPair[], others: readonly string[]): ToOwnIndent {
	const step = stepOf([...pairs.flatMap(pair => [pair.quoted, pair.own]), ...others]);
	const widths = [...(step === undefined ? [] : [step]), ...TAB_WIDTHS];
	const shiftsAt = (tab: number) => pairs.map(pair => widthOf(pair.own, tab) - widthOf(pair.quoted, tab));
	const tab =
		widths.find(width => shiftsAt(width).every(shift => shift === 0)) ??
		widths.find(width => new Set(shiftsAt(width)).size === 1);
	if (tab === undefined) {
		return () => undefined;
	}
	const shift = shiftsAt(tab)[0] ?? 0;
	const hasTabs = pairs.some(pair => pair.own.includes('\t'));
	return indent => {
		const width = widthOf(indent, tab) + shift;
		if (width < 0) {
			return undefined;
		}
		return hasTabs ? '\t'.repeat(Math.floor(width / tab)) + ' '.repeat(width % tab) : ' '.repeat(width);
	};
}

function widthOf(indent: string, tab: number): number {
	let width = 0;
	for (const sign of indent) {
		width += sign === '\t' ? tab : 1;
	}
	return width;
}

/** What all indentations of spaces alone are a multiple of, where that is a step anyone uses. */
function stepOf(indents: readonly string[]): number | undefined {
	let step = 0;
	for (const indent of indents) {
		if (indent !== '' && !indent.includes('\t')) {
			step = greatestDivisor(step, indent.length);
		}
	}
	return step >= 2 && step <= 8 ? step : undefined;
}

function greatestDivisor(left: number, right: number): number {
	return right === 0 ? left : greatestDivisor(right, left % right);
}

/** What the new text does with the indentation of a line that both it and the quote have. */
export interface IndentTriple extends IndentPair {
	readonly next: string;
	/** The new text has an added line above that is less deep: it may open a block around this one. */
	readonly isOpened: boolean;
	/** A line above, no deeper, is taken out: it may have opened a block around this one. */
	readonly isFreed: boolean;
}

/**
 * Whether the new text is indented as the quote is, or already as the file is (only the quote was wrong). Undefined when
 * both can be meant.
 * @param kept lines that quote and new text have. @param changed pairs of lines of which one took the other's place.
 * @param quoted and @param own and @param next indentations of all lines that are not blank.
 */
export function isNewTextLikeQuote(
	kept: readonly IndentTriple[],
	changed: readonly IndentTriple[],
	[quoted, own, next]: readonly [quoted: readonly string[], own: readonly string[], next: readonly string[]],
): boolean | undefined {
	for (const triples of [kept, changed]) {
		const telling = triples.filter(triple => triple.quoted !== triple.own);
		const like = telling.filter(triple => triple.next === triple.quoted).length;
		const right = telling.filter(triple => triple.next === triple.own).length;
		if (like > 0 && right > 0) {
			return whichExplains(telling, like, right);
		}
		// A block put around the quote gives its lines the depth they have in the quote, or in the file, by chance.
		if (like > 0) {
			const isWrapped =
				quoted[0] !== own[0] &&
				next[0] === own[0] &&
				triples.every(triple => triple.quoted !== triple.own && isMeant(triple, triple.own));
			return !isWrapped ? true : next.at(-1) === next[0] ? false : undefined;
		}
		if (right > 0) {
			return quoted[0] !== own[0] && next[0] === quoted[0];
		}
	}
	if ([...kept, ...changed].some(triple => triple.quoted !== triple.own) && least(quoted) === least(own)) {
		return undefined;
	}
	const [leastQuoted, leastOwn, leastNext] = [least(quoted), least(own), least(next)];
	if (leastNext === undefined || leastQuoted === leastOwn) {
		return true;
	}
	const byLeast = leastNext === leastQuoted ? true : leastNext === leastOwn ? false : undefined;
	const isFirstTelling = quoted[0] !== own[0] && (next[0] === quoted[0] || next[0] === own[0]);
	const byFirst = isFirstTelling ? next[0] === quoted[0] : undefined;
	return byLeast === undefined || byFirst === undefined || byLeast === byFirst ? (byLeast ?? byFirst) : undefined;
}

/** Some lines have the quote's indentation in the new text, others the file's: one of the two is because a block moved. */
function whichExplains(telling: readonly IndentTriple[], like: number, right: number): boolean | undefined {
	const isQuoteMeant = telling.every(triple => isMeant(triple, triple.quoted));
	const isOwnMeant = telling.every(triple => isMeant(triple, triple.own));
	if (isQuoteMeant !== isOwnMeant) {
		return isQuoteMeant;
	}
	return Math.max(like, right) >= CLEAR_MAJORITY * Math.min(like, right) ? like > right : undefined;
}

/** The line stays as deep as it was, or a block that is put around it, or taken away, moves it. */
function isMeant({ next, isOpened, isFreed }: IndentTriple, was: string): boolean {
	return next === was || (next.length > was.length ? isOpened : isFreed);
}

function least(indents: readonly string[]): string | undefined {
	let found: string | undefined;
	for (const indent of indents) {
		if (found === undefined || indent.length < found.length) {
			found = indent;
		}
	}
	return found;
}
