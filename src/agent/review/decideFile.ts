import { type PendingEdit, type PendingHunk, pendingHunks, type Settled, settle } from '../../editing/pendingEdit.ts';
import { ToolError } from '../toolError.ts';
import { StaleTextError, type Workspace } from '../workspace.ts';
import { readEdited, writeEdited } from './editedFile.ts';
import type { ReviewedFile, ReviewRequest } from './review.ts';

/** What became of a decision: the file is as it says. */
export interface DecidedFile {
	readonly pending: PendingEdit;
	/** Undefined when there was no file. */
	readonly before: string | undefined;
	readonly settled: Settled;
	/** Those that the decision settled. */
	readonly hunks: readonly PendingHunk[];
}

/** The user types while we merge: so often we look again before giving up. */
const MAX_ATTEMPTS = 6;

/**
 * Makes the file what the decision says, through the buffer; what the user types at the same moment is kept.
 * @throws ToolError with words for the user.
 */
export async function decideFile(
	file: Pick<ReviewedFile, 'path' | 'uri' | 'pending'>,
	{ decision, hunks: wanted }: Pick<ReviewRequest, 'decision' | 'hunks'>,
	place: { readonly workspace: Workspace; readonly signal: AbortSignal },
): Promise<DecidedFile> {
	const { pending, path } = file;
	for (let attempt = 1; ; attempt++) {
		const edited = await readEdited(file, pending.text, place);
		const hunks = new Map<number, PendingHunk>();
		const settled = settle(pending, edited.current?.text, hunk => {
			if (wanted !== undefined && !wanted.includes(hunk.base.start)) {
				return 'pending';
			}
			hunks.set(hunk.base.start, hunk);
			return decision;
		});
		const isThere = edited.current !== undefined;
		const isGone = !isThere && pending.base !== undefined && pending.text !== undefined && hunks.size > 0;
		if (isGone && decision === 'reject') {
			throw new ToolError(`${path} was deleted or renamed since.`);
		}
		for (const { base } of settled.conflicts) {
			hunks.delete(base.start);
		}
		try {
			// Of a file that is gone there is more to bring back than the lines of its hunks.
			const result = isGone && decision === 'restore' ? allOf(pending.base) : settled;
			await writeEdited(edited, result.now, place);
			return { pending, before: edited.current?.text, settled: result, hunks: [...hunks.values()] };
		} catch (error) {
			if (!(error instanceof StaleTextError)) {
				throw error;
			}
			if (attempt === MAX_ATTEMPTS) {
				throw new ToolError(`${path} changes all the time; try again when it is at rest.`, { cause: error });
			}
		}
	}
}

/** Lines of hunks that are still there after others were settled, 1-based, in the text as it is then. */
export function conflictLines({ conflicts, now, ...pending }: Settled, isAllDecided: boolean): readonly number[] {
	const left = pendingHunks(pending, now);
	// By their order: what was settled before them moved them.
	const places = isAllDecided && left.length === conflicts.length ? left : conflicts;
	return places.map(hunk => hunk.now.start + 1);
}

function allOf(text: string | undefined): Settled {
	return { base: text, text, now: text, conflicts: [] };
}
