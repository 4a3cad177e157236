import { estimateTokenCount } from 'tokenx';
import type { Message, ToolDefinition } from '../model.ts';
import type { ModelFacts } from '../modelFacts.ts';
import type { ModelSettings } from '../settings/modelSettings.ts';
import type { CountedRequest } from './conversation.ts';

/** How full the model's window is with the next request. All in tokens, estimated. */
export interface ContextUse {
	readonly system: number;
	readonly tools: number;
	readonly conversation: number;
	/** The three together. */
	readonly total: number;
	/** What the three may come to, so that an answer fits behind them; absent where nobody knows the window. */
	readonly limit?: number;
}

export interface ContextSource {
	/** The next request's, system prompt first. */
	readonly messages: readonly Message[];
	readonly definitions: readonly ToolDefinition[];
	/** What the estimate is corrected by, see `Conversation.counted`. */
	readonly counted: CountedRequest | undefined;
	readonly facts: ModelFacts;
	readonly settings: Pick<ModelSettings, 'maxOutputTokens'>;
}

/** Tokens of a message, in the measure of one `ContextUse`. */
export type SizeOf = (message: Message) => number;

/** What a large image costs with most vendors; the small ones are overestimated. */
const IMAGE_TOKENS = 1_600;
/** Role and separators around a message, and around a call or the id of a result. */
const FRAME_TOKENS = 4;
/** As `answerLimit` asks for, when the user set nothing. */
const ANSWER_TOKENS = 32_000;
const MAX_ANSWER_SHARE = 0.2;
const FULL_SHARE = 0.9;
/** Tokenizers differ from the estimate by less; more means that the service counted something else. */
const CORRECTION = { least: 0.5, most: 2.5 };

/** Estimate of one message before correction. */
interface RawSize {
	readonly text: number;
	readonly images: number;
}

/**
 * Estimates how many tokens a request will have. Each message is estimated once, for it never changes, so the cost of a
 * request's estimate does not grow with the text behind it. Keep one for each session.
 */
export class ContextMeter {
	readonly #estimate: (text: string) => number;
	readonly #sizes = new WeakMap<Message, RawSize>();
	readonly #tools = new WeakMap<readonly ToolDefinition[], number>();
	readonly #corrections = new WeakMap<CountedRequest, number>();

	/** @param estimate tokens of a text. The default is within 7 % of o200k on prose, code and JSON. */
	constructor(estimate: (text: string) => number = text => estimateTokenCount(text)) {
		this.#estimate = estimate;
	}

	measure(source: ContextSource): ContextUse {
		const sizeOf = this.sizeOf(source);
		const [first] = source.messages;
		const system = first?.role === 'system' ? sizeOf(first) : 0;
		const tools = Math.round(this.#rawTools(source.definitions) * this.#correction(source));
		const conversation = source.messages.reduce((sum, message) => sum + sizeOf(message), 0) - system;
		const limit = limitOf(source.facts, source.settings);
		return { system, tools, conversation, total: system + tools + conversation, ...(limit !== undefined && { limit }) };
	}

	/** The measure that `measure` uses for the same source; for messages that are not in it too. */
	sizeOf(source: Pick<ContextSource, 'definitions' | 'counted'>): SizeOf {
		const correction = this.#correction(source);
		return message => {
			const { text, images } = this.#rawSize(message);
			return Math.round(text * correction) + images;
		};
	}

	/** What the service counted for each token that we did; 1 as long as it told nothing. Images are not corrected. */
	#correction({ counted, definitions }: Pick<ContextSource, 'definitions' | 'counted'>): number {
		if (counted === undefined) {
			return 1;
		}
		const known = this.#corrections.get(counted);
		if (known !== undefined) {
			return known;
		}
		let text = this.#rawTools(definitions);
		let images = 0;
		for (let at = 0; at < counted.count; at++) {
			const message = counted.messages[at];
			const size = message && this.#rawSize(message);
			text += size?.text ?? 0;
			images += size?.images ?? 0;
		}
		const ratio = text === 0 ? 1 : (counted.promptTokens - images) / text;
		const correction = Math.min(Math.max(ratio, CORRECTION.least), CORRECTION.most);
		this.#corrections.set(counted, correction);
		return correction;
	}

	#rawSize(message: Message): RawSize {
		const known = this.#sizes.get(message);
		if (known !== undefined) {
			return known;
		}
		const size = {
			text: FRAME_TOKENS + this.#rawText(message),
			images: message.role === 'user' ? (message.images?.length ?? 0) * IMAGE_TOKENS : 0,
		};
		this.#sizes.set(message, size);
		return size;
	}

	#rawText(message: Message): number {
		const text = this.#estimate(message.text);
		switch (message.role) {
			case 'system':
			case 'user':
				return text;
			case 'tool':
				return text + FRAME_TOKENS;
			case 'assistant': {
				const { toolCalls, reasoning, reasoningDetails } = message;
				const calls = toolCalls.reduce(
					(sum, call) => sum + this.#estimate(call.name) + this.#estimate(call.arguments) + 2 * FRAME_TOKENS,
					0,
				);
				const thought = reasoningDetails === undefined ? (reasoning ?? '') : JSON.stringify(reasoningDetails);
				return text + calls + this.#estimate(thought);
			}
		}
	}

	#rawTools(definitions: readonly ToolDefinition[]): number {
		const known = this.#tools.get(definitions);
		if (known !== undefined) {
			return known;
		}
		const size = definitions.length === 0 ? 0 : this.#estimate(JSON.stringify(definitions));
		this.#tools.set(definitions, size);
		return size;
	}
}

/** Whether it is time to make room, while an answer still fits. Never where nobody knows the window. */
export function needsRoom({ total, limit }: Pick<ContextUse, 'total' | 'limit'>): boolean {
	return limit !== undefined && total >= limit * FULL_SHARE;
}

/** Tokens that a request may have, so that an answer fits behind it; undefined where nobody knows the window. */
export function limitOf(facts: ModelFacts, settings: ContextSource['settings']): number | undefined {
	if (facts.contextLength === undefined) {
		return undefined;
	}
	const answer = Math.min(
		settings.maxOutputTokens ?? ANSWER_TOKENS,
		facts.maxOutputTokens ?? Number.POSITIVE_INFINITY,
		facts.contextLength * MAX_ANSWER_SHARE,
	);
	return Math.floor(facts.contextLength - answer);
}
