import type { SessionEvent } from '../../agent/events.ts';
import type { StoredEvent } from '../../agent/session/log.ts';
import type { CallOutput } from '../../agent/session/session.ts';
import { titleFrom } from '../../agent/session/title.ts';
import type { Item, TranscriptDelta } from '../../protocol/transcript.ts';
import type { TranscriptView } from './transcriptView.ts';

/** An event on the way that the conversation took, with the rewinds themselves. */
interface Step {
	readonly stored: StoredEvent;
	readonly previous: Step | undefined;
	/** What a rewind left behind, for its notice. */
	readonly rewind?: Rewind;
}

/** A step back of the conversation, as the user is told of it. */
export interface Rewind {
	/** How the message began before which it went on. */
	readonly label: string;
	/** Messages of the user that were set aside. */
	readonly messages: number;
	/** Files that were restored with it. */
	readonly files: number;
	/** The first event of it: before that, it is undone. */
	readonly start: number;
}

/** Files that are being restored, by the events so far. */
interface RunningRestore {
	readonly callId: string;
	readonly start: number;
	readonly uris: Set<string>;
}

/** The transcript of a session whose conversation may go back: what was set aside is not shown, and comes back with an undo. */
export class SessionTranscript {
	readonly #create: () => TranscriptView;
	readonly #labels = new Map<number, string>();
	readonly #before = new Map<number, Step | undefined>();
	#newest: Step | undefined;
	#restore: RunningRestore | undefined;
	#view: TranscriptView;

	constructor(create: () => TranscriptView, events: readonly StoredEvent[]) {
		this.#create = create;
		this.#view = create();
		for (const stored of events) {
			this.#step(stored);
		}
		this.#rebuild();
	}

	get items(): readonly Item[] {
		return this.#view.items;
	}

	get plan(): TranscriptView['plan'] {
		return this.#view.plan;
	}

	/** The changes made by the call of a row, oldest first. */
	changesOf(itemId: string): ReturnType<TranscriptView['changesOf']> {
		return this.#view.changesOf(itemId);
	}

	/** @returns what changed; undefined when the transcript is another one as a whole. */
	add(stored: StoredEvent): readonly TranscriptDelta[] | undefined {
		if (this.#step(stored)) {
			return this.#view.add(stored);
		}
		this.#rebuild();
		return undefined;
	}

	output(output: CallOutput): readonly TranscriptDelta[] {
		return this.#view.output(output);
	}

	/** @returns false when what came before it is not all there any more. */
	#step(stored: StoredEvent): boolean {
		const { event, sequence } = stored;
		this.#before.set(sequence, this.#newest);
		if (event.type === 'user') {
			this.#labels.set(sequence, titleFrom(event.text));
		}
		if (event.type !== 'rewound') {
			this.#followRestore(event, sequence);
			this.#newest = { stored, previous: this.#newest };
			return true;
		}
		const messages = this.#messagesSince(event.before);
		this.#newest = this.#before.get(event.before);
		const label = this.#labels.get(event.before);
		if (label !== undefined) {
			const files = this.#restore?.uris.size ?? 0;
			const rewind = { label, messages, files, start: this.#restore?.start ?? sequence };
			this.#newest = { stored, previous: this.#newest, rewind };
		}
		this.#restore = undefined;
		return false;
	}

	#followRestore(event: SessionEvent, sequence: number): void {
		switch (event.type) {
			case 'change':
				if (event.origin !== 'restore') {
					this.#restore = undefined;
				} else if (this.#restore?.callId === event.callId) {
					this.#restore.uris.add(event.uri);
				} else {
					this.#restore = { callId: event.callId, start: sequence, uris: new Set([event.uri]) };
				}
				return;
			case 'reviewed':
			case 'undone':
			case 'queued':
				return;
			default:
				this.#restore = undefined;
		}
	}

	#messagesSince(sequence: number): number {
		let messages = 0;
		for (let step = this.#newest; step !== undefined && step.stored.sequence >= sequence; step = step.previous) {
			messages += step.stored.event.type === 'user' ? 1 : 0;
		}
		return messages;
	}

	#rebuild(): void {
		const steps: Step[] = [];
		for (let step = this.#newest; step !== undefined; step = step.previous) {
			steps.push(step);
		}
		this.#view = this.#create();
		for (const { stored, rewind } of steps.reverse()) {
			if (rewind === undefined) {
				this.#view.add(stored);
			} else {
				this.#view.addRewind(stored.sequence, rewind);
			}
		}
	}
}
