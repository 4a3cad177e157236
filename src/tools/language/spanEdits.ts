/** Applies a language server's edits to a text. */
import type { SpanEdit, TextPosition } from '../../agent/languageServices.ts';

/**
 * The text after the edits, all of which are given for the text before. Bytes outside them stay.
 * @returns undefined when an edit lies outside the text or two overlap: they were made for another text then.
 */
export function applySpanEdits(text: string, edits: readonly SpanEdit[]): string | undefined {
	const starts = lineStarts(text);
	const placed: { start: number; end: number; newText: string }[] = [];
	for (const { span, newText } of edits) {
		const start = offsetOf(span.start, starts, text);
		const end = offsetOf(span.end, starts, text);
		if (start === undefined || end === undefined || end < start) {
			return undefined;
		}
		placed.push({ start, end, newText });
	}
	placed.sort((a, b) => a.start - b.start || a.end - b.end);
	let result = '';
	let last = 0;
	for (const { start, end, newText } of placed) {
		if (start < last) {
			return undefined;
		}
		result += text.slice(last, start) + newText;
		last = end;
	}
	return result + text.slice(last);
}

interface LineStart {
	readonly start: number;
	/** Before its line end. */
	readonly end: number;
}

function lineStarts(text: string): readonly LineStart[] {
	const lines: LineStart[] = [];
	let start = 0;
	for (const { index, 0: lineEnd } of text.matchAll(/\r\n|\r|\n/g)) {
		lines.push({ start, end: index });
		start = index + lineEnd.length;
	}
	lines.push({ start, end: text.length });
	return lines;
}

function offsetOf({ line, column }: TextPosition, lines: readonly LineStart[], text: string): number | undefined {
	const at = lines[line - 1];
	if (at === undefined) {
		// The end of the text may be given as the line after the last.
		return line === lines.length + 1 && column === 1 ? text.length : undefined;
	}
	const offset = at.start + column - 1;
	return offset <= at.end && column >= 1 ? offset : undefined;
}
