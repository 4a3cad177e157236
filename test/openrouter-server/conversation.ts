import type { ChatMessage } from './chatRequest.ts';

function textOf(message: ChatMessage | undefined): string {
	const content = message?.content ?? '';
	return typeof content === 'string' ? content : content.map(part => part.text ?? '').join('\n');
}

export function lastUserText(messages: readonly ChatMessage[]): string {
	return textOf(messages.findLast(({ role }) => role === 'user'));
}

/** Answers the model gave since the user spoke last. */
export function roundOf(messages: readonly ChatMessage[]): number {
	return sinceUser(messages).filter(({ role }) => role === 'assistant').length;
}

/** Tool results since the model spoke last. */
export function lastResults(messages: readonly ChatMessage[]): string {
	const turn = sinceUser(messages);
	const answered = turn.findLastIndex(({ role }) => role === 'assistant');
	return turn
		.slice(answered + 1)
		.filter(({ role }) => role === 'tool')
		.map(textOf)
		.join('\n');
}

function sinceUser(messages: readonly ChatMessage[]): readonly ChatMessage[] {
	return messages.slice(messages.findLastIndex(({ role }) => role === 'user') + 1);
}

/**
 * What a provider would refuse in a replayed conversation: a call without its one result, a result without its call, or
 * an empty text beside calls. Undefined when there is nothing to refuse.
 */
export function replayFault(messages: readonly ChatMessage[]): string | undefined {
	let open: string[] = [];
	for (const [index, message] of messages.entries()) {
		if (message.role === 'tool') {
			if (message.tool_call_id !== open[0]) {
				return `messages[${index}] answers no open tool call, or not the first one`;
			}
			open = open.slice(1);
			continue;
		}
		if (open.length > 0) {
			return `tool_call_ids did not have response messages: ${open.join(', ')}`;
		}
		const calls = message.tool_calls ?? [];
		if (message.role === 'assistant' && message.content === '') {
			return `messages[${index}] assistant content must contain at least one part`;
		}
		open = calls.map(({ id }) => id);
	}
	return open.length > 0 ? `tool_call_ids did not have response messages: ${open.join(', ')}` : undefined;
}
