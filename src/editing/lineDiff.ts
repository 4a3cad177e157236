/** Which runs of lines differ between two texts. */
import { diffArrays } from 'diff';

/** Lines `oldStart`..`oldEnd` of the one became `newStart`..`newEnd` of the other. From 0, ends exclusive. */
export interface LineRange {
	readonly oldStart: number;
	readonly oldEnd: number;
	readonly newStart: number;
	readonly newEnd: number;
}

/**
 * Changed lines beyond which the diff stops to look for the fewest of them. The work grows with its square: two unlike
 * texts cost about 100 ms at this value, whatever their size.
 */
const MAX_EDIT_LENGTH = 1000;
/** The same between two lines that are known to belong together: there may be thousands of such pairs. */
const MAX_GAP_EDIT_LENGTH = 100;

/**
 * The differing runs in order, none touching the next. Never slow: see `MAX_EDIT_LENGTH`. Beyond that it goes by lines
 * that both texts have exactly once, and calls all of what lies between two of them changed where that differs much.
 * Which of several equal lines came or went is decided by what is around them alone: it is the last one, as in git.
 */
export function diffLineArrays(before: readonly string[], after: readonly string[]): LineRange[] {
	const region = trimmed(before, after, {
		oldStart: 0,
		oldEnd: before.length,
		newStart: 0,
		newEnd: after.length,
	});
	const ranges = fewest(before, after, region, MAX_EDIT_LENGTH) ?? byUniqueLines(before, after, region);
	return slidDown(before, after, ranges);
}

/** Lines that only came or only went, as far down as equal lines let them without touching the next run. */
function slidDown(before: readonly string[], after: readonly string[], ranges: readonly LineRange[]): LineRange[] {
	const slid: LineRange[] = [];
	let next = { oldStart: before.length + 1, newStart: after.length + 1 };
	for (let index = ranges.length - 1; index >= 0; index--) {
		const range = ranges[index];
		if (range === undefined) {
			break;
		}
		const { oldStart, oldEnd, newStart, newEnd } = range;
		let by = 0;
		if (oldStart === oldEnd || newStart === newEnd) {
			const [lines, start, end] = oldStart === oldEnd ? [after, newStart, newEnd] : [before, oldStart, oldEnd];
			const most = Math.min(next.oldStart - oldEnd, next.newStart - newEnd) - 1;
			while (by < most && lines[start + by] === lines[end + by]) {
				by++;
			}
		}
		next = { oldStart: oldStart + by, newStart: newStart + by };
		slid.push({ ...next, oldEnd: oldEnd + by, newEnd: newEnd + by });
	}
	return slid.reverse();
}

/** Without the lines at both ends that are the same. */
function trimmed(before: readonly string[], after: readonly string[], range: LineRange): LineRange {
	let { oldStart, oldEnd, newStart, newEnd } = range;
	while (oldStart < oldEnd && newStart < newEnd && before[oldStart] === after[newStart]) {
		oldStart++;
		newStart++;
	}
	while (oldEnd > oldStart && newEnd > newStart && before[oldEnd - 1] === after[newEnd - 1]) {
		oldEnd--;
		newEnd--;
	}
	return { oldStart, oldEnd, newStart, newEnd };
}

/** The fewest changed lines; undefined when there are more than `most`. */
function fewest(
	before: readonly string[],
	after: readonly string[],
	region: LineRange,
	most: number,
): LineRange[] | undefined {
	const { oldStart, oldEnd, newStart, newEnd } = region;
	if (oldStart === oldEnd && newStart === newEnd) {
		return [];
	}
	if (oldStart === oldEnd || newStart === newEnd) {
		return [region];
	}
	const changes = diffArrays(before.slice(oldStart, oldEnd), after.slice(newStart, newEnd), { maxEditLength: most });
	if (changes === undefined) {
		return undefined;
	}
	const ranges: LineRange[] = [];
	let oldLine = oldStart;
	let newLine = newStart;
	let open: LineRange | undefined;
	for (const change of changes) {
		if (!change.added && !change.removed) {
			open = undefined;
			oldLine += change.count;
			newLine += change.count;
			continue;
		}
		const from = open ?? { oldStart: oldLine, newStart: newLine };
		oldLine += change.removed ? change.count : 0;
		newLine += change.added ? change.count : 0;
		const range = { oldStart: from.oldStart, oldEnd: oldLine, newStart: from.newStart, newEnd: newLine };
		if (open !== undefined) {
			ranges.pop();
		}
		ranges.push(range);
		open = range;
	}
	return ranges;
}

function byUniqueLines(before: readonly string[], after: readonly string[], region: LineRange): LineRange[] {
	const ranges: LineRange[] = [];
	let { oldStart, newStart } = region;
	const end = { oldLine: region.oldEnd, newLine: region.newEnd };
	for (const { oldLine, newLine } of [...commonUniqueLines(before, after, region), end]) {
		const gap = trimmed(before, after, { oldStart, oldEnd: oldLine, newStart, newEnd: newLine });
		for (const range of fewest(before, after, gap, MAX_GAP_EDIT_LENGTH) ?? [gap]) {
			ranges.push(range);
		}
		oldStart = oldLine + 1;
		newStart = newLine + 1;
	}
	return ranges;
}

interface CommonLine {
	readonly oldLine: number;
	readonly newLine: number;
}

/** Lines that each side of the region has exactly once: the most of them that are in the same order on both. */
function commonUniqueLines(
	before: readonly string[],
	after: readonly string[],
	{ oldStart, oldEnd, newStart, newEnd }: LineRange,
): readonly CommonLine[] {
	const newLines = uniqueLines(after, newStart, newEnd);
	/** The end of the best row of each length, and what comes before each line in its best row (patience sorting). */
	const ends: CommonLine[] = [];
	const previous = new Map<CommonLine, CommonLine | undefined>();
	for (const [text, oldLine] of uniqueLines(before, oldStart, oldEnd)) {
		const newLine = newLines.get(text);
		if (newLine !== undefined) {
			const line = { oldLine, newLine };
			const length = countBelow(ends, newLine);
			previous.set(line, ends[length - 1]);
			ends[length] = line;
		}
	}
	const row: CommonLine[] = [];
	for (let line = ends.at(-1); line !== undefined; line = previous.get(line)) {
		row.push(line);
	}
	return row.reverse();
}

/** By text, in their order: a line of text that comes a second time is none of them. */
function uniqueLines(lines: readonly string[], start: number, end: number): ReadonlyMap<string, number> {
	const places = new Map<string, number>();
	const repeated = new Set<string>();
	for (let line = start; line < end; line++) {
		const text = lines[line] ?? '';
		if (places.has(text)) {
			repeated.add(text);
		}
		places.set(text, line);
	}
	for (const text of repeated) {
		places.delete(text);
	}
	return places;
}

/** How many of the lines, which are in order on the new side, come before one there. */
function countBelow(lines: readonly CommonLine[], newLine: number): number {
	let low = 0;
	let high = lines.length;
	while (low < high) {
		const middle = (low + high) >> 1;
		if ((lines[middle]?.newLine ?? 0) < newLine) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}
