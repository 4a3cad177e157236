import type { ModelRow } from './serverFiles.ts';

/** Money is counted in millionths of a millionth of a US dollar, so that sums are exact. */
export const PICO_PER_DOLLAR = 1_000_000_000_000n;
const DIGITS = 12;

/** Picodollars a token, and a request. */
export interface Prices {
	readonly prompt: bigint;
	readonly completion: bigint;
	/** Undefined where the model has no prompt cache. */
	readonly read: bigint | undefined;
	/** Writing the cache for five minutes, and for an hour. */
	readonly write: bigint;
	readonly writeHour: bigint;
	readonly request: bigint;
}

const KEYS = [
	'prompt',
	'completion',
	'request',
	'input_cache_read',
	'input_cache_write',
	'input_cache_write_1h',
] as const;

/** Hours and minutes in UTC, as in `0830`; the second may lie before the first, over midnight. */
interface TimeOfDay {
	readonly utc_start?: string | undefined;
	readonly utc_end?: string | undefined;
}

/** Picodollars of a decimal number of dollars; what is smaller is rounded. */
export function picoOf(dollars: string): bigint {
	const [, whole = '0', fraction = ''] = /^(\d+)(?:\.(\d+))?$/.exec(dollars) ?? [];
	const padded = fraction.padEnd(DIGITS + 1, '0');
	const rest = Number(padded[DIGITS]) >= 5 ? 1n : 0n;
	return BigInt(whole) * PICO_PER_DOLLAR + BigInt(padded.slice(0, DIGITS)) + rest;
}

/** The number that goes over the wire: the nearest one, whose shortest decimal form is the amount itself. */
export function dollarsOf(pico: bigint): number {
	return Number(pico) / Number(PICO_PER_DOLLAR);
}

/**
 * Prices of a request of so many tokens at this time. An override applies when all its conditions hold, and the later
 * of two wins. A price of "-1" is one that a router sets: nothing here bills it.
 * @param factor of the serving provider on the list price.
 */
export function pricesOf(row: ModelRow | undefined, promptTokens: number, now: number, factor = 1): Prices {
	const fields: Partial<Record<(typeof KEYS)[number], string | undefined>> = { ...row?.pricing };
	for (const override of row?.pricing.overrides ?? []) {
		if (promptTokens > (override.min_prompt_tokens ?? -1) && isWithin(override, now)) {
			for (const key of KEYS) {
				fields[key] = override[key] ?? fields[key];
			}
		}
	}
	const price = (text: string | undefined) => (text === undefined ? undefined : times(picoOf(text), factor));
	const prompt = price(fields.prompt) ?? 0n;
	const write = price(fields.input_cache_write) ?? prompt;
	return {
		prompt,
		completion: price(fields.completion) ?? 0n,
		read: price(fields.input_cache_read),
		write,
		writeHour: price(fields.input_cache_write_1h) ?? write,
		request: price(fields.request) ?? 0n,
	};
}

function times(pico: bigint, factor: number): bigint {
	return factor === 1 ? pico : BigInt(Math.round(Number(pico) * factor));
}

function isWithin({ utc_start: start, utc_end: end }: TimeOfDay, now: number): boolean {
	if (start === undefined || end === undefined) {
		return true;
	}
	const date = new Date(now);
	const time = date.getUTCHours() * 100 + date.getUTCMinutes();
	const [from, to] = [Number(start), Number(end)];
	return from <= to ? time >= from && time < to : time >= from || time < to;
}
