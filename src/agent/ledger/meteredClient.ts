import { type ModelClient, ModelError, type ModelEvent, type ModelRequest, type Usage } from '../model.ts';
import type { ModelFacts } from '../modelFacts.ts';
import type { Reservation, SpendLedger } from './ledger.ts';
import { roundUp } from './money.ts';
import { boundCost, PromptMeter } from './requestPrice.ts';
import { type BudgetLimits, hasLimits, taskLimits } from './spendBudget.ts';

export interface MeterOptions {
	readonly ledger: SpendLedger;
	/** The budgets of a session as they are now. */
	limits(sessionId: string): BudgetLimits;
	/** What the catalogue knows of a model. */
	factsOf(model: string): ModelFacts | undefined;
	/** Answer tokens that the client asks for where nobody says. */
	readonly defaultOutputTokens: number;
}

/** An answer of fewer tokens is no use: rather than cut it to less, the request is refused. */
const USEFUL_OUTPUT_TOKENS = 2_000;

/**
 * A client whose requests are in the ledger: the worst case is reserved before each, and its bill settles it. The events
 * are those of the client inside. Where a budget is nearly used up, the answer's limit is lowered to what fits.
 * `stream` also throws a `ModelError` of kind `budget`, before anything is asked.
 */
export function meterClient(inner: ModelClient, options: MeterOptions): ModelClient {
	const prompts = new PromptMeter();
	return {
		stream: (request, signal) => new MeteredRequest(inner, options, prompts, request).events(signal),
		...(inner.bill && {
			async bill(generationId: string, signal: AbortSignal) {
				const usage = await inner.bill?.(generationId, signal);
				await options.ledger.settleBill(generationId, usage);
				return usage;
			},
		}),
	};
}

class MeteredRequest {
	readonly #inner: ModelClient;
	readonly #options: MeterOptions;
	readonly #prompts: PromptMeter;
	readonly #asked: ModelRequest;
	/** Whether anything of an answer came: then it costs, unless the bill says otherwise. */
	#isAnswered = false;
	#usage: Usage | undefined;
	#served: Extract<ModelEvent, { type: 'served' }> | undefined;
	/** The note of the answer's id, while it is being written. */
	#noting: Promise<void> | undefined;

	constructor(inner: ModelClient, options: MeterOptions, prompts: PromptMeter, asked: ModelRequest) {
		this.#inner = inner;
		this.#options = options;
		this.#prompts = prompts;
		this.#asked = asked;
	}

	async *events(signal: AbortSignal): AsyncGenerator<ModelEvent> {
		const { request, reservation } = await this.#reserve();
		let failure: unknown;
		try {
			for await (const event of this.#inner.stream(request, signal)) {
				this.#note(event, reservation);
				yield event;
			}
		} catch (error) {
			failure = error;
			throw this.#explain(error, request);
		} finally {
			// Also for a consumer that leaves early; the connection is closed by then.
			await this.#close(reservation, failure);
		}
	}

