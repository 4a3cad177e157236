import { diffTexts } from '../../editing/hunks.ts';
import type { SessionEvent } from '../events.ts';
import type { RecordedChange } from '../session/changeLog.ts';
import type { StoredEvent } from '../session/log.ts';
import type { SessionOptions } from '../session/sessionOptions.ts';
import type { SessionState } from '../session/sessionState.ts';
import { ToolError } from '../toolError.ts';
import { readEdited } from './editedFile.ts';

export interface RecoverOptions extends Pick<SessionOptions, 'workspace' | 'store' | 'newId' | 'onBug'> {
	/** All of the session's. */
	events(): readonly StoredEvent[];
	readonly signal: AbortSignal;
}

/** What the files tell of edits during which the process died. */
export interface RecoveredFiles {
	/** The ends of edits that were being written bit by bit, and of a restore. */
	readonly events: readonly SessionEvent[];
	/** Paths of changes that were recorded and not made, by their calls. */
	readonly unmade: ReadonlyMap<string, string>;
}

export async function recoverFiles(state: SessionState, options: RecoverOptions): Promise<RecoveredFiles> {
	const events: SessionEvent[] = [];
	for (const change of state.changes) {
		if (change.isOpen) {
			events.push(await closing(change, options));
		}
	}
	const last = options.events().findLast(({ event: { type } }) => type !== 'queued' && type !== 'unqueued')?.event;
	const restored = last?.type === 'change' && last.origin === 'restore' ? state.change(last.changeId) : undefined;
	if (restored !== undefined && (await wasNotMade(restored, options))) {
		events.push({ type: 'undone', changeId: restored.changeId, conflicts: 0 });
	}
	const unmade = new Map<string, string>();
	for (const { callId } of state.pendingCalls) {
		const newest = state.changeLog.newestOf(callId);
		if (newest !== undefined && newest.isOpen !== true && (await wasNotMade(newest, options))) {
			unmade.set(callId, newest.path);
		}
	}
	return { events, unmade };
}

/** A change is recorded before it is made: whether it was shows in the file, as long as nobody else changed that. */
async function wasNotMade({ before, after, ...change }: RecordedChange, options: RecoverOptions): Promise<boolean> {
	const earlier = before === undefined ? undefined : await options.store.getBlob(before);
	if (before === after || (before !== undefined && earlier === undefined)) {
		return false;
	}
	const now = await textNow(change, options);
	return now !== 'unknown' && now.text === earlier;
}

/** The file as it is now is what the edit came to. Where it cannot be read, what was recorded of it stays. */
async function closing(change: RecordedChange, options: RecoverOptions): Promise<SessionEvent> {
	const { store, newId } = options;
	const { callId, path, uri, before, after } = change;
	const now = await textNow(change, options);
	const named = { changeId: newId(), callId, path, uri, ...(before !== undefined && { before }) };
	if (now === 'unknown') {
		return { type: 'change', ...named, ...(after !== undefined && { after }), made: { added: 0, removed: 0 } };
	}
	const earlier = before === undefined ? undefined : await store.getBlob(before);
	const { added, removed } = diffTexts(earlier ?? '', now.text ?? '', 0);
	return {
		type: 'change',
		...named,
		...(now.text !== undefined && { after: await store.putBlob(now.text) }),
		made: { added, removed },
	};
}

/** An undefined text: there is no file. */
async function textNow(
	change: Pick<RecordedChange, 'path' | 'uri'>,
	{ workspace, signal, onBug }: RecoverOptions,
): Promise<{ readonly text: string | undefined } | 'unknown'> {
	try {
		const { current } = await readEdited(change, undefined, { workspace, signal });
		return { text: current?.text };
	} catch (error) {
		if (!(error instanceof ToolError)) {
			onBug(error);
		}
		return 'unknown';
	}
}
