/** What the catalogue knows of a model, as far as the agent needs it. Every field may be missing: then nobody knows. */

/** US dollars a token, and a request. */
export interface ModelPrice {
	readonly prompt: number;
	readonly completion: number;
	/** Of a token read from the prompt cache; `prompt` where it is not told. */
	readonly cacheRead?: number;
	/** Of a token written to it, for five minutes; `prompt` where it is not told. */
	readonly cacheWrite?: number;
	/** The same for one hour. */
	readonly cacheWriteHour?: number;
	readonly request?: number;
	/** Each image of the prompt. */
	readonly image?: number;
	/** Prices of long prompts: one that applies replaces the fields it has; of several the last wins. */
	readonly overrides?: readonly PriceOverride[];
}

export interface PriceOverride extends Partial<Omit<ModelPrice, 'overrides'>> {
	/** It applies to prompts with more tokens than this; to all when absent. */
	readonly abovePromptTokens?: number;
	/** It applies at this time of day in UTC only, minutes since midnight; `to` may lie before `from`, over midnight. */
	readonly minutes?: { readonly from: number; readonly to: number };
}

export interface ModelFacts {
	/** Tokens of input and output together. */
	readonly contextLength?: number;
	readonly maxOutputTokens?: number;
	/** Absent where a router sets it. */
	readonly price?: ModelPrice;
	readonly takesImages?: boolean;
}
