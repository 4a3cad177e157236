import type { SessionEvent } from '../events.ts';
import type { StoredEvent } from './log.ts';

/** An event on the way that the conversation took. */
interface Step {
	readonly stored: StoredEvent;
	readonly previous: Step | undefined;
}

/** A decision of the user that files and rights follow, whatever becomes of the conversation. */
interface Lasting {
	readonly stored: StoredEvent;
	/** Of the file, where it belongs to a restore. */
	readonly restored?: string;
}

/** Files that were restored by one call, as the newest thing that happened. */
interface RestoredFiles {
	readonly callId: string;
	/** URIs. */
	readonly all: ReadonlySet<string>;
	readonly newest: string;
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
	#lasting: Lasting[] = [];
	#restored: RestoredFiles | undefined;

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
			this.#newest = { stored, previous: this.#newest };
			this.#followRestore(event);
			this.#keep(stored);
			return false;
		}
		this.#newest = this.#stepBefore(event.before, sequence);
		this.#forgetRestores(event);
		const kept = new Set(this.events);
		for (const lasting of this.#lasting) {
			if (!kept.has(lasting.stored)) {
				this.#newest = { stored: lasting.stored, previous: this.#newest };
			}
		}
		return true;
	}

	#keep(stored: StoredEvent): void {
		const { event } = stored;
		switch (event.type) {
			case 'modeSet':
			case 'reviewed':
				this.#lasting.push({ stored });
				return;
			case 'undone':
				this.#lasting.push({ stored, ...(this.#restored && { restored: this.#restored.newest }) });
				return;
			case 'change':
				if (event.origin === 'restore') {
					this.#lasting.push({ stored, restored: event.uri });
				}
				return;
			default:
		}
	}

	#followRestore(event: SessionEvent): void {
		switch (event.type) {
			case 'change': {
				const { callId, uri, origin } = event;
				const earlier = this.#restored?.callId === callId ? this.#restored.all : [];
				this.#restored = origin === 'restore' ? { callId, all: new Set([...earlier, uri]), newest: uri } : undefined;
				return;
			}
			// What a restore records besides, and what comes while it runs.
			case 'reviewed':
			case 'undone':
			case 'kept':
			case 'queued':
			case 'unqueued':
				return;
			default:
				this.#restored = undefined;
		}
	}

	/** Files that went back together with the conversation are as it knows them: of those restores it need not hear. */
	#forgetRestores({ before, callId }: Extract<SessionEvent, { type: 'rewound' }>): void {
		const files = this.#restored?.callId === callId ? this.#restored : undefined;
		this.#restored = undefined;
		this.#lasting = this.#lasting.filter(
			({ stored, restored }) => restored === undefined || stored.sequence < before || files?.all.has(restored) !== true,
		);
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
