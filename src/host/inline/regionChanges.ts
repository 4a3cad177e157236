/** From edits of lines to edits of characters. */
import type { LineEdit } from '../../agent/inline/streamEdits.ts';
import type { TextChange } from '../../editing/lineChanges.ts';

/** A text by its lines, from 0. Offsets are UTF-16 units from its start. */
export interface LinedText {
	readonly lineCount: number;
	readonly eol: string;
	startOf(line: number): number;
	/** Without the line's end. */
	endOf(line: number): number;
}

/**
 * In order and apart from each other, as the edits are.
 * @param first line of the region that the edits count from.
 */
export function regionChanges(text: LinedText, first: number, edits: readonly LineEdit[]): readonly TextChange[] {
	const { lineCount, eol } = text;
	return edits.map(({ start, end, lines }) => {
		const from = first + start;
		const to = first + end;
		if (to < lineCount) {
			return { start: text.startOf(from), end: text.startOf(to), text: lines.map(line => line + eol).join('') };
		}
		// The last line of the text has no end to give away: that of the line before goes with it.
		const last = text.endOf(lineCount - 1);
		return from === 0
			? { start: 0, end: last, text: lines.join(eol) }
			: { start: text.endOf(from - 1), end: last, text: lines.map(line => eol + line).join('') };
	});
}
