import type { FailureRecord, TurnEvent } from '../events.ts';
import {
	type FinishReason,
	type Message,
	ModelError,
	type ModelRequest,
	type ReasoningDetail,
	type RequestPurpose,
	type ToolCall,
	type Usage,
} from '../model.ts';
import type { ModelParameters, ModelSettings } from '../settings/modelSettings.ts';
import { type Emit, StreamLeftError } from './eventStream.ts';
import type { ResolvedModel } from './resolvedModel.ts';
import { TextLoop } from './textLoop.ts';
import type { AskOptions } from './turnOptions.ts';

/** What one request differs in from the turn's own. */
export interface SideRequest {
	readonly purpose: Exclude<RequestPurpose, 'turn'>;
	readonly messages: readonly Message[];
	readonly maxOutputTokens: number;
}

export type Answer =
	| {
			readonly kind: 'response';
			readonly finish: FinishReason;
			readonly toolCalls: readonly ToolCall[];
			/** Of a side request; the turn's own text went out as events. */
			readonly text: string;
	  }
	| {
			readonly kind: 'failed';
			readonly failure: FailureRecord;
			/** The model repeated itself without end, and was stopped. */
			readonly isLoop?: boolean;
	  };

/** The answer went in circles. Another model may do better; the same one would most likely do it again. */
class TextLoopError extends ModelError {
	constructor() {
		super('malformed', 'The model repeated the same text without end, so its answer was stopped.', {
			isRetryable: false,
		});
	}
}

/** What a stream has brought besides the text that was passed on. */
interface Received {
	readonly toolCalls: ToolCall[];
	readonly text: string[];
	reasoningDetails?: readonly ReasoningDetail[];
	usage?: Usage;
	firstTokenMs?: number;
}

/** Asks the model once and reports the answer: exactly one `response` or `requestFailed` for the `requestStart`. */
export async function requestModel(
	options: AskOptions,
	resolved: ResolvedModel,
	fallbacks: readonly string[],
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
	side?: SideRequest,
): Promise<Answer> {
	const requestId = options.newId();
	const pinnedProvider =
		(resolved.settings.pinProvider ?? true)
			? options.pinnedProvider(resolved.model.id, resolved.settings.cacheLifetime)
			: undefined;
	await emit({
		type: 'requestStart',
		requestId,
		...(side && { purpose: side.purpose }),
		...(pinnedProvider !== undefined && { pinnedProvider }),
	});
	const startedAt = options.clock.monotonic();
	const received: Received = { toolCalls: [], text: [] };
	try {
		const request = await buildRequest(options, resolved, fallbacks, pinnedProvider, side);
		const asked = { request, isSide: side !== undefined };
		const finish = await receive(options, resolved, asked, received, emit, signal, startedAt);
		// A side request is answered in text; what it calls for is not done.
		const toolCalls = side === undefined ? withUniqueIds(received.toolCalls, options) : [];
		await emit({
			type: 'response',
			requestId,
			finish,
			toolCalls,
			...(side === undefined && received.reasoningDetails && { reasoningDetails: received.reasoningDetails }),
			...(received.usage && { usage: received.usage }),
			durationMs: options.clock.monotonic() - startedAt,
			...(received.firstTokenMs !== undefined && { firstTokenMs: received.firstTokenMs }),
		});
		return { kind: 'response', finish, toolCalls, text: received.text.join('') };
	} catch (error) {
		if (error instanceof StreamLeftError) {
			throw error;
		}
		const failure = describeFailure(error, signal, options);
		await emit({ type: 'requestFailed', requestId, failure, ...(received.usage && { usage: received.usage }) });
		return { kind: 'failed', failure, ...(error instanceof TextLoopError && { isLoop: true }) };
	}
}

