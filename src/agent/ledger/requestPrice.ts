/** What a request may cost at most, before it is sent, and what its tokens cost at list prices afterwards. */
import { jsonBytes } from '../jsonBytes.ts';
import type { Message, ModelRequest } from '../model.ts';
import type { ModelPrice, PriceOverride } from '../modelFacts.ts';
import type { ModelParameters, Routing } from '../settings/modelSettings.ts';
import type { TokenCounts } from './ledgerRecords.ts';

export type MaxPrice = NonNullable<Routing['maxPrice']>;

/** A provider may be dearer than the list: of the recorded bills the worst is, by 16 %. */
const HEADROOM = 1.25;
/**
 * By how much a service tier passes the list price at most: OpenAI's priority processing up to twice, Anthropic's fast
 * mode six times.
 */
const TIER_FACTORS: Partial<Record<NonNullable<ModelParameters['serviceTier']>, number>> = { priority: 2, fast: 6 };
const MILLION = 1e6;
/** JSON bytes a token at least has: code and English have 4, languages of three-byte characters 3. */
const BYTES_PER_TOKEN = 3;
/** What providers add to a prompt for tools and for the form of messages. */
const MARGIN_TOKENS = 512;
/** Of one large picture: more than most models count, and those that count more are cheap. */
const IMAGE_TOKENS = 6_000;
/** A prompt of more bytes a token was not billed as a whole, so nothing is learnt from it. */
const MOST_BYTES_PER_TOKEN = 16;
const MAX_CONVERSATIONS = 200;

/** A prompt before it is sent. */
export interface PromptSize {
	/** At most, about; pictures included. */
	readonly tokens: number;
	readonly images: number;
}

interface Measured {
	/** Of JSON, without the pictures. */
	readonly bytes: number;
	readonly images: number;
}

/** Guesses how many tokens a prompt has at most; the better, the more of a conversation was billed. */
export class PromptMeter {
	/** The last bill of a conversation with a model, oldest first. */
	readonly #billed = new Map<string, Measured & { readonly tokens: number }>();

	measure(request: ModelRequest): PromptSize {
		const { bytes, images } = this.#measure(request);
		const billed = this.#billed.get(keyOf(request));
		if (billed === undefined) {
			return { tokens: Math.ceil(bytes / BYTES_PER_TOKEN) + images * IMAGE_TOKENS + MARGIN_TOKENS, images };
		}
		const tokensPerByte = Math.max(billed.tokens / billed.bytes, 1 / BYTES_PER_TOKEN);
		// What was billed is the beginning of a prompt that grew; of one that shrank nothing is sure.
		const text = bytes >= billed.bytes ? billed.tokens + (bytes - billed.bytes) * tokensPerByte : bytes * tokensPerByte;
		const newImages = Math.max(0, images - billed.images);
		return { tokens: Math.ceil(text) + newImages * IMAGE_TOKENS + MARGIN_TOKENS, images };
	}

	/** Takes the tokens that the prompt of a request turned out to have. */
	learn(request: ModelRequest, promptTokens: number): void {
		const measured = this.#measure(request);
		if (promptTokens * MOST_BYTES_PER_TOKEN < measured.bytes) {
			return;
		}
		const key = keyOf(request);
		this.#billed.delete(key);
		this.#billed.set(key, { ...measured, tokens: promptTokens });
		if (this.#billed.size > MAX_CONVERSATIONS) {
			const [oldest = key] = this.#billed.keys();
			this.#billed.delete(oldest);
		}
	}

	#measure({ messages, tools, output }: ModelRequest): Measured {
		const parts: readonly object[] = [...messages, ...tools, ...(output === undefined ? [] : [output])];
		return {
			bytes: parts.reduce((bytes, part) => bytes + jsonBytes(part), 0),
			images: messages.reduce((count, message) => count + imagesIn(message), 0),
		};
	}
}

/** What a request costs at most. US dollars, but for `maxPrice`. */
export interface CostBound {
	/** Prompt, pictures, and the request as such. */
	readonly fixed: number;
	readonly perOutputToken: number;
	/** With this in the request no dearer provider answers: a little above the list, or what the user set. */
	readonly maxPrice: MaxPrice;
}

/**
 * The worst case of a request: nothing comes from the cache, and the dearest provider answers.
 * @param prices of the model and of its fallbacks.
 */
