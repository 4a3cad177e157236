import { Conversation } from '../context/conversation.ts';
import type { SessionEvent } from '../events.ts';
import type { StoredEvent } from './log.ts';
import { Timeline } from './timeline.ts';

/** The conversation with the model, also after it was taken back to an earlier point. */
export class History {
	readonly #timeline = new Timeline();
	#conversation = new Conversation();

	/** Another one after it was taken back. */
	get conversation(): Conversation {
		return this.#conversation;
	}

	/** Those that the conversation consists of. */
	get events(): readonly StoredEvent[] {
		return this.#timeline.events;
	}

	/** @returns all events that it consists of from here on, where those are others than before. */
	apply(stored: StoredEvent): readonly SessionEvent[] | undefined {
		if (!this.#timeline.apply(stored)) {
			this.#conversation.apply(stored.event);
			return undefined;
		}
		const kept = this.events.map(({ event }) => event);
		this.#conversation = Conversation.of(kept);
		return kept;
	}
}
