import type { AssistantMessage, ImageRef, Message, UserMessage } from '../../agent/model.ts';
import { mendObject } from '../../agent/turn/mendJson.ts';
import type { CacheMark, CacheMarks } from './cacheMarks.ts';
import { takesReasoning } from './modelFamily.ts';

export interface MessageOptions {
	/** Id of the model that reads them. */
	readonly model: string;
	/** Base64 text by hash. */
	readonly images: Readonly<Record<string, string>>;
	/** Known of the model; undefined: nobody knows. */
	readonly takesImages: boolean | undefined;
	/** Off after a provider refused the reasoning it was sent. */
	readonly replaysReasoning: boolean;
	readonly marks: CacheMarks | undefined;
	/** Sent behind the text of the newest user message. */
	readonly note: string | undefined;
}

const IMAGE_GONE = '[An image was here; its data is not there any more.]';
const IMAGE_NOT_TAKEN = '[An image was here; this model takes none.]';

/** A conversation as the messages of the body. */
export function wireMessages(messages: readonly Message[], options: MessageOptions): readonly object[] {
	const newestUser = messages.findLastIndex(({ role }) => role === 'user');
	return messages.flatMap((message, index) => wireMessage(message, index, options, index === newestUser));
}

function wireMessage(message: Message, index: number, options: MessageOptions, isNewest: boolean): readonly object[] {
	switch (message.role) {
		case 'system':
			return [{ role: 'system', content: wireContent([textPart(message.text)], index, options) }];
		case 'user':
			return [{ role: 'user', content: wireContent(userParts(message, options, isNewest), index, options) }];
		case 'tool': {
			const content = wireContent([textPart(message.text)], index, options);
			return [{ role: 'tool', tool_call_id: message.callId, content }];
		}
		case 'assistant': {
			// An answer of reasoning alone cannot be replayed: providers refuse a message without content.
			const isEmpty = message.text === '' && message.toolCalls.length === 0;
			const withReasoning = options.replaysReasoning && takesReasoning(options.model, message);
			return isEmpty ? [] : [wireAssistant(message, withReasoning)];
		}
	}
}

interface TextPart {
	readonly type: 'text';
	readonly text: string;
	readonly cache_control?: CacheMark;
}

type Part = TextPart | { readonly type: 'image_url'; readonly image_url: { readonly url: string } };

function textPart(text: string): TextPart {
	return { type: 'text', text };
}

function userParts(message: UserMessage, options: MessageOptions, isNewest: boolean): readonly Part[] {
	const { text, images = [] } = message;
	const full = isNewest && options.note !== undefined ? `${text}\n\n${options.note}` : text;
	const shown = images.map(image => imagePart(image, options, isNewest));
	// Providers refuse an empty text beside an image, and a message without any content.
	return full === '' && shown.length > 0 ? shown : [textPart(full), ...shown];
}

/** An older picture does not keep a model from answering that takes none; the newest is for the service to refuse. */
function imagePart({ mediaType, hash }: ImageRef, options: MessageOptions, isNewest: boolean): Part {
	const data = options.images[hash];
	if (data === undefined) {
		return textPart(IMAGE_GONE);
	}
	if (options.takesImages === false && !isNewest) {
		return textPart(IMAGE_NOT_TAKEN);
	}
	return { type: 'image_url', image_url: { url: `data:${mediaType};base64,${data}` } };
}

/**
 * A plain text, or parts. Where marks are wanted every message has parts, so that a mark that moves on changes nothing
 * but itself.
 */
function wireContent(parts: readonly Part[], index: number, { marks }: MessageOptions): string | readonly Part[] {
	const [first] = parts;
	if (marks === undefined) {
		return parts.length === 1 && first?.type === 'text' ? first.text : parts;
	}
	const markAt = marks.messages.has(index) ? parts.findLastIndex(isMarkable) : -1;
	return parts.map((part, at) => (at === markAt ? { ...part, cache_control: marks.mark } : part));
}

/** An empty block takes no mark. */
function isMarkable(part: Part): boolean {
	return part.type === 'text' && part.text !== '';
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
				function: { name: call.name, arguments: validArguments(call.arguments) },
			})),
		}),
	};
}

/**
 * Providers refuse a history with arguments that are no JSON. Those that could be mended go back mended; of the others
 * the result quotes what was wrong.
 */
function validArguments(text: string): string {
	try {
		JSON.parse(text);
		return text;
	} catch {
		const mended = mendObject(text);
		return mended.ok ? JSON.stringify(mended.value) : '{}';
	}
}
