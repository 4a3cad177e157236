import * as z from 'zod';
import type { RecordedRequest } from '../openrouter-server/recorder.ts';

const chat = z.object({
	messages: z.array(
		z.object({
			role: z.string(),
			tool_call_id: z.string().optional(),
			tool_calls: z.array(z.object({ id: z.string() })).optional(),
		}),
	),
});

/** Ids of calls that some request of the conversation answered not at all or more than once. */
export function callsWithoutOneResult(requests: readonly RecordedRequest[]): string[] {
	return requests.flatMap(({ body }) => {
		const { messages } = chat.parse(body);
		const results = messages.flatMap(message => message.tool_call_id ?? []);
		const calls = messages.flatMap(message => message.tool_calls ?? []);
		return calls.map(({ id }) => id).filter(id => results.filter(result => result === id).length !== 1);
	});
}
