/** Where a run of numbers stands in a longer one, in one pass whatever repeats itself. */

/** Places of `needle`, in order, also those that overlap; no more than `limit`. */
export function findRuns(hay: Int32Array, needle: Int32Array, limit: number): number[] {
	const found: number[] = [];
	if (needle.length === 0 || needle.length > hay.length) {
		return found;
	}
	const fallback = fallbacksOf(needle);
	for (let at = 0, length = 0; at < hay.length && found.length < limit; at++) {
		while (length > 0 && hay[at] !== needle[length]) {
			length = fallback[length - 1] ?? 0;
		}
		if (hay[at] === needle[length]) {
			length++;
		}
		if (length === needle.length) {
			found.push(at + 1 - length);
			length = fallback[length - 1] ?? 0;
		}
	}
	return found;
}

function fallbacksOf(needle: Int32Array): Int32Array {
	const fallback = new Int32Array(needle.length);
	for (let at = 1, length = 0; at < needle.length; at++) {
		while (length > 0 && needle[at] !== needle[length]) {
			length = fallback[length - 1] ?? 0;
		}
		if (needle[at] === needle[length]) {
			length++;
		}
		fallback[at] = length;
	}
	return fallback;
}

/** For each place of `hay`, how many numbers from there on are those that `needle` begins with (the Z function). */
export function sharedStarts(hay: Int32Array, needle: Int32Array): Int32Array {
	const own = starts(needle, needle, undefined);
	return starts(hay, needle, own);
}

/** For each place of `hay`, how many numbers up to it, itself included, are those that `needle` ends with. */
export function sharedEnds(hay: Int32Array, needle: Int32Array): Int32Array {
	return sharedStarts(hay.toReversed(), needle.toReversed()).toReversed();
}

/** @param own the same for the needle in itself; without it that is what is worked out. */
function starts(hay: Int32Array, needle: Int32Array, own: Int32Array | undefined): Int32Array {
	const shared = new Int32Array(hay.length);
	const known = own ?? shared;
	const first = own === undefined ? 1 : 0;
	if (own === undefined && needle.length > 0) {
		shared[0] = needle.length;
	}
	let left = 0;
	let right = 0;
	for (let at = first; at < hay.length; at++) {
		let length = at < right ? Math.min(right - at, known[at - left] ?? 0) : 0;
		while (length < needle.length && at + length < hay.length && hay[at + length] === needle[length]) {
			length++;
		}
		shared[at] = length;
		if (at + length > right) {
			left = at;
			right = at + length;
		}
	}
	return shared;
}
