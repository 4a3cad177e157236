import { type Clock, systemClock } from '../agent/clock.ts';
import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type Usage } from '../agent/model.ts';
import { readGeneration } from './answer/generation.ts';
import { readAnswer } from './answer/readAnswer.ts';
import { addUsage } from './answer/usage.ts';
import { DEFAULT_LIMITS, type SilenceLimits, Watchdog } from './answer/watchdog.ts';
import { type Connection, send } from './connection.ts';
import type { ModelLimits } from './request/answerLimit.ts';
import { isPinned } from './request/providerRouting.ts';
import { describeRepair, type Repair, repairFor } from './request/repair.ts';
import { RepairMemory } from './request/repairMemory.ts';
import { buildBody, type RequestBody } from './request/requestBody.ts';

export interface OpenRouterClientOptions {
	/** With the version, without a slash at the end. */
	readonly baseUrl: string;
	/** Asked at each request, so that a key changed meanwhile counts at once. */
	readonly getKey: () => Promise<string | undefined>;
	/** What the catalogue knows of a model, so that the request fits it. */
	readonly limitsOf?: (model: string) => ModelLimits | undefined;
	readonly silence?: SilenceLimits;
	readonly clock?: Clock;
	/** Makes ids for tool calls that came without one. */
	readonly newCallId?: () => string;
	readonly fetch?: typeof globalThis.fetch;
}

/**
 * Reaches the models of OpenRouter, or of a server that speaks its interface. Asks once, and again at once when it can
 * mend what a request was refused for; waiting and trying again is the caller's. One client serves all sessions: it
 * remembers what their requests have to go without.
 */
export function createOpenRouterClient(options: OpenRouterClientOptions): ModelClient {
	const memory = new RepairMemory();
	return {
		stream: (request, signal) => new AnswerRun(options, memory, request, signal).events(),
		bill: async (generationId, signal) => readGeneration({ ...(await connectionOf(options)), signal }, generationId),
	};
}

/** One `stream` call: its attempts, and what they have in common. */
class AnswerRun {
	readonly #options: OpenRouterClientOptions;
	readonly #memory: RepairMemory;
	readonly #request: ModelRequest;
	readonly #signal: AbortSignal;
	readonly #clock: Clock;
	/** Remembered ones included, which are not made a second time either. */
	readonly #repairs: Map<Repair['type'], Repair>;
	/** Bill of the attempts so far that was not reported yet. */
	#bill: Usage | undefined;

	constructor(options: OpenRouterClientOptions, memory: RepairMemory, request: ModelRequest, signal: AbortSignal) {
		this.#options = options;
		this.#memory = memory;
		this.#request = request;
		this.#signal = signal;
		this.#clock = options.clock ?? systemClock;
		this.#repairs = new Map(memory.recall(request).map(repair => [repair.type, repair]));
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
						this.#keepRepairs();
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
				const repair = isShown ? undefined : this.#repair(error, body);
				if (repair === undefined) {
					yield* this.#reportBill();
					throw error;
				}
				yield { type: 'repaired', kind: error.kind, message: `${describeRepair(repair)} ${error.message}` };
			}
		}
	}

	#buildBody(): RequestBody {
		const smaller = this.#repairs.get('smallerAnswer');
		const dropped = this.#repairs.get('dropFields');
		return buildBody(this.#request, {
			limits: this.#options.limitsOf?.(this.#request.model),
			maxTokens: smaller?.type === 'smallerAnswer' ? smaller.maxTokens : undefined,
			replaysReasoning: !this.#repairs.has('dropReasoning'),
			withPin: !this.#repairs.has('dropPin'),
			...(dropped?.type === 'dropFields' && { without: new Set(dropped.fields) }),
		});
	}

	/** @returns undefined when there is none, or when it was made already. */
	#repair(error: ModelError, body: RequestBody): Repair | undefined {
		const hasPin = isPinned(this.#request) && !this.#repairs.has('dropPin');
		const repair = repairFor(error, body, hasPin);
		const earlier = repair && this.#repairs.get(repair.type);
		if (repair?.type === 'dropFields' && earlier?.type === 'dropFields') {
			// Other fields than before, for those are not in the body any more.
			this.#repairs.set('dropFields', { ...repair, fields: [...earlier.fields, ...repair.fields] });
			return repair;
		}
		if (repair === undefined || earlier !== undefined) {
			return undefined;
		}
		this.#repairs.set(repair.type, repair);
		return repair;
	}

	#keepRepairs(): void {
		for (const repair of this.#repairs.values()) {
			this.#memory.keep(repair, this.#request);
		}
	}

	/** One attempt. The connection is closed when the consumer stops, whatever the reason. */
	async *#ask(body: RequestBody): AsyncGenerator<ModelEvent> {
		const attempt = new AbortController();
		const signal = AbortSignal.any([this.#signal, attempt.signal]);
		const watchdog = new Watchdog(this.#clock, this.#options.silence ?? DEFAULT_LIMITS, signal);
		let generationId: string | undefined;
		let isComplete = false;
		try {
			const connection = await watchdog.wait(connectionOf(this.#options));
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

	*#reportBill(): Generator<ModelEvent> {
		if (this.#bill !== undefined) {
			yield { type: 'usage', usage: this.#bill };
			this.#bill = undefined;
		}
	}
}

async function connectionOf({ baseUrl, getKey, fetch, clock }: OpenRouterClientOptions): Promise<Connection> {
	let key: string | undefined;
	try {
		key = await getKey();
	} catch (error) {
		throw new ModelError('auth', 'The stored API key cannot be read.', {}, { cause: error });
	}
	return { baseUrl, key: key?.trim(), fetch, clock };
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
