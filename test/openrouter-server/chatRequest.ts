import * as z from 'zod';

const contentPart = z.looseObject({ type: z.string(), text: z.string().optional() });

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

/** The body of `/chat/completions`, as far as the server looks at it. */
export const chatRequest = z.looseObject({
	model: z.string(),
	models: z.array(z.string()).optional(),
	messages: z.array(message).min(1),
	tools: z
		.array(z.looseObject({ type: z.string(), function: z.looseObject({ name: z.string() }).optional() }))
		.optional(),
	stream: z.boolean().optional(),
	max_tokens: z.number().int().min(1).optional(),
	session_id: z.string().max(256).optional(),
	cache_control: z.looseObject({ type: z.string() }).optional(),
});
export type ChatRequest = z.infer<typeof chatRequest>;
