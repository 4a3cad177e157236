import { dollarsOf, type Prices, picoOf, pricesOf } from './prices.ts';
import { type Prompt, tokensOf } from './prompt.ts';
import { type CacheUse, PromptCaches } from './promptCaches.ts';
import { type Provider, vendorCache } from './providers.ts';
import type { ModelRow } from './serverFiles.ts';

/** The service's `usage` object. */
export interface WireUsage {
	readonly prompt_tokens: number;
	readonly completion_tokens: number;
	readonly total_tokens: number;
	readonly cost: number;
	readonly is_byok: boolean;
	readonly prompt_tokens_details: { readonly cached_tokens: number; readonly cache_write_tokens: number };
	readonly completion_tokens_details: { readonly reasoning_tokens: number };
	readonly cost_details: {
		readonly upstream_inference_cost: number;
		readonly upstream_inference_prompt_cost: number;
		readonly upstream_inference_completions_cost: number;
	};
}

/** What one answer costs. */
export interface Charge {
	readonly usage: WireUsage;
	/** Picodollars that the account pays. */
	readonly account: bigint;
	/** Picodollars that the user's own key with the provider pays besides. */
	readonly upstream: bigint;
}

/** What a model made, by which it is billed. */
export interface Made {
	/** Characters of text and calls, and of reasoning. */
	readonly answer: number;
	readonly reasoning: number;
}

export interface BillingRequest {
	readonly prompt: Prompt;
	readonly row: ModelRow | undefined;
	readonly provider: Provider;
	/** Share of the price that the account pays though the user's own key pays it all; undefined without such a key. */
	readonly byokFee: number | undefined;
	/** US dollars for the whole answer, in place of the list price. */
	readonly fixedPrice: string | undefined;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** The part of a bill that is known before the answer: what the input costs, and by which prices the answer will. */
export interface OpenBill {
	readonly promptTokens: number;
	readonly cached: number;
	/** Tokens whose writing into the cache is billed. */
	readonly written: number;
	/** @returns the bill for so much of an answer. */
	charge(made: Made): Charge;
	/** The bill of an answer that is not charged for. */
	readonly free: Charge;
}

/** Bills requests as the providers do, and keeps their prompt caches. */
export class Billing {
	readonly #caches = new PromptCaches();

	/** Called once for every request that a provider takes: it reads and fills that provider's cache. */
	open(request: BillingRequest): OpenBill {
		const { prompt, row, provider, byokFee, now } = request;
		const fixed = request.fixedPrice === undefined ? undefined : picoOf(request.fixedPrice);
		const rules = provider.cache ?? vendorCache(row);
		const use = this.#caches.use(`${provider.slug} ${row?.id ?? ''}`, rules, prompt, now);
		const promptTokens = tokensOf(prompt.text.length);
		const prices = pricesOf(row, promptTokens, now, provider.priceFactor);
		const written = rules.billsWrites ? use.written : { '5m': 0, '1h': 0 };
		const input = fixed ?? inputPrice(prices, promptTokens, { cached: use.cached, written });
		const counts = { prompt: promptTokens, cached: use.cached, written: written['5m'] + written['1h'] };
		return {
			promptTokens,
			cached: counts.cached,
			written: counts.written,
			charge: made => {
				const completion = tokensOf(made.answer) + tokensOf(made.reasoning);
				const output = fixed === undefined ? BigInt(completion) * prices.completion : 0n;
				return charge(counts, made, { input, output }, byokFee);
			},
			free: charge(counts, { answer: 0, reasoning: 0 }, { input: 0n, output: 0n }, byokFee),
		};
	}
}

interface PromptCounts {
	readonly prompt: number;
	readonly cached: number;
	readonly written: number;
}

function charge(
	counts: PromptCounts,
	made: Made,
	{ input, output }: { readonly input: bigint; readonly output: bigint },
	byokFee: number | undefined,
): Charge {
	const reasoning = tokensOf(made.reasoning);
	const completion = tokensOf(made.answer) + reasoning;
	const total = input + output;
	const account = byokFee === undefined ? total : BigInt(Math.round(Number(total) * byokFee));
	return {
		account,
		upstream: byokFee === undefined ? 0n : total,
		usage: {
			prompt_tokens: counts.prompt,
			completion_tokens: completion,
			total_tokens: counts.prompt + completion,
			cost: dollarsOf(account),
			is_byok: byokFee !== undefined,
			prompt_tokens_details: { cached_tokens: counts.cached, cache_write_tokens: counts.written },
			completion_tokens_details: { reasoning_tokens: reasoning },
			cost_details: {
				upstream_inference_cost: dollarsOf(total),
				upstream_inference_prompt_cost: dollarsOf(input),
				upstream_inference_completions_cost: dollarsOf(output),
			},
		},
	};
}

/** US dollars that an answer of so many tokens costs at the list price. */
export function completionPrice(row: ModelRow | undefined): number {
	return dollarsOf(pricesOf(row, 0, 0).completion);
}

function inputPrice(prices: Prices, promptTokens: number, { cached, written }: CacheUse): bigint {
	const plain = promptTokens - cached - written['5m'] - written['1h'];
	return (
		prices.request +
		BigInt(plain) * prices.prompt +
		BigInt(cached) * (prices.read ?? prices.prompt) +
		BigInt(written['5m']) * prices.write +
		BigInt(written['1h']) * prices.writeHour
	);
}
