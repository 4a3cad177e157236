/** What is known of a model's size, in tokens. */
export interface ModelLimits {
	/** Input and output together. */
	readonly contextLength?: number | undefined;
	readonly maxOutputTokens?: number | undefined;
	readonly takesImages?: boolean | undefined;
}

/**
 * Enough for a large file plus thinking. More would cost: the service reserves the credit for all of it before it
 * starts, and leaves out providers with a smaller limit.
 */
export const DEFAULT_MAX_TOKENS = 32_000;
/** Some providers refuse less; a smaller answer is no use either. */
const SMALLEST_ANSWER = 1_024;
/** Bytes of JSON a token at least has: code and English have 4, languages of three-byte characters 3. */
const BYTES_PER_TOKEN = 3;
const MARGIN_TOKENS = 512;
/** What vendors count for a picture of the largest size they do not shrink. */
const IMAGE_TOKENS = 1_600;

/**
 * `max_tokens` for a request: never absent, since the service would then reserve the model's maximum; never more than
 * the model gives or than the context leaves room for.
 *
 * Where there is less room than wanted, the limit is halved until it fits, so that it changes a few times in a session
 * and not with each request: the thinking budget of some models is a share of it, and a new budget empties their cache.
 * @param inputBytes all text that counts as input, as JSON.
 * @param images pictures beside it.
 */
export function answerLimit(
	inputBytes: number,
	wanted: number | undefined,
	limits: ModelLimits = {},
	images = 0,
): number {
	const { contextLength, maxOutputTokens = Number.POSITIVE_INFINITY } = limits;
	const cap = Math.min(wanted ?? DEFAULT_MAX_TOKENS, maxOutputTokens);
	if (contextLength === undefined) {
		return cap;
	}
	const textTokens = Math.ceil(inputBytes / BYTES_PER_TOKEN);
	const room = contextLength - textTokens - images * IMAGE_TOKENS - MARGIN_TOKENS;
	let limit = cap;
	while (limit > room && limit > SMALLEST_ANSWER) {
		limit = Math.max(SMALLEST_ANSWER, Math.floor(limit / 2));
	}
	return limit;
}
