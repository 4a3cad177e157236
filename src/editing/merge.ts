/** Three-way merge by lines. */
import { diffLineArrays, type LineRange } from './lineDiff.ts';
import { hasMixedLineEnds, splitLines, toLf, usualLineEnd } from './lineEnds.ts';

export type Merge =
	| { readonly ok: true; readonly text: string }
	/** Places that both sides changed, each in its own way. */
	| { readonly ok: false; readonly conflicts: number };

/**
 * Merges two descendants of one text: what only one side changed is taken from it. Changes that touch count as one
 * place. To take back an edit `before` → `after` while keeping what the user typed since: `merge3(now, after, before)`.
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
	const merged = mergeLines(splitLines(mine), splitLines(base), splitLines(theirs));
	if (merged.ok || hasMixedLineEnds(mine) || hasMixedLineEnds(base) || usualLineEnd(mine) === usualLineEnd(base)) {
		return merged;
	}
	const likeMine = (text: string) => splitLines(toLf(text).replaceAll('\n', usualLineEnd(mine)));
	const converted = mergeLines(splitLines(mine), likeMine(base), likeMine(theirs));
	return converted.ok ? converted : merged;
}

// Not node-diff3: its comparison takes minutes for long files with many equal lines, and has no bound.
function mergeLines(mine: readonly string[], base: readonly string[], theirs: readonly string[]): Merge {
	const merged: string[] = [];
	let conflicts = 0;
	let at = 0;
	for (const place of placesOf(diffLineArrays(base, mine), diffLineArrays(base, theirs))) {
		append(merged, base, at, place.start);
		at = place.end;
		const [mineFrom, mineTo] = spanIn(place.mine, place);
		const [theirsFrom, theirsTo] = spanIn(place.theirs, place);
		if (place.theirs.length === 0) {
			append(merged, mine, mineFrom, mineTo);
		} else if (place.mine.length === 0 || isSame(mine.slice(mineFrom, mineTo), theirs.slice(theirsFrom, theirsTo))) {
			append(merged, theirs, theirsFrom, theirsTo);
		} else {
			conflicts++;
		}
	}
	append(merged, base, at, base.length);
	return conflicts > 0 ? { ok: false, conflicts } : { ok: true, text: merged.join('') };
}

/** A run of lines of the base, end exclusive, with the changes of each side that fall into it. */
interface Place {
	readonly start: number;
	readonly end: number;
	readonly mine: readonly LineRange[];
	readonly theirs: readonly LineRange[];
}

/** Joins changes that overlap or touch, in order. */
function placesOf(mine: readonly LineRange[], theirs: readonly LineRange[]): Place[] {
	const places: Place[] = [];
	let mineAt = 0;
	let theirsAt = 0;
	for (;;) {
		const start = Math.min(mine[mineAt]?.oldStart ?? Infinity, theirs[theirsAt]?.oldStart ?? Infinity);
		if (start === Infinity) {
			return places;
		}
		const [mineFrom, theirsFrom] = [mineAt, theirsAt];
		let end = start;
		for (;;) {
			const [nextMine, nextTheirs] = [mine[mineAt], theirs[theirsAt]];
			if (nextMine !== undefined && nextMine.oldStart <= end) {
				end = Math.max(end, nextMine.oldEnd);
				mineAt++;
			} else if (nextTheirs !== undefined && nextTheirs.oldStart <= end) {
				end = Math.max(end, nextTheirs.oldEnd);
				theirsAt++;
			} else {
				break;
			}
		}
		places.push({ start, end, mine: mine.slice(mineFrom, mineAt), theirs: theirs.slice(theirsFrom, theirsAt) });
	}
}

/** The lines of one side that stand for a place; none for a side that changed nothing there. */
function spanIn(changes: readonly LineRange[], { start, end }: Place): readonly [from: number, to: number] {
	const [first, last] = [changes[0], changes.at(-1)];
	if (first === undefined || last === undefined) {
		return [0, 0];
	}
	return [first.newStart - (first.oldStart - start), last.newEnd + (end - last.oldEnd)];
}

/** One by one: spreading a long list into `push` overflows the stack. */
function append(lines: string[], source: readonly string[], from: number, to: number): void {
	for (const line of source.slice(from, to)) {
		lines.push(line);
	}
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
	return left.length === right.length && left.every((line, at) => line === right[at]);
}
