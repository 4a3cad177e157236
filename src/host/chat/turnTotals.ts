import type { ModelRef } from '../../agent/events.ts';
import type { Usage } from '../../agent/model.ts';
import type { Item } from '../../protocol/transcript.ts';
import { formatCost } from '../format.ts';
import type { Translate } from '../translate.ts';

/** What a turn has used so far, for its receipt. */
export class TurnTotals {
	/** Who answered last. */
	served: { readonly provider?: string } | undefined;
	readonly #model: ModelRef;
	/** Milliseconds since 1970. */
	readonly #startedAt: number;
	#requests = 0;
	#cost = 0;
	/** Requests whose cost nobody told. */
	#unpriced = 0;
	#promptTokens = 0;
	#cachedTokens = 0;
	#completionTokens = 0;

	constructor(model: ModelRef, startedAt: number) {
		this.#model = model;
		this.#startedAt = startedAt;
	}

	/** Something was asked for that may have cost something. */
	get requests(): number {
		return this.#requests;
	}

	count(usage: Usage | undefined): void {
		this.#requests++;
		this.#cost += usage?.cost ?? 0;
		this.#unpriced += usage?.cost === undefined ? 1 : 0;
		this.#promptTokens += usage?.promptTokens ?? 0;
		this.#cachedTokens += usage?.cachedTokens ?? 0;
		this.#completionTokens += usage?.completionTokens ?? 0;
	}

	receipt(id: string, at: number, t: Translate): Item {
		const [promptTokens, completionTokens] = [this.#promptTokens, this.#completionTokens];
		return {
			kind: 'receipt',
			id,
			cost: this.#costText(t),
			model: this.#model.name,
			...(this.served?.provider && { provider: this.served.provider }),
			...(promptTokens > 0 && { promptTokens, completionTokens, cachedShare: this.#cachedTokens / promptTokens }),
			durationMs: at - this.#startedAt,
			requests: [],
			providerSwitches: 0,
		};
	}

	/** A sum with an unknown part is unknown: it must not look like the bill. */
	#costText(t: Translate): string {
		if (this.#model.isBuiltIn) {
			return t('no cost');
		}
		return this.#unpriced > 0 ? t('cost unknown') : formatCost(this.#cost);
	}
}
