/** Longer texts are no typing errors of one another, and the work grows with the product of the lengths. */
const MAX_LENGTH = 100;

/**
 * How many characters must be put in, taken out, replaced or swapped with their neighbour to make one word of the
 * other. Words that are too long to compare are as far apart as they are long.
 */
export function wordDistance(a: string, b: string): number {
	if (a === b) {
		return 0;
	}
	if (a.length > MAX_LENGTH || b.length > MAX_LENGTH) {
		return Math.max(a.length, b.length);
	}
	let beforeLast: readonly number[] = [];
	let last: readonly number[] = Array.from({ length: b.length + 1 }, (_, column) => column);
	for (let row = 1; row <= a.length; row++) {
		const current = [row];
		for (let column = 1; column <= b.length; column++) {
			const isSame = a[row - 1] === b[column - 1];
			const isSwap = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
			current.push(
				Math.min(
					at(last, column) + 1,
					at(current, column - 1) + 1,
					at(last, column - 1) + (isSame ? 0 : 1),
					isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
				),
			);
		}
		beforeLast = last;
		last = current;
	}
	return at(last, b.length);
}

/** The word of a list that `word` most likely stands for; undefined when none is near. */
export function nearestWord(word: string, words: Iterable<string>): string | undefined {
	let nearest: string | undefined;
	let best = Math.floor(word.length / 3) + 1;
	for (const candidate of words) {
		const distance = wordDistance(word.toLowerCase(), candidate.toLowerCase());
		if (distance < best) {
			best = distance;
			nearest = candidate;
		}
	}
	return nearest;
}

function at(numbers: readonly number[], index: number): number {
	return numbers[index] ?? Number.POSITIVE_INFINITY;
}
