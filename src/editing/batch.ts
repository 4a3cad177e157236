/** What the edits of one call have made of a text so far, and which parts of it they wrote. */
import { diffLineArrays } from './lineDiff.ts';
import { splitLines, withoutLineEnd } from './lineEnds.ts';
import type { Replacement } from './locate.ts';
import type { OwnText } from './ownText.ts';
import type { Place } from './places.ts';

export class Batch {
	readonly now: OwnText;
	/** In positions of `now`, in order. */
	readonly #written: readonly Place[];

	/** How many characters at both ends are as they were before the first edit. */
	readonly untouched: { readonly head: number; readonly tail: number };

	constructor(
		now: OwnText,
		written: readonly Place[] = [],
		untouched = { head: now.text.length, tail: now.text.length },
	) {
		this.now = now;
		this.#written = written;
		this.untouched = untouched;
	}

	/** Whether replacements change what an earlier edit wrote. */
	rewrites(replacements: readonly Replacement[]): boolean {
		if (this.#written.length === 0) {
			return false;
		}
		// Both are in order and apart, so one pass over the two finds any that meet.
		let at = 0;
		for (const { was } of changesOf(this.now.text, replacements)) {
			while ((this.#written[at]?.end ?? Infinity) <= was.start) {
				at++;
			}
			if ((this.#written[at]?.start ?? Infinity) < was.end) {
				return true;
			}
		}
		return false;
	}

	/** @param replacements of the text now, in order and apart. */
	with(replacements: readonly Replacement[]): Batch {
		const changes = changesOf(this.now.text, replacements);
		const written = [...this.#moved(changes), ...changes.map(change => change.is)];
		written.sort((left, right) => left.start - right.start);
		const { head, tail } = this.untouched;
		return new Batch(this.now.replace(replacements), written, {
			head: Math.min(head, replacements[0]?.start ?? head),
			tail: Math.min(tail, this.now.text.length - (replacements.at(-1)?.end ?? 0)),
		});
	}

	#moved(changes: readonly Change[]): readonly Place[] {
		let next = 0;
		let moved = 0;
		const shift = (position: number) => {
			for (let change = changes[next]; change !== undefined && change.was.end <= position; change = changes[++next]) {
				moved = change.is.end - change.was.end;
			}
			return position + moved;
		};
		return this.#written.map(({ start, end }) => {
			const from = shift(start);
			return { start: from, end: Math.max(from, shift(end)) };
		});
	}
}

/** Lines, or parts of lines, that differ: where they were and where they are. */
interface Change {
	readonly was: Place;
	readonly is: Place;
}

function changesOf(text: string, replacements: readonly Replacement[]): readonly Change[] {
	const changes: Change[] = [];
	let moved = 0;
	for (const replacement of replacements) {
		const before = splitLines(text.slice(replacement.start, replacement.end));
		const after = splitLines(replacement.text);
		const [oldAt, newAt] = [offsetsOf(before), offsetsOf(after)];
		for (const range of diffLineArrays(before.map(withoutLineEnd), after.map(withoutLineEnd))) {
			const place = (offsets: readonly number[], from: number, to: number, start: number) => ({
				start: start + (offsets[from] ?? 0),
				end: start + (offsets[to] ?? 0),
			});
			changes.push({
				was: place(oldAt, range.oldStart, range.oldEnd, replacement.start),
				is: place(newAt, range.newStart, range.newEnd, replacement.start + moved),
			});
		}
		moved += replacement.text.length - (replacement.end - replacement.start);
	}
	return changes;
}

/** Where each line begins, and where the last one ends. */
function offsetsOf(lines: readonly string[]): readonly number[] {
	const offsets = [0];
	let at = 0;
	for (const line of lines) {
		at += line.length;
		offsets.push(at);
	}
	return offsets;
}
