import { Brackets, openBrackets } from './brackets.ts';
import { wordCount } from './words.ts';

/**
 * A suggestion without what it repeats of the text behind the cursor: from the first line on that stands there next, and
 * the end of its last line where the cursor's line goes on with it. Brackets and quotes that the suggestion itself opened
 * stay.
 * @param line what stands before the cursor on its line.
 */
export function withoutRepeatedAfter(text: string, line: string, after: string): string {
	const [rest = '', ...below] = after.split('\n');
	const next = below.find(candidate => candidate.trim() !== '');
	const isRestBlank = rest.trim() === '';
	const cut = isRestBlank && next !== undefined ? beforeLine(text, line, next) : text;
	return isRestBlank ? cut : withoutEnd(cut, rest.trimEnd());
}

/** A text with so many characters of words is the same one wherever it stands. */
const UNMISTAKABLE = 8;

/** Up to the line that stands below already. */
function beforeLine(text: string, line: string, next: string): string {
	const lines = text.split('\n');
	const brackets = new Brackets();
	const words = wordCount(next);
	for (const [index, own] of lines.entries()) {
		const whole = index === 0 ? line + own : own;
		const isUnmatched = brackets.readLine(own);
		// Brackets alone count where they close what is open before the cursor.
		const isSame =
			words >= UNMISTAKABLE
				? whole.trim() === next.trim()
				: whole.trimEnd() === next.trimEnd() && (words > 0 || isUnmatched);
		if (isSame && (index > 0 || line.trim() === '')) {
			return lines.slice(0, index).join('\n');
		}
	}
	return text;
}

/** Without the longest end that is a beginning of what the line goes on with. */
function withoutEnd(text: string, rest: string): string {
	const own = text.trimEnd();
	for (const there of new Set([rest, rest.trimStart()])) {
		for (let length = Math.min(own.length, there.length); length > 0; length--) {
			const end = there.slice(0, length);
			const kept = own.slice(0, own.length - length);
			if (own.endsWith(end) && isRepeated(own, kept, end)) {
				return kept;
			}
		}
	}
	const last = own.slice(-1);
	return /[;,]/.test(last) && rest.endsWith(last) ? own.slice(0, -1) : text;
}

function isRepeated(whole: string, kept: string, end: string): boolean {
	const isMistakable = wordCount(end) < UNMISTAKABLE;
	return end.trim() !== '' && !(isMistakable && (splitsWord(kept, end) || isOwn(whole, kept, end)));
}

function splitsWord(kept: string, end: string): boolean {
	return /[\p{L}\p{N}_$]$/u.test(kept) && /^[\p{L}\p{N}_$]/u.test(end);
}

/** Whether the end closes a bracket or a quote that the suggestion opened. */
function isOwn(whole: string, kept: string, end: string): boolean {
	const quotes = [...new Set(end.match(/["'`]/g))];
	if (quotes.some(quote => isOdd(kept, quote) && !isOdd(whole, quote))) {
		return true;
	}
	return new Brackets().readLine(end) && openBrackets(kept) > 0;
}

function isOdd(text: string, quote: string): boolean {
	return text.split(quote).length % 2 === 0;
}
