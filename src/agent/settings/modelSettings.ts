/**
 * What a user sets for a model, in our words whatever a provider calls it. One schema for VS Code's settings, the form
 * in the panel, and the settings file of the command line.
 */
import * as z from 'zod';

const tokens = z.number().int().min(1);
const names = z.array(z.string().min(1)).readonly();
/** One number for the median, or one for each percentile. */
const percentiles = z.union([
	z.number().positive(),
	z
		.strictObject({
			p50: z.number().positive().exactOptional(),
			p75: z.number().positive().exactOptional(),
			p90: z.number().positive().exactOptional(),
			p99: z.number().positive().exactOptional(),
		})
		.readonly(),
]);

export const reasoningEffort = z.enum(['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
export type ReasoningEffort = z.infer<typeof reasoningEffort>;

const parameterShape = {
	reasoningEffort: reasoningEffort.exactOptional().describe('How long the model thinks before it answers.'),
	reasoningTokens: tokens
		.exactOptional()
		.describe('Most tokens of thinking, for models that take a number. Used in place of reasoningEffort.'),
	temperature: z.number().min(0).max(2).exactOptional().describe('0 is the most predictable, 2 the most varied.'),
	topP: z.number().min(0).max(1).exactOptional().describe('Only the likeliest tokens up to this share.'),
	topK: z.number().int().min(0).exactOptional().describe('Only so many of the likeliest tokens.'),
	minP: z.number().min(0).max(1).exactOptional().describe('Only tokens at least this likely beside the likeliest.'),
	topA: z.number().min(0).max(1).exactOptional().describe('Like minP, by the square of the likeliest.'),
	frequencyPenalty: z.number().min(-2).max(2).exactOptional().describe('Against repeating what was said often.'),
	presencePenalty: z.number().min(-2).max(2).exactOptional().describe('Against repeating what was said at all.'),
	repetitionPenalty: z.number().min(0).max(2).exactOptional().describe('Against repeating anything of the input.'),
	seed: z.number().int().exactOptional().describe('The same seed gives the same answer where a provider can.'),
	stop: z.array(z.string().min(1)).max(4).readonly().exactOptional().describe('Texts at which the answer ends.'),
	verbosity: z
		.enum(['low', 'medium', 'high', 'xhigh', 'max'])
		.exactOptional()
		.describe('How detailed the answers are.'),
	maxOutputTokens: tokens.exactOptional().describe('Most tokens of one answer, thinking included.'),
	parallelToolCalls: z.boolean().exactOptional().describe('Whether one answer may hold several tool calls.'),
	serviceTier: z
		.enum(['auto', 'default', 'flex', 'priority', 'fast', 'scale'])
		.exactOptional()
		.describe('Cheaper and slower, or dearer and faster, where the provider offers it.'),
	cacheLifetime: z
		.enum(['5m', '1h'])
		.exactOptional()
		.describe('How long the provider keeps the prompt cache, where it can be chosen. One hour costs more to write.'),
};

/** Each is sent only to models that take it. */
export const modelParameters = z.strictObject(parameterShape).readonly();
export type ModelParameters = z.infer<typeof modelParameters>;

/** Source: section "provider object" of OpenRouter's routing guide, 2026-08. */
export const routing = z
	.strictObject({
		order: names.exactOptional().describe('Providers to try first, in this order. Turns cache pinning off.'),
		only: names.exactOptional().describe('Providers that may answer; all others may not.'),
		ignore: names.exactOptional().describe('Providers that may not answer.'),
		allowFallbacks: z.boolean().exactOptional().describe('Whether others may answer when the first cannot.'),
		requireParameters: z.boolean().exactOptional().describe('Only providers that take every parameter of the request.'),
		dataCollection: z
			.enum(['allow', 'deny'])
			.exactOptional()
			.describe('Whether providers may keep what they are sent.'),
		zeroDataRetention: z.boolean().exactOptional().describe('Only providers that keep nothing at all.'),
		distillableOnly: z.boolean().exactOptional().describe('Only models whose text may be used for training others.'),
		quantizations: z
			.array(
				z.enum(['int4', 'int8', 'fp4', 'mxfp4', 'nvfp4', 'fp6', 'fp8', 'mxfp8', 'fp16', 'bf16', 'fp32', 'unknown']),
			)
			.readonly()
			.exactOptional()
			.describe('Only providers that run the model in one of these.'),
		sort: z
			.enum(['price', 'throughput', 'latency', 'exacto'])
			.exactOptional()
			.describe('Which provider comes first: the cheapest, the fastest, or the best at tool calls.'),
		sortAcrossModels: z
			.boolean()
			.exactOptional()
			.describe('Whether sort chooses among the fallback models too, not within each.'),
		maxPrice: z
			.strictObject({
				prompt: z.number().min(0).exactOptional(),
				completion: z.number().min(0).exactOptional(),
				request: z.number().min(0).exactOptional(),
				image: z.number().min(0).exactOptional(),
				audio: z.number().min(0).exactOptional(),
			})
			.readonly()
			.exactOptional()
			.describe('US dollars: per million tokens in and out, per request, per image, per audio. A hard limit.'),
		minThroughput: percentiles.exactOptional().describe('Tokens a second. Slower providers come last.'),
		maxLatency: percentiles.exactOptional().describe('Seconds to the first token. Slower providers come last.'),
	})
	.readonly();
export type Routing = z.infer<typeof routing>;

/** All that can be set for a model or a group of models. */
export const modelSettings = z
	.strictObject({
		...parameterShape,
		routing: routing.exactOptional().describe('Which providers answer.'),
		fallbackModels: names.exactOptional().describe('Models that answer when this one cannot, in this order.'),
		preset: z
			.string()
			.regex(/^[\w-]+$/)
			.exactOptional()
			.describe('Name of a preset of the OpenRouter account.'),
		pinProvider: z
			.boolean()
			.exactOptional()
			.describe('Whether the provider that holds the warm prompt cache is asked first. On unless set.'),
	})
	.readonly();
export type ModelSettings = z.infer<typeof modelSettings>;

/** By model id, or a pattern with `*` at its end: `*`, `anthropic/*`, `openai/gpt-5*`. The longer pattern counts more. */
export type ModelSettingsMap = Readonly<Record<string, ModelSettings>>;
