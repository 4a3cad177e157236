import { splitLines, withoutLineEnd } from '../../editing/lineEnds.ts';
import type { LineSpan, PendingEdit } from '../../editing/pendingEdit.ts';
import { abortable } from '../abortable.ts';
import type { ReviewDecision, SessionEvent } from '../events.ts';
import type { ChangeLog, FileReview } from '../session/changeLog.ts';
import type { InLine } from '../session/inLine.ts';
import { Listeners } from '../session/listeners.ts';
import type { SessionStore } from '../session/log.ts';
import type { Subscription } from '../session/sessionOptions.ts';
import type { DiffHunk } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import type { Workspace } from '../workspace.ts';
import { conflictLines, type DecidedFile, decideFile } from './decideFile.ts';
import { readEdited } from './editedFile.ts';
import { type FoldedReview, foldReview, keepMade, keepSides } from './foldReview.ts';
import type { Review, ReviewedFile, ReviewOutcome, ReviewRequest } from './review.ts';

export interface SessionReviewOptions {
	readonly changes: ChangeLog;
	readonly workspace: Workspace;
	readonly store: Pick<SessionStore, 'getBlob' | 'putBlob'>;
	/** Calls that run. */
	runningCalls(): readonly string[];
	/** With whatever else changes the session's files. */
	readonly inLine: InLine;
	record(event: SessionEvent): Promise<void>;
	/** Why the session cannot be written, in words for the user. */
	refusal(): string | undefined;
	/** `files` are others. Must not throw. */
	changed(): void;
	/** The session ends. */
	readonly signal: AbortSignal;
	onBug(error: unknown): void;
}

/** What became of a decision about one of several files. */
export type FileDecision =
	| ({ readonly uri: string; readonly path: string } & ReviewOutcome)
	/** Nothing of it was decided, with the reason in words. */
	| { readonly uri: string; readonly path: string; readonly problem: string };

interface Entry {
	readonly version: number;
	readonly folded: FoldedReview | undefined;
	/** Absent when nothing is pending. */
	readonly file?: ReviewedFile;
}

/** Files whose texts are read side by side. */
const READ_TOGETHER = 16;
/** Lines of a hunk that are recorded for the model. */
const MAX_TOLD_LINES = 12;

/** A session's edits under review: a fold over its events, whose texts are read from the store meanwhile. */
export class SessionReview implements Review {
	readonly #options: SessionReviewOptions;
	readonly #listeners: Listeners<void>;
	/** By URI. */
	readonly #entries = new Map<string, Entry>();
	#files: readonly ReviewedFile[] = [];
	#revisions = 0;
	#folding: Promise<void> | undefined;
	/** Ends the wait for what a call writes. */
	#wake: (() => void) | undefined;

	constructor(options: SessionReviewOptions) {
		this.#options = options;
		this.#listeners = new Listeners(error => options.onBug(error));
	}

	get files(): readonly ReviewedFile[] {
		return this.#files;
	}

	onDidChange(listener: () => void): Subscription {
		return this.#listeners.add(listener);
	}

	/** Takes in an event that the change log has taken. */
	apply({ type }: SessionEvent): void {
		switch (type) {
			case 'change':
			case 'toolEnd':
			case 'kept':
			case 'undone':
			case 'reviewed':
			case 'turnEnd':
				this.#wake?.();
				this.#folding ??= this.#foldAll();
				return;
			default:
		}
	}

	/** Resolves when `files` hold all that was recorded. */
	async whenReady(): Promise<void> {
		while (this.#folding !== undefined) {
			await this.#folding;
		}
	}

	decide(request: ReviewRequest): Promise<ReviewOutcome> {
		return this.#options.inLine.run(() => this.#decide(request));
	}

	/** Decides about all that is pending, each file by itself: one that cannot be decided does not hold up the others. */
	async decideAll(decision: ReviewDecision): Promise<readonly FileDecision[]> {
		await this.whenReady();
		const decided: FileDecision[] = [];
		for (const { uri, path } of this.#files) {
			try {
				decided.push({ uri, path, ...(await this.decide({ uri, decision })) });
			} catch (error) {
				this.#options.signal.throwIfAborted();
				if (!(error instanceof ToolError)) {
					this.#options.onBug(error);
				}
				decided.push({ uri, path, problem: messageOf(error) });
			}
		}
		return decided;
	}

