/** The smallest replacements that turn one text into another, so that cursors and breakpoints elsewhere stay. */
import { diffLineArrays } from './lineDiff.ts';
import { splitLines } from './lineEnds.ts';

/** Characters `start`..`end` (UTF-16 units of the old text, end exclusive) become `text`. */
export interface TextChange {
	readonly start: number;
	readonly end: number;
	readonly text: string;
}

/** In order and apart from each other. Applied together to `before` they give `after`. */
export function lineChanges(before: string, after: string): TextChange[] {
	const oldLines = splitLines(before);
	const newLines = splitLines(after);
	const changes: TextChange[] = [];
	let oldLine = 0;
	let offset = 0;
	for (const range of diffLineArrays(oldLines, newLines)) {
		offset += lengthOf(oldLines, oldLine, range.oldStart);
		const end = offset + lengthOf(oldLines, range.oldStart, range.oldEnd);
		const text = newLines.slice(range.newStart, range.newEnd).join('');
		changes.push(shrink(before, { start: offset, end, text }));
		oldLine = range.oldEnd;
		offset = end;
	}
	return changes;
}

function lengthOf(lines: readonly string[], from: number, to: number): number {
	let length = 0;
	for (let line = from; line < to; line++) {
		length += lines[line]?.length ?? 0;
	}
	return length;
}

/** Leaves out what both sides begin and end with, never cutting through CRLF or a surrogate pair. */
function shrink(before: string, change: TextChange): TextChange {
	const { text } = change;
	const most = Math.min(change.end - change.start, text.length);
	let head = 0;
	while (head < most && before.charCodeAt(change.start + head) === text.charCodeAt(head)) {
		head++;
	}
	while (head > 0 && (joins(before, change.start + head) || joins(text, head))) {
		head--;
	}
	let tail = 0;
	while (tail < most - head && before.charCodeAt(change.end - 1 - tail) === text.charCodeAt(text.length - 1 - tail)) {
		tail++;
	}
	while (tail > 0 && (joins(before, change.end - tail) || joins(text, text.length - tail))) {
		tail--;
	}
	return { start: change.start + head, end: change.end - tail, text: text.slice(head, text.length - tail) };
}

/** Whether the characters on both sides of the place are one thing to an editor. */
function joins(text: string, at: number): boolean {
	const left = text.charCodeAt(at - 1);
	const right = text.charCodeAt(at);
	return (left === 13 && right === 10) || (left >= 0xd800 && left <= 0xdbff && right >= 0xdc00 && right <= 0xdfff);
}

/** @param changes in order and apart from each other, as `lineChanges` gives them. */
export function applyChanges(text: string, changes: readonly TextChange[]): string {
	let result = '';
	let from = 0;
	for (const change of changes) {
		result += text.slice(from, change.start) + change.text;
		from = change.end;
	}
	return result + text.slice(from);
}
