import { merge3 } from '../../editing/merge.ts';
import { followEdit, followRejection, type PendingEdit } from '../../editing/pendingEdit.ts';
import type { ChangeLog, RecordedChange } from '../session/changeLog.ts';
import type { StoredEvent } from '../session/log.ts';
import { editOf, joinChanges, type ReadText } from './foldReview.ts';

/** Something that a session did to a file, as hashes of its texts. */
interface Step extends Pick<RecordedChange, 'before' | 'after'> {
	readonly kind: 'made' | 'undone' | 'rejected';
}

/** What happened to a file since a point. */
export interface FileSteps {
	readonly uri: string;
	readonly path: string;
	/** Those that were made, oldest first, also those that were taken back later. */
	readonly changes: readonly RecordedChange[];
	/** The changes, and where some were taken back. */
	readonly steps: readonly Step[];
}

/** The same with the texts. */
export type StepTexts = PendingEdit & Pick<Step, 'kind'>;

/**
 * What was done to files from that sequence number on, in the order in which they were first changed. A restore that was
 * recorded and not made, or taken back, is left out.
 */
export function stepsSince(
	before: number,
	events: readonly StoredEvent[],
	log: Pick<ChangeLog, 'allChanges' | 'isUndone'>,
): readonly FileSteps[] {
	const made = new Map(log.allChanges.map(change => [change.changeId, change]));
	const files = new Map<string, { path: string; readonly changes: RecordedChange[]; readonly steps: Step[] }>();
	/** Those among `changes`. */
	const taken = new Set<string>();
	for (const { event, sequence } of events) {
		if (sequence < before) {
			continue;
		}
		if (event.type === 'reviewed' && event.made !== undefined) {
			files.get(event.uri)?.steps.push({ kind: 'rejected', ...event.made });
			continue;
		}
		const change = event.type === 'change' || event.type === 'undone' ? made.get(event.changeId) : undefined;
		if (change === undefined || (change.before === change.after && change.isOpen !== true)) {
			continue;
		}
		const { changeId, uri, path, origin } = change;
		if (event.type === 'undone') {
			if (event.conflicts === 0 && taken.has(changeId)) {
				files.get(uri)?.steps.push({ ...change, kind: 'undone' });
			}
		} else if (origin !== 'restore' || !log.isUndone(changeId)) {
			const file = files.get(uri) ?? { path, changes: [], steps: [] };
			files.set(uri, file);
			file.path = path;
			file.changes.push(change);
			addMade(file.steps, change);
			taken.add(changeId);
		}
	}
	return [...files].map(([uri, file]) => ({ uri, ...file }));
}

function addMade(steps: Step[], change: RecordedChange): void {
	const last = steps.at(-1);
	const both = last?.kind === 'made' ? joinChanges(last, change) : undefined;
	if (both !== undefined) {
		steps.pop();
	}
	steps.push({ ...(both ?? change), kind: 'made' });
}

/** @returns undefined when a text is not stored any more. */
export async function readSteps(
	{ steps }: Pick<FileSteps, 'steps'>,
	readText: ReadText,
): Promise<readonly StepTexts[] | undefined> {
	const read: StepTexts[] = [];
	for (const step of steps) {
		const edit = await editOf(step, readText);
		if (edit === undefined) {
			return undefined;
		}
		read.push({ ...edit, kind: step.kind });
	}
	return read;
}

/**
 * All that was made as one edit: who made it does not matter, and what the user changed in between is no part of it.
 * Neither is what they took back since, so that it does not come back with what was pending before it.
 * @param now the text as it is.
 */
export function foldSteps(steps: readonly StepTexts[], now: string | undefined): PendingEdit {
	let folded: PendingEdit | undefined;
	for (const { kind, base, text } of steps) {
		if (folded === undefined || kind === 'made') {
			folded = followEdit(folded, base, text);
		} else {
			const rejection = kind === 'rejected' ? { base, text } : takenBack(folded, { base, text });
			folded = followRejection(folded, rejection, now);
		}
	}
	return folded ?? { base: now, text: now };
}

/** Of an undo there is no record of the file: it was refused where it did not merge. */
function takenBack({ text }: PendingEdit, change: PendingEdit): PendingEdit {
	if (text === change.text) {
		return { base: text, text: change.base };
	}
	if (text === undefined || change.text === undefined || change.base === undefined) {
		return { base: text, text };
	}
	const merged = merge3(text, change.text, change.base);
	return { base: text, text: merged.ok ? merged.text : text };
}
