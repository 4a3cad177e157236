import { type Clock, systemClock } from '../agent/clock.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type Usage } from '../agent/model.ts';
import type { ModelLimits } from './answerLimit.ts';
import { type Connection, send } from './connection.ts';
import { readAnswer } from './readAnswer.ts';
import { type Repair, repairFor } from './repair.ts';
import { type BodyOptions, buildBody, type RequestBody } from './requestBody.ts';
import { DEFAULT_RETRY, type RetryPolicy, retryDelay } from './retryPolicy.ts';
import { sleep } from './sleep.ts';
import { addUsage } from './usage.ts';
import { DEFAULT_LIMITS, type SilenceLimits, Watchdog } from './watchdog.ts';

export interface OpenRouterClientOptions {
	/** With the version, without a slash at the end. */
	readonly baseUrl: string;
	/** Asked at each request, so that a key changed meanwhile counts at once. */
	readonly getKey: () => Promise<string | undefined>;
	/** What the catalogue knows of a model, so that the answer's limit fits it. */
	readonly limitsOf?: (model: string) => ModelLimits | undefined;
	readonly silence?: SilenceLimits;
	readonly retry?: RetryPolicy;
	readonly clock?: Clock;
	/** From 0 up to 1, for the spread of waiting times. */
	readonly random?: () => number;
	/** Makes ids for tool calls that came without one. */
	readonly newCallId?: () => string;
	readonly fetch?: typeof globalThis.fetch;
}

/** Reaches the models of OpenRouter, or of a server that speaks its interface. */
export function createOpenRouterClient(options: OpenRouterClientOptions): ModelClient {
	return { stream: (request, signal) => new AnswerRun(options, request, signal).events() };
}

/** One `stream` call: its attempts, and what they have in common. */
class AnswerRun {
	readonly #options: OpenRouterClientOptions;
	readonly #request: ModelRequest;
	readonly #signal: AbortSignal;
	readonly #clock: Clock;
	readonly #random: () => number;
	readonly #repairs = new Map<Repair['type'], Repair>();
	#attempt = 1;
	/** Bill of the attempts so far that was not reported yet. */
	#bill: Usage | undefined;

	constructor(options: OpenRouterClientOptions, request: ModelRequest, signal: AbortSignal) {
		this.#options = options;
		this.#request = request;
		this.#signal = signal;
		this.#clock = options.clock ?? systemClock;
		this.#random = options.random ?? Math.random;
	}

	async *events(): AsyncGenerator<ModelEvent> {
		for (;;) {
			const body = this.#buildBody();
			let isShown = false;
			try {
				for await (const event of this.#ask(body)) {
					if (event.type === 'usage') {
						this.#bill = addUsage(this.#bill, event.usage);
						continue;
					}
					if (event.type === 'finish') {
						yield* this.#reportBill();
					}
					isShown ||= event.type !== 'served';
					yield event;
				}
				return;
			} catch (error) {
				if (!(error instanceof ModelError)) {
					throw error;
				}
				const attempt = this.#attempt;
				const delayMs = isShown ? undefined : this.#nextDelay(error, body.max_tokens);
				if (delayMs === undefined) {
					yield* this.#reportBill();
					throw error;
				}
				yield { type: 'repaired', kind: error.kind, message: error.message };
				await sleep(this.#clock, delayMs, this.#signal);
			}
		}
	}

	#buildBody(): RequestBody {
		const smaller = this.#repairs.get('smallerAnswer');
		const options: BodyOptions = {
			limits: this.#options.limitsOf?.(this.#request.model),
			maxTokens: smaller?.type === 'smallerAnswer' ? smaller.maxTokens : undefined,
			replaysReasoning: !this.#repairs.has('dropReasoning'),
		};
		return buildBody(this.#request, options);
	}

	/** One attempt. The connection is closed when the consumer stops, whatever the reason. */
	async *#ask(body: RequestBody): AsyncGenerator<ModelEvent> {
		const attempt = new AbortController();
		const signal = AbortSignal.any([this.#signal, attempt.signal]);
		const watchdog = new Watchdog(this.#clock, this.#options.silence ?? DEFAULT_LIMITS, signal);
		let generationId: string | undefined;
		let isComplete = false;
		try {
			const connection = await watchdog.wait(this.#connect());
			const response = await watchdog.wait(
				send(connection, { method: 'post', path: '/chat/completions', body, accept: 'text/event-stream' }, signal),
			);
			watchdog.sawHeaders();
			generationId = response.headers.get('x-generation-id') ?? undefined;
			const events = readAnswer(response, watchdog, {
				newCallId: this.#options.newCallId ?? newCallId,
				now: () => this.#clock.now(),
				generationId,
				key: connection.key,
			});
			for await (const event of events) {
				// Noted before the event goes out: a consumer that has its finish asks for nothing more.
				isComplete ||= event.type === 'finish';
				yield event;
			}
		} catch (error) {
			throw withGeneration(error, generationId);
		} finally {
			// After a whole answer the connection is left to be used again.
			if (!isComplete) {
				attempt.abort();
			}
		}
	}

	async #connect(): Promise<Connection> {
		const { baseUrl, getKey, fetch } = this.#options;
		let key: string | undefined;
		try {
			key = await getKey();
		} catch (error) {
			throw new ModelError('auth', 'The stored API key cannot be read.', {}, { cause: error });
		}
		return { baseUrl, key: key?.trim(), fetch, clock: this.#clock };
	}

	/** Milliseconds until another attempt makes sense; undefined when none does. */
	#nextDelay(error: ModelError, maxTokens: number): number | undefined {
		const repair = repairFor(error, maxTokens);
		if (repair !== undefined && !this.#repairs.has(repair.type)) {
			this.#repairs.set(repair.type, repair);
			return 0;
		}
		const delayMs = retryDelay(error, this.#attempt, this.#options.retry ?? DEFAULT_RETRY, this.#random());
		if (delayMs !== undefined) {
			this.#attempt++;
		}
		return delayMs;
	}

	*#reportBill(): Generator<ModelEvent> {
		if (this.#bill !== undefined) {
			yield { type: 'usage', usage: this.#bill };
			this.#bill = undefined;
		}
	}
}

/** With the id from the header, the bill of an answer can be found that broke before its first chunk. */
function withGeneration(error: unknown, generationId: string | undefined): unknown {
	if (!(error instanceof ModelError) || generationId === undefined || error.fields.generationId !== undefined) {
		return error;
	}
	const { kind, message, fields, cause } = error;
	return new ModelError(kind, message, { ...fields, generationId }, cause === undefined ? undefined : { cause });
}

/** Of the form that OpenAI made usual: some providers look at it. */
function newCallId(): string {
	return `call_${crypto.randomUUID().replaceAll('-', '').slice(0, 24)}`;
}
