import { wordCount } from './words.ts';

/** Lines above the cursor that a model may say again. */
const MOST_LINES = 30;

/** A suggestion without what it repeats of the text before the cursor: whole lines, or the words begun on its line. */
export function withoutRepeatedBefore(text: string, before: string): string {
	return afterLines(text, before) ?? afterWords(text, before.slice(before.lastIndexOf('\n') + 1));
}

/** Behind the longest run of whole lines, the cursor's among them, with which the text begins. */
function afterLines(text: string, before: string): string | undefined {
	const lines = before.split('\n');
	for (let count = Math.min(MOST_LINES, lines.length); count > 0; count--) {
		const run = lines.slice(-count).join('\n');
		if (wordCount(run) < 3) {
			continue;
		}
		const found = [run, run.trimStart()].find(start => text.startsWith(start));
		if (found !== undefined) {
			return text.slice(found.length);
		}
	}
	return undefined;
}

/** Behind the longest end of the line with which the text begins. Two characters of words at least: one may be chance. */
function afterWords(text: string, line: string): string {
	for (let length = Math.min(line.length, text.length); length >= 2; length--) {
		const end = line.slice(-length);
		const isWhole = !(isWord(line.charAt(line.length - length - 1)) && isWord(end.charAt(0)));
		if (isWhole && text.startsWith(end) && wordCount(end) >= 2) {
			return text.slice(length);
		}
	}
	return text;
}

function isWord(character: string): boolean {
	return /[\p{L}\p{N}_$]/u.test(character);
}
