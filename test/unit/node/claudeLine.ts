/** The form of Claude Code's `stream-json`, for what the command prints in it. */
import * as z from 'zod';

const usage = z.looseObject({
	input_tokens: z.number(),
	output_tokens: z.number(),
	cache_read_input_tokens: z.number(),
	cache_creation_input_tokens: z.number(),
});
const block = z.discriminatedUnion('type', [
	z.strictObject({ type: z.literal('text'), text: z.string() }),
	z.strictObject({ type: z.literal('thinking'), thinking: z.string(), signature: z.string() }),
	z.strictObject({
		type: z.literal('tool_use'),
		id: z.string(),
		name: z.string(),
		input: z.record(z.string(), z.unknown()),
	}),
	z.strictObject({
		type: z.literal('tool_result'),
		tool_use_id: z.string(),
		content: z.string(),
		is_error: z.boolean().optional(),
	}),
]);
const every = { session_id: z.uuid(), uuid: z.uuid() };
/** What the Claude Agent SDK for TypeScript declares of these messages. */
export const claudeLine = z.discriminatedUnion('type', [
	z.strictObject({
		type: z.literal('system'),
		subtype: z.literal('init'),
		...every,
		cwd: z.string(),
		tools: z.array(z.string()),
		mcp_servers: z.array(z.unknown()),
		model: z.string(),
		permissionMode: z.enum(['default', 'acceptEdits', 'bypassPermissions', 'plan']),
		slash_commands: z.array(z.string()),
		apiKeySource: z.string(),
		output_style: z.string(),
		agents: z.array(z.string()),
		skills: z.array(z.string()),
		plugins: z.array(z.unknown()),
	}),
	z.strictObject({
		type: z.literal('assistant'),
		...every,
		message: z.strictObject({
			id: z.string(),
			type: z.literal('message'),
			role: z.literal('assistant'),
			model: z.string(),
			content: z.tuple([block]),
			stop_reason: z.null(),
			stop_sequence: z.null(),
			usage,
		}),
		parent_tool_use_id: z.string().nullable(),
	}),
	z.strictObject({
		type: z.literal('user'),
		...every,
		message: z.strictObject({ role: z.literal('user'), content: z.tuple([block]) }),
		parent_tool_use_id: z.string().nullable(),
	}),
	z.looseObject({
		type: z.literal('result'),
		subtype: z.enum(['success', 'error_max_turns', 'error_during_execution', 'error_max_budget_usd']),
		...every,
		is_error: z.boolean(),
		duration_ms: z.number(),
		duration_api_ms: z.number(),
		num_turns: z.number(),
		result: z.string().optional(),
		total_cost_usd: z.number(),
		usage,
		permission_denials: z.array(z.unknown()),
	}),
]);

/** The kind of the one content block of a message. */
export function blockOf(line: Extract<z.infer<typeof claudeLine>, { type: 'assistant' | 'user' }>): string {
	return line.message.content[0].type;
}
