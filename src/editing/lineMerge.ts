/** Brings a change of a line, quoted with other spacing or characters, into the file's own line. */
import { toPlainest } from './characters.ts';
import { diffLineArrays } from './lineDiff.ts';
import { type Token, toTokens } from './tokens.ts';

/** Longer lines are not taken apart. */
const MAX_LENGTH = 50_000;

/**
 * The line of the file with the difference between `quoted` and `next` made in it: what both have keeps the file's
 * characters and spacing. All three without indentation. Undefined when the line is too long or does not fit.
 * @param style gives new text the file's characters; `before` is what the line has ahead of it.
 */
export function mergeLine(
	{ quoted, own, next }: { readonly quoted: string; readonly own: string; readonly next: string },
	style: (text: string, before: string, after: string) => string,
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
	const sources = keptTokens(quote.tokens, after.tokens);
	let line = '';
	for (const [index, token] of after.tokens.entries()) {
		const source = sources[index];
		const was = source === undefined ? undefined : quote.tokens[source];
		const ours = source === undefined ? undefined : file.tokens[source];
		if (was === undefined || ours === undefined) {
			line += token.gap;
			line += style(token.text, line, nextCharacters(after.tokens[index + 1]));
		} else {
			line += (index === 0 || token.gap === was.gap ? ours.gap : token.gap) + ours.text;
		}
	}
	return line + (after.rest === quote.rest ? file.rest : after.rest);
}

function nextCharacters(token: Token | undefined): string {
	return token === undefined ? '' : token.gap + token.text;
}

/** For each token of `after` the index of the one of `before` that it is. */
function keptTokens(before: readonly Token[], after: readonly Token[]): (number | undefined)[] {
	const kept: (number | undefined)[] = new Array(after.length).fill(undefined);
	const texts = (tokens: readonly Token[]) => tokens.map(token => toPlainest(token.text));
	let [oldAt, newAt] = [0, 0];
	const keepUpTo = (oldEnd: number) => {
		while (oldAt < oldEnd) {
			kept[newAt++] = oldAt++;
		}
	};
	for (const range of diffLineArrays(texts(before), texts(after))) {
		keepUpTo(range.oldStart);
		oldAt = range.oldEnd;
		newAt = range.newEnd;
	}
	keepUpTo(before.length);
	return kept;
}
