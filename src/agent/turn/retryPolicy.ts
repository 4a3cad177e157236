import type { FailureRecord } from '../events.ts';

export interface RetryPolicy {
	/** Requests to one model in all, the first one included. */
	readonly maxAttempts: number;
	/** Wait before the second attempt; doubles with each further one. */
	readonly baseDelayMs: number;
	/** The same after a rate limit, which passes more slowly. */
	readonly rateLimitDelayMs: number;
	/** Own delays grow no longer than this. What the service asks for is obeyed however long. */
	readonly maxDelayMs: number;
	/** A longer wait than this is not made while another model could answer. */
	readonly patienceMs: number;
}

export const DEFAULT_RETRY: RetryPolicy = {
	maxAttempts: 3,
	baseDelayMs: 1_000,
	rateLimitDelayMs: 5_000,
	maxDelayMs: 60_000,
	patienceMs: 60_000,
};

/**
 * Milliseconds until the request is made again, or undefined when that would not help. What the service asks for is
 * obeyed to the millisecond; own delays are spread, so that many windows do not come back together.
 * @param attempt number of the attempt that failed, from 1.
 * @param random from 0 up to 1.
 */
export function retryDelay(
	failure: FailureRecord,
	attempt: number,
	policy: RetryPolicy,
	random: number,
): number | undefined {
	if (!mayPass(failure) || attempt >= attemptsFor(failure, policy)) {
		return undefined;
	}
	const { retryAfterMs } = failure.fields;
	if (retryAfterMs !== undefined) {
		return retryAfterMs;
	}
	const base = failure.kind === 'rateLimit' ? policy.rateLimitDelayMs : policy.baseDelayMs;
	const full = Math.min(base * 2 ** (attempt - 1), policy.maxDelayMs);
	return Math.round(full / 2 + (full / 2) * random);
}

/** Whether another model may do what this one could not. What the account or the user decides stays with them. */
export function canOtherModelHelp({ kind }: FailureRecord): boolean {
	switch (kind) {
		case 'rateLimit':
		case 'unavailable':
		case 'cut':
		case 'silent':
		case 'malformed':
		case 'modelNotFound':
		case 'noRoute':
		case 'unsupported':
		case 'moderation':
		case 'freeQuota':
			return true;
		default:
			return false;
	}
}

/** The kinds that end by themselves; the service's own word counts more, where it gave one. */
function mayPass({ kind, fields }: FailureRecord): boolean {
	switch (kind) {
		case 'rateLimit':
		case 'unavailable':
		case 'network':
		case 'cut':
		case 'malformed':
		case 'silent':
			return fields.isRetryable ?? true;
		default:
			return fields.isRetryable ?? false;
	}
}

function attemptsFor({ kind }: FailureRecord, { maxAttempts }: RetryPolicy): number {
	// Silence lasts minutes before it is noticed: once more is what a user waits for.
	return kind === 'silent' ? Math.min(2, maxAttempts) : maxAttempts;
}
