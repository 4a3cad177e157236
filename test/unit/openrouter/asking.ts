import { type ModelClient, ModelError, type ModelEvent, type ModelRequest } from '../../../src/agent/model.ts';
import { createOpenRouterClient, type OpenRouterClientOptions } from '../../../src/openrouter/openRouterClient.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../../openrouter-server/openRouterServer.ts';
import type { Outcome } from './answer/readBytes.ts';

export const READ_TOOL = {
	name: 'read',
	description: 'Read a text file.',
	parameters: { type: 'object', properties: { path: { type: 'string' } }, required: ['path'] },
};

export function request(overrides: Partial<ModelRequest> = {}): ModelRequest {
	return {
		model: 'openai/gpt-4o-mini',
		messages: [
			{ role: 'system', text: 'You help.' },
			{ role: 'user', text: 'Hello' },
		],
		tools: [READ_TOOL],
		sessionId: 'session-1',
		...overrides,
	};
}

export function clientOf(server: OpenRouterServer, options: Partial<OpenRouterClientOptions> = {}): ModelClient {
	return createOpenRouterClient({ baseUrl: server.url, getKey: async () => server.key, ...options });
}

/** Reads a stream to its end. */
export async function ask(
	client: ModelClient,
	wanted: ModelRequest = request(),
	{ signal = new AbortController().signal }: { readonly signal?: AbortSignal } = {},
): Promise<Outcome> {
	const events: ModelEvent[] = [];
	try {
		for await (const event of client.stream(wanted, signal)) {
			events.push(event);
		}
		return { events };
	} catch (error) {
		if (error instanceof ModelError) {
			return { events, error };
		}
		throw error;
	}
}

/** Gives each test of a suite its own server. */
export function useServer(): { readonly server: OpenRouterServer } {
	let server: OpenRouterServer | undefined;
	beforeEach(async () => {
		server = await startOpenRouterServer();
	});
	afterEach(async () => {
		await server?.close();
		server = undefined;
	});
	return {
		get server() {
			if (server === undefined) {
				throw new Error('The server runs inside tests only.');
			}
			return server;
		},
	};
}
