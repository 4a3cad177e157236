import type { AssistantMessage, Message, ModelRequest, ToolDefinition } from '../agent/model.ts';
import { answerLimit, type ModelLimits } from './answerLimit.ts';
import { takesReasoning, vendorOf } from './modelFamily.ts';

/** What differs between the attempts at one request. */
export interface BodyOptions {
	readonly limits?: ModelLimits | undefined;
	/** Overrides the rule, after the service named what is possible. */
	readonly maxTokens?: number | undefined;
	/** Off after a provider refused the reasoning it was sent. */
	readonly replaysReasoning?: boolean;
}

/** The JSON body of `/chat/completions`. Messages come last: all before them stays the same within a session. */
export interface RequestBody {
	readonly model: string;
	readonly stream: true;
	readonly session_id: string;
	readonly max_tokens: number;
	readonly [field: string]: unknown;
	readonly messages: readonly object[];
}

const MAX_SESSION_ID_LENGTH = 256;

/** Builds the body. The same request gives the same bytes: providers find their cache by the prefix. */
export function buildBody(request: ModelRequest, options: BodyOptions = {}): RequestBody {
	const { model, tools } = request;
	const replays = options.replaysReasoning ?? true;
	const messages = request.messages.flatMap(message => wireMessage(message, model, replays));
	const wireTools = tools.map(wireTool);
	return {
		model,
		stream: true,
		session_id: request.sessionId.slice(0, MAX_SESSION_ID_LENGTH),
		max_tokens: options.maxTokens ?? answerLimit([wireTools, messages], request.maxOutputTokens, options.limits),
		// Without it small models lose the middle of the conversation, tool results included, without a word.
		plugins: [{ id: 'context-compression', enabled: false }],
		// Anthropic caches only what it is told to; this form moves its breakpoint along by itself.
		...(vendorOf(model) === 'anthropic' && { cache_control: { type: 'ephemeral' } }),
		...(wireTools.length > 0 && { tools: wireTools }),
		messages,
	};
}

function wireTool({ name, description, parameters }: ToolDefinition): object {
	return { type: 'function', function: { name, description, parameters } };
}

function wireMessage(message: Message, model: string, replaysReasoning: boolean): readonly object[] {
	switch (message.role) {
		case 'system':
		case 'user':
			return [{ role: message.role, content: message.text }];
		case 'tool':
			return [{ role: 'tool', tool_call_id: message.callId, content: message.text }];
		case 'assistant': {
			// An answer of reasoning alone cannot be replayed: providers refuse a message without content.
			const isEmpty = message.text === '' && message.toolCalls.length === 0;
			return isEmpty ? [] : [wireAssistant(message, replaysReasoning && takesReasoning(model, message))];
		}
	}
}

function wireAssistant(message: AssistantMessage, withReasoning: boolean): object {
	const { text, toolCalls, reasoning, reasoningDetails } = message;
	const hasDetails = reasoningDetails !== undefined && reasoningDetails.length > 0;
	return {
		role: 'assistant',
		// Several providers refuse an empty text beside calls.
		content: text === '' ? null : text,
		...(withReasoning && reasoning !== undefined && reasoning !== '' && !hasDetails && { reasoning }),
		...(withReasoning && reasoningDetails !== undefined && { reasoning_details: reasoningDetails }),
		...(toolCalls.length > 0 && {
			tool_calls: toolCalls.map(call => ({
				id: call.id,
				type: 'function',
				function: { name: call.name, arguments: call.arguments },
			})),
		}),
	};
}
