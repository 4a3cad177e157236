import type { ModelPrice, PriceOverride } from '../../agent/modelFacts.ts';
import { isObject } from '../lenient.ts';

type PriceField = Exclude<keyof ModelPrice, 'overrides'>;

/** Our names of the prices, and those of the listing. What is billed besides (audio, search) is no part of a request. */
const FIELDS: readonly (readonly [ours: PriceField, theirs: string])[] = [
	['prompt', 'prompt'],
	['completion', 'completion'],
	['cacheRead', 'input_cache_read'],
	['cacheWrite', 'input_cache_write'],
	['cacheWriteHour', 'input_cache_write_1h'],
	['request', 'request'],
	['image', 'image'],
];

/**
 * Reads the `pricing` of a listing: decimal texts or numbers, US dollars a token, or an item for image and request.
 * @returns undefined where there is none, and where it is "-1": then a router sets it.
 */
export function readPrice(pricing: unknown): ModelPrice | undefined {
	if (!isObject(pricing)) {
		return undefined;
	}
	const { prompt, completion, ...others } = readFields(pricing);
	if (prompt === undefined || completion === undefined) {
		return undefined;
	}
	const overrides = Array.isArray(pricing['overrides']) ? pricing['overrides'].flatMap(readOverride) : [];
	return { prompt, completion, ...others, ...(overrides.length > 0 && { overrides }) };
}

/** "$3/$15", dollars per million tokens in and out, or "free". */
export function formatPrice(price: Pick<ModelPrice, 'prompt' | 'completion'>): string {
	return isFree(price) ? 'free' : `${perMillion(price.prompt)}/${perMillion(price.completion)}`;
}

/** Two digits after the point where the price is a matter of cents, more where it is less than one. */
export function perMillion(perToken: number): string {
	const dollars = perToken * 1e6;
	const digits = dollars >= 0.1 || dollars === 0 ? 2 : 3;
	return `$${Number(dollars.toFixed(digits))}`;
}

export function isFree(price: Pick<ModelPrice, 'prompt' | 'completion'>): boolean {
	return price.prompt === 0 && price.completion === 0;
}

/** Dollars per million tokens, three of input to one of output: the usual way to name a model's price in one number. */
export function blendedPrice(price: Pick<ModelPrice, 'prompt' | 'completion'>): number {
	return ((3 * price.prompt + price.completion) / 4) * 1e6;
}

function readFields(row: Readonly<Record<string, unknown>>): Partial<Record<PriceField, number>> {
	return Object.fromEntries(
		FIELDS.flatMap(([ours, theirs]) => {
			const price = readNumber(row[theirs]);
			return price === undefined || price < 0 ? [] : [[ours, price]];
		}),
	);
}

/** One whose condition cannot be read is left out: nobody knows when it applies. */
function readOverride(row: unknown): readonly PriceOverride[] {
	if (!isObject(row)) {
		return [];
	}
	const abovePromptTokens = readNumber(row['min_prompt_tokens']);
	const from = readTime(row['utc_start']);
	const to = readTime(row['utc_end']);
	const isTimed = (row['utc_start'] ?? row['utc_end'] ?? undefined) !== undefined;
	const prices = readFields(row);
	if (Object.keys(prices).length === 0 || (row['min_prompt_tokens'] != null && abovePromptTokens === undefined)) {
		return [];
	}
	if (isTimed && (from === undefined || to === undefined)) {
		return [];
	}
	return [
		{
			...prices,
			...(abovePromptTokens !== undefined && { abovePromptTokens }),
			...(from !== undefined && to !== undefined && { minutes: { from, to } }),
		},
	];
}

/** `HHMM` as text or number, to minutes since midnight. */
function readTime(value: unknown): number | undefined {
	const digits = typeof value === 'number' || typeof value === 'string' ? String(value).replace(':', '') : '';
	if (!/^\d{1,4}$/.test(digits)) {
		return undefined;
	}
	const hours = Math.floor(Number(digits) / 100);
	const minutes = Number(digits) % 100;
	return hours <= 24 && minutes < 60 ? hours * 60 + minutes : undefined;
}

function readNumber(value: unknown): number | undefined {
	const number = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '') ? Number(value) : NaN;
	return Number.isFinite(number) ? number : undefined;
}
