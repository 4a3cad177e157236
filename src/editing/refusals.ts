/** Why an edit was not made, in words that let the next attempt succeed. */
import type { How, Located } from './locate.ts';
import { quotedLines, type Source } from './locate.ts';
import { findNearest, numbered } from './nearest.ts';

export type RefusalKind =
	| 'notFound'
	| 'ambiguous'
	/** Found, but what is meant can be read in two ways, or a changed line is not in the file. */
	| 'unclear'
	/** Changed since the model read it. */
	| 'stale'
	| 'elision'
	| 'noChange'
	/** Two edits of one call change the same text. */
	| 'overlap'
	| 'blankQuote'
	/** An absent or empty file that the edit takes for another. */
	| 'noFile'
	| 'tooLarge';

export interface Refusal {
	readonly kind: RefusalKind;
	readonly reason: string;
}

const MAX_NAMED = 6;
const SHOWN_AROUND = 2;

/** What `locate` did not find as one place. */
export function refuseLocated(located: Exclude<Located, { kind: 'found' }>, source: Source, oldText: string): Refusal {
	switch (located.kind) {
		case 'none':
			return withNearest('notFound', 'oldText is not in the file', source, oldText);
		case 'several':
			return { kind: 'ambiguous', reason: several(located.lines, located.how, located.isCut) };
		case 'unclear': {
			const from = located.line - 1 - SHOWN_AROUND;
			const shown = numbered(source.table, from, from + Math.min(12, quotedLines(oldText).length + 2 * SHOWN_AROUND));
			return { kind: 'unclear', reason: `${located.reason}. The file there:\n${shown}` };
		}
		case 'elision':
		case 'tooLarge':
			return { kind: located.kind, reason: `${located.reason}.` };
		default:
			return located satisfies never;
	}
}

function several(lines: readonly number[], how: How, isCut: boolean): string {
	const named = [...new Set(lines)].slice(0, MAX_NAMED).join(', ');
	const more = lines.length > MAX_NAMED || isCut ? ', …' : '';
	const count = isCut ? `${lines.length} or more` : String(lines.length);
	const what = how === 'exact' ? 'oldText stands in' : 'oldText is not in the file as quoted, and resembles';
	const advice =
		how === 'exact' ? 'quote more lines around it, or set replaceAll' : 'quote the lines exactly, and more of them';
	return `${what} ${count} places (lines ${named}${more}); ${advice}.`;
}

/** Shows the lines of the file that are most like the quote. */
export function withNearest(kind: RefusalKind, what: string, source: Source, oldText: string): Refusal {
	const near = findNearest(source.table, quotedLines(oldText));
	return near === undefined
		? { kind, reason: `${what}, nor anything like it. Read the file again.` }
		: {
				kind,
				reason: `${what}. The nearest text, line ${near.from + 1}:\n${numbered(source.table, near.from, near.to)}`,
			};
}
