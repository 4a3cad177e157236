/** A text that may be longer than there is room for. */
export interface Sized {
	readonly text: string;
}

/**
 * Cuts texts at the end of a line, so that together they have no more than a number of characters. Short ones stay whole:
 * what they leave over goes to the long ones, in equal shares. A note tells what was cut.
 */
export function fitDiffs<Item extends Sized>(items: readonly Item[], most: number): readonly Item[] {
	const share = fairShare(
		items.map(({ text }) => text.length),
		most,
	);
	return items.map(item => (item.text.length <= share ? item : { ...item, text: cut(item.text, share) }));
}

/** The largest share with which all fit: no text longer than it gets more. */
function fairShare(lengths: readonly number[], most: number): number {
	let left = most;
	const sorted = lengths.toSorted((a, b) => a - b);
	for (const [index, length] of sorted.entries()) {
		const share = Math.floor(left / (sorted.length - index));
		if (length > share) {
			return share;
		}
		left -= length;
	}
	return Number.POSITIVE_INFINITY;
}

function cut(text: string, most: number): string {
	const end = text.lastIndexOf('\n', most);
	const kept = end < 0 ? '' : text.slice(0, end);
	const lines = text.slice(kept.length).split('\n').length - (end < 0 ? 0 : 1);
	return `${kept}\n[${lines} more lines]`.trimStart();
}
