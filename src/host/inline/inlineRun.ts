/** One instruction of an inline edit: the question, the lines as they come, and what is kept of them. */

import type { Attachment, FailureRecord } from '../../agent/events.ts';
import { type AnswerPlace, type AnswerRefusal, InlineAnswer } from '../../agent/inline/inlineAnswer.ts';
import type { StoredEvent } from '../../agent/session/log.ts';
import type { EditRecord, Subscription } from '../../agent/session/sessionOptions.ts';
import { diffTexts } from '../../editing/index.ts';
import type { WriteEnd } from './regionWriter.ts';

export type RunEnd =
	| { readonly kind: 'done'; readonly added: number; readonly removed: number }
	/** The answer is the text that is there. */
	| { readonly kind: 'unchanged' }
	| { readonly kind: 'cancelled' }
	/** The user typed within the lines: both are kept as they were at that moment. */
	| { readonly kind: 'touched' }
	/** The editor takes no edits of this document. */
	| { readonly kind: 'readOnly' }
	| { readonly kind: 'refused'; readonly why: AnswerRefusal; readonly prose: string }
	| { readonly kind: 'failed'; readonly failure: FailureRecord };

/** The session, as far as a run needs it. */
export interface RunSession {
	send(text: string, attachments: readonly Attachment[]): Promise<void>;
	continue(): Promise<void>;
	stop(): void;
	whenIdle(): Promise<void>;
	onEvent(listener: (stored: StoredEvent) => void): Subscription;
	recordEdit(edit: EditRecord): Promise<void>;
}

/** The lines that are edited, see `RegionWriter`. */
export interface RunRegion {
	readonly lines: readonly string[];
	readonly isTouched: boolean;
	/** The whole text. */
	text(): string;
	textWith(lines: readonly string[]): string;
	begin(): void;
	write(lines: readonly string[], isLast?: boolean): Promise<WriteEnd>;
}

export interface RunOptions {
	readonly session: RunSession;
	readonly region: RunRegion;
	readonly place: AnswerPlace;
	/** As the tools name it. */
	readonly location: { readonly path: string; readonly uri: string };
	newId(): string;
	/** Right before the first byte is touched, and once more before the last. */
	onWriting?(): void;
	/** The edit is made, as a whole. What follows, such as a save, is still a part of it. */
	settle?(): Promise<void>;
}

export class InlineRun {
	readonly #options: RunOptions;
	readonly #callId: string;
	/** The lines before. */
	readonly #original: readonly string[];
	#answer: InlineAnswer;
	/** The lines as we wrote them last. */
	#own: readonly string[];
	#isRecorded = false;
	#isCancelled = false;
	#refusal: AnswerRefusal | undefined;
	#written: WriteEnd = 'done';
	/** What kept an edit from being recorded or made: thrown at the end of the run. */
	#fault: { readonly error: unknown } | undefined;
	/** Shows what came; settles when all of it is shown. */
	#showing: Promise<void> | undefined;

	constructor(options: RunOptions) {
		this.#options = options;
		this.#callId = options.newId();
		options.region.begin();
		this.#original = options.region.lines;
		this.#own = this.#original;
		this.#answer = new InlineAnswer(options.place);
	}

	/** Takes back what came, and ends the run. */
	cancel(): void {
		this.#isCancelled = true;
		this.#options.session.stop();
	}

	/**
	 * @param message absent to take up a run that failed.
	 * @throws what the session throws when it cannot be written: nothing more is touched then.
	 */
	async run(
		message: { readonly text: string; readonly attachments: readonly Attachment[] } | undefined,
	): Promise<RunEnd> {
		const { session } = this.#options;
		let end: Extract<StoredEvent['event'], { type: 'turnEnd' }> | undefined;
		const listening = session.onEvent(({ event }) => {
			switch (event.type) {
				case 'requestStart':
					if (event.purpose === undefined) {
						// The request before failed: its text counts for nothing.
						this.#answer = new InlineAnswer(this.#options.place);
						this.#show();
					}
					return;
				case 'text':
					this.#receive(event.delta);
					return;
				case 'turnEnd':
					end = event;
					return;
				default:
			}
		});
		try {
			await (message === undefined ? session.continue() : session.send(message.text, message.attachments));
			await session.whenIdle();
			await this.#showing;
		} finally {
			listening.dispose();
		}
		if (this.#fault !== undefined) {
			throw this.#fault.error;
		}
		const outcome = await this.#finish(end);
		await this.#close();
		return outcome;
	}

