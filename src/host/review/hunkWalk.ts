/** The way from hunk to hunk, within a file and across files. */
import type { LineSpan } from '../../editing/pendingEdit.ts';
import type { ShownFile, ShownHunk } from './shownFiles.ts';

export type Direction = 'next' | 'previous';

/**
 * The line that stands for a hunk: its first one, and where lines were only removed the one before them, as the
 * editor's own marks have it.
 */
export function anchorLine({ start, end }: LineSpan): number {
	return start === end ? Math.max(0, start - 1) : start;
}

/** Whether the line is one of the hunk. */
export function isAtLine({ span }: ShownHunk, line: number): boolean {
	return span.start === span.end ? line === anchorLine(span) : span.start <= line && line < span.end;
}

/** The hunk at a line; of several, as of two sessions, the first. */
export function hunkAt(hunks: readonly ShownHunk[], line: number): ShownHunk | undefined {
	return hunks.find(hunk => isAtLine(hunk, line));
}

/** Where a step begins. */
export interface Place {
	readonly key: string;
	readonly line: number;
}

/**
 * The hunk that comes after, or before, the place: through the file, then the files in their order, and round again.
 * Undefined when there is none at all.
 * @param files with their hunks, in the order of the review.
 */
export function stepFrom(
	files: readonly ShownFile[],
	place: Place | undefined,
	direction: Direction,
): ShownHunk | undefined {
	const at = place === undefined ? -1 : files.findIndex(({ key }) => key === place.key);
	const here = files[at];
	if (here === undefined || place === undefined) {
		return direction === 'next' ? files[0]?.hunks[0] : files.at(-1)?.hunks.at(-1);
	}
	const inFile = stepInFile(here.hunks, place.line, direction);
	if (inFile !== undefined) {
		return inFile;
	}
	const step = direction === 'next' ? 1 : -1;
	const other = files[(at + step + files.length) % files.length];
	return direction === 'next' ? other?.hunks[0] : other?.hunks.at(-1);
}

/** Where to go once a hunk is decided: the next one in the file, or the last one before. */
export function hunkAfter(hunks: readonly ShownHunk[], line: number): ShownHunk | undefined {
	return hunks.find(hunk => anchorLine(hunk.span) >= line) ?? hunks.at(-1);
}

function stepInFile(hunks: readonly ShownHunk[], line: number, direction: Direction): ShownHunk | undefined {
	const current = hunkAt(hunks, line);
	if (current !== undefined) {
		return hunks[hunks.indexOf(current) + (direction === 'next' ? 1 : -1)];
	}
	return direction === 'next'
		? hunks.find(({ span }) => anchorLine(span) > line)
		: hunks.findLast(({ span }) => anchorLine(span) < line);
}

/** Its number among all hunks, from 1, and how many there are. */
export function positionOf(
	files: readonly ShownFile[],
	hunk: ShownHunk,
): { readonly number: number; readonly total: number } {
	const all = files.flatMap(({ hunks }) => hunks);
	const number = all.findIndex(
		({ key, sessionId, start }) => key === hunk.key && sessionId === hunk.sessionId && start === hunk.start,
	);
	return { number: number + 1, total: all.length };
}
