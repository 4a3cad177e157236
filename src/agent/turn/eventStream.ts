/** Hands an event over. Resolves when the consumer has dealt with it and asked for the next one. */
export type Emit<Event> = (event: Event) => Promise<void>;

/** What `emit` throws once the consumer left: the work has nobody to report to and ends. */
export class StreamLeftError extends Error {
	override readonly name = 'StreamLeftError';
}

interface Handover<Event> {
	readonly event: Event;
	taken(): void;
	drop(reason: StreamLeftError): void;
}

/**
 * Turns work that reports from several places at once into one sequence of events. Asking for the next event tells
 * the work that the last one was dealt with, for example stored; so `await emit(event)` means "and it is durable".
 * @param work gets a signal that fires when the consumer leaves early. What it throws, the consumer gets.
 */
export async function* eventStream<Event>(
	work: (emit: Emit<Event>, left: AbortSignal) => Promise<void>,
): AsyncGenerator<Event, void, void> {
	const waiting: Handover<Event>[] = [];
	const left = new AbortController();
	let current: Handover<Event> | undefined;
	let isOver = false;
	let wake: (() => void) | undefined;

	const emit: Emit<Event> = event =>
		new Promise((taken, drop) => {
			if (left.signal.aborted) {
				return drop(new StreamLeftError('The consumer of these events has left.'));
			}
			waiting.push({ event, taken, drop });
			wake?.();
		});
	const running = work(emit, left.signal).finally(() => {
		isOver = true;
		wake?.();
	});
	// Whoever still iterates gets the failure from `await running`; one who left must not make it an unhandled one.
	running.catch(() => undefined);

	try {
		for (;;) {
			current = waiting.shift();
			if (current !== undefined) {
				yield current.event;
				current.taken();
				current = undefined;
			} else if (isOver) {
				break;
			} else {
				await new Promise<void>(resolve => {
					wake = resolve;
				});
			}
		}
		await running;
	} finally {
		left.abort();
		const reason = new StreamLeftError('The consumer of these events has left.');
		for (const handover of current === undefined ? waiting : [current, ...waiting]) {
			handover.drop(reason);
		}
	}
}
