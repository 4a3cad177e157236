/** A replacement in a document: places from 0, the end exclusive. */
export interface LineEdit {
	readonly startLine: number;
	readonly startCharacter: number;
	readonly endLine: number;
	readonly endCharacter: number;
	/** Line ends in what was put there. */
	readonly lineEnds: number;
}

/** Where a line stands after an edit. One whose text is gone stands where it was. */
export function shiftLine(line: number, edit: LineEdit): number {
	const { startLine, startCharacter, endLine, endCharacter, lineEnds } = edit;
	if (line < startLine) {
		return line;
	}
	if (line > endLine) {
		return line + lineEnds - (endLine - startLine);
	}
	const isBefore = startCharacter === 0 && endCharacter === 0;
	// What stands behind the edit on its last line is pushed on; what stands before it on the first stays.
	return line === endLine && (isBefore || endLine > startLine) ? startLine + lineEnds : startLine;
}
