import { diffTexts } from '../../editing/hunks.ts';
import { followEdit, type PendingEdit, type Settled, settle } from '../../editing/pendingEdit.ts';
import type { SessionEvent } from '../events.ts';
import { ChangeLog } from '../session/changeLog.ts';
import type { InLine } from '../session/inLine.ts';
import type { SessionStore, StoredEvent } from '../session/log.ts';
import { ToolError } from '../toolError.ts';
import { StaleTextError, type Workspace } from '../workspace.ts';
import { conflictLines } from './decideFile.ts';
import { type EditedFile, readEdited, writeEdited } from './editedFile.ts';
import { foldReview, keepMade, keepSides } from './foldReview.ts';
import type { Review } from './review.ts';
import { type FileSteps, foldSteps, readSteps, type StepTexts, stepsSince } from './stepsSince.ts';

export interface RestoreRequest {
	/** A sequence number, see `RestorePoint`. */
	readonly before: number;
	/** All that were changed since, or those of these URIs. */
	readonly files: boolean | readonly string[];
	readonly conversation: boolean;
}

/** How going back ended, or would end, for one file. What the user changed apart from it is kept. */
export type RestoredFile = { readonly uri: string; readonly path: string } & (
	| { readonly kind: 'restored' /** Lines, by the restore. */; readonly added: number; readonly removed: number }
	/** It is as it was. */
	| { readonly kind: 'unchanged' }
	/** These lines (1-based) are left as they are, since the user changed them; the others are restored. */
	| { readonly kind: 'conflicts'; readonly lines: readonly number[]; readonly added: number; readonly removed: number }
	/** Texts from then are not stored any more. */
	| { readonly kind: 'notStored' }
	/** Nothing of it is restored, with the reason in words. */
	| { readonly kind: 'failed'; readonly message: string }
);

export interface RestorerOptions {
	readonly workspace: Workspace;
	readonly store: Pick<SessionStore, 'getBlob' | 'putBlob'>;
	/** All of the session's. */
	events(): readonly StoredEvent[];
	readonly changes: ChangeLog;
	readonly review: Pick<Review, 'files'> & { whenReady(): Promise<void> };
	/** With whatever else changes the session's files. */
	readonly inLine: InLine;
	record(event: SessionEvent): Promise<void>;
	newId(): string;
	onBug(error: unknown): void;
}

/** A file with all that happened to it since. */
interface Restorable extends FileSteps {
	readonly texts: readonly StepTexts[];
}

/** The user types while we merge: so often we look again before giving up. */
const MAX_ATTEMPTS = 6;

/** Takes files, and the conversation, back to what they were. Each write is a recorded change, so that it can be taken back. */
export class Restorer {
	readonly #options: RestorerOptions;

	constructor(options: RestorerOptions) {
		this.#options = options;
	}

