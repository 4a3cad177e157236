/** What is known of a model's size, in tokens. */
export interface ModelLimits {
	/** Input and output together. */
	readonly contextLength?: number | undefined;
	readonly maxOutputTokens?: number | undefined;
}

/**
 * Enough for a large file plus thinking. More would cost: the service reserves the credit for all of it before it
 * starts, and leaves out providers with a smaller limit.
 */
const DEFAULT_MAX_TOKENS = 32_000;
/** Some providers refuse less; a smaller answer is no use either. */
const SMALLEST_ANSWER = 1_024;
/** Bytes of JSON a token at least has: code and English have 4, languages of three-byte characters 3. */
const BYTES_PER_TOKEN = 3;
const MARGIN_TOKENS = 512;

/**
 * `max_tokens` for a request: never absent, since the service would then reserve the model's maximum; never more than
 * the model gives or than the context leaves room for.
 * @param input all that counts as input, as it is sent.
 */
export function answerLimit(input: unknown, wanted: number | undefined, limits: ModelLimits = {}): number {
	const { contextLength, maxOutputTokens = Number.POSITIVE_INFINITY } = limits;
	const cap = Math.min(wanted ?? DEFAULT_MAX_TOKENS, maxOutputTokens);
	if (contextLength === undefined) {
		return cap;
	}
	const inputTokens = Math.ceil(new TextEncoder().encode(JSON.stringify(input)).length / BYTES_PER_TOKEN);
	const room = contextLength - inputTokens - MARGIN_TOKENS;
	return Math.min(cap, Math.max(SMALLEST_ANSWER, room));
}
