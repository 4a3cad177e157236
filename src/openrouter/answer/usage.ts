import type { Usage } from '../../agent/model.ts';
import type { WireUsage } from './wire.ts';

/** Tokens and cost as billed. A cost that the service did not state stays unknown. */
export function readUsage(wire: WireUsage): Usage {
	const cost = readCost(wire.cost, wire.is_byok, wire.cost_details?.upstream_inference_cost);
	return {
		promptTokens: wire.prompt_tokens ?? 0,
		completionTokens: wire.completion_tokens ?? 0,
		cachedTokens: wire.prompt_tokens_details?.cached_tokens ?? 0,
		cacheWriteTokens: wire.prompt_tokens_details?.cache_write_tokens ?? 0,
		reasoningTokens: wire.completion_tokens_details?.reasoning_tokens ?? 0,
		...(cost !== undefined && { cost }),
	};
}

/**
 * US dollars that the request costs the user. With the user's own provider key the account pays a fee at most and
 * the provider bills the rest, so both count; without one both fields carry the same money and must not be added.
 */
export function readCost(
	cost: number | null | undefined,
	isOwnKey: boolean | null | undefined,
	upstreamCost: number | null | undefined,
): number | undefined {
	if (!isOwnKey) {
		return cost ?? undefined;
	}
	return upstreamCost === null || upstreamCost === undefined ? undefined : upstreamCost + (cost ?? 0);
}

/** Bill of two attempts at one answer. Unknown plus anything is unknown. */
export function addUsage(first: Usage | undefined, second: Usage): Usage {
	if (first === undefined) {
		return second;
	}
	return {
		promptTokens: first.promptTokens + second.promptTokens,
		completionTokens: first.completionTokens + second.completionTokens,
		cachedTokens: first.cachedTokens + second.cachedTokens,
		cacheWriteTokens: first.cacheWriteTokens + second.cacheWriteTokens,
		reasoningTokens: first.reasoningTokens + second.reasoningTokens,
		...(first.cost !== undefined && second.cost !== undefined && { cost: first.cost + second.cost }),
	};
}
