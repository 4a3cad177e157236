import * as z from 'zod';

const cacheControl = z.looseObject({ type: z.string(), ttl: z.string().optional() });

const contentPart = z.looseObject({
	type: z.string(),
	text: z.string().optional(),
	cache_control: cacheControl.nullish(),
});

const message = z.looseObject({
	role: z.enum(['system', 'developer', 'user', 'assistant', 'tool']),
	content: z.union([z.string(), z.array(contentPart)]).nullish(),
	tool_calls: z
		.array(
			z.looseObject({
				id: z.string(),
				type: z.literal('function'),
				function: z.looseObject({ name: z.string(), arguments: z.string() }),
			}),
		)
		.optional(),
	tool_call_id: z.string().optional(),
	reasoning: z.string().optional(),
	reasoning_details: z.array(z.record(z.string(), z.unknown())).optional(),
});
export type ChatMessage = z.infer<typeof message>;

const slugs = z.array(z.string()).nullish();
const sorts = z.enum(['price', 'throughput', 'latency', 'exacto']);

/** Which providers may answer, and in which order they are asked. */
const preferences = z.looseObject({
	order: slugs,
	only: slugs,
	ignore: slugs,
	allow_fallbacks: z.boolean().nullish(),
	require_parameters: z.boolean().nullish(),
	data_collection: z.enum(['allow', 'deny']).nullish(),
	zdr: z.boolean().nullish(),
	quantizations: slugs,
	sort: z.union([sorts, z.looseObject({ by: sorts.nullish() })]).nullish(),
	max_price: z.looseObject({ prompt: z.coerce.number().nullish(), completion: z.coerce.number().nullish() }).nullish(),
});
export type ProviderPreferences = z.infer<typeof preferences>;

/** The body of `/chat/completions`, as far as the server looks at it. */
export const chatRequest = z.looseObject({
	model: z.string(),
	models: z.array(z.string()).optional(),
	messages: z.array(message).min(1),
	tools: z
		.array(
			z.looseObject({
				type: z.string(),
				function: z.looseObject({ name: z.string() }).optional(),
				cache_control: cacheControl.nullish(),
			}),
		)
		.optional(),
	tool_choice: z.unknown().optional(),
	reasoning: z.unknown().optional(),
	stream: z.boolean().optional(),
	max_tokens: z.number().int().min(1).optional(),
	session_id: z.string().max(256).optional(),
	prompt_cache_key: z.string().optional(),
	cache_control: cacheControl.nullish(),
	provider: preferences.nullish(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
