/** A line's words and signs, each with the white space before it. */

export interface Token {
	readonly gap: string;
	readonly text: string;
}

export interface TokenLine {
	readonly tokens: readonly Token[];
	/** White space after the last token. */
	readonly rest: string;
}

const TOKEN = /(\s*)(\.\.\.|[\p{L}\p{M}\p{N}_$]+|[^\s])/gu;

export function toTokens(line: string): TokenLine {
	const tokens: Token[] = [];
	let end = 0;
	for (const match of line.matchAll(TOKEN)) {
		tokens.push({ gap: match[1] ?? '', text: match[2] ?? '' });
		end = match.index + match[0].length;
	}
	return { tokens, rest: line.slice(end) };
}

/** Share of tokens that two lines have in common, 0 to 1. Order does not count. */
export function tokenLikeness(left: TokenLine, right: TokenLine): number {
	const total = left.tokens.length + right.tokens.length;
	if (total === 0) {
		return 1;
	}
	const counts = new Map<string, number>();
	for (const { text } of left.tokens) {
		counts.set(text, (counts.get(text) ?? 0) + 1);
	}
	let common = 0;
	for (const { text } of right.tokens) {
		const count = counts.get(text) ?? 0;
		if (count > 0) {
			common++;
			counts.set(text, count - 1);
		}
	}
	return (2 * common) / total;
}
