import type { ChatRequest } from './chatRequest.ts';
import type { ModelRow } from './serverFiles.ts';

const CHARACTERS_PER_TOKEN = 4;
/** Providers cache whole blocks, from a smallest prompt on. */
const SMALLEST_CACHED_TOKENS = 1_024;
const CACHE_BLOCK_TOKENS = 128;

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

export function countTokens(text: string): number {
	return Math.ceil(text.length / CHARACTERS_PER_TOKEN);
}

/** The part of a request that is input, in the order in which providers compare it with their cache. */
export function promptText(request: ChatRequest): string {
	return JSON.stringify(request.tools ?? []) + JSON.stringify(request.messages).slice(0, -1);
}

/**
 * Bills requests as the providers do: by a token count that depends on the text alone, at the list price, with the
 * prefix that an earlier request of the session has in common billed as read from the cache.
 */
export class Billing {
	readonly #cached = new Map<string, string>();

	usage(request: ChatRequest, model: ModelRow | undefined, answer: string, reasoning: string): WireUsage {
		const prompt = promptText(request);
		const promptTokens = countTokens(prompt);
		const cachedTokens = this.#cachedTokens(request, prompt);
		const writtenTokens = this.#remember(request, prompt) ? promptTokens - cachedTokens : 0;
		const reasoningTokens = countTokens(reasoning);
		const completionTokens = countTokens(answer) + reasoningTokens;
		const { prompt: price, read, write, completion } = prices(model);
		const plainTokens = promptTokens - cachedTokens - writtenTokens;
		const promptCost = plainTokens * price + cachedTokens * read + writtenTokens * write;
		const completionCost = completionTokens * completion;
		const cost = promptCost + completionCost;
		return {
			prompt_tokens: promptTokens,
			completion_tokens: completionTokens,
			total_tokens: promptTokens + completionTokens,
			cost,
			is_byok: false,
			prompt_tokens_details: { cached_tokens: cachedTokens, cache_write_tokens: writtenTokens },
			completion_tokens_details: { reasoning_tokens: reasoningTokens },
			cost_details: {
				upstream_inference_cost: cost,
				upstream_inference_prompt_cost: promptCost,
				upstream_inference_completions_cost: completionCost,
			},
		};
	}

	#cachedTokens(request: ChatRequest, prompt: string): number {
		const earlier = this.#cached.get(cacheKey(request)) ?? '';
		let length = 0;
		while (length < earlier.length && earlier[length] === prompt[length]) {
			length++;
		}
		const tokens = Math.floor(length / CHARACTERS_PER_TOKEN / CACHE_BLOCK_TOKENS) * CACHE_BLOCK_TOKENS;
		return tokens < SMALLEST_CACHED_TOKENS ? 0 : tokens;
	}

	/** @returns whether writing the cache is billed: Anthropic caches what it is asked to, and asks money for it. */
	#remember(request: ChatRequest, prompt: string): boolean {
		const isAnthropic = request.model.replace('~', '').startsWith('anthropic/');
		if (!isAnthropic || request.cache_control !== undefined) {
			this.#cached.set(cacheKey(request), prompt);
		}
		return isAnthropic && request.cache_control !== undefined && countTokens(prompt) >= SMALLEST_CACHED_TOKENS;
	}
}

/** US dollars that an answer of so many tokens costs. */
export function completionPrice(model: ModelRow | undefined): number {
	return prices(model).completion;
}

function prices(model: ModelRow | undefined): { prompt: number; read: number; write: number; completion: number } {
	const price = (text: string | undefined, fallback: number) => Math.max(0, Number(text ?? fallback));
	const prompt = price(model?.pricing.prompt, 0);
	return {
		prompt,
		read: price(model?.pricing.input_cache_read, prompt),
		write: price(model?.pricing.input_cache_write, prompt),
		completion: price(model?.pricing.completion, 0),
	};
}

function cacheKey(request: ChatRequest): string {
	return `${request.session_id ?? ''} ${request.model}`;
}