	#receive(delta: string): void {
		if (this.#isOver) {
			return;
		}
		this.#refusal = this.#answer.push(delta);
		if (this.#refusal === undefined) {
			this.#show();
		} else {
			this.#options.session.stop();
		}
	}

	get #isOver(): boolean {
		return this.#isCancelled || this.#refusal !== undefined || this.#fault !== undefined || this.#written !== 'done';
	}

	/** What comes while a write is under way goes in with the next one. */
	#show(): void {
		this.#showing ??= this.#showAll()
			.catch((error: unknown) => {
				this.#fault = { error };
				this.#options.session.stop();
			})
			.finally(() => {
				this.#showing = undefined;
			});
	}

	async #showAll(): Promise<void> {
		for (let lines = this.#answer.lines; !this.#isOver && !isSame(lines, this.#options.region.lines); ) {
			await this.#write(lines);
			lines = this.#answer.lines;
		}
		if (this.#options.region.isTouched && this.#written === 'done') {
			this.#written = 'touched';
		}
		if (this.#written !== 'done') {
			this.#options.session.stop();
		}
	}

	async #write(lines: readonly string[], isLast = false): Promise<void> {
		await this.#record();
		this.#written = await this.#options.region.write(lines, isLast);
		if (this.#written === 'done') {
			this.#own = lines;
		}
	}

	/** The lines as they are to stay. */
	async #finish(end: { readonly reason: string; readonly failure?: FailureRecord } | undefined): Promise<RunEnd> {
		const { region } = this.#options;
		if (this.#written === 'touched' || region.isTouched) {
			return { kind: 'touched' };
		}
		if (this.#written === 'refused') {
			return { kind: 'readOnly' };
		}
		if (this.#isCancelled || (end?.reason === 'stopped' && this.#refusal === undefined)) {
			return this.#putBack({ kind: 'cancelled' });
		}
		if (this.#refusal === undefined && end?.reason !== 'done' && end?.reason !== 'length') {
			const failure = end?.failure ?? { kind: 'internal' as const, message: 'The answer did not end.', fields: {} };
			return this.#putBack({ kind: 'failed', failure });
		}
		const answer = this.#refusal === undefined ? this.#answer.end(end?.reason === 'done') : { refusal: this.#refusal };
		if ('refusal' in answer) {
			return this.#putBack({ kind: 'refused', why: answer.refusal, prose: this.#answer.prose });
		}
		if (isSame(answer.lines, this.#original) && isSame(region.lines, this.#original)) {
			return { kind: 'unchanged' };
		}
		this.#options.onWriting?.();
		await this.#write(answer.lines, true);
		if (this.#written !== 'done') {
			return { kind: this.#written === 'touched' ? 'touched' : 'readOnly' };
		}
		if (isSame(answer.lines, this.#original)) {
			return { kind: 'unchanged' };
		}
		const { added, removed } = diffTexts(this.#original.join('\n'), answer.lines.join('\n'));
		return { kind: 'done', added, removed };
	}

	async #putBack(end: RunEnd): Promise<RunEnd> {
		if (isSame(this.#options.region.lines, this.#original)) {
			return end;
		}
		await this.#write(this.#original, true);
		return this.#written === 'touched' ? { kind: 'touched' } : end;
	}

	async #record(): Promise<void> {
		if (this.#isRecorded) {
			return;
		}
		const { session, region, location, onWriting } = this.#options;
		const text = region.text();
		await session.recordEdit({ ...this.#ids(), ...location, before: text, after: text, isOpen: true });
		this.#isRecorded = true;
		onWriting?.();
	}

	#ids(): { readonly callId: string; readonly changeId: string } {
		return { callId: this.#callId, changeId: this.#options.newId() };
	}

	/** What the user typed elsewhere meanwhile is on both sides of the edit; what he typed within the lines is on none. */
	async #close(): Promise<void> {
		if (!this.#isRecorded) {
			return;
		}
		const { session, region, location, settle } = this.#options;
		const before = region.textWith(this.#original);
		await settle?.();
		const after = region.isTouched ? region.textWith(this.#own) : region.text();
		const { added, removed } = diffTexts(before, after);
		await session.recordEdit({ ...this.#ids(), ...location, before, after, made: { added, removed } });
	}
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
	return left.length === right.length && left.every((line, at) => line === right[at]);
}
