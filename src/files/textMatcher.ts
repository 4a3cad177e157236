/** Finds matching lines in a text held in memory, with the regular expressions of ripgrep: linear time, no look-around. */
import { invalidPattern, type TextPattern } from '../agent/search.ts';
import type { MatchLine } from '../agent/workspace.ts';
import { lineExcerpt } from '../tools/lineExcerpt.ts';
import { Breather } from './breather.ts';

export interface TextMatcher {
	/** Matching lines with their context, in order; `limit` counts matches. Rests between lines when due. */
	match(text: string, limit: number, signal: AbortSignal): Promise<MatchedLines>;
}

export interface MatchedLines {
	readonly lines: readonly MatchLine[];
	/** There are more than the limit. */
	readonly isPartial: boolean;
}

/** A regular expression sees so much of one line: a minified file of megabytes would hold the thread for seconds. */
const MAX_REGEX_LINE = 100_000;

/** Position of a pattern in one line, or -1. */
type LineTest = (line: string) => number;

/** @throws ToolError when the pattern is not valid. */
export async function createTextMatcher(pattern: TextPattern, breather = new Breather()): Promise<TextMatcher> {
	const test = pattern.isRegex ? await regexTest(pattern) : literalTest(pattern);
	const { contextLines } = pattern;
	return {
		match: (text, limit, signal) => matchLines(text, { test, contextLines, limit, breather, signal }),
	};
}

async function regexTest({ pattern, isCaseSensitive }: TextPattern): Promise<LineTest> {
	// Loaded at the first search without ripgrep: 147 kB.
	const { RE2JS, RE2JSException } = await import('re2js');
	try {
		const expression = RE2JS.compile(pattern, isCaseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
		return line => {
			const matcher = expression.matcher(line.length > MAX_REGEX_LINE ? line.slice(0, MAX_REGEX_LINE) : line);
			return matcher.find() ? matcher.start() : -1;
		};
	} catch (error) {
		if (error instanceof RE2JSException) {
			throw invalidPattern(`${error.message}.`);
		}
		throw error;
	}
}

function literalTest({ pattern, isCaseSensitive }: TextPattern): LineTest {
	if (isCaseSensitive) {
		return line => line.indexOf(pattern);
	}
	const wanted = pattern.toLowerCase();
	return line => line.toLowerCase().indexOf(wanted);
}

interface Matching {
	readonly test: LineTest;
	readonly contextLines: number;
	readonly limit: number;
	readonly breather: Breather;
	readonly signal: AbortSignal;
}

async function matchLines(
	text: string,
	{ test, contextLines, limit, breather, signal }: Matching,
): Promise<MatchedLines> {
	const all = text.split(/\r\n|\n|\r/);
	if (all.at(-1) === '') {
		all.pop();
	}
	const lines: MatchLine[] = [];
	let matches = 0;
	let shownTo = -1;
	for (const [index, line] of all.entries()) {
		if (breather.isDue()) {
			await breather.rest(signal);
		}
		const at = test(line);
		if (at < 0) {
			continue;
		}
		if (matches === limit) {
			return { lines, isPartial: true };
		}
		matches++;
		for (let around = Math.max(shownTo + 1, index - contextLines); around < index; around++) {
			lines.push({ line: around + 1, text: lineExcerpt(all[around] ?? '', 0), isMatch: false });
		}
		lines.push({ line: index + 1, text: lineExcerpt(line, at), isMatch: true });
		shownTo = index;
		for (let after = index + 1; after <= index + contextLines && after < all.length; after++) {
			if (test(all[after] ?? '') >= 0) {
				break;
			}
			lines.push({ line: after + 1, text: lineExcerpt(all[after] ?? '', 0), isMatch: false });
			shownTo = after;
		}
	}
	return { lines, isPartial: false };
}
