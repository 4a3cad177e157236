/**
 * The shapes of `/chat/completions` answers, whole or in pieces, as far as the client reads them.
 * Source: OpenRouter's OpenAPI file of 2026-08 and recorded traffic of 2025-11 to 2026-08.
 */
import * as z from 'zod';
import { optionalFlag, optionalNumber, optionalText, optionalTexts } from '../lenient.ts';

const errorObject = z.looseObject({
	message: z.unknown().optional(),
	/** Usually the HTTP status; a word in some streams; absent in some documented examples. */
	code: z.union([z.number(), z.string()]).nullish().catch(undefined),
	error_type: optionalText,
	http_status: optionalNumber,
	metadata: z
		.looseObject({
			/** The provider's own error: text, JSON text, or an object. */
			raw: z.unknown().optional(),
			provider_name: optionalText,
			/** The request was made with the user's own key of the provider. */
			is_byok: optionalFlag,
			error_type: optionalText,
			provider_code: optionalText,
			limit_source: optionalText,
			remedy_hint: optionalText,
			reason: optionalText,
			reasons: optionalTexts,
			patterns: optionalTexts,
			resets_at: optionalText,
			headers: z.record(z.string(), z.unknown()).nullish().catch(undefined),
		})
		.nullish()
		.catch(undefined),
	availability: z
		.looseObject({
			code: optionalText,
			retryable: optionalFlag,
			/** Seconds. */
			retry_after: optionalNumber,
			fallback_models: optionalTexts,
			/** The rule that left no endpoint, in words. */
			constraint: z.looseObject({ detail: optionalText }).nullish().catch(undefined),
		})
		.nullish()
		.catch(undefined),
});
/** Bare text in some gateways. */
export const wireError = z.preprocess(value => (typeof value === 'string' ? { message: value } : value), errorObject);
export type WireError = z.infer<typeof wireError>;

export const wireUsage = z.looseObject({
	prompt_tokens: optionalNumber,
	completion_tokens: optionalNumber,
	cost: optionalNumber,
	is_byok: optionalFlag,
	prompt_tokens_details: z
		.looseObject({ cached_tokens: optionalNumber, cache_write_tokens: optionalNumber })
		.nullish()
		.catch(undefined),
	completion_tokens_details: z.looseObject({ reasoning_tokens: optionalNumber }).nullish().catch(undefined),
	cost_details: z.looseObject({ upstream_inference_cost: optionalNumber }).nullish().catch(undefined),
});
export type WireUsage = z.infer<typeof wireUsage>;

/** Not lenient: a fragment that is misread could make a call that the model did not make. */
export const wireCallFragment = z.looseObject({
	index: z.number().int().nullish(),
	id: z.string().nullish(),
	function: z
		.looseObject({
			name: z.string().nullish(),
			/** JSON text; a few gateways send the object itself. */
			arguments: z.union([z.string(), z.record(z.string(), z.unknown())]).nullish(),
		})
		.nullish(),
});
export type WireCallFragment = z.infer<typeof wireCallFragment>;

/** A record, not an object schema: it keeps the order of the keys, so that the item goes back as it came. */
const reasoningDetail = z.record(z.string(), z.unknown());

const wireDelta = z.looseObject({
	content: z.union([z.string(), z.array(z.looseObject({ type: optionalText, text: optionalText }))]).nullish(),
	refusal: optionalText,
	reasoning: optionalText,
	/** Older alias of `reasoning`. */
	reasoning_content: optionalText,
	reasoning_details: z.array(reasoningDetail).nullish(),
	tool_calls: z.array(wireCallFragment).nullish(),
	annotations: z.array(z.unknown()).nullish().catch(undefined),
});
export type WireDelta = z.infer<typeof wireDelta>;

export const wireChunk = z.looseObject({
	id: optionalText,
	model: optionalText,
	provider: optionalText,
	error: wireError.nullish(),
	usage: wireUsage.nullish(),
	choices: z
		.array(
			z.looseObject({
				index: optionalNumber,
				delta: wireDelta.nullish(),
				/** In the place of `delta` when the answer comes in one piece. */
				message: wireDelta.nullish(),
				finish_reason: optionalText,
				native_finish_reason: optionalText,
				error: wireError.nullish(),
			}),
		)
		.nullish(),
});
export type WireChunk = z.infer<typeof wireChunk>;

export const wireAnnotation = z.looseObject({
	type: z.literal('url_citation'),
	url_citation: z.looseObject({ url: z.string(), title: optionalText }),
});
