import { ModelError, type ModelEvent } from '../../../../src/agent/model.ts';
import { AnswerStream } from '../../../../src/openrouter/answer/readAnswer.ts';

export interface Outcome {
	readonly events: readonly ModelEvent[];
	readonly error?: ModelError;
}

/** Reads an answer given as pieces of bytes, without any connection. */
export function readPieces(pieces: Iterable<Uint8Array>, breakCause?: unknown): Outcome {
	let ids = 0;
	const stream = new AnswerStream({ newCallId: () => `new_${++ids}`, now: () => 1_795_219_200_000 });
	const events: ModelEvent[] = [];
	try {
		for (const piece of pieces) {
			collect(stream.feed(piece), events);
		}
		collect(stream.end(breakCause), events);
		return { events };
	} catch (error) {
		if (error instanceof ModelError) {
			return { events, error };
		}
		throw error;
	}
}

/** One by one, because events that come before an error count too. */
function collect(source: Generator<ModelEvent>, events: ModelEvent[]): void {
	for (const event of source) {
		events.push(event);
	}
}

export function* cutEvery(bytes: Uint8Array, size: number): Generator<Uint8Array> {
	for (let from = 0; from < bytes.length; from += size) {
		yield bytes.subarray(from, from + size);
	}
}

/** @param cuts places in the bytes, in any order. */
export function* cutAt(bytes: Uint8Array, cuts: readonly number[]): Generator<Uint8Array> {
	let from = 0;
	for (const cut of [...cuts].sort((a, b) => a - b)) {
		yield bytes.subarray(from, cut);
		from = cut;
	}
	yield bytes.subarray(from);
}

export function textOf(events: readonly ModelEvent[]): string {
	return events.map(event => (event.type === 'text' ? event.delta : '')).join('');
}

export function eventsOf<Type extends ModelEvent['type']>(
	events: readonly ModelEvent[],
	type: Type,
): Extract<ModelEvent, { type: Type }>[] {
	return events.filter((event): event is Extract<ModelEvent, { type: Type }> => event.type === type);
}

export function bytesOf(text: string): Uint8Array {
	return new TextEncoder().encode(text);
}

/** A stream of chunks, each given as the fields besides the id. */
export function sse(...chunks: readonly object[]): string {
	const data = chunks.map(chunk => `data: ${JSON.stringify({ id: 'gen-1', model: 'a/b', ...chunk })}\n\n`);
	return `: OPENROUTER PROCESSING\n\n${data.join('')}`;
}

export function chunk(delta: object, finish: string | null = null): object {
	return { choices: [{ index: 0, delta, finish_reason: finish }] };
}

export const DONE = 'data: [DONE]\n\n';
