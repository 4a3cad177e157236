/** Makes one file's planned change, also when the text changes at that moment: nothing that others wrote is ever lost. */
import { addedRemoteSchemas } from '../agent/approval/remoteSchemas.ts';
import type { Allowed, ToolContext } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { type FileText, type Location, StaleTextError, type WriteOutcome } from '../agent/workspace.ts';
import { merge3 } from '../editing/merge.ts';

/** The file as it is now. */
export interface FileNow {
	readonly location: Location;
	/** Absent when there is no file. */
	readonly current: FileText | undefined;
}

/** What becomes of a text. */
export interface NewText {
	readonly text: string;
	/** What the model must know of how it came about. */
	readonly note?: string;
	/** What was changed, where lines of the file do not tell. */
	readonly what?: string;
}

/** A change worked out for the text that is there now. */
export interface PlannedChange extends FileNow {
	readonly after: NewText;
	/** Into a text that others changed since the first plan. */
	readonly isMerged?: true;
}

export interface LandedChange extends PlannedChange {
	readonly outcome: WriteOutcome;
}

export type PlanContext = Pick<ToolContext, 'workspace' | 'signal'>;

/** So often a text may change right before the write. Somebody who holds a key down changes it 30 times a second. */
const MAX_ATTEMPTS = 6;

/**
 * Records the change and makes it. When the file has another text by then, the change is worked out anew for that one;
 * where it does not fit any more, it is merged into it; where that is a conflict, nothing is changed. Each attempt is a
 * record of its own.
 * @param planAgain for the text that is there now. Absent for a change that has the text of a whole file: that is only
 * merged.
 * @throws ToolError
 */
export async function landChange(
	first: PlannedChange,
	planAgain: (() => Promise<PlannedChange>) | undefined,
	context: ToolContext,
): Promise<LandedChange> {
	let planned = first;
	for (let attempt = 1; ; attempt++) {
		try {
			return { ...planned, outcome: await make(planned, context) };
		} catch (error) {
			if (!(error instanceof StaleTextError) || attempt === MAX_ATTEMPTS) {
				throw error;
			}
			planned = await carryOver(first, planAgain, error, context);
		}
	}
}

async function make(planned: PlannedChange, context: ToolContext): Promise<WriteOutcome> {
	const { location, current, after } = planned;
	refuseUnasked(schemasOf(planned), context.allowed);
	const before = current === undefined ? {} : { before: current.text };
	await context.recordChange({ location, ...before, after: after.text });
	// Not before the record: of a call that ends here the newest record counts as not made.
	context.signal.throwIfAborted();
	return context.workspace.write(location, after.text, current?.stamp ?? 'absent', context.signal);
}

async function carryOver(
	first: PlannedChange,
	planAgain: (() => Promise<PlannedChange>) | undefined,
	stale: StaleTextError,
	context: PlanContext,
): Promise<PlannedChange> {
	try {
		if (planAgain !== undefined) {
			return await planAgain();
		}
	} catch (error) {
		if (!(error instanceof ToolError)) {
			throw error;
		}
		return (await mergedChange(first, context)) ?? Promise.reject(error);
	}
	return (await mergedChange(first, context)) ?? Promise.reject(stale);
}

/**
 * The planned change and all that others changed since in one text. Undefined where both changed the same lines, or
 * there is no file (any more).
 */
export async function mergedChange(planned: PlannedChange, context: PlanContext): Promise<PlannedChange | undefined> {
	const { location, current: base, after } = planned;
	if (base === undefined || (await context.workspace.stat(location, context.signal)) === undefined) {
		return undefined;
	}
	const current = await context.workspace.readText(location, context.signal);
	const merge = merge3(current.text, base.text, after.text);
	return merge.ok && merge.text !== current.text
		? { location, current, after: { ...after, text: merge.text, note: MERGED }, isMerged: true }
		: undefined;
}

const MERGED = 'The file had changed meanwhile; both changes are in it.';

export function schemasOf({ location, current, after }: PlannedChange): readonly string[] {
	return addedRemoteSchemas(location.path, current?.text ?? '', after.text);
}

/** The file changed since the decision, in a way that makes the same call another one. */
export function refuseUnasked(remoteSchemas: readonly string[], { why }: Allowed): void {
	if (remoteSchemas.length > 0 && why !== 'user') {
		throw new ToolError('Nothing was changed: by now the call would add the address of a schema. Make it anew.');
	}
}
