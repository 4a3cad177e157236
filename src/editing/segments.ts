/** Cuts an edit at the lines that it keeps: what lies between two of them changes, or stays, as one. */
import { diffLineArrays } from './lineDiff.ts';
import { isBlankLine } from './lineTable.ts';

/** Numbers from..to, the end exclusive. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

/** Lines that lie between the same two kept lines. */
export interface Segment {
	readonly quoted: Span;
	readonly next: Span;
	readonly own: Span;
}

/** A line that quote and new text both have, and the file's own. */
export interface KeptLine {
	readonly quoted: number;
	readonly next: number;
	readonly own: number;
}

export interface Cut {
	readonly kept: readonly KeptLine[];
	/** One more than `kept`: before the first, between each two, after the last. */
	readonly segments: readonly Segment[];
}

export interface QuotedLines {
	readonly quoted: readonly string[];
	readonly next: readonly string[];
	/** The file's line for each line of the quote that is not blank, in order; −1 for blank ones. */
	readonly ownOf: readonly number[];
	readonly ownLine: (line: number) => string;
}

/** @param own the file's lines that the quote stands for. */
export function cutAtKept({ quoted, next, ownOf, ownLine }: QuotedLines, own: Span): Cut {
	const kept: KeptLine[] = [];
	const segments: Segment[] = [];
	let from = { quoted: 0, next: 0, own: own.from };
	const close = (to: KeptLine) => {
		segments.push({
			quoted: { from: from.quoted, to: to.quoted },
			next: { from: from.next, to: to.next },
			own: { from: from.own, to: to.own },
		});
		from = { quoted: to.quoted + 1, next: to.next + 1, own: to.own + 1 };
	};
	const meant = asMeant(quoted, next, index => ((ownOf[index] ?? -1) < 0 ? undefined : ownLine(ownOf[index] ?? -1)));
	for (const pair of keptPairs(meant, next)) {
		const line = { ...pair, own: ownOf[pair.quoted] ?? -1 };
		if (line.own >= 0) {
			close(line);
			kept.push(line);
		}
	}
	close({ quoted: quoted.length, next: next.length, own: own.to });
	return { kept, segments };
}

/** Where the quote alone is wrong about a line, and the new text has it as the file does, the edit keeps it. */
function asMeant(
	quoted: readonly string[],
	next: readonly string[],
	ownOf: (index: number) => string | undefined,
): readonly string[] {
	const news = new Set(next.map(line => line.trim()));
	return quoted.map((line, index) => {
		const own = news.has(line.trim()) ? undefined : ownOf(index);
		return own !== undefined && news.has(own.trim()) ? own : line;
	});
}

/** Lines that both texts have in the same order, whatever their indentation. Blank ones keep nothing apart. */
function* keptPairs(
	quoted: readonly string[],
	next: readonly string[],
): Generator<{ readonly quoted: number; readonly next: number }> {
	const keys = (lines: readonly string[]) => lines.map(line => (isBlankLine(line) ? '' : line.trim()));
	const before = keys(quoted);
	let [oldAt, newAt] = [0, 0];
	for (const range of [...diffLineArrays(before, keys(next)), undefined]) {
		for (const end = range?.oldStart ?? before.length; oldAt < end; oldAt++, newAt++) {
			if (before[oldAt] !== '') {
				yield { quoted: oldAt, next: newAt };
			}
		}
		oldAt = range?.oldEnd ?? oldAt;
		newAt = range?.newEnd ?? newAt;
	}
}

/** Numbers of the lines that are not blank, `first` being that of the first line. */
export function solidOf(lines: readonly string[], first: number): number[] {
	return lines.flatMap((line, index) => (isBlankLine(line) ? [] : [first + index]));
}
