import type { WireError } from '../answer/wire.ts';

/** Reset times below this are seconds since 1970, above it milliseconds. */
const SMALLEST_MILLISECONDS = 1e11;

/**
 * How long the service asks to wait, in milliseconds: the `Retry-After` header (seconds or a date), else the typed
 * availability, else the time at which the limit is reset. Undefined when nothing usable is said.
 * @param now milliseconds since 1970.
 */
export function readRetryAfter(
	headers: Headers | undefined,
	error: WireError | undefined,
	now: number,
): number | undefined {
	return (
		fromHeader(headers?.get('retry-after'), now) ??
		fromSeconds(error?.availability?.retry_after) ??
		fromReset(headers?.get('x-ratelimit-reset') ?? headerInBody(error), now) ??
		fromDate(error?.metadata?.resets_at, now)
	);
}

function fromHeader(value: string | null | undefined, now: number): number | undefined {
	if (!value) {
		return undefined;
	}
	const seconds = Number(value);
	return Number.isNaN(seconds) ? fromDate(value, now) : fromSeconds(seconds);
}

function fromSeconds(seconds: number | null | undefined): number | undefined {
	return typeof seconds === 'number' && Number.isFinite(seconds) && seconds >= 0 ? seconds * 1000 : undefined;
}

function fromDate(date: string | null | undefined, now: number): number | undefined {
	// Without a letter or a dash it is a number gone wrong, which Date.parse would read as a year.
	const at = date && /[a-z]{3}|\d-\d/i.test(date) ? Date.parse(date) : Number.NaN;
	return Number.isNaN(at) || at <= now ? undefined : at - now;
}

function fromReset(value: unknown, now: number): number | undefined {
	const reset = typeof value === 'string' || typeof value === 'number' ? Number(value) : Number.NaN;
	const at = reset < SMALLEST_MILLISECONDS ? reset * 1000 : reset;
	return at > now ? at - now : undefined;
}

/** The rate-limit headers stand in the error's body too, where a proxy or a stream lost the real ones. */
function headerInBody(error: WireError | undefined): unknown {
	const headers = error?.metadata?.headers ?? {};
	const name = Object.keys(headers).find(key => key.toLowerCase() === 'x-ratelimit-reset');
	return name === undefined ? undefined : headers[name];
}
