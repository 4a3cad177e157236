import { blendedPrice, isFree } from './modelPrice.ts';
import type { CatalogueModel } from './models.ts';

/** What a model costs beside others, from the dearest to the cheapest. */
export const TIERS = ['premium', 'standard', 'fast', 'economy', 'free'] as const;
export type Tier = (typeof TIERS)[number];

/**
 * Least price of a tier, in dollars per million tokens of `blendedPrice`. Fixed amounts, not shares of the list: a tier
 * tells what a task will cost, and must not change because the list gained fifty small models. The cuts lie in gaps of
 * the prices of 2026-08: between the large models of each vendor ($10 and more), the middle ones ($3 to $7.50), the
 * quick ones (up to $2.40), and those that cost cents.
 */
const LEAST_PRICE: readonly (readonly [Tier, number])[] = [
	['premium', 8],
	['standard', 2.5],
	['fast', 0.5],
];

/** @returns undefined where a router sets the price. */
export function tierOf({ price }: Pick<CatalogueModel, 'price'>): Tier | undefined {
	if (price === undefined) {
		return undefined;
	}
	if (isFree(price)) {
		return 'free';
	}
	const blended = blendedPrice(price);
	return LEAST_PRICE.find(([, least]) => blended >= least)?.[0] ?? 'economy';
}
