/**
 * Edits under review: which lines of a text are an agent's, and what becomes of them and of the user's own edits when
 * they are accepted or rejected. All by lines; a line that the user changed within an agent's hunk is never lost
 * without being asked for.
 */
import { diffLineArrays, type LineRange } from './lineDiff.ts';
import { splitLines, usualLineEnd } from './lineEnds.ts';
import { merge3 } from './merge.ts';

/** What an agent made of a text. Both sides hold what the user changed apart from it since. Absent means no file. */
export interface PendingEdit {
	/** Without the agent's edits. */
	readonly base: string | undefined;
	/** With them, as the agent wrote them. */
	readonly text: string | undefined;
}

/** Lines from 0, end exclusive. */
export interface LineSpan {
	readonly start: number;
	readonly end: number;
}

/** One run of lines that an agent changed. */
export interface PendingHunk {
	/** What stands there without the edit; where it starts names the hunk as long as the `PendingEdit` is the same. */
	readonly base: LineSpan;
	/** As the agent wrote it. */
	readonly text: LineSpan;
	/** Where it is in the text now. */
	readonly now: LineSpan;
	/** The user changed lines of it since. */
	readonly isTouched: boolean;
}

export type HunkDecision =
	| 'pending'
	/** It stays, with what the user made of it. */
	| 'accept'
	/** What stood there comes back; refused as a conflict where the user changed the same lines since. */
	| 'reject'
	/** What stood there comes back, whatever the user changed since. */
	| 'restore';

export interface Settled extends PendingEdit {
	/** The text that the file is to have. */
	readonly now: string | undefined;
	/** Hunks that could not be rejected, since the user changed the same lines; they are still pending. */
	readonly conflicts: readonly PendingHunk[];
}

/** The agent's hunks in the text as it is now, in order. Those that are gone, as after an undo, are left out. */
export function pendingHunks(pending: PendingEdit, now: string | undefined): readonly PendingHunk[] {
	if (isOfNoLines(pending)) {
		return [wholeOfNoLines(now)];
	}
	const sides = sidesOf(pending, now);
	return clustersOf(sides, editsOf(pending, sides)).filter(hunk => !isGone(hunk, sides));
}

/**
 * Decides about each hunk, and takes what the user changed apart from them into both sides.
 * @param now the text as it is; undefined when there is no file.
 */
export function settle(
	pending: PendingEdit,
	now: string | undefined,
	decide: (hunk: PendingHunk) => HunkDecision,
): Settled {
	if (isOfNoLines(pending)) {
		return settleNoLines(pending, now, decide(wholeOfNoLines(now)));
	}
	const sides = sidesOf(pending, now);
	const conflicts: PendingHunk[] = [];
	const made: Sides = { base: [], text: [], now: [] };
	const all = (lines: readonly string[]) => {
		append(made.base, lines);
		append(made.text, lines);
		append(made.now, lines);
	};
	let from = 0;
	let pendingCount = 0;
	let isTakenBack = false;
	for (const hunk of clustersOf(sides, editsOf(pending, sides))) {
		all(sides.now.slice(from, hunk.now.start));
		from = hunk.now.end;
		const lines = {
			base: sides.base.slice(hunk.base.start, hunk.base.end),
			text: sides.text.slice(hunk.text.start, hunk.text.end),
			now: sides.now.slice(hunk.now.start, hunk.now.end),
		};
		const decision = isGone(hunk, sides) ? 'accept' : decide(hunk);
		const settled = settledLines(lines, hunk, decision);
		if (settled !== undefined) {
			all(settled);
			isTakenBack ||= decision === 'reject' || decision === 'restore';
			continue;
		}
		pendingCount++;
		if (decision !== 'pending') {
			conflicts.push(hunk);
		}
		append(made.base, lines.base);
		append(made.text, lines.text);
		append(made.now, lines.now);
	}
	all(sides.now.slice(from));
	return { ...withAbsence(pending, now, made, { isPending: pendingCount > 0, isTakenBack }), conflicts };
}

/**
 * Takes in a further edit of the agent.
 * @param pending what was pending before it; undefined when nothing was.
 * @param before the text that it was made to, which may hold edits of the user that `pending` does not know.
 */