async function buildRequest(
	options: AskOptions,
	{ model, settings }: ResolvedModel,
	fallbacks: readonly string[],
	pinnedProvider: string | undefined,
	side: SideRequest | undefined,
): Promise<ModelRequest> {
	// A copy: the conversation grows while the client may still hold the request.
	const messages = [...(side?.messages ?? options.conversation.messages)];
	const images = await loadImages(messages, options);
	const purpose = side?.purpose ?? options.purpose;
	const maxOutputTokens = side?.maxOutputTokens ?? settings.maxOutputTokens;
	const parameters = parametersOf(settings);
	const sessionBudget = options.sessionBudget();
	return {
		model: model.id,
		messages,
		tools: options.definitions,
		sessionId: options.sessionId,
		...(options.account !== options.sessionId && { account: options.account }),
		...(purpose !== undefined && { purpose }),
		...(maxOutputTokens !== undefined && { maxOutputTokens }),
		...(images !== undefined && { images }),
		...(Object.keys(parameters).length > 0 && { parameters }),
		...(settings.routing && { routing: settings.routing }),
		...(settings.preset !== undefined && { preset: settings.preset }),
		...(fallbacks.length > 0 && { fallbacks }),
		...(pinnedProvider !== undefined && { pinnedProvider }),
		...(sessionBudget !== undefined && { sessionBudget }),
	};
}

function parametersOf(settings: ModelSettings): ModelParameters {
	const {
		routing: _routing,
		fallbackModels: _models,
		preset: _preset,
		pinProvider: _pin,
		maxOutputTokens: _max,
		...parameters
	} = settings;
	return parameters;
}

async function loadImages(
	messages: readonly Message[],
	options: AskOptions,
): Promise<Readonly<Record<string, string>> | undefined> {
	const hashes = new Set(
		messages.flatMap(message => (message.role === 'user' ? (message.images ?? []).map(({ hash }) => hash) : [])),
	);
	if (hashes.size === 0) {
		return undefined;
	}
	const loaded = await Promise.all([...hashes].map(async hash => [hash, await options.loadImage(hash)] as const));
	return Object.fromEntries(loaded.flatMap(([hash, data]) => (data === undefined ? [] : [[hash, data]])));
}

async function receive(
	options: AskOptions,
	resolved: ResolvedModel,
	{ request, isSide }: { readonly request: ModelRequest; readonly isSide: boolean },
	received: Received,
	emit: Emit<TurnEvent>,
	signal: AbortSignal,
	startedAt: number,
): Promise<FinishReason> {
	const loops = { text: new TextLoop(), reasoning: new TextLoop() };
	for await (const event of resolved.client.stream(request, signal)) {
		switch (event.type) {
			case 'text':
			case 'reasoning':
				received.firstTokenMs ??= options.clock.monotonic() - startedAt;
				if (!isSide) {
					await emit(event);
				} else if (event.type === 'text') {
					received.text.push(event.delta);
				}
				if (loops[event.type].add(event.delta)) {
					// Leaving the stream closes its connection.
					throw new TextLoopError();
				}
				break;
			case 'served':
				await emit(event);
				break;
			case 'reasoningDetails':
				received.reasoningDetails = event.details;
				break;
			case 'toolCall':
				received.firstTokenMs ??= options.clock.monotonic() - startedAt;
				received.toolCalls.push(event.call);
				break;
			case 'usage':
				received.usage = event.usage;
				break;
			case 'repaired':
			case 'citation':
				// A repair is the client's own matter, and the text carries the link already.
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
function withUniqueIds(calls: readonly ToolCall[], options: AskOptions): readonly ToolCall[] {
	const seen = new Set<string>();
	return calls.map(call => {
		const id = seen.has(call.id) || options.isCallIdTaken(call.id) ? options.newId() : call.id;
		seen.add(id);
		return id === call.id ? call : { ...call, id };
	});
}

function describeFailure(error: unknown, signal: AbortSignal, options: Pick<AskOptions, 'onBug'>): FailureRecord {
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
