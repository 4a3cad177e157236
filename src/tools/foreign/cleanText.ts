import { sliceWhole } from '../limitText.ts';
import { visibleText } from '../visibleText.ts';

/** A foreign text as one line of at most `length` characters, in which nothing is hidden. */
export function cleanText(text: string, length: number): string {
	const line = visibleText(text.replace(/\s+/g, ' ').trim()).text;
	return line.length <= length ? line : `${sliceWhole(line, length - 1)}…`;
}
