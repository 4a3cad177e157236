import {
	type ModelClient,
	ModelError,
	type ModelEvent,
	type ModelRequest,
	type ToolCall,
} from '../../src/agent/model.ts';

/** One answer of the script: its events, or a function that makes them when they are asked for. */
export type Answer =
	| readonly ModelEvent[]
	| ((request: ModelRequest, signal: AbortSignal) => AsyncIterable<ModelEvent> | Iterable<ModelEvent>);

export interface ScriptedModel extends ModelClient {
	/** What was asked, as it was then. */
	readonly requests: readonly ModelRequest[];
}

/**
 * A model that gives the scripted answers one after the other and obeys the contract of a client: it stops at the
 * signal, and refuses a request in which a call lacks its result, as providers do.
 */
export function scriptedModel(...answers: readonly Answer[]): ScriptedModel {
	const requests: ModelRequest[] = [];
	return {
		requests,
		async *stream(request, signal) {
			requests.push(structuredClone(request));
			assertWhole(request);
			const answer = answers[requests.length - 1];
			if (answer === undefined) {
				throw new Error(`The script has no answer to request ${requests.length}.`);
			}
			const events = typeof answer === 'function' ? answer(request, signal) : answer;
			for await (const event of events) {
				if (signal.aborted) {
					throw new ModelError('aborted', 'Stopped.');
				}
				yield event;
			}
		},
	};
}

/** An answer in text that ends the turn. */
export function says(...deltas: readonly string[]): ModelEvent[] {
	return [...deltas.map((delta): ModelEvent => ({ type: 'text', delta })), { type: 'finish', reason: 'stop' }];
}

/** An answer that makes calls. */
export function calls(...toolCalls: readonly ToolCall[]): ModelEvent[] {
	return [
		...toolCalls.map((call): ModelEvent => ({ type: 'toolCall', call })),
		{ type: 'finish', reason: 'toolCalls' },
	];
}

/** A call; arguments that are no string go out as JSON. */
export function call(id: string, name: string, args: unknown): ToolCall {
	return { id, name, arguments: typeof args === 'string' ? args : JSON.stringify(args) };
}

/** An answer that never comes: it waits for the signal. */
export async function* waitsForStop(_request: ModelRequest, signal: AbortSignal): AsyncGenerator<ModelEvent> {
	await new Promise<void>(resolve => {
		if (signal.aborted) {
			resolve();
		}
		signal.addEventListener('abort', () => resolve(), { once: true });
	});
	throw new ModelError('aborted', 'Stopped.');
}

/** @throws ModelError when the messages are not what a provider takes: every call answered, in order, at once. */
function assertWhole({ messages }: ModelRequest): void {
	const refuse = (what: string): never => {
		throw new ModelError('badRequest', what);
	};
	let awaited: string[] = [];
	for (const message of messages) {
		if (message.role === 'tool') {
			if (awaited.shift() !== message.callId) {
				refuse(`The result of ${message.callId} is not where it belongs.`);
			}
			continue;
		}
		if (awaited.length > 0) {
			refuse(`The call ${awaited[0]} has no result.`);
		}
		if (message.role === 'assistant') {
			awaited = message.toolCalls.map(({ id }) => id);
		}
	}
	if (awaited.length > 0 || messages.at(-1)?.role === 'assistant') {
		refuse('There is nothing to answer.');
	}
}
