import type { SessionEvent } from '../events.ts';
import type { Workspace } from '../workspace.ts';
import type { RecordedChange } from './changeLog.ts';
import type { InLine } from './inLine.ts';
import type { SessionStore } from './log.ts';
import { type UndoOutcome, undoChange } from './undo.ts';

/** How taking back one change ended. */
export interface UndoneChange {
	readonly changeId: string;
	readonly path: string;
	readonly outcome: UndoOutcome;
}

export interface UndoerOptions {
	readonly workspace: Workspace;
	readonly store: SessionStore;
	/** Those that can be taken back, oldest first. */
	changes(): readonly RecordedChange[];
	/** With whatever else changes the session's files. */
	readonly inLine: InLine;
	record(event: SessionEvent): Promise<void>;
	readonly signal: AbortSignal;
}

/** Takes a session's changes back, one request after the other. */
export class Undoer {
	readonly #options: UndoerOptions;

	constructor(options: UndoerOptions) {
		this.#options = options;
	}

	/** @throws Error as `Session.undo` does. */
	undo(changeIds: readonly string[]): Promise<readonly UndoneChange[]> {
		return this.#options.inLine.run(() => this.#undoAll(new Set(changeIds)));
	}

	async #undoAll(wanted: ReadonlySet<string>): Promise<readonly UndoneChange[]> {
		const { changes, record, signal } = this.#options;
		const undone: UndoneChange[] = [];
		for (const change of changes()
			.filter(({ changeId }) => wanted.has(changeId))
			.reverse()) {
			const { changeId, path } = change;
			const outcome = await undoChange(change, this.#options, signal);
			undone.push({ changeId, path, outcome });
			if (outcome.kind !== 'failed') {
				const conflicts = outcome.kind === 'conflict' ? outcome.conflicts : 0;
				await record({ type: 'undone', changeId, conflicts });
			}
		}
		const failures = undone.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome.message] : []));
		if (failures.length > 0) {
			throw new Error(failures.join(' '));
		}
		return undone;
	}
}
