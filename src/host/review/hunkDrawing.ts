/** What of the hunks is drawn, as lines. */
import type { LineSpan } from '../../editing/pendingEdit.ts';
import { anchorLine } from './hunkWalk.ts';
import type { ShownHunk } from './shownFiles.ts';

export interface HunkDrawing {
	/** Lines of the agent, one span a hunk. */
	readonly lines: readonly LineSpan[];
	/** Behind these lines, lines were removed and none came in their place. */
	readonly removals: readonly { readonly line: number; readonly count: number }[];
	/** Where the removed lines can be read. */
	readonly originals: readonly { readonly line: number; readonly removed: readonly string[] }[];
}

/** @param lineCount of the text: an editor's, which is never 0. */
export function hunkDrawing(hunks: readonly ShownHunk[], lineCount: number): HunkDrawing {
	const lines: LineSpan[] = [];
	const removals: { line: number; count: number }[] = [];
	const originals: { line: number; removed: readonly string[] }[] = [];
	for (const { span, removed } of hunks) {
		const line = Math.min(anchorLine(span), lineCount - 1);
		if (span.start < span.end) {
			lines.push({ start: line, end: Math.min(span.end, lineCount) });
		} else if (removed.length > 0) {
			removals.push({ line, count: removed.length });
		}
		if (removed.length > 0) {
			originals.push({ line, removed });
		}
	}
	return { lines, removals, originals };
}