	/** What `restore` would do to the files. Writes nothing. @throws ToolError when there is no such point. */
	async preview(before: number, signal: AbortSignal): Promise<readonly RestoredFile[]> {
		this.#assertPoint(before);
		return this.#each(before, true, signal, async file => {
			const edited = await this.#read(file, signal);
			return outcomeOf(edited, settleSteps(file, edited));
		});
	}

	/**
	 * Goes back. One file that fails does not hold up the others.
	 * @throws ToolError when there is no such point; nothing is changed then.
	 */
	restore({ before, files, conversation }: RestoreRequest, signal: AbortSignal): Promise<readonly RestoredFile[]> {
		this.#assertPoint(before);
		return this.#options.inLine.run(async () => {
			const { events, review, record, newId } = this.#options;
			await review.whenReady();
			const then = new ChangeLog();
			for (const { event, sequence } of events()) {
				if (sequence < before) {
					then.apply(event);
				}
			}
			const callId = newId();
			const restored =
				files === false
					? []
					: await this.#each(before, files, signal, file => this.#restore(file, then, callId, signal));
			if (conversation) {
				signal.throwIfAborted();
				await record({ type: 'rewound', before, ...(files !== false && { callId }) });
			}
			return restored;
		});
	}

	async #each(
		before: number,
		wanted: true | readonly string[],
		signal: AbortSignal,
		work: (file: Restorable) => Promise<Outcome>,
	): Promise<readonly RestoredFile[]> {
		const { events, changes, store, onBug } = this.#options;
		const restored: RestoredFile[] = [];
		for (const file of stepsSince(before, events(), changes)) {
			const { uri, path } = file;
			if (wanted !== true && !wanted.includes(uri)) {
				continue;
			}
			signal.throwIfAborted();
			try {
				const texts = await readSteps(file, hash => store.getBlob(hash));
				const outcome: Outcome = texts === undefined ? { kind: 'notStored' } : await work({ ...file, texts });
				restored.push({ uri, path, ...outcome });
			} catch (error) {
				signal.throwIfAborted();
				if (!(error instanceof ToolError)) {
					onBug(error);
				}
				restored.push({ uri, path, kind: 'failed', message: messageOf(error) });
			}
		}
		return restored;
	}

	async #restore(file: Restorable, then: ChangeLog, callId: string, signal: AbortSignal): Promise<Outcome> {
		const place = { workspace: this.#options.workspace, signal };
		for (let attempt = 1; ; attempt++) {
			const edited = await this.#read(file, signal);
			const settled = settleSteps(file, edited);
			const outcome = outcomeOf(edited, settled);
			if (settled.now === edited.current?.text) {
				await this.#review(file, edited, settled, then);
				return outcome;
			}
			const changeId = await this.#record(file, edited, settled, callId);
			try {
				await writeEdited(edited, settled.now, place);
			} catch (error) {
				// Recorded, and not made.
				await this.#options.record({ type: 'undone', changeId, conflicts: 0 });
				if (!(error instanceof StaleTextError) || attempt === MAX_ATTEMPTS) {
					throw error;
				}
				continue;
			}
			await this.#review(file, edited, settled, then);
			return outcome;
		}
	}

	#read(file: Restorable, signal: AbortSignal): Promise<EditedFile> {
		return readEdited(file, file.texts.at(-1)?.text, { workspace: this.#options.workspace, signal });
	}

	async #record({ path, uri }: Restorable, { current }: EditedFile, { now }: Settled, callId: string): Promise<string> {
		const { store, record, newId } = this.#options;
		const changeId = newId();
		const { added, removed } = diffTexts(current?.text ?? '', now ?? '', 0);
		try {
			await record({
				type: 'change',
				...{ changeId, callId, path, uri },
				...(await keepMade(current?.text, now, store)),
				made: { added, removed },
				origin: 'restore',
			});
		} catch (error) {
			const reason = messageOf(error);
			throw new ToolError(`${path} was not restored, since that could not be recorded first: ${reason}`, {
				cause: error,
			});
		}
		return changeId;
	}

	/**
	 * What is under review is again what it was then. Where lines were left as they are it is what it is now, with the
	 * restore as if the agent had made it.
	 */
	async #review(file: Restorable, edited: EditedFile, settled: Settled, then: ChangeLog): Promise<void> {
		const { store, record, review } = this.#options;
		const { uri, path } = file;
		const present = review.files.find(one => one.uri === uri)?.pending;
		let pending: PendingEdit | undefined;
		if (settled.conflicts.length > 0) {
			pending = present && followEdit(present, edited.current?.text, settled.now);
		} else {
			await this.#settleChanges(file);
			const reviewed = then.review(uri);
			pending = reviewed && (await foldReview(reviewed, undefined, hash => store.getBlob(hash))).pending;
		}
		if (pending === undefined && present === undefined) {
			return;
		}
		const carried: Partial<PendingEdit> = pending === undefined ? {} : settle(pending, settled.now, () => 'pending');
		const sides = await keepSides({ base: carried.base, text: carried.text }, store);
		await record({ type: 'reviewed', uri, path, decision: 'restore', ...sides, hunks: [] });
	}

	async #settleChanges({ changes }: Restorable): Promise<void> {
		const { record, changes: log } = this.#options;
		for (const { changeId, origin } of changes) {
			if (log.change(changeId) === undefined) {
				continue;
			}
			// An earlier restore was made, and so belongs to what later ones take back, whatever became of it.
			const isRestore = origin === 'restore';
			await record(isRestore ? { type: 'kept', changeIds: [changeId] } : { type: 'undone', changeId, conflicts: 0 });
		}
	}

	/** Before the first event there is nothing, not even what the model is told to be. */
	#assertPoint(before: number): void {
		const events = this.#options.events();
		const first = events[0]?.sequence ?? 0;
		const last = events.at(-1)?.sequence ?? -1;
		if (!Number.isSafeInteger(before) || before <= first || before > last) {
			throw new ToolError('There is no such point to go back to.');
		}
	}
}

function settleSteps({ path, texts, changes }: Restorable, { current }: EditedFile): Settled {
	if (changes.at(-1)?.isOpen) {
		throw new ToolError(`${path} is being edited at this moment; wait for the end or stop it first.`);
	}
	const edit = foldSteps(texts, current?.text);
	if (current === undefined && edit.base !== undefined && edit.text !== undefined && edit.base !== edit.text) {
		throw new ToolError(`${path} was deleted or renamed since.`);
	}
	return settle(edit, current?.text, () => 'reject');
}

type Outcome = RestoredFile extends infer File ? (File extends unknown ? Omit<File, 'uri' | 'path'> : never) : never;

function outcomeOf({ current }: EditedFile, settled: Settled): Outcome {
	const { added, removed } = diffTexts(current?.text ?? '', settled.now ?? '', 0);
	if (settled.conflicts.length > 0) {
		return { kind: 'conflicts', lines: conflictLines(settled, true), added, removed };
	}
	return settled.now === current?.text ? { kind: 'unchanged' } : { kind: 'restored', added, removed };
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
