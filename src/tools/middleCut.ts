/** Makes several texts fit into one result. */
import { counted } from './counted.ts';
import { sliceWhole } from './limitText.ts';

/** The part of a cut text that is its beginning; the end, where results say how to go on, has the rest. */
const HEAD_SHARE = 0.75;

/** How much of the total each may have: those that want less than an even share leave the rest to the others. */
export function fairShares(wanted: readonly number[], total: number): readonly number[] {
	const shares = wanted.map(() => 0);
	let left = total;
	let open = wanted.length;
	const smallestFirst = [...wanted.entries()].sort(([, a], [, b]) => a - b);
	for (const [index, want] of smallestFirst) {
		const share = Math.min(want, Math.floor(left / open));
		shares[index] = share;
		left -= share;
		open--;
	}
	return shares;
}

/**
 * The text if it has at most `length` characters, else its beginning and end, in whole lines where lines are short.
 * @param howMore for the model: how to get what is left out.
 */
export function middleCut(text: string, length: number, howMore: string): string {
	if (text.length <= length) {
		return text;
	}
	const headLength = Math.floor(length * HEAD_SHARE);
	const head = wholeLines(sliceWhole(text, headLength), headLength, 'end');
	const tail = wholeLines(
		text.slice(wholeStart(text, text.length - (length - headLength))),
		length - headLength,
		'start',
	);
	const left = text.length - head.length - tail.length;
	return `${head}\n[${counted(left, 'character')} left out here: ${howMore}]\n${tail}`;
}

/** Drops a cut line at that end, unless that would drop more than half. */
function wholeLines(text: string, length: number, end: 'start' | 'end'): string {
	const at = end === 'end' ? text.lastIndexOf('\n') : text.indexOf('\n') + 1;
	const kept = end === 'end' ? text.slice(0, Math.max(0, at)) : text.slice(at);
	return at <= 0 || kept.length < length / 2 ? text : kept;
}

/** One further where that would halve a surrogate pair. */
function wholeStart(text: string, at: number): number {
	const first = text.charCodeAt(at);
	return first >= 0xdc00 && first <= 0xdfff ? at + 1 : at;
}