	async #decide(request: ReviewRequest): Promise<ReviewOutcome> {
		const { refusal, workspace, signal } = this.#options;
		const reason = refusal();
		if (reason !== undefined) {
			throw new ToolError(reason);
		}
		await this.#whenWritten(request.uri);
		await this.whenReady();
		const file = this.#fileFor(request);
		const decided = await decideFile(file, request, { workspace, signal });
		const { settled, hunks } = decided;
		if (hunks.length > 0 || settled.base === settled.text) {
			await this.#record(file, request.decision, decided);
			await this.whenReady();
		}
		return { settled: hunks.length, conflicts: conflictLines(settled, request.hunks === undefined) };
	}

	async #record({ uri, path }: ReviewedFile, decision: ReviewDecision, decided: DecidedFile): Promise<void> {
		const { record, store } = this.#options;
		try {
			const { before, settled } = decided;
			const sides = await keepSides(settled, store);
			const edited = decision === 'accept' ? editedHunks(decided) : [];
			await record({
				type: 'reviewed',
				...{ uri, path, decision, ...sides, hunks: toldHunks(decided) },
				...(edited.length > 0 && { edited }),
				...(before !== settled.now && { made: await keepMade(before, settled.now, store) }),
			});
		} catch (error) {
			throw new ToolError(`What you decided about ${path} could not be stored: ${messageOf(error)}`, { cause: error });
		}
	}

	#fileFor({ uri, hunks, revision }: ReviewRequest): ReviewedFile {
		const file = this.#entries.get(uri)?.file;
		if (file === undefined) {
			throw new ToolError('There is nothing to decide in this file any more.');
		}
		if (file.isOpen) {
			throw new ToolError(`${file.path} is being edited at this moment; wait for the end or stop it first.`);
		}
		if (hunks !== undefined && revision !== file.revision) {
			throw new ToolError(`The edits of ${file.path} have changed meanwhile; look at them again.`);
		}
		return file;
	}

	/** A change is recorded before it is made: what is decided in between would be about lines that are not there yet. */
	async #whenWritten(uri: string): Promise<void> {
		const { changes, runningCalls, store, workspace, signal } = this.#options;
		for (;;) {
			const change = runningCalls()
				.map(callId => changes.newestOf(callId))
				.find(newest => newest?.uri === uri);
			if (change === undefined || change.isOpen) {
				return;
			}
			const woken = new Promise<void>(resolve => {
				this.#wake = resolve;
			});
			const before = change.before === undefined ? undefined : await store.getBlob(change.before);
			const after = change.after === undefined ? undefined : await store.getBlob(change.after);
			const { current } = await readEdited(change, after, { workspace, signal });
			if (current?.text !== before) {
				return;
			}
			await abortable(woken, signal);
		}
	}

	/** Never rejects. */
	async #foldAll(): Promise<void> {
		// Events that come together, as at the opening of a session, are taken in together.
		await Promise.resolve();
		let isOther = false;
		for (;;) {
			const stale = this.#options.changes.reviews.filter(
				({ uri, version }) => this.#entries.get(uri)?.version !== version,
			);
			if (stale.length === 0) {
				break;
			}
			isOther = true;
			for (let at = 0; at < stale.length; at += READ_TOGETHER) {
				await Promise.all(stale.slice(at, at + READ_TOGETHER).map(review => this.#fold(review)));
			}
		}
		this.#folding = undefined;
		if (isOther) {
			this.#tell();
		}
	}

	async #fold(review: FileReview): Promise<void> {
		const { uri, path, version, steps } = review;
		const earlier = this.#entries.get(uri);
		const folded = await this.#foldTexts(review, earlier?.folded);
		if (folded?.pending === undefined) {
			this.#entries.set(uri, { version, folded });
			return;
		}
		const { pending } = folded;
		const before = earlier?.file;
		const revision = before !== undefined && isSame(before.pending, pending) ? before.revision : ++this.#revisions;
		const isOpen = steps.at(-1)?.isOpen === true;
		this.#entries.set(uri, { version, folded, file: { uri, path, pending, revision, isOpen } });
	}

	async #foldTexts(review: FileReview, earlier: FoldedReview | undefined): Promise<FoldedReview | undefined> {
		const { store, onBug } = this.#options;
		try {
			const folded = await foldReview(review, earlier, hash => store.getBlob(hash));
			if (folded.isDamaged && earlier?.isDamaged !== true) {
				onBug(new Error(`Texts of edits of ${review.path} are not stored any more: those edits are not under review.`));
			}
			return folded;
		} catch (error) {
			// A disk that does not read: the other files are not held up, and with the next edit it is tried again.
			onBug(error);
			return undefined;
		}
	}

	#tell(): void {
		this.#files = this.#options.changes.reviews.flatMap(({ uri }) => this.#entries.get(uri)?.file ?? []);
		this.#listeners.tell();
		this.#options.changed();
	}
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}

function isSame(left: PendingEdit, right: PendingEdit): boolean {
	return left.base === right.base && left.text === right.text;
}

/** What the decision was about, as the agent had written it; long ones cut. */
function toldHunks({ pending, hunks }: DecidedFile): readonly DiffHunk[] {
	return hunks.map(hunk => diffOf(hunk.base, pending.base, hunk.text, pending.text));
}

/** What the user had made of lines that they accepted. */
function editedHunks({ pending, before, hunks }: DecidedFile): readonly DiffHunk[] {
	return hunks.filter(({ isTouched }) => isTouched).map(hunk => diffOf(hunk.text, pending.text, hunk.now, before));
}

function diffOf(
	oldSpan: LineSpan,
	oldText: string | undefined,
	newSpan: LineSpan,
	newText: string | undefined,
): DiffHunk {
	const linesOf = (sign: string, text: string, { start, end }: LineSpan) =>
		splitLines(text)
			.slice(start, Math.min(end, start + MAX_TOLD_LINES))
			.map(line => sign + withoutLineEnd(line));
	return {
		oldStart: oldSpan.start + 1,
		newStart: newSpan.start + 1,
		lines: [...linesOf('-', oldText ?? '', oldSpan), ...linesOf('+', newText ?? '', newSpan)],
	};
}