export function followEdit(
	pending: PendingEdit | undefined,
	before: string | undefined,
	after: string | undefined,
): PendingEdit {
	if (pending === undefined) {
		return { base: before, text: after };
	}
	const carried = settle(pending, before, () => 'pending');
	if (carried.text === before) {
		return { base: carried.base, text: after };
	}
	if (carried.text !== undefined && before !== undefined && after !== undefined) {
		const merged = merge3(carried.text, before, after);
		if (merged.ok) {
			return { base: carried.base, text: merged.text };
		}
	}
	// The agent wrote over lines that the user had made of its earlier ones: to reject that brings the user's back.
	const { base } = settle(pending, before, hunk => (hunk.isTouched ? 'accept' : 'pending'));
	return { base, text: after };
}

/**
 * Takes in that edits were taken back: what stood in their place is nobody's edit from then on.
 * @param rejection the text before and after it; of what is as before again, as after an undo, nothing was taken back.
 */
export function followRejection(pending: PendingEdit, rejection: PendingEdit, now: string | undefined): PendingEdit {
	const places = pendingHunks(rejection, now).map(hunk => hunk.base);
	const isTakenBack = (hunk: PendingHunk) => places.some(place => meets(place, hunk.now));
	const { base, text } = settle(pending, rejection.base, hunk => (isTakenBack(hunk) ? 'accept' : 'pending'));
	return { base, text };
}

interface Sides {
	readonly base: string[];
	readonly text: string[];
	readonly now: string[];
}

function sidesOf({ base = '', text = '' }: PendingEdit, now = ''): Sides {
	return { base: splitLines(base), text: splitLines(text), now: splitLines(now) };
}

/** What stands in the place of a hunk from now on; undefined while it is pending. */
function settledLines(lines: Sides, { isTouched }: PendingHunk, decision: HunkDecision): readonly string[] | undefined {
	switch (decision) {
		case 'pending':
			return undefined;
		case 'accept':
			return lines.now;
		case 'restore':
			return lines.base;
		case 'reject': {
			if (!isTouched) {
				return lines.base;
			}
			const merged = merge3(lines.now.join(''), lines.text.join(''), lines.base.join(''));
			return merged.ok ? splitLines(merged.text) : undefined;
		}
		default:
			return decision satisfies never;
	}
}

function isGone({ base, now }: PendingHunk, sides: Sides): boolean {
	const length = base.end - base.start;
	if (length !== now.end - now.start) {
		return false;
	}
	for (let at = 0; at < length; at++) {
		if (sides.base[base.start + at] !== sides.now[now.start + at]) {
			return false;
		}
	}
	return true;
}

/** What the agent changed, worked out once: the hunks are asked for again with each key that the user presses. */
const knownEdits = new WeakMap<PendingEdit, readonly LineRange[]>();

function editsOf(pending: PendingEdit, { base, text }: Sides): readonly LineRange[] {
	const edits = knownEdits.get(pending) ?? diffLineArrays(base, text);
	knownEdits.set(pending, edits);
	return edits;
}

/** The agent's hunks, those joined that one edit of the user runs across. */
function clustersOf({ base, text, now }: Sides, edits: readonly LineRange[]): PendingHunk[] {
	const users = diffLineArrays(text, now);
	let sinceBase: readonly LineRange[] | undefined;
	const getSinceBase = () => (sinceBase ??= diffLineArrays(base, now));
	const hunks: PendingHunk[] = [];
	/** Lines that `now` has more than `text`, before the first user's edit that is not passed. */
	let shift = 0;
	let next = 0;
	for (let index = 0; index < edits.length; ) {
		const first = edits[index];
		if (first === undefined) {
			break;
		}
		for (let user = users[next]; user !== undefined && isBefore(user, first); user = users[++next]) {
			shift += growth(user);
		}
		if (isBroughtBack(first, users, getSinceBase)) {
			index++;
			continue;
		}
		let last = first;
		let start = first.newStart;
		let end = first.newEnd;
		let grown = 0;
		let isTouched = false;
		for (;;) {
			const user = users[next];
			const following = edits[index + 1];
			if (user !== undefined && overlaps(user, last)) {
				isTouched = true;
				start = Math.min(start, user.oldStart);
				end = Math.max(end, user.oldEnd);
				grown += growth(user);
				next++;
			} else if (following !== undefined && following.newStart < end) {
				last = following;
				end = Math.max(end, following.newEnd);
				index++;
			} else {
				break;
			}
		}
		index++;
		hunks.push({
			base: { start: first.oldStart - (first.newStart - start), end: last.oldEnd + (end - last.newEnd) },
			text: { start, end },
			now: { start: start + shift, end: end + shift + grown },
			isTouched,
		});
		shift += grown;
	}
	return hunks;
}

