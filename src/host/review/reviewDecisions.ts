/** Decides about hunks, files and everything, and puts together what came of it. */
import type { ReviewDecision } from '../../agent/events.ts';
import type { ReviewOutcome } from '../../agent/review/review.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { ReviewHub, SessionFile } from './reviewHub.ts';
import type { ShownHunk } from './shownFiles.ts';

/** Hunks that were left as they are, since the user changed the same lines. */
export interface Conflict {
	readonly file: SessionFile;
	/** 1-based, of the hunks. */
	readonly lines: readonly number[];
}

export interface Decided {
	readonly settled: number;
	readonly conflicts: readonly Conflict[];
	/** What could not be decided about, a sentence each. */
	readonly problems: readonly string[];
}

/** @param decision about all of these hunks, of one file or of several. */
export function decideHunks(hub: ReviewHub, hunks: readonly ShownHunk[], decision: ReviewDecision): Promise<Decided> {
	const parts = hub.files.flatMap(file => {
		const own = hunks.filter(
			({ key, sessionId, revision }) => key === file.key && sessionId === file.sessionId && revision === file.revision,
		);
		return own.length === 0 ? [] : [{ file, hunks: own.map(({ start }) => start) }];
	});
	return decideParts(hub, parts, decision);
}

/** @param decision about all that is pending of these files, also what is not to be seen at the moment. */
export function decideFiles(hub: ReviewHub, files: readonly SessionFile[], decision: ReviewDecision): Promise<Decided> {
	return decideParts(
		hub,
		files.map(file => ({ file })),
		decision,
	);
}

/** Each by itself: one that cannot be decided does not hold up the others. */
async function decideParts(
	hub: ReviewHub,
	parts: readonly { readonly file: SessionFile; readonly hunks?: readonly number[] }[],
	decision: ReviewDecision,
): Promise<Decided> {
	const conflicts: Conflict[] = [];
	const problems = new Set<string>();
	let settled = 0;
	// The newest session first: what it made of a file stands on what those before made.
	for (const { file, hunks } of parts.toReversed()) {
		const { uri, revision } = file;
		const outcome = await orProblem(
			hub.decide(file.sessionId, { uri, decision, ...(hunks !== undefined && { hunks, revision }) }),
		);
		if (typeof outcome === 'string') {
			problems.add(outcome);
			continue;
		}
		settled += outcome.settled;
		if (outcome.conflicts.length > 0) {
			conflicts.push({ file, lines: outcome.conflicts });
		}
	}
	return { settled, conflicts, problems: [...problems] };
}

async function orProblem(deciding: Promise<ReviewOutcome>): Promise<ReviewOutcome | string> {
	try {
		return await deciding;
	} catch (error) {
		if (error instanceof ToolError) {
			return error.message;
		}
		throw error;
	}
}
