import type { FailureRecord, TurnEvent } from '../events.ts';
import { ModelError } from '../model.ts';
import type { Emit } from './eventStream.ts';
import { type Answer, requestModel, type SideRequest } from './requestModel.ts';
import type { ResolvedModel } from './resolvedModel.ts';
import { canOtherModelHelp, retryDelay } from './retryPolicy.ts';
import type { AskOptions } from './turnOptions.ts';

/**
 * Asks until there is an answer or no hope of one: what passes by itself is waited for, what does not is tried with the
 * fallback models. A request that failed leaves nothing in the conversation, so nothing is ever doubled, however far
 * its answer had come.
 */
export class ModelAsker {
	readonly #options: AskOptions;
	readonly #emit: Emit<TurnEvent>;
	readonly #signal: AbortSignal;
	#resolved: ResolvedModel;
	/** Models not tried yet, in order. */
	#fallbacks: readonly string[];

	constructor(options: AskOptions, resolved: ResolvedModel, emit: Emit<TurnEvent>, signal: AbortSignal) {
		this.#options = options;
		this.#emit = emit;
		this.#signal = signal;
		this.#resolved = resolved;
		this.#fallbacks = (resolved.settings.fallbackModels ?? []).filter(id => id !== resolved.model.id);
	}

	/** Who is asked now: a fallback model stays for the rest of the turn. */
	get resolved(): ResolvedModel {
		return this.#resolved;
	}

	/** @param side a request besides the turn's own, with messages of its own. */
	async ask(side?: SideRequest): Promise<Answer> {
		for (let attempt = 1; ; attempt++) {
			await this.#tellLeftOut();
			const answer = await requestModel(this.#options, this.#resolved, this.#fallbacks, this.#emit, this.#signal, side);
			if (answer.kind === 'response' || this.#signal.aborted) {
				return answer;
			}
			const { failure } = answer;
			const delayMs = this.#delay(failure, attempt);
			if (delayMs !== undefined) {
				await this.#wait(failure, attempt, delayMs);
				if (this.#signal.aborted) {
					return answer;
				}
			} else if (await this.#switchModel(failure)) {
				attempt = 0;
			} else {
				return answer;
			}
		}
	}

	#delay(failure: FailureRecord, attempt: number): number | undefined {
		const { retry } = this.#options;
		const delayMs = retryDelay(failure, attempt, retry, this.#options.random());
		const isTooLong = delayMs !== undefined && delayMs > retry.patienceMs && this.#fallbacks.length > 0;
		return isTooLong ? undefined : delayMs;
	}

	async #wait({ kind, message, fields }: FailureRecord, attempt: number, delayMs: number): Promise<void> {
		const { provider } = fields;
		await this.#emit({ type: 'retry', attempt, delayMs, kind, message, ...(provider && { provider }) });
		try {
			await this.#options.retryWait.wait(delayMs, this.#signal);
		} catch (error) {
			if (!this.#signal.aborted) {
				throw error;
			}
		}
	}

	/** @returns whether another model is there to go on with. */
	async #switchModel(failure: FailureRecord): Promise<boolean> {
		if (!canOtherModelHelp(failure)) {
			return false;
		}
		for (let id = this.#fallbacks[0]; id !== undefined; id = this.#fallbacks[0]) {
			this.#fallbacks = this.#fallbacks.slice(1);
			const next = await this.#resolve(id);
			if (next !== undefined) {
				const from = this.#resolved.model.name;
				this.#resolved = next;
				const { kind, message } = failure;
				await this.#emit({ type: 'modelSwitched', from, to: next.model, kind, message });
				return true;
			}
		}
		return false;
	}

	/** A fallback that cannot be had is passed over: the next one may be. */
	async #resolve(id: string): Promise<ResolvedModel | undefined> {
		try {
			return await this.#options.resolveModel(id);
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			return undefined;
		}
	}

	async #tellLeftOut(): Promise<void> {
		const { leftOut, model } = this.#resolved;
		if (leftOut.length > 0 && !this.#options.isLeftOutTold(model.id)) {
			await this.#emit({ type: 'leftOut', model: model.id, parameters: leftOut });
		}
	}
}
