/** A request as providers see it for their prompt caches: one text, in blocks, some of which are marked. */
import type { ChatMessage, ChatRequest } from './chatRequest.ts';

const CHARACTERS_PER_TOKEN = 4;
/** Characters that are compared at once. */
const STRIDE = 512;

export interface PromptBlock {
	/** Where the block ends in the text. */
	readonly end: number;
	/** Set where the client asks to cache up to here. */
	readonly mark: CacheLifetime | undefined;
}

export type CacheLifetime = '5m' | '1h';

export interface Prompt {
	/** The input as bytes: tools first, then the messages. Marks are no part of it. */
	readonly text: string;
	readonly blocks: readonly PromptBlock[];
	/** The mark of the whole request, which counts for its last block. */
	readonly automaticMark: CacheLifetime | undefined;
	/** Where the messages begin that are no system prompt: caches behind it depend on `settings` too. */
	readonly conversationStart: number;
	/** Parameters that some vendors take into what they cache. */
	readonly settings: string;
}

/** Every token is four characters: what is billed depends on the text alone. */
export function tokensOf(characters: number): number {
	return Math.ceil(characters / CHARACTERS_PER_TOKEN);
}

export function promptTokens(request: ChatRequest): number {
	return tokensOf(readPrompt(request).text.length);
}

export function readPrompt(request: ChatRequest): Prompt {
	const writer = new PromptWriter();
	for (const tool of request.tools ?? []) {
		writer.add(JSON.stringify(tool, withoutMarks), markOf(tool.cache_control));
	}
	let conversationStart: number | undefined;
	for (const message of request.messages) {
		if (message.role !== 'system' && message.role !== 'developer') {
			conversationStart ??= writer.length;
		}
		addMessage(writer, message);
	}
	return {
		text: writer.text,
		blocks: writer.blocks,
		automaticMark: markOf(request.cache_control),
		conversationStart: conversationStart ?? writer.length,
		settings: JSON.stringify([request.reasoning, request.tool_choice]),
	};
}

class PromptWriter {
	readonly blocks: PromptBlock[] = [];
	readonly #pieces: string[] = [];
	length = 0;

	get text(): string {
		return this.#pieces.join('');
	}

	add(text: string, mark?: CacheLifetime): void {
		this.#pieces.push(text);
		this.length += text.length;
		this.blocks.push({ end: this.length, mark });
	}
}

/** A text and a list of one text part are the same message, so moving a mark along breaks nothing. */
function addMessage(writer: PromptWriter, { role, content, tool_calls: calls, ...rest }: ChatMessage): void {
	const parts = typeof content === 'string' ? [{ type: 'text', text: content, cache_control: null }] : (content ?? []);
	const head = JSON.stringify({ role, ...rest }, withoutMarks);
	const blocks = [
		...parts.map(part => ({ text: JSON.stringify(part, withoutMarks), mark: markOf(part.cache_control) })),
		...(calls ?? []).map(call => ({ text: JSON.stringify(call), mark: undefined })),
	];
	const [first = { text: '', mark: undefined }, ...others] = blocks;
	writer.add(head + first.text, first.mark);
	for (const { text, mark } of others) {
		writer.add(text, mark);
	}
}

function withoutMarks(key: string, value: unknown): unknown {
	return key === 'cache_control' || key === 'prompt_cache_breakpoint' ? undefined : value;
}

function markOf(control: { readonly ttl?: string | undefined } | null | undefined): CacheLifetime | undefined {
	return control ? (control.ttl === '1h' ? '1h' : '5m') : undefined;
}

/** Characters that two texts have in common at their start. */
export function commonPrefix(one: string, other: string): number {
	if (one.startsWith(other)) {
		return other.length;
	}
	if (other.startsWith(one)) {
		return one.length;
	}
	// Neither begins with the other, so they differ somewhere: by strides first, which is many times faster.
	let length = 0;
	while (one.slice(length, length + STRIDE) === other.slice(length, length + STRIDE)) {
		length += STRIDE;
	}
	while (one[length] === other[length]) {
		length++;
	}
	return length;
}
