import * as z from 'zod';
import type { OpenRouterServer } from '../openrouter-server/openRouterServer.ts';

const part = z.looseObject({ type: z.string(), image_url: z.looseObject({ url: z.string() }).optional() });
const sentChat = z.looseObject({
	model: z.string(),
	models: z.array(z.string()).optional(),
	messages: z.array(z.looseObject({ role: z.string(), content: z.union([z.string(), z.array(part)]).nullish() })),
	reasoning: z.looseObject({ effort: z.string().optional() }).optional(),
	provider: z.looseObject({ sort: z.unknown().optional(), ignore: z.array(z.string()).optional() }).optional(),
});
export type SentChat = z.infer<typeof sentChat>;

/** The body of a chat request. */
export function sentChatOf(body: unknown): SentChat {
	return sentChat.parse(body);
}

/** Does what makes the panel ask the model, and gives the body of that request as soon as the server has it. */
export async function nextChat(server: OpenRouterServer, ask: () => Promise<unknown>): Promise<SentChat> {
	const coming = server.chat(server.chats.length + 1);
	await ask();
	return sentChatOf((await coming).body);
}
