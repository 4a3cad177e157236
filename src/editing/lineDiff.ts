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
 * Changed lines beyond which the diff gives up and calls everything between the first and the last difference
 * changed. The work grows with its square: two unlike texts cost about 100 ms at this value, whatever their size.
 */
const MAX_EDIT_LENGTH = 1000;

/** The differing runs in order, none touching the next. Never slow: see `MAX_EDIT_LENGTH`. */
export function diffLineArrays(before: readonly string[], after: readonly string[]): LineRange[] {
	let start = 0;
	while (start < before.length && start < after.length && before[start] === after[start]) {
		start++;
	}
	let oldEnd = before.length;
	let newEnd = after.length;
	while (oldEnd > start && newEnd > start && before[oldEnd - 1] === after[newEnd - 1]) {
		oldEnd--;
		newEnd--;
	}
	if (start === oldEnd && start === newEnd) {
		return [];
	}
	const whole = { oldStart: start, oldEnd, newStart: start, newEnd };
	if (start === oldEnd || start === newEnd) {
		return [whole];
	}
	const changes = diffArrays(before.slice(start, oldEnd), after.slice(start, newEnd), {
		maxEditLength: MAX_EDIT_LENGTH,
	});
	if (changes === undefined) {
		return [whole];
	}
	const ranges: LineRange[] = [];
	let oldLine = start;
	let newLine = start;
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
