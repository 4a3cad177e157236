/** Which problems an edit brought. */
import type { Diagnostic } from '../../agent/languageServices.ts';
import { diffTexts } from '../../editing/index.ts';

export interface TextChange {
	readonly before: string;
	readonly after: string;
}

export interface ProblemChange {
	/** There now and not before. */
	readonly added: readonly Diagnostic[];
	/** How many were there before and are no more. */
	readonly fixed: number;
}

/**
 * A problem is the same one when the same source says the same of the same file: on the line that its line became, or
 * else, its line having been changed, anywhere. So of two alike the one on an untouched line is the old one.
 * @param changes by path, of the files that were edited between the two lists.
 */
export function compareProblems(
	before: readonly Diagnostic[],
	after: readonly Diagnostic[],
	changes: ReadonlyMap<string, TextChange>,
): ProblemChange {
	const movers = new Map([...changes].map(([path, change]) => [path, lineMover(change)]));
	const inPlace = removeMatches(
		before,
		after,
		problem => keyOf(problem, movers.get(problem.path)?.(problem.span.start.line) ?? problem.span.start.line),
		problem => keyOf(problem, problem.span.start.line),
	);
	const { missing, added } = removeMatches(inPlace.missing, inPlace.added, keyOf, keyOf);
	return { added, fixed: missing.length };
}

/** Pairs what has the same key, each item at most once. */
function removeMatches(
	before: readonly Diagnostic[],
	after: readonly Diagnostic[],
	keyBefore: (problem: Diagnostic) => string,
	keyAfter: (problem: Diagnostic) => string,
): { readonly missing: readonly Diagnostic[]; readonly added: readonly Diagnostic[] } {
	const open = new Map<string, Diagnostic[]>();
	for (const problem of before) {
		const key = keyBefore(problem);
		open.set(key, [...(open.get(key) ?? []), problem]);
	}
	const added = after.filter(problem => open.get(keyAfter(problem))?.pop() === undefined);
	return { missing: [...open.values()].flat(), added };
}

function keyOf({ path, severity, source, code, message }: Diagnostic, line?: number): string {
	return JSON.stringify([path, severity, source, code, message, line]);
}

/** Where a line (from 1) of the old text is in the new one; undefined for a line that was changed. */
function lineMover({ before, after }: TextChange): (line: number) => number | undefined {
	const { ranges } = diffTexts(before, after);
	return line => {
		let shift = 0;
		for (const { oldStart, oldEnd, newStart, newEnd } of ranges) {
			if (line <= oldStart) {
				break;
			}
			if (line <= oldEnd) {
				return undefined;
			}
			shift += newEnd - newStart - (oldEnd - oldStart);
		}
		return line + shift;
	};
}
