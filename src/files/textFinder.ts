/** The places in a text that match a pattern. */
import type { RE2JS } from 're2js';
import { invalidPattern, type TextPattern } from '../agent/search.ts';
import type { Breather } from './breather.ts';
import { escapeLiteral, requiredLiterals } from './requiredLiterals.ts';

/** UTF-16 offsets. */
export interface TextRange {
	readonly start: number;
	readonly end: number;
}

export interface TextFinder {
	/** False where a look at the whole text is enough to know that nothing matches. */
	mayMatch(text: string): boolean;
	/**
	 * The first match of each line, in order; for a pattern that spans lines, every match. Rests when due.
	 * @param text with LF alone as line end.
	 */
	find(text: string, signal: AbortSignal): AsyncIterable<TextRange>;
}

/** States of a compiled pattern times characters that it sees in one go: some ten milliseconds where it goes worst. */
const WORK = 200_000;
/** Characters that a pattern sees in one go at most: in whole lines, and where it may span lines. */
const MAX_WINDOW = { lines: 2000, spanning: 8000 };
/** A larger pattern takes seconds to compile, or for a single line. */
const MAX_STATES = 1000;

/** @throws ToolError when the pattern is not valid. */
export async function createFinder(pattern: TextPattern, breather: Breather): Promise<TextFinder> {
	if (!pattern.isRegex) {
		return literalFinder(literalTest(pattern), breather);
	}
	const expression = await compile(pattern);
	const most = pattern.isMultiline ? MAX_WINDOW.spanning : MAX_WINDOW.lines;
	const search = new RegexSearch(expression, {
		window: Math.min(most, Math.floor(WORK / expression.programSize())),
		// A text's begin and end are in the middle where several lines are seen at once.
		seesLinesTogether: !/\\[Az]|\(\?\w*-/.test(pattern.pattern),
		breather,
	});
	const required = requiredLiterals(pattern.pattern, pattern.isCaseSensitive);
	return {
		mayMatch: text => required === undefined || required.test(text),
		find: (text, signal) => (pattern.isMultiline ? search.spanning(text, signal) : search.inLines(text, signal)),
	};
}

async function compile({ pattern, isCaseSensitive }: TextPattern): Promise<RE2JS> {
	// Loaded at the first search without ripgrep: 147 kB.
	const { RE2JS, RE2JSException } = await import('re2js');
	try {
		const expression = RE2JS.compile(pattern, RE2JS.MULTILINE | (isCaseSensitive ? 0 : RE2JS.CASE_INSENSITIVE));
		if (expression.programSize() > MAX_STATES) {
			throw invalidPattern('it is too large; use smaller repetition counts.');
		}
		return expression;
	} catch (error) {
		if (error instanceof RE2JSException) {
			throw invalidPattern(`${error.message}.`);
		}
		throw error;
	}
}

/** Offset of the text's next occurrence, or -1. */
type LiteralTest = (text: string, from: number) => number;

function literalTest({ pattern, isCaseSensitive }: Pick<TextPattern, 'pattern' | 'isCaseSensitive'>): LiteralTest {
	if (isCaseSensitive) {
		return (text, from) => text.indexOf(pattern, from);
	}
	// Without repetition, so that it cannot run away; folds case as the other engines do.
	const expression = new RegExp(escapeLiteral(pattern), 'giu');
	return (text, from) => {
		expression.lastIndex = from;
		return expression.exec(text)?.index ?? -1;
	};
}

function literalFinder(test: LiteralTest, breather: Breather): TextFinder {
	return {
		mayMatch: text => test(text, 0) >= 0,
		async *find(text, signal) {
			for (let start = test(text, 0); start >= 0; ) {
				yield { start, end: start + 1 };
				if (breather.isDue()) {
					await breather.rest(signal);
				}
				start = test(text, lineEnd(text, start));
			}
		},
	};
}

/** An expression at work on texts, a window at a time. */
class RegexSearch {
	readonly #expression: RE2JS;
	readonly #window: number;
	readonly #half: number;
	readonly #seesLinesTogether: boolean;
	readonly #breather: Breather;

	constructor(
		expression: RE2JS,
		options: { readonly window: number; readonly seesLinesTogether: boolean; readonly breather: Breather },
	) {
		this.#expression = expression;
		this.#window = options.window;
		this.#half = Math.ceil(options.window / 2);
		this.#seesLinesTogether = options.seesLinesTogether;
		this.#breather = options.breather;
	}

	/** A look at as many lines together as fit into a window tells which may match; what counts is the line by itself. */
	async *inLines(text: string, signal: AbortSignal): AsyncGenerator<TextRange> {
		for (let start = 0; start < text.length; ) {
			await this.#restIfDue(signal);
			const end = this.#blockEnd(text, start);
			const block = end - start > this.#window ? undefined : text.slice(start, end);
			const matcher = block === undefined ? undefined : this.#expression.matcher(block);
			for (let from = start; from <= end && matcher?.find(from - start) !== false; ) {
				const line = matcher === undefined ? start : lineStart(text, start + matcher.start());
				from = lineEnd(text, line) + 1;
				const at = await this.#firstIn(text.slice(line, from - 1), signal);
				if (at >= 0) {
					yield { start: line + at, end: line + at + 1 };
				}
			}
			start = end + 1;
		}
	}

	/** Matches longer than half a window may come in pieces, or not at all. */
	async *spanning(text: string, signal: AbortSignal): AsyncGenerator<TextRange> {
		let start = 0;
		for (let from = 0; from < text.length; ) {
			await this.#restIfDue(signal);
			const end = start + this.#window;
			const matcher = this.#expression.matcher(cut(text, start, end));
			const isFound = matcher.find(from - start);
			const at = isFound ? start + matcher.start() : start + this.#half;
			if (!isFound && end >= text.length) {
				return;
			}
			if (at - start >= this.#half && end < text.length) {
				// A window that begins near by: in the next one the match, if there is one, shows whole.
				const line = text.lastIndexOf('\n', at - 1) + 1;
				start = line > start ? line : at;
				from = Math.max(from, start);
				continue;
			}
			const matchEnd = Math.min(start + matcher.end(), end);
			yield { start: at, end: Math.max(matchEnd, at + 1) };
			from = matchEnd > at ? matchEnd : lineEnd(text, at) + 1;
			start = from >= end ? from : start;
		}
	}

	/** Offset of the first match in a line, or -1. A long line is seen through a window that moves by half its size. */
	async #firstIn(line: string, signal: AbortSignal): Promise<number> {
		for (let start = 0; ; start += this.#half) {
			await this.#restIfDue(signal);
			const matcher = this.#expression.matcher(cut(line, start, start + this.#window));
			// Where a later window begins is no begin of the line; the window before saw that place.
			if (matcher.find(start === 0 ? 0 : 1)) {
				return start + matcher.start();
			}
			if (start + this.#window >= line.length) {
				return -1;
			}
		}
	}

	/** End of the last line that fits into a window with those before it; of the first line where it does not fit. */
	#blockEnd(text: string, start: number): number {
		if (!this.#seesLinesTogether) {
			return lineEnd(text, start);
		}
		if (start + this.#window >= text.length) {
			return text.endsWith('\n') ? text.length - 1 : text.length;
		}
		const end = text.lastIndexOf('\n', start + this.#window);
		return end <= start ? lineEnd(text, start) : end;
	}

	async #restIfDue(signal: AbortSignal): Promise<void> {
		if (this.#breather.isDue()) {
			await this.#breather.rest(signal);
		}
	}
}

/** A part of a text. Where the text goes on behind it, so does the part, for a pattern that asks for an end. */
function cut(text: string, start: number, end: number): string {
	return end < text.length ? `${text.slice(start, end)}\uFFFF` : text.slice(start, end);
}

/** Where the line that holds `offset` begins. */
export function lineStart(text: string, offset: number): number {
	return offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
}

/** Offset of the line's LF, or the text's length. */
export function lineEnd(text: string, offset: number): number {
	const end = text.indexOf('\n', offset);
	return end < 0 ? text.length : end;
}
