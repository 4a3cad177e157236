/** What of a session's edits waits for the user's word. */
import type { PendingEdit } from '../../editing/pendingEdit.ts';
import type { ReviewDecision } from '../events.ts';
import type { Subscription } from '../session/sessionOptions.ts';

/** A file that an agent edited, with what the user has neither accepted nor rejected. */
export interface ReviewedFile {
	readonly uri: string;
	/** As the tools show it. */
	readonly path: string;
	/** Its hunks in the text as it is now: `pendingHunks` of `editing/pendingEdit.ts`. */
	readonly pending: PendingEdit;
	/** Another number with every other `pending` of this file. */
	readonly revision: number;
	/** The agent writes it at this moment, bit by bit: nothing can be decided before it is done. */
	readonly isOpen: boolean;
}

export interface ReviewRequest {
	readonly uri: string;
	readonly decision: ReviewDecision;
	/** Where the hunks start in the base, see `PendingHunk`. All of the file when absent. */
	readonly hunks?: readonly number[];
	/** Of the file that the hunks were taken from. Needed with `hunks`. */
	readonly revision?: number;
}

export interface ReviewOutcome {
	/** Hunks that are settled now. */
	readonly settled: number;
	/** 1-based lines of hunks that were left as they are: the user changed the same lines since. */
	readonly conflicts: readonly number[];
}

/** A session's edits under review. */
export interface Review {
	/** In the order in which they were first edited. Those without anything pending are left out. */
	readonly files: readonly ReviewedFile[];
	onDidChange(listener: () => void): Subscription;
	/**
	 * Accepts or rejects hunks. Where it changes the file, that goes through the buffer like every edit.
	 * @throws ToolError with words for the user when nothing can be decided: another revision, a file that is gone, another
	 * window that has the session.
	 */
	decide(request: ReviewRequest): Promise<ReviewOutcome>;
}
