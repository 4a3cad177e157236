import { followEdit, type PendingEdit } from '../../editing/pendingEdit.ts';
import type { FileReview, PendingSides, RecordedChange } from '../session/changeLog.ts';
import type { SessionStore } from '../session/log.ts';

/** What is pending of a file after its newest edit, and what that was made of. */
export interface FoldedReview {
	readonly start: PendingSides | undefined;
	readonly changeIds: readonly string[];
	/** Undefined when nothing is pending. */
	readonly pending: PendingEdit | undefined;
	/** A text was not stored any more: what came before is not under review. */
	readonly isDamaged: boolean;
}

/** Hashes; absent means no file. */
type ChangeTexts = Pick<RecordedChange, 'before' | 'after'>;

/** @returns undefined when it is not stored any more. */
export type ReadText = (hash: string) => Promise<string | undefined>;

/**
 * Folds the edits of a file into one pending edit. An edit whose texts are lost hides what was pending before it, and
 * itself.
 * @param earlier an earlier result for the same file: where it is the beginning of this one, only what is new is read.
 */
export async function foldReview(
	{ start, steps }: FileReview,
	earlier: FoldedReview | undefined,
	readText: ReadText,
): Promise<FoldedReview> {
	const isFurther =
		earlier !== undefined &&
		earlier.start === start &&
		earlier.changeIds.every((changeId, at) => steps[at]?.changeId === changeId);
	let pending = isFurther ? earlier.pending : undefined;
	let isDamaged = isFurther && earlier.isDamaged;
	if (!isFurther && start !== undefined) {
		const sides = await textsOf(start, readText);
		pending = sides;
		isDamaged = sides === undefined;
	}
	const left = steps.slice(isFurther ? earlier.changeIds.length : 0);
	while (left.length > 0) {
		const run = contiguous(left);
		let taken = run.length;
		let edit = await editOf(joined(run), readText);
		if (taken > 1 && pending !== undefined && edit?.base !== pending.text) {
			// Others changed the text before it: what the first of them wrote over shows only in what it made.
			taken = 1;
			edit = await editOf(joined(run.slice(0, 1)), readText);
		}
		left.splice(0, taken);
		isDamaged ||= edit === undefined;
		pending = edit && followEdit(pending, edit.base, edit.text);
		if (pending?.base === pending?.text) {
			pending = undefined;
		}
	}
	return { start, changeIds: steps.map(({ changeId }) => changeId), pending, isDamaged };
}

/** The first changes of which each was made to what the one before had left. */
function contiguous(changes: readonly ChangeTexts[]): readonly ChangeTexts[] {
	const end = changes.findIndex(({ before }, at) => at > 0 && before !== changes[at - 1]?.after);
	return end < 0 ? changes : changes.slice(0, end);
}

/** One change for all of a contiguous run, so that what was in between need not be read. */
function joined(run: readonly ChangeTexts[]): ChangeTexts {
	const [first, last] = [run[0], run.at(-1)];
	return {
		...(first?.before !== undefined && { before: first.before }),
		...(last?.after !== undefined && { after: last.after }),
	};
}

/**
 * One change for both, so that what was in between need not be read.
 * @returns undefined when the second was not made to what the first had left.
 */
export function joinChanges(first: ChangeTexts | undefined, second: ChangeTexts): ChangeTexts | undefined {
	if (first === undefined || first.after !== second.before) {
		return undefined;
	}
	return joined([first, second]);
}

/** What one change or decision made of the file; undefined when its texts are not stored any more. */
export function editOf({ before, after }: ChangeTexts, readText: ReadText): Promise<PendingEdit | undefined> {
	return textsOf(
		{ ...(before !== undefined && { base: before }), ...(after !== undefined && { text: after }) },
		readText,
	);
}

async function textsOf(sides: PendingSides, readText: ReadText): Promise<PendingEdit | undefined> {
	const base = sides.base === undefined ? undefined : await readText(sides.base);
	const text = sides.text === undefined ? undefined : await readText(sides.text);
	const isLost = (sides.base !== undefined && base === undefined) || (sides.text !== undefined && text === undefined);
	return isLost ? undefined : { base, text };
}

/** Both sides as they are recorded. Nothing is kept of a file in which nothing is pending. */
export async function keepSides(
	{ base, text }: PendingEdit,
	store: Pick<SessionStore, 'putBlob'>,
): Promise<PendingSides> {
	if (base === text) {
		return {};
	}
	return {
		...(base !== undefined && { base: await store.putBlob(base) }),
		...(text !== undefined && { text: await store.putBlob(text) }),
	};
}

/** What was made of a file, as it is recorded. */
export async function keepMade(
	before: string | undefined,
	after: string | undefined,
	store: Pick<SessionStore, 'putBlob'>,
): Promise<{ readonly before?: string; readonly after?: string }> {
	return {
		...(before !== undefined && { before: await store.putBlob(before) }),
		...(after !== undefined && { after: await store.putBlob(after) }),
	};
}
