/** Finds where a quote stands in a text, whatever the line ends of either. */
import { toLf } from './lineEnds.ts';

/** Characters `start`..`end` of the text, end exclusive. */
export interface Place {
	readonly start: number;
	readonly end: number;
}

/** Characters that the built-in search looks for; it may take their number times the length of the text. */
const MAX_CORE = 32;
/** Lines of a quote among which its core is chosen. */
const MAX_CORE_LINES = 50;
/** Characters compared around found cores; beyond them the linear search takes over. */
const MAX_COMPARED = 20_000_000;

/** A text with LF line ends alone, and the way back to the positions of the original. */
export interface LfView {
	readonly text: string;
	toOriginal(place: Place): Place;
}

export function lfView(original: string): LfView {
	if (!original.includes('\r\n')) {
		return { text: original, toOriginal: place => place };
	}
	// Position in the LF text of each line feed that had a carriage return before it.
	const dropped: number[] = [];
	for (let at = original.indexOf('\r\n'); at >= 0; at = original.indexOf('\r\n', at + 2)) {
		dropped.push(at - dropped.length);
	}
	const toOriginal = (offset: number) => offset + countBelow(dropped, offset);
	return {
		text: toLf(original),
		toOriginal: ({ start, end }) => ({ start: toOriginal(start), end: toOriginal(end) }),
	};
}

function countBelow(sorted: readonly number[], limit: number): number {
	let low = 0;
	let high = sorted.length;
	while (low < high) {
		const middle = (low + high) >>> 1;
		if ((sorted[middle] ?? 0) < limit) {
			low = middle + 1;
		} else {
			high = middle;
		}
	}
	return low;
}

export interface FindOptions {
	/** Also count places that share characters. */
	readonly overlapping: boolean;
	readonly limit: number;
}

/** The places of `quote`, in order. */
export function findPlaces(text: string, quote: string, { overlapping, limit }: FindOptions): Place[] {
	if (quote === '' || quote.length > text.length) {
		return [];
	}
	const offset = coreOf(quote);
	const core = quote.slice(offset, offset + MAX_CORE);
	const places: Place[] = [];
	let compared = 0;
	for (let at = text.indexOf(core, offset); at >= 0 && places.length < limit; ) {
		compared += quote.length - core.length;
		if (compared > MAX_COMPARED) {
			return findLinear(text, quote, { overlapping, limit });
		}
		const start = at - offset;
		const isThere = text.startsWith(quote, start);
		if (isThere) {
			places.push({ start, end: start + quote.length });
		}
		at = text.indexOf(core, isThere && !overlapping ? at + quote.length : at + 1);
	}
	return places;
}

/** Where the part of a quote begins that says most: the start of its longest line. */
function coreOf(quote: string): number {
	let core = 0;
	let longest = 0;
	let start = 0;
	for (let line = 0; line < MAX_CORE_LINES && start < quote.length; line++) {
		const newline = quote.indexOf('\n', start);
		const end = newline < 0 ? quote.length : newline;
		while (start < end && quote.charCodeAt(start) <= 32) {
			start++;
		}
		if (end - start > longest) {
			[core, longest] = [start, end - start];
		}
		start = end + 1;
	}
	return core;
}

/** Knuth–Morris–Pratt: one pass, for quotes that make the built-in search quadratic. */
function findLinear(text: string, quote: string, { overlapping, limit }: FindOptions): Place[] {
	const fallback = new Int32Array(quote.length);
	for (let at = 1, length = 0; at < quote.length; at++) {
		while (length > 0 && quote.charCodeAt(at) !== quote.charCodeAt(length)) {
			length = fallback[length - 1] ?? 0;
		}
		if (quote.charCodeAt(at) === quote.charCodeAt(length)) {
			length++;
		}
		fallback[at] = length;
	}
	const places: Place[] = [];
	for (let at = 0, length = 0; at < text.length && places.length < limit; at++) {
		const code = text.charCodeAt(at);
		while (length > 0 && code !== quote.charCodeAt(length)) {
			length = fallback[length - 1] ?? 0;
		}
		if (code === quote.charCodeAt(length)) {
			length++;
		}
		if (length === quote.length) {
			places.push({ start: at + 1 - length, end: at + 1 });
			length = overlapping ? (fallback[length - 1] ?? 0) : 0;
		}
	}
	return places;
}

/** 1-based lines of places, which are in order, in one pass. */
export function linesAt(text: string, places: readonly Place[]): readonly number[] {
	let line = 1;
	let newline = text.indexOf('\n');
	return places.map(({ start }) => {
		for (; newline >= 0 && newline < start; newline = text.indexOf('\n', newline + 1)) {
			line++;
		}
		return line;
	});
}

/** 1-based line of a position. */
export function lineAt(text: string, offset: number): number {
	let line = 1;
	for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
		line++;
	}
	return line;
}
