import { merge3 } from '../../editing/merge.ts';
import { ToolError } from '../toolError.ts';
import type { Location, Workspace } from '../workspace.ts';
import type { RecordedChange } from './changeLog.ts';
import type { SessionStore } from './log.ts';

export type UndoOutcome =
	| { readonly kind: 'undone' }
	/** `conflicts` places were changed again since; nothing was written. */
	| { readonly kind: 'conflict'; readonly conflicts: number }
	/** Not possible, with the reason in words; nothing was written. */
	| { readonly kind: 'failed'; readonly message: string };

/** The user types while we merge: so often we look again before giving up. */
const MAX_ATTEMPTS = 3;

/**
 * Takes a change back by merging: what was typed into the file since is kept. Writes nothing unless all of it can be
 * taken back.
 */
export async function undoChange(
	change: RecordedChange,
	{ workspace, store }: { readonly workspace: Workspace; readonly store: SessionStore },
	signal: AbortSignal,
): Promise<UndoOutcome> {
	const before = change.before === undefined ? undefined : await store.getBlob(change.before);
	const after = change.after === undefined ? undefined : await store.getBlob(change.after);
	if ((change.before !== undefined && before === undefined) || (change.after !== undefined && after === undefined)) {
		return { kind: 'failed', message: `The earlier text of ${change.path} is no longer stored.` };
	}
	for (let attempt = 1; ; attempt++) {
		try {
			const location = await workspace.locate(change.path, signal);
			if (location.uri !== change.uri) {
				return { kind: 'failed', message: `${change.path} is now another file than the one that was changed.` };
			}
			return await restore(location, before, after, workspace, signal);
		} catch (error) {
			if (!(error instanceof ToolError)) {
				throw error;
			}
			if (attempt === MAX_ATTEMPTS) {
				return { kind: 'failed', message: error.message };
			}
		}
	}
}

async function restore(
	location: Location,
	before: string | undefined,
	after: string | undefined,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<UndoOutcome> {
	if ((await workspace.stat(location, signal)) === undefined) {
		if (before === undefined) {
			return { kind: 'undone' };
		}
		if (after !== undefined) {
			return { kind: 'failed', message: `${location.path} was deleted or renamed since.` };
		}
		await workspace.write(location, before, 'absent', signal);
		return { kind: 'undone' };
	}
	const { text: current, stamp } = await workspace.readText(location, signal);
	if (before === undefined) {
		if (current !== after) {
			return { kind: 'conflict', conflicts: 1 };
		}
		await workspace.remove(location, stamp, signal);
		return { kind: 'undone' };
	}
	if (after === undefined) {
		return current === before ? { kind: 'undone' } : { kind: 'conflict', conflicts: 1 };
	}
	const merge = merge3(current, after, before);
	if (!merge.ok) {
		return { kind: 'conflict', conflicts: merge.conflicts };
	}
	if (merge.text !== current) {
		await workspace.write(location, merge.text, stamp, signal);
	}
	return { kind: 'undone' };
}
