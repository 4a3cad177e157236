/** Brings a change of a line, quoted with other spacing or characters, into the file's own line. */
import { toPlainest } from './characters.ts';
import { diffLineArrays } from './lineDiff.ts';
import type { Style } from './style.ts';
import { type Token, toTokens } from './tokens.ts';

/** Longer lines are not taken apart. */
const MAX_LENGTH = 50_000;

/**
 * The line of the file with the difference between `quoted` and `next` made in it: what both have keeps the file's
 * characters and spacing. All three without indentation. Undefined when the line is too long or does not fit.
 * @param style gives new text the file's characters.
 */
export function mergeLine(
	{ quoted, own, next }: { readonly quoted: string; readonly own: string; readonly next: string },
	style: Style,
): string | undefined {
	if (quoted === own) {
		return next;
	}
	if (Math.max(quoted.length, own.length, next.length) > MAX_LENGTH) {
		return undefined;
	}
	const [quote, file, after] = [toTokens(quoted), toTokens(own), toTokens(next)];
	if (quote.tokens.length !== file.tokens.length) {
		return undefined;
	}
	const sources = sourcesOf(quote.tokens, after.tokens);
	let line = '';
	for (const [index, token] of after.tokens.entries()) {
		const source = sources[index];
		const was = source === undefined ? undefined : quote.tokens[source.token];
		const ours = source === undefined ? undefined : file.tokens[source.token];
		const isSameGap = index === 0 || token.gap === was?.gap;
		line += isSameGap && ours !== undefined ? ours.gap : style.gap(token.gap);
		line +=
			source?.isKept === true && ours !== undefined
				? ours.text
				: style.text(token.text, line, nextCharacters(after.tokens[index + 1]));
	}
	return line + (after.rest === quote.rest ? file.rest : after.rest);
}

function nextCharacters(token: Token | undefined): string {
	return token === undefined ? '' : token.gap + token.text;
}

interface TokenSource {
	readonly token: number;
	/** It is that token; else it took its place. */
	readonly isKept: boolean;
}

/** For each token of `after` the index of the one of `before` that it is or replaces. */
function sourcesOf(before: readonly Token[], after: readonly Token[]): (TokenSource | undefined)[] {
	const sources: (TokenSource | undefined)[] = new Array(after.length).fill(undefined);
	const texts = (tokens: readonly Token[]) => tokens.map(token => toPlainest(token.text));
	let [oldAt, newAt] = [0, 0];
	const takeUpTo = (oldEnd: number, newEnd: number, isKept: boolean) => {
		while (oldAt < oldEnd && newAt < newEnd) {
			sources[newAt++] = { token: oldAt++, isKept };
		}
		[oldAt, newAt] = [oldEnd, newEnd];
	};
	for (const range of diffLineArrays(texts(before), texts(after))) {
		takeUpTo(range.oldStart, range.newStart, true);
		takeUpTo(range.oldEnd, range.newEnd, false);
	}
	takeUpTo(before.length, after.length, true);
	return sources;
}
