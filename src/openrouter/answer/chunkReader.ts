import { type FinishReason, ModelError, type ModelEvent } from '../../agent/model.ts';
import { oneLine } from '../failure/errorText.ts';
import { readFailure } from '../failure/failure.ts';
import { redact } from '../failure/redact.ts';
import { isObject, parseJson } from '../lenient.ts';
import { Reasoning, reasoningText } from './reasoning.ts';
import { ToolCalls } from './toolCalls.ts';
import { readUsage } from './usage.ts';
import { type WireChunk, type WireDelta, type WireError, type WireUsage, wireAnnotation, wireChunk } from './wire.ts';

export interface ChunkReaderOptions {
	/** Makes ids for calls that came without one. */
	readonly newCallId: () => string;
	/** Milliseconds since 1970. */
	readonly now: () => number;
	/** From the header, known before the first chunk. */
	readonly generationId?: string | undefined;
	/** Taken out of error texts. */
	readonly key?: string | undefined;
}

/** How the stream ended: with its own end mark, by closing, or by breaking with an error. */
export type StreamEnd = { readonly by: 'mark' | 'close' } | { readonly by: 'break'; readonly cause: unknown };

/**
 * Turns the chunks of one answer into events. Strict about what decides whether the answer is whole and about what a
 * tool would run; lenient about everything else.
 */
export class ChunkReader {
	readonly #options: ChunkReaderOptions;
	readonly #calls: ToolCalls;
	readonly #reasoning = new Reasoning();
	#generationId: string | undefined;
	#usage: WireUsage | undefined;
	#finish: string | undefined;
	#nativeFinish: string | undefined;
	#isServed = false;
	#hasText = false;
	#hasRefusal = false;
	#chunks = 0;
	/** Start of the first data event that was no chunk. */
	#oddity: string | undefined;

	constructor(options: ChunkReaderOptions) {
		this.#options = options;
		this.#calls = new ToolCalls(options.newCallId);
		this.#generationId = options.generationId;
	}

	/**
	 * Reads one data event.
	 * @throws ModelError for an error inside the stream, after the events that came with it.
	 */
	*push(data: string): Generator<ModelEvent> {
		const json = parseJson(data);
		if (!isObject(json) || !isChunk(json)) {
			this.#oddity ??= data.slice(0, 200);
			return;
		}
		const parsed = wireChunk.safeParse(json);
		if (!parsed.success) {
			const { path, message } = parsed.error.issues[0] ?? { path: [], message: 'unknown form' };
			throw this.#error('malformed', `The answer breaks its own format at ${path.join('.')}: ${message}.`, data);
		}
		this.#chunks++;
		yield* this.#readChunk(parsed.data);
	}

