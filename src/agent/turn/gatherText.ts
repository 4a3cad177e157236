import type { Clock } from '../clock.ts';

type TextEvent = { readonly type: 'text' | 'reasoning'; readonly delta: string };

/**
 * Joins neighbouring text (or reasoning) events that come within `windowMs` of the first, so that storing and drawing
 * happen once a frame rather than once a token.
 *
 * The source is asked for its next event only in order to look for more text: never while another kind of event waits
 * to be taken. A source that reads "asked again" as "the last event is stored" may rely on that.
 */
export async function* gatherText<Event extends { readonly type: string }>(
	source: AsyncIterable<Event>,
	windowMs: number,
	clock: Pick<Clock, 'schedule'>,
): AsyncGenerator<Event, void, void> {
	const iterator = source[Symbol.asyncIterator]();
	let pending: Promise<IteratorResult<Event>> | undefined;
	try {
		for (;;) {
			const result = await (pending ?? iterator.next());
			pending = undefined;
			if (result.done) {
				return;
			}
			if (!isText(result.value)) {
				yield result.value;
				continue;
			}
			const first = result.value;
			const deltas = [first.delta];
			const closed = windowAfter(windowMs, clock);
			for (;;) {
				pending ??= iterator.next();
				// A failure is thrown by the next round's `await`, after the text before it was handed on.
				const next = await Promise.race([pending.catch(() => undefined), closed.promise]);
				if (next === undefined || next.done || !isText(next.value) || next.value.type !== first.type) {
					break;
				}
				deltas.push(next.value.delta);
				pending = undefined;
			}
			closed.cancel();
			yield deltas.length === 1 ? first : { ...first, delta: deltas.join('') };
		}
	} finally {
		await iterator.return?.();
	}
}

function isText<Event extends { readonly type: string }>(event: Event): event is Event & TextEvent {
	return event.type === 'text' || event.type === 'reasoning';
}

function windowAfter(ms: number, clock: Pick<Clock, 'schedule'>) {
	const { promise, resolve } = deferred();
	return { promise, cancel: clock.schedule(ms, resolve) };
}

function deferred(): { promise: Promise<undefined>; resolve: () => void } {
	let settle: ((value: undefined) => void) | undefined;
	const promise = new Promise<undefined>(resolve => {
		settle = resolve;
	});
	return { promise, resolve: () => settle?.(undefined) };
}
