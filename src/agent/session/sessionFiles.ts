import type { SessionEvent } from '../events.ts';
import { type RecoveredFiles, recoverFiles } from '../review/recoverFiles.ts';
import { type RestorePoint, restorePoints } from '../review/restorePoints.ts';
import { type RestoredFile, type RestoreRequest, Restorer } from '../review/restorer.ts';
import { SessionReview } from '../review/sessionReview.ts';
import { InLine } from './inLine.ts';
import type { StoredEvent } from './log.ts';
import type { EditRecord, SessionOptions } from './sessionOptions.ts';
import type { SessionState } from './sessionState.ts';
import { Undoer, type UndoneChange } from './undoer.ts';

export interface SessionFilesOptions extends Pick<SessionOptions, 'workspace' | 'store' | 'newId' | 'onBug'> {
	readonly state: SessionState;
	/** Another session, which this one works for, has its edits under review. */
	readonly isDelegate: boolean;
	/** All of the session's. */
	events(): readonly StoredEvent[];
	/** Those that the conversation consists of. */
	conversation(): readonly StoredEvent[];
	record(event: SessionEvent): Promise<void>;
	/** Why the session cannot be written, in words for the user. */
	refusal(): string | undefined;
	/** What is under review changed. */
	changed(): void;
	/** The session ends. */
	readonly signal: AbortSignal;
}

/** What a session did to files, and how the user takes it back or keeps it: one request after the other. */
export class SessionFiles {
	readonly review: SessionReview;
	readonly #options: SessionFilesOptions;
	readonly #inLine = new InLine();
	readonly #undoer: Undoer;
	readonly #restorer: Restorer;

	constructor(options: SessionFilesOptions) {
		this.#options = options;
		const { state } = options;
		const parts = { ...options, changes: state.changeLog, inLine: this.#inLine };
		this.review = new SessionReview({
			...parts,
			runningCalls: () => state.pendingCalls.flatMap(({ callId, isStarted }) => (isStarted ? [callId] : [])),
		});
		this.#undoer = new Undoer({ ...parts, changes: () => state.changes });
		this.#restorer = new Restorer({ ...parts, review: this.review });
	}

	/** Takes in an event that the state has taken. */
	apply(event: SessionEvent): void {
		if (!this.#options.isDelegate) {
			this.review.apply(event);
		}
	}

	undo(changeIds: readonly string[]): Promise<readonly UndoneChange[]> {
		return this.#undoer.undo(changeIds);
	}

	/** What the files tell of edits during which the process died. */
	recover(): Promise<RecoveredFiles> {
		return recoverFiles(this.#options.state, this.#options);
	}

	async recordEdit({ before, after, ...edit }: EditRecord): Promise<void> {
		const { store, record } = this.#options;
		const [base, text] = await Promise.all([store.putBlob(before), store.putBlob(after)]);
		await record({ type: 'change', ...edit, before: base, after: text });
	}

	restorePoints(): readonly RestorePoint[] {
		const { events, conversation, state } = this.#options;
		return restorePoints(events(), conversation(), state.changeLog);
	}

	restorePreview(before: number): Promise<readonly RestoredFile[]> {
		return this.#restorer.preview(before, this.#options.signal);
	}

	restore(request: RestoreRequest, signal: AbortSignal): Promise<readonly RestoredFile[]> {
		return this.#restorer.restore(request, signal);
	}

	/** Resolves when nothing is taken back or decided any more. */
	async whenIdle(): Promise<void> {
		await this.#inLine.whenIdle();
		await this.review.whenReady();
	}
}
