/** The part of a file that resembles a quote which is not in it, for the message that refuses the edit. */
import { distance } from 'fastest-levenshtein';

export interface Nearest {
	/** 1-based. */
	readonly line: number;
	readonly lines: readonly string[];
	/** The quote is there but for white space. */
	readonly isSpacing: boolean;
}

const MAX_SHOWN_LINES = 10;
const MAX_LINE = 300;
/** Character comparisons allowed in one search: about 50 ms. */
const MAX_WORK = 60_000_000;
/** Share of characters that must agree for a line to count as resembling. */
const LIKENESS = 0.6;

/** @param text and @param quote with LF line ends. Bounded work, whatever the sizes. */
export function findNearest(text: string, quote: string): Nearest | undefined {
	const quoted = quote.split('\n');
	const anchor = anchorOf(quoted);
	if (anchor === undefined) {
		return undefined;
	}
	const lines = text.split('\n');
	const wanted = squeeze(anchor.text);
	const found = findLike(lines, wanted);
	if (found === undefined) {
		return undefined;
	}
	const count = Math.min(quoted.at(-1) === '' ? quoted.length - 1 : quoted.length, MAX_SHOWN_LINES);
	const from = Math.max(0, found - Math.min(anchor.index, MAX_SHOWN_LINES - 1));
	const shown = lines.slice(from, from + Math.max(count, 1)).map(line => clip(line));
	const block = lines.slice(found - anchor.index, found - anchor.index + quoted.length);
	return { line: from + 1, lines: shown, isSpacing: squeeze(block.join('\n')) === squeeze(quote) };
}

/** The longest line says most about the place. */
function anchorOf(quoted: readonly string[]): { index: number; text: string } | undefined {
	let best: { index: number; text: string } | undefined;
	for (const [index, line] of quoted.slice(0, 200).entries()) {
		const text = line.trim().slice(0, MAX_LINE);
		if (text.length > (best?.text.length ?? 2)) {
			best = { index, text };
		}
	}
	return best;
}

function findLike(lines: readonly string[], wanted: string): number | undefined {
	let best: number | undefined;
	let least = Math.floor(wanted.length * (1 - LIKENESS)) + 1;
	let work = 0;
	for (const [index, line] of lines.entries()) {
		const text = squeeze(line.length > 2 * MAX_LINE ? line.slice(0, 2 * MAX_LINE) : line).slice(0, MAX_LINE);
		if (text === wanted || (wanted.length > 12 && text.includes(wanted))) {
			return index;
		}
		if (Math.abs(text.length - wanted.length) >= least) {
			continue;
		}
		work += 200 + text.length * wanted.length;
		if (work > MAX_WORK) {
			break;
		}
		const far = distance(text, wanted);
		if (far < least) {
			least = far;
			best = index;
		}
	}
	return best;
}

function squeeze(text: string): string {
	return text.replace(/\s+/g, ' ').trim();
}

function clip(line: string): string {
	return line.length > MAX_LINE ? `${line.slice(0, MAX_LINE)}…` : line;
}
