import { diff3MergeRegions } from 'node-diff3';

export type Merge =
	| { readonly ok: true; readonly text: string }
	/** Places that both sides changed, each in its own way. */
	| { readonly ok: false; readonly conflicts: number };

/**
 * Merges two descendants of one text by lines: what only one side changed is taken from it.
 * To take back an edit `before` → `after` while keeping what the user typed since: `merge3(current, after, before)`.
 *
 * Line ends belong to their lines. Only where that gives a conflict and the text's line ends were converted as a whole
 * since (an editor's end-of-line switch), `base` and `theirs` are read with the line ends that `mine` has now.
 */
export function merge3(mine: string, base: string, theirs: string): Merge {
	if (mine === base || mine === theirs) {
		return { ok: true, text: theirs };
	}
	if (base === theirs) {
		return { ok: true, text: mine };
	}
	const merged = mergeLines(mine, base, theirs);
	const lineEnd = onlyLineEnd(mine);
	if (merged.ok || lineEnd === undefined || lineEnd === onlyLineEnd(base)) {
		return merged;
	}
	const converted = mergeLines(mine, withLineEnd(base, lineEnd), withLineEnd(theirs, lineEnd));
	return converted.ok ? converted : merged;
}

function mergeLines(mine: string, base: string, theirs: string): Merge {
	const [a, o, b] = [linesOf(mine), linesOf(base), linesOf(theirs)];
	const head = sharedCount(a, o, b, (lines, at) => lines[at]);
	const tail = sharedCount(a.slice(head), o.slice(head), b.slice(head), (lines, at) => lines.at(-1 - at));
	const middle = (lines: readonly string[]) => lines.slice(head, lines.length - tail);

	const merged = a.slice(0, head);
	let conflicts = 0;
	for (const region of diff3MergeRegions(middle(a), middle(o), middle(b))) {
		if (region.stable) {
			append(merged, region.bufferContent);
		} else if (isSame(region.aContent, region.bContent)) {
			append(merged, region.aContent);
		} else {
			conflicts++;
		}
	}
	if (conflicts > 0) {
		return { ok: false, conflicts };
	}
	append(merged, a.slice(a.length - tail));
	return { ok: true, text: merged.join('') };
}

/** Lines with their ends: "\r\n", "\n" or "\r"; the last one may have none. */
function linesOf(text: string): string[] {
	return text.match(/[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+$/g) ?? [];
}

/** How many lines at one end all three share: the costly comparison need not look at them. */
function sharedCount(
	a: readonly string[],
	o: readonly string[],
	b: readonly string[],
	lineAt: (lines: readonly string[], at: number) => string | undefined,
): number {
	const limit = Math.min(a.length, o.length, b.length);
	let count = 0;
	while (count < limit && lineAt(a, count) === lineAt(o, count) && lineAt(o, count) === lineAt(b, count)) {
		count++;
	}
	return count;
}

/** One by one: spreading a long list into `push` overflows the stack. */
function append(lines: string[], more: readonly string[]): void {
	for (const line of more) {
		lines.push(line);
	}
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
	return left.length === right.length && left.every((line, at) => line === right[at]);
}

/** The line end that every line of the text has; undefined when they differ or there is none. */
function onlyLineEnd(text: string): string | undefined {
	const ends = new Set(text.match(/\r\n|\n|\r/g));
	return ends.size === 1 ? [...ends][0] : undefined;
}

function withLineEnd(text: string, lineEnd: string): string {
	return text.replace(/\r\n|\n|\r/g, lineEnd);
}
