import type { ModelError } from '../agent/model.ts';

export interface RetryPolicy {
	/** Requests in all, the first one included. Repairs do not count. */
	readonly maxAttempts: number;
	/** Wait before the second attempt; doubles with each further one. */
	readonly baseDelayMs: number;
	/** The same after a rate limit, which passes more slowly. */
	readonly rateLimitDelayMs: number;
	/** A longer wait is not for us to decide: the user is asked. */
	readonly maxDelayMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
	maxAttempts: 3,
	baseDelayMs: 1_000,
	rateLimitDelayMs: 5_000,
	maxDelayMs: 60_000,
};

/**
 * Milliseconds until the next attempt, or undefined when there is none. Only for attempts that showed nothing.
 * What the service asks for is obeyed to the millisecond; own delays are spread, so that many windows do not
 * come back together.
 * @param attempt number of the attempt that failed, from 1.
 * @param random from 0 up to 1.
 */
export function retryDelay(
	error: ModelError,
	attempt: number,
	policy: RetryPolicy,
	random: number,
): number | undefined {
	// Silence lasted minutes already; the user decides about more of it.
	if (!error.fields.isRetryable || error.kind === 'silent' || attempt >= policy.maxAttempts) {
		return undefined;
	}
	const { retryAfterMs } = error.fields;
	if (retryAfterMs !== undefined) {
		return retryAfterMs <= policy.maxDelayMs ? retryAfterMs : undefined;
	}
	const base = error.kind === 'rateLimit' ? policy.rateLimitDelayMs : policy.baseDelayMs;
	const full = Math.min(base * 2 ** (attempt - 1), policy.maxDelayMs);
	return Math.round(full / 2 + (full / 2) * random);
}
