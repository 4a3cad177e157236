/** What of the hunks is drawn, as lines. */
import type { LineSpan } from '../../editing/pendingEdit.ts';
import { hunksNear } from './hunkLenses.ts';
import { anchorLine } from './hunkWalk.ts';
import type { ShownHunk } from './shownFiles.ts';

/** Removed lines at the line that stands for them. */
export interface DrawnRemoval {
	readonly line: number;
	readonly removed: readonly string[];
}

export interface HunkDrawing {
	/** Lines of the agent, one span a hunk: all of the file, for the overview beside the scroll bar. */
	readonly lines: readonly LineSpan[];
	/** Those on screen or near it, for what only shows there. */
	readonly nearLines: readonly LineSpan[];
	/** Behind these lines, lines were removed and none came in their place. */
	readonly removals: readonly DrawnRemoval[];
	/** Where the removed lines can be read; only on screen or near it. */
	readonly originals: readonly DrawnRemoval[];
}

export const nothingDrawn: HunkDrawing = { lines: [], nearLines: [], removals: [], originals: [] };

/**
 * @param lineCount of the text: an editor's, which is never 0.
 * @param visible lines that are on screen.
 */
export function hunkDrawing(hunks: readonly ShownHunk[], lineCount: number, visible: readonly LineSpan[]): HunkDrawing {
	const near = new Set(hunksNear(hunks, visible));
	const lines: LineSpan[] = [];
	const nearLines: LineSpan[] = [];
	const removals: DrawnRemoval[] = [];
	const originals: DrawnRemoval[] = [];
	for (const hunk of hunks) {
		const { span, removed } = hunk;
		const line = Math.min(anchorLine(span), lineCount - 1);
		if (span.start < span.end) {
			const drawn = { start: line, end: Math.min(span.end, lineCount) };
			lines.push(drawn);
			if (near.has(hunk)) {
				nearLines.push(drawn);
			}
		} else if (removed.length > 0) {
			removals.push({ line, removed: near.has(hunk) ? removed : [] });
		}
		if (removed.length > 0 && near.has(hunk)) {
			originals.push({ line, removed });
		}
	}
	return { lines, nearLines, removals, originals };
}

/** A change of a text, as the editor tells of it. Lines from 0. */
export interface TextChange {
	readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } };
	readonly text: string;
}

/**
 * Where the editor itself moves what is drawn when the text changes; undefined where that has to be drawn again. Drawing
 * what is there already would have it flicker while the user types.
 */
export function movedDrawing(drawing: HunkDrawing, changes: readonly TextChange[]): HunkDrawing | undefined {
	const moving = changes.filter(change => growthOf(change) !== 0 || change.range.start.line !== change.range.end.line);
	const [change] = moving;
	if (change === undefined) {
		return drawing;
	}
	const { start, end } = change.range;
	const isTouched = [...drawing.lines, ...drawing.removals.map(({ line }) => ({ start: line, end: line + 1 }))].some(
		span => start.line < span.end && span.start <= end.line,
	);
	if (moving.length > 1 || isTouched) {
		return undefined;
	}
	const growth = growthOf(change);
	const by = (line: number) => (line > end.line ? growth : 0);
	const moveLines = (span: LineSpan) => ({ start: span.start + by(span.start), end: span.end + by(span.start) });
	const moveRemoval = ({ line, removed }: DrawnRemoval) => ({ line: line + by(line), removed });
	return {
		lines: drawing.lines.map(moveLines),
		nearLines: drawing.nearLines.map(moveLines),
		removals: drawing.removals.map(moveRemoval),
		originals: drawing.originals.map(moveRemoval),
	};
}

/** Whether both look the same. */
export function isSameDrawing(one: HunkDrawing, other: HunkDrawing): boolean {
	return (
		isSameList(one.lines, other.lines, isSameSpan) &&
		isSameList(one.nearLines, other.nearLines, isSameSpan) &&
		isSameList(one.removals, other.removals, isSameRemoval) &&
		isSameList(one.originals, other.originals, isSameRemoval)
	);
}

/** Lines that the text has more by it. */
function growthOf({ range, text }: TextChange): number {
	return text.split('\n').length - 1 - (range.end.line - range.start.line);
}

function isSameSpan(one: LineSpan, other: LineSpan): boolean {
	return one.start === other.start && one.end === other.end;
}

function isSameRemoval(one: DrawnRemoval, other: DrawnRemoval): boolean {
	return one.line === other.line && isSameList(one.removed, other.removed, (line, against) => line === against);
}

function isSameList<Item>(
	one: readonly Item[],
	other: readonly Item[],
	isSame: (item: Item, against: Item) => boolean,
): boolean {
	return (
		one.length === other.length &&
		one.every((item, index) => {
			const against = other[index];
			return against !== undefined && isSame(item, against);
		})
	);
}
