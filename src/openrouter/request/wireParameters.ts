import type { ModelParameters } from '../../agent/settings/modelSettings.ts';
import { withoutUndefined } from './withoutUndefined.ts';

/** Anthropic takes no thinking budget below this, and wants room for the answer above it. */
const SMALLEST_BUDGET = 1_024;

/**
 * Our words for the parameters of a model, as the fields of the body, in a fixed order. `maxOutputTokens` and
 * `cacheLifetime` are not among them: they depend on more than the user's wish.
 * @param maxTokens the whole answer's limit, thinking included.
 */
export function wireParameters(
	parameters: ModelParameters,
	maxTokens: number,
	hasTools: boolean,
): Record<string, unknown> {
	return withoutUndefined({
		reasoning: wireReasoning(parameters, maxTokens),
		verbosity: parameters.verbosity,
		temperature: parameters.temperature,
		top_p: parameters.topP,
		top_k: parameters.topK,
		min_p: parameters.minP,
		top_a: parameters.topA,
		frequency_penalty: parameters.frequencyPenalty,
		presence_penalty: parameters.presencePenalty,
		repetition_penalty: parameters.repetitionPenalty,
		seed: parameters.seed,
		stop: parameters.stop?.length ? parameters.stop : undefined,
		parallel_tool_calls: hasTools ? parameters.parallelToolCalls : undefined,
		service_tier: parameters.serviceTier,
	});
}

/** A number of tokens or an effort, never both: the service refuses that. */
function wireReasoning({ reasoningTokens, reasoningEffort }: ModelParameters, maxTokens: number): object | undefined {
	if (reasoningTokens === undefined) {
		return reasoningEffort && { effort: reasoningEffort };
	}
	const budget = Math.min(reasoningTokens, maxTokens - SMALLEST_BUDGET);
	return budget < Math.min(reasoningTokens, SMALLEST_BUDGET) ? undefined : { max_tokens: budget };
}
