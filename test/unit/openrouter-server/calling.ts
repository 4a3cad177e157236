import * as z from 'zod';
import {
	type OpenRouterServer,
	type OpenRouterServerOptions,
	startOpenRouterServer,
} from '../../openrouter-server/openRouterServer.ts';

/** Runs the test's body against a server of its own. */
export async function withServer(
	options: OpenRouterServerOptions,
	run: (server: OpenRouterServer) => Promise<void>,
): Promise<void> {
	const server = await startOpenRouterServer(options);
	try {
		await run(server);
	} finally {
		await server.close();
	}
}

export function get(server: OpenRouterServer, path: string, headers: Record<string, string> = {}): Promise<Response> {
	return fetch(server.url + path, { headers: { authorization: `Bearer ${server.key}`, ...headers } });
}

/** A chat request; fields that are not given are those of a plain question. */
export function chat(server: OpenRouterServer, body: object = {}, init: RequestInit = {}): Promise<Response> {
	return fetch(`${server.url}/chat/completions`, {
		method: 'POST',
		headers: { authorization: `Bearer ${server.key}`, 'content-type': 'application/json' },
		body: JSON.stringify({ ...plain, ...body }),
		...init,
	});
}

const plain = { model: 'openai/gpt-4o-mini', max_tokens: 1_000, messages: [{ role: 'user', content: 'Hello' }] };

export const readTool = {
	type: 'function',
	function: { name: 'read', parameters: { type: 'object', properties: {} } },
};

/** An assistant message with one call, and its result. */
export function round(id: string, fields: object = {}): readonly object[] {
	return [
		{
			role: 'assistant',
			content: null,
			tool_calls: [{ id, type: 'function', function: { name: 'read', arguments: '{}' } }],
			...fields,
		},
		{ role: 'tool', tool_call_id: id, content: 'result' },
	];
}

/** Data of each event but the end mark. */
export function dataOf(stream: string): readonly unknown[] {
	return stream
		.split('\n\n')
		.filter(event => event.startsWith('data: ') && event !== 'data: [DONE]')
		.map(event => JSON.parse(event.slice('data: '.length)));
}

const usageBody = z.object({
	provider: z.string(),
	model: z.string(),
	usage: z.object({
		prompt_tokens: z.number(),
		completion_tokens: z.number(),
		cost: z.number(),
		is_byok: z.boolean(),
		prompt_tokens_details: z.object({ cached_tokens: z.number(), cache_write_tokens: z.number() }),
		cost_details: z.object({ upstream_inference_cost: z.number() }),
	}),
});

/** Who answered in one piece, and the bill. */
export async function servedBy(response: Response): Promise<z.infer<typeof usageBody>> {
	return usageBody.parse(await response.json());
}

const errorBody = z.object({ error: z.object({ message: z.string() }) });

/** Status and message of an error. */
export async function refused(response: Response): Promise<readonly [number, string]> {
	return [response.status, errorBody.parse(await response.json()).error.message];
}
