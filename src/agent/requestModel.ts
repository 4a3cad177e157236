import { type Emit, StreamLeftError } from './eventStream.ts';
import type { FailureRecord, TurnEvent } from './events.ts';
import { type FinishReason, ModelError, type ReasoningDetail, type ToolCall, type Usage } from './model.ts';
import type { TurnOptions } from './turnOptions.ts';

export type Answer =
	| { readonly kind: 'response'; readonly finish: FinishReason; readonly toolCalls: readonly ToolCall[] }
	| { readonly kind: 'failed'; readonly failure: FailureRecord };

/** What a stream has brought besides the text that was passed on. */
interface Received {
	readonly toolCalls: ToolCall[];
	reasoningDetails?: readonly ReasoningDetail[];
	usage?: Usage;
}

/** Asks the model once and reports the answer: exactly one `response` or `requestFailed` for the `requestStart`. */
export async function requestModel(options: TurnOptions, emit: Emit<TurnEvent>, signal: AbortSignal): Promise<Answer> {
	const requestId = options.newId();
	await emit({ type: 'requestStart', requestId });
	const startedAt = options.clock.monotonic();
	const received: Received = { toolCalls: [] };
	try {
		const finish = await receive(options, received, emit, signal);
		const toolCalls = withUniqueIds(received.toolCalls, options);
		await emit({
			type: 'response',
			requestId,
			finish,
			toolCalls,
			...(received.reasoningDetails && { reasoningDetails: received.reasoningDetails }),
			...(received.usage && { usage: received.usage }),
			durationMs: options.clock.monotonic() - startedAt,
		});
		return { kind: 'response', finish, toolCalls };
	} catch (error) {
		if (error instanceof StreamLeftError) {
			throw error;
		}
		const failure = describeFailure(error, signal, options);
		await emit({ type: 'requestFailed', requestId, failure, ...(received.usage && { usage: received.usage }) });
		return { kind: 'failed', failure };
	}
}

async function receive(
	options: TurnOptions,
	received: Received,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
): Promise<FinishReason> {
	// A copy: the conversation grows while the client may still hold the request.
	const { sessionId, definitions: tools } = options;
	const request = { model: options.model.id, messages: [...options.messages()], tools, sessionId };
	for await (const event of options.client.stream(request, signal)) {
		switch (event.type) {
			case 'text':
			case 'reasoning':
			case 'served':
				await emit(event);
				break;
			case 'reasoningDetails':
				received.reasoningDetails = event.details;
				break;
			case 'toolCall':
				received.toolCalls.push(event.call);
				break;
			case 'usage':
				received.usage = event.usage;
				break;
			case 'repaired':
			case 'citation':
				// The text carries the link already.
				break;
			case 'finish':
				return event.reason;
			default:
				event satisfies never;
		}
	}
	throw new ModelError('cut', 'The answer ended before it was complete.');
}

/**
 * Gives a call a new id when an earlier one has it: some providers number the calls of every response from 0, and
 * results, approvals and changes are found by this id.
 */
function withUniqueIds(calls: readonly ToolCall[], options: TurnOptions): readonly ToolCall[] {
	const seen = new Set<string>();
	return calls.map(call => {
		const id = seen.has(call.id) || options.isCallIdTaken(call.id) ? options.newId() : call.id;
		seen.add(id);
		return id === call.id ? call : { ...call, id };
	});
}

function describeFailure(error: unknown, signal: AbortSignal, options: TurnOptions): FailureRecord {
	if (error instanceof ModelError) {
		return { kind: error.kind, message: error.message, fields: error.fields };
	}
	if (signal.aborted) {
		return { kind: 'aborted', message: 'Stopped.', fields: {} };
	}
	options.onBug(error);
	return internalFailure;
}

/** How a bug of ours is shown; its details are in the log. */
export const internalFailure: FailureRecord = {
	kind: 'internal',
	message: 'Something went wrong inside the extension. The log has the details.',
	fields: {},
};