	/** @throws ModelError of kind `budget`. */
	async #reserve(): Promise<{ readonly request: ModelRequest; readonly reservation: Reservation }> {
		const { ledger, factsOf, defaultOutputTokens } = this.#options;
		const request = this.#asked;
		const { model, sessionId, account = sessionId, fallbacks = [], parameters } = request;
		const ownBudget = request.sessionBudget;
		const isTask = account !== sessionId;
		const budgets = {
			...this.#options.limits(account),
			...(ownBudget !== undefined && { session: ownBudget }),
		};
		const limits = isTask ? taskLimits(budgets) : budgets;
		// All that a task asks for is booked as its own, whatever it is for.
		const purpose = isTask ? 'task' : (request.purpose ?? 'turn');
		const spender = { sessionId, ...(isTask && { account }), purpose, model } as const;
		const facts = [model, ...fallbacks].map(id => ({ id, ...factsOf(id) }));
		const unpriced = facts.find(({ price }) => price === undefined);
		if (unpriced !== undefined) {
			if (hasLimits(limits)) {
				throw unpricedError(unpriced.id);
			}
			return { request, reservation: await ledger.reserve({ ...spender, amount: 0 }, {}) };
		}
		const prices = facts.map(({ price }) => price).filter(price => price !== undefined);
		const bound = boundCost(request, this.#prompts.measure(request), prices);
		const most = Math.max(
			...facts.map(({ maxOutputTokens, contextLength }) => maxOutputTokens ?? contextLength ?? Infinity),
		);
		const wanted = Math.min(request.maxOutputTokens ?? parameters?.maxOutputTokens ?? defaultOutputTokens, most);
		const useful = Math.min(wanted, USEFUL_OUTPUT_TOKENS + (parameters?.reasoningTokens ?? 0));
		const cost = (outputTokens: number) => bound.fixed + outputTokens * bound.perOutputToken;
		const amount = roundUp(cost(wanted));
		const reservation = await ledger.reserve({ ...spender, amount, least: cost(useful) }, limits);
		if (!hasLimits(limits)) {
			return { request, reservation };
		}
		// Said even where it is the usual: no more may be asked for than was reserved.
		const maxOutputTokens =
			reservation.amount >= amount
				? wanted
				: Math.max(useful, Math.floor((reservation.amount - bound.fixed) / bound.perOutputToken));
		const routing = { ...request.routing, maxPrice: bound.maxPrice };
		return { request: { ...request, maxOutputTokens, routing }, reservation };
	}

	#note(event: ModelEvent, reservation: Reservation): void {
		this.#isAnswered ||= event.type !== 'repaired';
		if (event.type === 'usage') {
			this.#usage = event.usage;
		}
		if (event.type !== 'served') {
			return;
		}
		const { generationId } = event;
		if (generationId !== undefined && generationId !== this.#served?.generationId) {
			// Not awaited: the answer goes on meanwhile.
			this.#noting = reservation.answering(generationId);
		}
		this.#served = { ...this.#served, ...event };
	}

	/** Leaves the reservation settled, released, or open under the id by which its bill is found. Never throws. */
	async #close(reservation: Reservation, failure: unknown): Promise<void> {
		await this.#noting;
		if (this.#usage !== undefined) {
			const { model, provider } = this.#served ?? {};
			this.#prompts.learn(this.#asked, this.#usage.promptTokens);
			const by = { ...(model && { model }), ...(provider && { provider }) };
			// Not awaited: the next reservation stands behind it, and what is lost with this process is asked for again.
			void reservation.settle(this.#usage, by);
			return;
		}
		if (this.#served?.generationId !== undefined) {
			return reservation.leave();
		}
		if (failure instanceof ModelError && failure.fields.generationId !== undefined) {
			// A status other than success says that nothing was answered, under whatever id.
			if (this.#isAnswered || failure.fields.status === undefined) {
				await reservation.answering(failure.fields.generationId);
				return reservation.leave();
			}
		}
		return this.#isAnswered ? reservation.settle(undefined) : reservation.release();
	}

	/** That no provider was left may be due to our price limit, of which the user knows nothing. */
	#explain(error: unknown, { routing }: ModelRequest): unknown {
		const own = this.#asked.routing?.maxPrice;
		const isOurs = own?.prompt === undefined || own.completion === undefined;
		if (!(error instanceof ModelError) || error.kind !== 'noRoute' || routing?.maxPrice === undefined || !isOurs) {
			return error;
		}
		const { prompt, completion } = routing.maxPrice;
		const message = `${error.message} To keep the budget, only providers up to $${prompt} in and $${completion} out per million tokens were asked; set a maximum price to ask dearer ones.`;
		return new ModelError(error.kind, message, error.fields, { cause: error });
	}
}

/** No budget can be kept with a model of unknown price. */
export function unpricedError(model: string): ModelError {
	const message = `The price of ${model} is not known beforehand, so no budget can be kept with it. Choose a model with a price.`;
	return new ModelError('budget', message);
}
