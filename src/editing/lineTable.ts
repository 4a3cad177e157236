/** A text's lines by number, with what is needed to find a quote among them in one pass. */
import { ELLIPSIS, isZeroWidth, plainCode, toPlainest } from './characters.ts';

const NEWLINE = 10;
const DOT = 46;
const SEED = 0x811c9dc5;
const PRIME = 0x01000193;

/**
 * Lines end in LF alone and count from 0; a text that ends in a line end has no empty last line. The print of a line is a
 * hash of its characters, made plain and without white space: equal lines have equal prints whatever their spacing.
 */
export class LineTable {
	readonly text: string;
	readonly count: number;
	/** Numbers of the lines that are not blank, in order. */
	readonly solid: Int32Array;
	/** Their prints. */
	readonly prints: Int32Array;
	/** No character beyond ASCII. */
	readonly isAscii: boolean;
	readonly #starts: Int32Array;

	/** @param measured of the same text, where it is known. */
	constructor(text: string, measured: Measured = measure(text)) {
		this.text = text;
		this.count = measured.starts.length - 1;
		this.#starts = measured.starts;
		this.solid = measured.solid;
		this.prints = measured.prints;
		this.isAscii = measured.isAscii;
	}

	/** The table of the text with one part of it replaced: only the lines there are measured. */
	replaced(start: number, end: number, replacement: string, text: string): LineTable {
		const [first, last] = [this.lineAt(start), Math.min(this.lineAt(end), this.count - 1)];
		const from = this.startOf(first);
		const to = Math.max(end, Math.min(this.startOf(last + 1), this.text.length));
		const middle = measure(this.text.slice(from, start) + replacement + this.text.slice(end, to));
		const moved = text.length - this.text.length;
		const middleCount = middle.starts.length - 1;
		const movedLines = middleCount - (last + 1 - first);
		const [solidFirst, solidBehind] = [this.#solidFrom(first), this.#solidFrom(last + 1)];
		return new LineTable(text, {
			starts: concat(
				this.#starts.subarray(0, first),
				middle.starts.subarray(0, middleCount).map(at => at + from),
				this.#starts.subarray(last + 1).map(at => at + moved),
			),
			solid: concat(
				this.solid.subarray(0, solidFirst),
				middle.solid.map(line => line + first),
				this.solid.subarray(solidBehind).map(line => line + movedLines),
			),
			prints: concat(this.prints.subarray(0, solidFirst), middle.prints, this.prints.subarray(solidBehind)),
			isAscii: this.isAscii && middle.isAscii,
		});
	}

	/** The line that a position is in. */
	lineAt(position: number): number {
		return Math.max(0, countBelow(this.#starts, position + 1) - 1);
	}

	#solidFrom(line: number): number {
		return countBelow(this.solid, line);
	}

	/** The line without its end. */
	line(number: number): string {
		return this.text.slice(this.startOf(number), this.startOf(number + 1) - 1);
	}

	/** Where a line begins; for the line after the last one the length of the text, or one more without a final line end. */
	startOf(number: number): number {
		return this.#starts[number] ?? this.text.length;
	}

	/** The line's number of the solid line at `index`; −1 beside the table. */
	solidLine(index: number): number {
		return this.solid[index] ?? -1;
	}

	isBlank(number: number): boolean {
		return number >= 0 && number < this.count && isBlankLine(this.line(number));
	}
}

export function isBlankLine(line: string): boolean {
	return line.trim() === '' || toPlainest(line).trim() === '';
}

/** As `String.trim` sees it beyond ASCII, and what is drawn as nothing. */
function isSpace(code: number): boolean {
	return code === 32 || isZeroWidth(code) || code === 0x1680 || code === 0x2028 || code === 0x2029;
}

interface Measured {
	/** Where each line begins, and where one after the last would. */
	readonly starts: Int32Array;
	readonly solid: Int32Array;
	readonly prints: Int32Array;
	readonly isAscii: boolean;
}

function measure(text: string): Measured {
	const most = countNewlines(text) + 1;
	const starts = new Int32Array(most + 1);
	const solid = new Int32Array(most);
	const prints = new Int32Array(most);
	let count = 0;
	let solidCount = 0;
	let isAscii = true;
	let at = 0;
	while (at < text.length) {
		starts[count] = at;
		let print = SEED;
		let isBlank = true;
		for (; at < text.length; at++) {
			const code = text.charCodeAt(at);
			if (code === NEWLINE) {
				break;
			}
			if (code < 0x80) {
				if (code > 32 || code < 9 || (code > 13 && code < 32)) {
					isBlank = false;
					print = Math.imul(print ^ code, PRIME);
				}
				continue;
			}
			isAscii = false;
			const plain = plainCode(code);
			if (!isSpace(plain)) {
				isBlank = false;
				print = plain === ELLIPSIS ? mix(mix(mix(print, DOT), DOT), DOT) : mix(print, plain);
			}
		}
		at++;
		if (!isBlank) {
			solid[solidCount] = count;
			prints[solidCount] = print;
			solidCount++;
		}
		count++;
	}
	starts[count] = text.endsWith('\n') ? text.length : text.length + 1;
	return {
		starts: starts.subarray(0, count + 1),
		solid: solid.subarray(0, solidCount),
		prints: prints.subarray(0, solidCount),
		isAscii,
	};
}

function concat(...parts: readonly Int32Array[]): Int32Array {
	const all = new Int32Array(parts.reduce((length, part) => length + part.length, 0));
	let at = 0;
	for (const part of parts) {
		all.set(part, at);
		at += part.length;
	}
	return all;
}

/** How many of the numbers, which are in order, are below the limit. */
function countBelow(sorted: Int32Array, limit: number): number {
	let [low, high] = [0, sorted.length];
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

function mix(print: number, code: number): number {
	return Math.imul(print ^ code, PRIME);
}

function countNewlines(text: string): number {
	let count = 0;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
		count++;
	}
	return count;
}
