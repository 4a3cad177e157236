/** Finds matching lines in a text held in memory, with the regular expressions of ripgrep: linear time, no look-around. */
import type { TextPattern } from '../agent/search.ts';
import type { MatchLine } from '../agent/workspace.ts';
import { lineExcerpt } from '../tools/lineExcerpt.ts';
import { Breather } from './breather.ts';
import { createFinder, lineEnd, lineStart, type TextFinder } from './textFinder.ts';

export interface TextMatcher {
	/**
	 * Matching lines with their context, in order; `limit` counts matching lines. Rests between matches when due.
	 * Lines end in LF or CRLF.
	 */
	match(text: string, limit: number, signal: AbortSignal): Promise<MatchedLines>;
}

export interface MatchedLines {
	readonly lines: readonly MatchLine[];
	/** As in `FileMatches`. */
	readonly count: number;
	/** There are more than the limit. */
	readonly isPartial: boolean;
}

const NOTHING: MatchedLines = { lines: [], count: 0, isPartial: false };

/** @throws ToolError when the pattern is not valid. */
export async function createTextMatcher(pattern: TextPattern, breather = new Breather()): Promise<TextMatcher> {
	const finder = await createFinder(pattern, breather);
	return {
		async match(given, limit, signal) {
			if (!finder.mayMatch(given)) {
				return NOTHING;
			}
			const text = given.includes('\r\n') ? given.replaceAll('\r\n', '\n') : given;
			return pattern.isCountOnly
				? countMatches(text, finder, signal)
				: gatherLines(text, finder, { limit, contextLines: pattern.contextLines, signal });
		},
	};
}

async function countMatches(text: string, finder: TextFinder, signal: AbortSignal): Promise<MatchedLines> {
	let count = 0;
	for await (const _ of finder.find(text, signal)) {
		count++;
	}
	return { lines: [], count, isPartial: false };
}

async function gatherLines(
	text: string,
	finder: TextFinder,
	{ limit, contextLines, signal }: { limit: number; contextLines: number; signal: AbortSignal },
): Promise<MatchedLines> {
	const lines = new LineGatherer(text, contextLines);
	for await (const { start, end } of finder.find(text, signal)) {
		if (!lines.addMatch(start, end, limit)) {
			return { lines: lines.all, count: lines.matches, isPartial: true };
		}
	}
	lines.close();
	return { lines: lines.all, count: lines.matches, isPartial: false };
}

/** Turns places in a text into its lines, each once, with the lines around them. */
class LineGatherer {
	readonly all: MatchLine[] = [];
	matches = 0;
	readonly #text: string;
	readonly #contextLines: number;
	/** Where the line behind the last shown one begins, and its number. */
	#next = { offset: 0, line: 1 };
	/** Lines of context that the last match still wants. */
	#owed = 0;

	constructor(text: string, contextLines: number) {
		this.#text = text;
		this.#contextLines = contextLines;
	}

	/**
	 * Matches come in order.
	 * @returns false when a line of this match is one too many.
	 */
	addMatch(start: number, end: number, limit: number): boolean {
		const first = lineStart(this.#text, start);
		this.#showOwed(first);
		this.#showBefore(first);
		while (this.#next.offset < Math.max(end, start + 1) && this.#next.offset < this.#text.length) {
			if (this.matches === limit) {
				return false;
			}
			this.matches++;
			this.#show(true, start - this.#next.offset);
		}
		this.#owed = this.#contextLines;
		return true;
	}

	close(): void {
		this.#showOwed(this.#text.length);
	}

	#showOwed(until: number): void {
		for (; this.#owed > 0 && this.#next.offset < until; this.#owed--) {
			this.#show(false, 0);
		}
	}

	/** Passes over what lies between, and shows as many lines before `offset` as are wanted. */
	#showBefore(offset: number): void {
		let from = offset;
		for (let count = 0; count < this.#contextLines && from > this.#next.offset; count++) {
			from = lineStart(this.#text, from - 1);
		}
		while (this.#next.offset < from) {
			this.#next = { offset: lineEnd(this.#text, this.#next.offset) + 1, line: this.#next.line + 1 };
		}
		while (this.#next.offset < offset) {
			this.#show(false, 0);
		}
	}

	#show(isMatch: boolean, at: number): void {
		const { offset, line } = this.#next;
		const end = lineEnd(this.#text, offset);
		this.all.push({ line, text: lineExcerpt(this.#text.slice(offset, end), Math.max(0, at)), isMatch });
		this.#next = { offset: end + 1, line: line + 1 };
	}
}
