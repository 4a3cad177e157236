/** Which lines of a text an edit changed. */
import { diffLineArrays, type LineRange } from './lineDiff.ts';
import { splitLines } from './lineEnds.ts';

/**
 * The differing runs of lines.
 * @param untouched how many characters at both ends are known to be the same.
 */
export function changedLines(
	before: string,
	after: string,
	untouched: { readonly head: number; readonly tail: number },
): readonly LineRange[] {
	const start = untouched.head === 0 ? 0 : before.lastIndexOf('\n', untouched.head - 1) + 1;
	const behind = before.indexOf('\n', before.length - untouched.tail);
	const kept = behind < 0 ? 0 : before.length - behind - 1;
	let first = 0;
	for (let at = before.indexOf('\n'); at >= 0 && at < start; at = before.indexOf('\n', at + 1)) {
		first++;
	}
	const lines = (text: string) => splitLines(text.slice(start, text.length - kept));
	return diffLineArrays(lines(before), lines(after)).map(range => ({
		oldStart: first + range.oldStart,
		oldEnd: first + range.oldEnd,
		newStart: first + range.newStart,
		newEnd: first + range.newEnd,
	}));
}
