import type { FailureRecord, ModelRef, SessionEvent, TurnEndReason } from '../events.ts';
import type { QueuedMessage } from '../turn/turnOptions.ts';

export interface TurnEnd {
	readonly reason: TurnEndReason;
	readonly failure?: FailureRecord;
}

/** How far the work of a session has come, as a fold over the events that its conversation consists of. */
export class Progress {
	#openTurn: ModelRef | undefined;
	#lastEnd: TurnEnd | undefined;
	#isMessageWaiting = false;
	readonly #queue = new Map<string, QueuedMessage>();

	/** Of the turn that has not ended: it runs, or the process that ran it died. */
	get openTurn(): ModelRef | undefined {
		return this.#openTurn;
	}
	/** How the newest ended turn ended. */
	get lastEnd(): TurnEnd | undefined {
		return this.#lastEnd;
	}
	/** A message of the user that no turn has begun to answer. */
	get isMessageWaiting(): boolean {
		return this.#isMessageWaiting;
	}
	/** Messages that wait for the next step, oldest first. */
	get queue(): readonly QueuedMessage[] {
		return [...this.#queue.values()];
	}

	/** Where the work stands when all but these events is left behind, and nothing runs. */
	rewound(kept: Iterable<SessionEvent>): Progress {
		const rewound = new Progress();
		for (const event of kept) {
			rewound.apply(event);
		}
		if (rewound.#openTurn !== undefined || rewound.#isMessageWaiting) {
			rewound.apply({ type: 'turnEnd', reason: 'interrupted' });
		}
		for (const messageId of rewound.#queue.keys()) {
			if (!this.#queue.has(messageId)) {
				// It went in, or was taken out, later.
				rewound.#queue.delete(messageId);
			}
		}
		return rewound;
	}

	apply(event: SessionEvent): void {
		switch (event.type) {
			case 'user':
				this.#isMessageWaiting = true;
				this.#queue.delete(event.messageId);
				return;
			case 'steer':
			case 'unqueued':
				this.#queue.delete(event.messageId);
				return;
			case 'queued': {
				const { type: _, ...message } = event;
				this.#queue.set(event.messageId, message);
				return;
			}
			case 'turnStart':
				this.#openTurn = event.model;
				this.#isMessageWaiting = false;
				return;
			case 'turnEnd': {
				const { type: _, ...end } = event;
				this.#openTurn = undefined;
				this.#isMessageWaiting = false;
				this.#lastEnd = end;
				return;
			}
			default:
		}
	}
}