export function boundCost(request: ModelRequest, prompt: PromptSize, prices: readonly ModelPrice[]): CostBound {
	const { parameters, routing } = request;
	const headroom = HEADROOM * (TIER_FACTORS[parameters?.serviceTier ?? 'default'] ?? 1);
	const dearest = (priceOf: (price: ModelPrice) => number | undefined) =>
		Math.max(0, ...prices.map(price => priceOf(price) ?? 0));
	const most = { prompt: dearest(price => price.prompt), completion: dearest(price => price.completion) };
	const perRequest = dearest(price => price.request) * headroom;
	const perImage = dearest(price => price.image) * headroom;
	const maxPrice = {
		prompt: perMillion(most.prompt * headroom),
		completion: perMillion(most.completion * headroom),
		...(perRequest > 0 && { request: perRequest }),
		...(perImage > 0 && { image: perImage }),
		...routing?.maxPrice,
	};
	const withHour = parameters?.cacheLifetime === '1h';
	const promptFactor = dearest(price => timesDearer(price.prompt, promptPrices(price, prompt.tokens, withHour)));
	const outputFactor = dearest(price => timesDearer(price.completion, outputPrices(price, prompt.tokens)));
	return {
		fixed:
			prompt.tokens * (maxPrice.prompt / MILLION) * Math.max(1, promptFactor) +
			prompt.images * (maxPrice.image ?? 0) +
			(maxPrice.request ?? 0),
		perOutputToken: (maxPrice.completion / MILLION) * Math.max(1, outputFactor),
		maxPrice,
	};
}

/**
 * What an answer cost at list prices, in US dollars.
 * @param at milliseconds since 1970: some prices depend on the time of day.
 */
export function listCost(usage: TokenCounts, price: ModelPrice, at: number): number {
	const { promptTokens, completionTokens, cachedTokens, cacheWriteTokens } = usage;
	const date = new Date(at);
	const minute = date.getUTCHours() * 60 + date.getUTCMinutes();
	const overrides = longPrices(price, promptTokens).filter(({ minutes }) => isWithin(minute, minutes));
	let applied: Omit<ModelPrice, 'overrides'> = price;
	for (const override of overrides) {
		applied = { ...applied, ...override };
	}
	// Some providers count what they write to the cache beside the prompt, not within it.
	const beside = promptTokens - cachedTokens - cacheWriteTokens;
	const plainTokens = beside >= 0 ? beside : Math.max(0, promptTokens - cachedTokens);
	return (
		plainTokens * applied.prompt +
		cachedTokens * (applied.cacheRead ?? applied.prompt) +
		cacheWriteTokens * (applied.cacheWrite ?? applied.prompt) +
		completionTokens * applied.completion +
		(applied.request ?? 0)
	);
}

/** By how much the dearest price passes the plain one. A provider above the list is taken to do so by the same factor. */
function timesDearer(plain: number, prices: readonly (number | undefined)[]): number {
	return plain === 0 ? 1 : Math.max(...prices.map(price => price ?? 0)) / plain;
}

/** All that a token of the prompt may cost: written to the cache, in a long prompt, at whatever time of day. */
function promptPrices(price: ModelPrice, promptTokens: number, withHour: boolean): readonly (number | undefined)[] {
	return [price, ...longPrices(price, promptTokens)].flatMap(({ prompt, cacheWrite, cacheWriteHour }) => [
		prompt,
		cacheWrite,
		withHour ? cacheWriteHour : undefined,
	]);
}

function outputPrices(price: ModelPrice, promptTokens: number): readonly (number | undefined)[] {
	return [price, ...longPrices(price, promptTokens)].map(({ completion }) => completion);
}

function longPrices({ overrides = [] }: ModelPrice, promptTokens: number): readonly PriceOverride[] {
	return overrides.filter(({ abovePromptTokens = -1 }) => promptTokens > abovePromptTokens);
}

function isWithin(minute: number, minutes: PriceOverride['minutes']): boolean {
	if (minutes === undefined) {
		return true;
	}
	const { from, to } = minutes;
	return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/** Without the noise of floating point: 3.75, not 3.7499999999999996. */
function perMillion(price: number): number {
	return Number((price * MILLION).toPrecision(12));
}

function imagesIn(message: Message): number {
	return message.role === 'user' ? (message.images?.length ?? 0) : 0;
}

function keyOf({ sessionId, model, purpose }: ModelRequest): string {
	return JSON.stringify([sessionId, model, purpose]);
}
