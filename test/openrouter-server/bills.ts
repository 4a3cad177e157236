import type { Account } from './account.ts';
import type { Charge } from './billing.ts';

/** Everything about one finished answer that `/generation` tells. */
export interface Generation {
	readonly id: string;
	readonly model: string;
	/** Its name. */
	readonly provider: string;
	readonly sessionId: string | null;
	readonly finish: string | null;
	/** The client left, or was cut off, before the end. */
	readonly isCancelled: boolean;
	readonly isStreamed: boolean;
	readonly charge: Charge;
}

/** The exact sum of all bills so far, in picodollars (10⁻¹² of a US dollar). */
export interface Bill {
	/** What the user pays: the account, and what their own keys with providers pay. */
	readonly total: bigint;
	readonly account: bigint;
	/** Answers that cost something, and answers in all. */
	readonly paid: number;
	readonly answers: number;
}

/** Keeps the bills of finished answers, and books them. */
export class Bills {
	readonly #account: Account;
	readonly #lateRecords: number;
	readonly #generations = new Map<string, Generation>();
	readonly #asked = new Map<string, number>();
	readonly #sessions = new Map<string, bigint>();
	#bill: Bill = { total: 0n, account: 0n, paid: 0, answers: 0 };

	/** @param lateRecords how often a record is not found yet before it is. */
	constructor(account: Account, lateRecords: number) {
		this.#account = account;
		this.#lateRecords = lateRecords;
	}

	get bill(): Bill {
		return this.#bill;
	}

	/** What the user pays for an answer, in picodollars; undefined while it is under way. */
	costOf(generationId: string): bigint | undefined {
		const charge = this.#generations.get(generationId)?.charge;
		return charge && charge.account + charge.upstream;
	}

	/** What the user pays for all answers of a session so far, in picodollars. */
	costOfSession(sessionId: string): bigint {
		return this.#sessions.get(sessionId) ?? 0n;
	}

	book(key: string, generation: Generation): void {
		const { account, upstream } = generation.charge;
		this.#generations.set(generation.id, generation);
		this.#account.pay(key, generation.charge);
		const cost = account + upstream;
		const session = generation.sessionId ?? '';
		this.#sessions.set(session, this.costOfSession(session) + cost);
		this.#bill = {
			total: this.#bill.total + cost,
			account: this.#bill.account + account,
			paid: this.#bill.paid + (cost > 0n ? 1 : 0),
			answers: this.#bill.answers + 1,
		};
	}

	/** The record of an answer, as the service gives it: some time after the answer is over. */
	record(id: string): Generation | undefined {
		const asked = (this.#asked.get(id) ?? 0) + 1;
		this.#asked.set(id, asked);
		return asked > this.#lateRecords ? this.#generations.get(id) : undefined;
	}
}

/**
 * The record in the service's words.
 * @param recorded an answer of the service, for all that is not known here.
 */
export function wireGeneration(generation: Generation, recorded: object): object {
	const { usage } = generation.charge;
	return {
		data: {
			...recorded,
			id: generation.id,
			model: generation.model,
			provider_name: generation.provider,
			session_id: generation.sessionId,
			finish_reason: generation.finish,
			native_finish_reason: generation.finish,
			cancelled: generation.isCancelled,
			streamed: generation.isStreamed,
			is_byok: usage.is_byok,
			total_cost: usage.cost,
			usage: usage.cost,
			upstream_inference_cost: usage.is_byok ? usage.cost_details.upstream_inference_cost : 0,
			native_tokens_prompt: usage.prompt_tokens,
			native_tokens_completion: usage.completion_tokens,
			native_tokens_reasoning: usage.completion_tokens_details.reasoning_tokens,
			native_tokens_cached: usage.prompt_tokens_details.cached_tokens,
		},
	};
}