/** Whether the user's edit (`old` is the agent's text) stands before the agent's lines and apart from them. */
function isBefore(user: LineRange, edit: LineRange): boolean {
	const isAtDeletion = edit.newStart === edit.newEnd && user.oldStart === user.oldEnd;
	return isAtDeletion ? user.oldEnd < edit.newStart : user.oldEnd <= edit.newStart;
}

/** What only touches is apart: an insertion right beside the agent's lines, or a change of the line next to them. */
function overlaps(user: LineRange, edit: LineRange): boolean {
	return user.oldStart < edit.newEnd && edit.newStart < user.oldEnd;
}

/** What is empty meets also what it only touches. */
function meets(left: LineSpan, right: LineSpan): boolean {
	const isEmpty = left.start === left.end || right.start === right.end;
	return isEmpty
		? left.start <= right.end && right.start <= left.end
		: left.start < right.end && right.start < left.end;
}

/**
 * The agent only removed lines, and they are there again, as after an undo. They touch nothing of the agent's, so that
 * only the text without the edit tells.
 */
function isBroughtBack(edit: LineRange, users: readonly LineRange[], sinceBase: () => readonly LineRange[]): boolean {
	const isRemoval = edit.newStart === edit.newEnd;
	const mayBe = isRemoval && users.some(user => user.newEnd - user.newStart >= edit.oldEnd - edit.oldStart);
	return mayBe && !sinceBase().some(({ oldStart, oldEnd }) => oldStart < edit.oldEnd && edit.oldStart < oldEnd);
}

function growth({ oldStart, oldEnd, newStart, newEnd }: LineRange): number {
	return newEnd - newStart - (oldEnd - oldStart);
}

/** An empty file that was made or removed: there is no line to show, and still something to decide. */
function isOfNoLines({ base, text }: PendingEdit): boolean {
	return (base ?? '') === '' && (text ?? '') === '' && base !== text;
}

function wholeOfNoLines(now: string | undefined): PendingHunk {
	const nothing = { start: 0, end: 0 };
	return { base: nothing, text: nothing, now: nothing, isTouched: (now ?? '') !== '' };
}

function settleNoLines(pending: PendingEdit, now: string | undefined, decision: HunkDecision): Settled {
	const hunk = wholeOfNoLines(now);
	if (now === pending.base || decision === 'accept') {
		return { base: now, text: now, now, conflicts: [] };
	}
	if (decision === 'restore' || (decision === 'reject' && !hunk.isTouched)) {
		return { base: pending.base, text: pending.base, now: pending.base, conflicts: [] };
	}
	return { ...pending, now, conflicts: decision === 'reject' ? [hunk] : [] };
}

/** No file stays no file where nothing was put into it, on each side. */
function withAbsence(
	pending: PendingEdit,
	now: string | undefined,
	made: Sides,
	{ isPending, isTakenBack }: { readonly isPending: boolean; readonly isTakenBack: boolean },
): PendingEdit & { readonly now: string | undefined } {
	const side = (lines: readonly string[], isAbsent: boolean) => {
		const text = joinLines(lines);
		return isAbsent && text === '' ? undefined : text;
	};
	// All of a new file that was rejected leaves no file.
	const result = side(made.now, now === undefined || (isTakenBack && !isPending && pending.base === undefined));
	return isPending
		? {
				base: side(made.base, pending.base === undefined),
				text: side(made.text, pending.text === undefined),
				now: result,
			}
		: { base: result, text: result, now: result };
}

/** A line that was the last one and had no end gets one where others now follow it. */
function joinLines(lines: readonly string[]): string {
	const text = lines.join('');
	if (lines.slice(0, -1).every(line => line.endsWith('\n'))) {
		return text;
	}
	const lineEnd = usualLineEnd(text);
	return lines
		.map((line, index) => (index < lines.length - 1 && !line.endsWith('\n') ? line + lineEnd : line))
		.join('');
}

/** One by one: spreading a long list into `push` overflows the stack. */
function append(lines: string[], more: readonly string[]): void {
	for (const line of more) {
		lines.push(line);
	}
}
