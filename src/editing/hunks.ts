/** A change as hunks for display and for the model. */
import { diffLineArrays, type LineRange } from './lineDiff.ts';
import { splitLines, withoutLineEnd } from './lineEnds.ts';

/** Line numbers count from 1; a run of no lines stands before the line it names. */
export interface Hunk {
	readonly oldStart: number;
	readonly newStart: number;
	/** Each begins with ' ', '-' or '+'. No line ends. */
	readonly lines: readonly string[];
}

export interface TextDiff {
	readonly hunks: readonly Hunk[];
	readonly added: number;
	readonly removed: number;
	/** The runs of lines that differ, without context; from 0, ends exclusive. */
	readonly ranges: readonly LineRange[];
}

const CONTEXT_LINES = 3;

/** Compares line by line, line ends included: a line whose end alone changed is removed and added. */
export function diffTexts(before: string, after: string, contextLines = CONTEXT_LINES): TextDiff {
	const oldLines = splitLines(before);
	const newLines = splitLines(after);
	const ranges = diffLineArrays(oldLines, newLines);
	const hunks: Hunk[] = [];
	let group: LineRange[] = [];
	for (const [index, range] of ranges.entries()) {
		group.push(range);
		const next = ranges[index + 1];
		if (next === undefined || next.oldStart - range.oldEnd > 2 * contextLines) {
			hunks.push(toHunk(group, oldLines, newLines, contextLines));
			group = [];
		}
	}
	let added = 0;
	let removed = 0;
	for (const range of ranges) {
		added += range.newEnd - range.newStart;
		removed += range.oldEnd - range.oldStart;
	}
	return { hunks, added, removed, ranges };
}

function toHunk(
	ranges: readonly LineRange[],
	oldLines: readonly string[],
	newLines: readonly string[],
	contextLines: number,
): Hunk {
	const lines: string[] = [];
	const push = (sign: string, source: readonly string[], from: number, to: number) => {
		for (const line of source.slice(from, to)) {
			lines.push(sign + withoutLineEnd(line));
		}
	};
	const first = ranges[0] ?? { oldStart: 0, oldEnd: 0, newStart: 0, newEnd: 0 };
	const lead = Math.min(contextLines, first.oldStart);
	let oldLine = first.oldStart - lead;
	for (const range of ranges) {
		push(' ', oldLines, oldLine, range.oldStart);
		push('-', oldLines, range.oldStart, range.oldEnd);
		push('+', newLines, range.newStart, range.newEnd);
		oldLine = range.oldEnd;
	}
	push(' ', oldLines, oldLine, oldLine + contextLines);
	return { oldStart: first.oldStart - lead + 1, newStart: first.newStart - lead + 1, lines };
}
