/** Which line of a rewritten run took the place of which. */
import { type TokenLine, tokenLikeness, toTokens } from './tokens.ts';

/** Share of tokens in common by which a line is another one changed. */
const LIKE = 0.5;
/** Pairs of lines compared with each other; larger runs are new as a whole. */
const MAX_PAIRS = 4000;
const MAX_LENGTH = 2000;

/** For each line of `after` the index of its forerunner in `before`, in the same order. */
export function pairLines(before: readonly string[], after: readonly string[]): (number | undefined)[] {
	const isSameCount = before.length === after.length;
	if (isSameCount && before.length > MAX_PAIRS) {
		return after.map((_, index) => index);
	}
	if (!isSameCount && before.length * after.length > MAX_PAIRS) {
		return after.map(() => undefined);
	}
	const tokens = before.map(toShort);
	let from = 0;
	return after.map((line, index) => {
		const mine = toShort(line);
		if (isSameCount) {
			return tokenLikeness(tokens[index] ?? EMPTY, mine) >= LIKE ? index : undefined;
		}
		const best = bestOf(tokens, mine, from);
		from = best === undefined ? from : best + 1;
		return best;
	});
}

const EMPTY: TokenLine = { tokens: [], rest: '' };

function toShort(line: string): TokenLine {
	return toTokens(line.trim().slice(0, MAX_LENGTH));
}

function bestOf(lines: readonly TokenLine[], mine: TokenLine, from: number): number | undefined {
	let best: number | undefined;
	let most = LIKE;
	for (const [index, line] of lines.entries()) {
		const likeness = index < from ? 0 : tokenLikeness(line, mine);
		if (likeness > most) {
			[best, most] = [index, likeness];
		}
	}
	return best;
}
