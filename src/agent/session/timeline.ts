import type { StoredEvent } from './log.ts';

/** An event on the way that the conversation took. */
interface Step {
	readonly stored: StoredEvent;
	readonly previous: Step | undefined;
}

/**
 * Which events the conversation consists of: all of them, but for what a `rewound` event left behind. That one may lead
 * back to before an earlier one and so undo it. What happened to the world meanwhile is not left behind, since the model
 * must hear of it: it comes right after the point.
 */
export class Timeline {
	#newest: Step | undefined;
	/** The newest step before each event, by sequence number. */
	readonly #before = new Map<number, Step | undefined>();
	/** Decisions of the user that files and rights follow, whatever becomes of the conversation. */
	readonly #lasting: StoredEvent[] = [];

	/** What counts, oldest first. */
	get events(): readonly StoredEvent[] {
		const events: StoredEvent[] = [];
		for (let step = this.#newest; step !== undefined; step = step.previous) {
			events.push(step.stored);
		}
		return events.reverse();
	}

	/** @returns whether `events` are others now than those before and this one. */
	apply(stored: StoredEvent): boolean {
		const { event, sequence } = stored;
		this.#before.set(sequence, this.#newest);
		if (event.type !== 'rewound') {
			this.#push(stored);
			return false;
		}
		this.#newest = this.#stepBefore(event.before, sequence);
		const kept = new Set(this.events);
		for (const lasting of this.#lasting) {
			if (!kept.has(lasting)) {
				this.#newest = { stored: lasting, previous: this.#newest };
			}
		}
		return true;
	}

	#push(stored: StoredEvent): void {
		const { type } = stored.event;
		this.#newest = { stored, previous: this.#newest };
		if (type === 'modeSet' || type === 'undone' || type === 'reviewed') {
			this.#lasting.push(stored);
		}
	}

	/** Events whose record was damaged are not there: then it is before the next one. */
	#stepBefore(sequence: number, now: number): Step | undefined {
		let at = sequence;
		while (at < now && !this.#before.has(at)) {
			at++;
		}
		return this.#before.get(at);
	}
}
