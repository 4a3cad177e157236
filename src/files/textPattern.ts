import type { TextPattern } from '../agent/search.ts';
import type { TextQuery } from '../agent/workspace.ts';
import { escapeLiteral } from './requiredLiterals.ts';

/** Escapes, classes and line ends of a pattern, so that each is seen as a whole. */
const PARTS = /\\[\s\S]|\[\^?\]?(?:\\[\s\S]|\[:\w+:\]|[^\]\\])*\]|\r?\n/g;

/** What a query asks of every engine, said in the pattern's own words. A line end in the pattern stands for either kind. */
export function textPatternOf(query: Omit<TextQuery, 'in'>): TextPattern {
	const { pattern, isCaseSensitive, contextLines, isMultiline = false, isCountOnly = false } = query;
	const hasLineEnd = query.isRegex ? lineEndsIn(pattern) > 0 : pattern.includes('\n');
	const rest = { isCaseSensitive, contextLines, isCountOnly };
	if (!isMultiline && !hasLineEnd) {
		return { ...rest, pattern, isRegex: query.isRegex, isMultiline: false };
	}
	const source = query.isRegex ? pattern : escapeLiteral(pattern);
	const spanning = source.replace(PARTS, part => (isLineEnd(part) ? '\\r?\\n' : part));
	return { ...rest, pattern: isMultiline ? `(?s)${spanning}` : spanning, isRegex: true, isMultiline: true };
}

function lineEndsIn(pattern: string): number {
	return (pattern.match(PARTS) ?? []).filter(isLineEnd).length;
}

function isLineEnd(part: string): boolean {
	return part === '\\n' || part === '\n' || part === '\r\n';
}
