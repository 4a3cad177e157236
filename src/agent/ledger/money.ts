/**
 * Sums of money that are exact and do not depend on the order. Amounts in US dollars become whole numbers of 1e-12
 * dollars, in which listed prices of a token are whole; the noise of earlier floating-point sums is rounded away. One
 * amount is exact up to 2,251 dollars (2^51 parts), a sum of them up to 9,007 (2^53); beyond, the last digit may be off.
 */
const PARTS_PER_DOLLAR = 1e12;

/** Whole 1e-12 dollars. */
export function toParts(dollars: number): number {
	return Math.round(dollars * PARTS_PER_DOLLAR);
}

/** US dollars: the number nearest to the exact amount, so equal amounts are equal numbers. */
export function toDollars(parts: number): number {
	return parts / PARTS_PER_DOLLAR;
}

/** The least amount that is a whole number of parts and no less than this one, in US dollars. */
export function roundUp(dollars: number): number {
	return toDollars(Math.ceil(dollars * PARTS_PER_DOLLAR));
}

/** The sum of amounts, all in US dollars. */
export function sumDollars(amounts: Iterable<number>): number {
	let parts = 0;
	for (const dollars of amounts) {
		parts += toParts(dollars);
	}
	return toDollars(parts);
}
