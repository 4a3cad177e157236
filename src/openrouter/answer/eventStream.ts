import { createParser } from 'eventsource-parser';

/** Larger than any answer; a line without an end must not fill the memory. In characters. */
const MAX_EVENT_LENGTH = 64 * 1024 * 1024;
const HEAD_LENGTH = 400;

/**
 * Server-sent events out of bytes, cut anywhere. An event without its blank line at the end of the stream is dropped,
 * as the standard says. Runs in time linear in the bytes.
 */
export class EventStream {
	readonly #decoder = new TextDecoder();
	readonly #ready: string[] = [];
	readonly #parser = createParser({
		onEvent: ({ data }) => this.#ready.push(data),
		maxBufferSize: MAX_EVENT_LENGTH,
	});
	#head = '';

	/**
	 * @returns the data of the events that are whole now.
	 * @throws Error when one event is larger than any answer.
	 */
	feed(bytes: Uint8Array): readonly string[] {
		const text = this.#decoder.decode(bytes, { stream: true });
		if (this.#head.length < HEAD_LENGTH) {
			this.#head += text.slice(0, HEAD_LENGTH - this.#head.length);
		}
		this.#parser.feed(text);
		return this.#ready.splice(0);
	}

	/** The first characters, to show what came in the place of events. */
	get head(): string {
		return this.#head;
	}

	/** Whether what came so far can be an event stream at all. */
	get isPlausible(): boolean {
		return /^\s*(:|data|event|id|retry|$)/.test(this.#head);
	}
}