	/**
	 * Ends the answer: the parts that are only known now, and `finish`.
	 * @throws ModelError when the answer is not whole.
	 */
	*end(end: StreamEnd): Generator<ModelEvent> {
		yield* this.#usageEvent();
		if (this.#chunks === 0) {
			throw this.#noChunk(end);
		}
		const calls = this.#calls.join();
		const finish = this.#finishReason(end, calls.length > 0 && calls.every(({ isWhole }) => isWhole));
		if (calls.length > 0 && this.#oddity !== undefined) {
			// A lost piece can leave arguments that parse and say something else.
			throw this.#error(
				'malformed',
				'A part of the answer was unreadable, so its tool calls are not run.',
				this.#oddity,
			);
		}
		if (calls.some(({ call }) => call.name === '')) {
			throw this.#error('malformed', 'The model made a tool call without a name.');
		}
		const details = this.#reasoning.details;
		if (details !== undefined) {
			yield { type: 'reasoningDetails', details };
		}
		// Content filter and output limit end an answer in the middle: what is whole is kept, what is not never runs.
		const runnable = finish === 'contentFilter' ? [] : calls.filter(call => finish !== 'length' || call.isWhole);
		for (const { call } of runnable) {
			yield { type: 'toolCall', call };
		}
		yield { type: 'finish', reason: finish === 'stop' && runnable.length > 0 ? 'toolCalls' : finish };
	}

	*#readChunk(chunk: WireChunk): Generator<ModelEvent> {
		this.#generationId ??= chunk.id ?? undefined;
		if (!this.#isServed && chunk.model) {
			this.#isServed = true;
			yield {
				type: 'served',
				model: chunk.model,
				...(chunk.provider && { provider: chunk.provider }),
				...(this.#generationId !== undefined && { generationId: this.#generationId }),
			};
		}
		const choice = chunk.choices?.find(({ index }) => !index);
		const delta = choice?.delta ?? choice?.message;
		if (delta) {
			yield* this.#readDelta(delta);
		}
		// Usage comes with the finish, after it, or with an error; never let a later null hide what was said before.
		this.#usage = chunk.usage ?? this.#usage;
		this.#finish = choice?.finish_reason ?? this.#finish;
		this.#nativeFinish = choice?.native_finish_reason ?? this.#nativeFinish;
		const error = chunk.error ?? choice?.error;
		if (error || choice?.finish_reason === 'error') {
			yield* this.#usageEvent();
			throw error ? this.#refusal(error, chunk.provider) : this.#brokenAnswer();
		}
	}

	*#readDelta(delta: WireDelta): Generator<ModelEvent> {
		const details = delta.reasoning_details;
		if (details) {
			this.#reasoning.add(details);
		}
		const reasoning = delta.reasoning || delta.reasoning_content || reasoningText(details ?? []);
		if (reasoning) {
			yield { type: 'reasoning', delta: reasoning };
		}
		// A refusal is what the model says to the user, so it is shown as its text.
		const text = `${contentText(delta.content)}${delta.refusal ?? ''}`;
		if (text) {
			this.#hasText = true;
			yield { type: 'text', delta: text };
		}
		this.#hasRefusal ||= Boolean(delta.refusal);
		for (const annotation of delta.annotations ?? []) {
			const parsed = wireAnnotation.safeParse(annotation);
			if (parsed.success) {
				const { url, title } = parsed.data.url_citation;
				yield { type: 'citation', citation: { url, ...(title && { title }) } };
			}
		}
		for (const fragment of delta.tool_calls ?? []) {
			this.#calls.add(fragment);
		}
	}

	*#usageEvent(): Generator<ModelEvent> {
		if (this.#usage !== undefined) {
			yield { type: 'usage', usage: readUsage(this.#usage) };
			this.#usage = undefined;
		}
	}

	/**
	 * @param areCallsWhole there are calls, and all of them have whole arguments.
	 * @throws ModelError when nothing says that the model had finished.
	 */
	#finishReason(end: StreamEnd, areCallsWhole: boolean): FinishReason {
		if (this.#finish === undefined) {
			// Some models never say that they finished a turn of calls. Only the end mark tells that none is missing.
			if (areCallsWhole && end.by === 'mark') {
				return 'toolCalls';
			}
			if (end.by === 'mark' && !this.#hasText && this.#calls.count === 0) {
				throw this.#error('unavailable', 'The model sent an empty answer.');
			}
			throw this.#cut(end);
		}
		const finish = this.#hasRefusal ? 'contentFilter' : normalFinish(this.#finish);
		if (finish === 'stop' && this.#calls.count > 0 && !areCallsWhole && end.by !== 'mark') {
			// The provider said "finished", yet the connection ended inside a call.
			throw this.#cut(end);
		}
		return finish;
	}

	#noChunk(end: StreamEnd): ModelError {
		if (this.#oddity !== undefined) {
			return this.#error('notAnAnswer', 'What came is not an answer of the chat service.', this.#oddity);
		}
		return end.by === 'break'
			? this.#error('network', 'The connection broke before the answer began.', undefined, end.cause)
			: this.#cut(end);
	}

	#cut(end: StreamEnd): ModelError {
		const cause = end.by === 'break' ? end.cause : undefined;
		return this.#error('cut', 'The connection ended in the middle of the answer.', undefined, cause);
	}

	#brokenAnswer(): ModelError {
		return this.#error('unavailable', `The model ended with an error (${this.#nativeFinish ?? 'no reason given'}).`);
	}

	#refusal(error: WireError, provider: string | null | undefined): ModelError {
		const named = error.metadata?.provider_name || !provider;
		return readFailure({
			error: named ? error : { ...error, metadata: { ...error.metadata, provider_name: provider } },
			generationId: this.#generationId,
			now: this.#options.now(),
			key: this.#options.key,
		});
	}

	#error(
		kind: 'cut' | 'malformed' | 'network' | 'notAnAnswer' | 'unavailable',
		message: string,
		details?: string,
		cause?: unknown,
	): ModelError {
		const { key } = this.#options;
		return new ModelError(
			kind,
			redact(message, key),
			{
				isRetryable: kind !== 'notAnAnswer',
				...(this.#generationId !== undefined && { generationId: this.#generationId }),
				...(details !== undefined && { details: redact(oneLine(details, 400), key) }),
			},
			cause === undefined ? undefined : { cause },
		);
	}
}

function isChunk(json: Record<string, unknown>): boolean {
	return Array.isArray(json['choices']) || Boolean(json['error']);
}

function contentText(content: WireDelta['content']): string {
	return typeof content === 'string' ? content : (content ?? []).map(part => part.text ?? '').join('');
}

function normalFinish(reason: string): FinishReason {
	switch (reason) {
		case 'length':
		case 'max_tokens':
			return 'length';
		case 'content_filter':
		case 'refusal':
			return 'contentFilter';
		default:
			// "tool_calls" too: whether there are calls is seen from the calls.
			return 'stop';
	}
}
