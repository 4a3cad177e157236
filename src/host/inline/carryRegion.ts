/** Where a run of lines is after somebody changed the text. Positions are those of the text before the change, from 0. */

export interface LineRegion {
	readonly start: number;
	/** Exclusive. */
	readonly end: number;
}

export interface ChangeAt {
	readonly startLine: number;
	readonly startCharacter: number;
	readonly endLine: number;
	readonly endCharacter: number;
	readonly text: string;
}

export interface CarriedRegion extends LineRegion {
	/** The change is within the lines, or takes something of them. */
	readonly isTouched: boolean;
}

/** @param lastLength length of the region's last line in UTF-16 units. */
export function carryRegion({ start, end }: LineRegion, change: ChangeAt, lastLength: number): CarriedRegion {
	const { startLine, startCharacter, endLine, endCharacter, text } = change;
	const grown = text.split('\n').length - 1 - (endLine - startLine);
	const endsBefore = endLine < start || (endLine === start && endCharacter === 0 && leavesLineStart(change));
	if (endsBefore) {
		return { start: start + grown, end: end + grown, isTouched: false };
	}
	const isLineBelow =
		startLine === end - 1 &&
		startCharacter >= lastLength &&
		endLine === startLine &&
		(text.startsWith('\n') || text.startsWith('\r\n'));
	if (startLine >= end || isLineBelow) {
		return { start, end, isTouched: false };
	}
	// What is left of lines that were joined with those of the region belongs to it from now on.
	const from = Math.min(start, startLine);
	return { start: from, end: Math.max(Math.max(end, endLine + 1) + grown, from), isTouched: true };
}

/** Whether the line that the change ends at begins with the region's own text as before. */
function leavesLineStart({ startLine, startCharacter, endLine, text }: ChangeAt): boolean {
	return text.endsWith('\n') || (text === '' && startCharacter === 0 && startLine < endLine);
}
