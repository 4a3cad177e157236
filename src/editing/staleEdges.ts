/** An exact quote that stops within a line may be a whole line of an earlier text: then the line has changed. */
import { type Quote, quotedLines } from './locate.ts';
import { findPlaces, type Place } from './places.ts';

const NUMBERS_SIDE = /^\d\d$/;

/**
 * @param shown what the model was last shown. Without it only a number that goes on tells: `retries = 5` for
 * `retries = 50`.
 */
export function isCutSince(text: string, quote: Quote, shown: string | undefined): boolean {
	const place = findPlaces(text, quote.oldText, { overlapping: false, limit: 1 })[0];
	if (place === undefined) {
		return false;
	}
	const [was, now] = [quotedLines(quote.oldText), quotedLines(quote.newText)];
	const [changesFirst, changesLast] = [was[0] !== now[0], was.at(-1) !== now.at(-1)];
	const cutsNumber = (at: number) => NUMBERS_SIDE.test(text.slice(Math.max(0, at - 1), at + 1));
	if (
		(cutsNumber(place.start) && changesFirst && quote.oldText[0] !== quote.newText[0]) ||
		(cutsNumber(place.end) && changesLast && quote.oldText.at(-1) !== quote.newText.at(-1))
	) {
		return true;
	}
	const before = shown === undefined ? [] : findPlaces(shown, quote.oldText, { overlapping: true, limit: 2 });
	const [then] = before;
	if (shown === undefined || then === undefined || before.length > 1) {
		return false;
	}
	return (
		(changesFirst && startOf(shown, then) !== startOf(text, place)) ||
		(changesLast && restOf(shown, then) !== restOf(text, place))
	);
}

/** What the line has before the quote. */
function startOf(text: string, { start }: Place): string {
	return start === 0 ? '' : text.slice(text.lastIndexOf('\n', start - 1) + 1, start).trim();
}

/** What the line has behind it. */
function restOf(text: string, { end }: Place): string {
	const newline = text.indexOf('\n', end);
	return text[end - 1] === '\n' ? '' : text.slice(end, newline < 0 ? text.length : newline).trim();
}
