import { blendedPrice } from './modelPrice.ts';
import { type CatalogueModel, leavesSoon } from './models.ts';

/** An agent reads files: with less than this it compacts all the time. Tokens. */
const SMALLEST_CONTEXT = 128_000;
/** Of `blendedPrice`, dollars per million tokens. The cheapest models of all are too small for an agent's work. */
const LEAST_PRICE = 0.05;
/** A default is no place to spend: above this one chooses. In the lower half of the fast tier. */
const MOST_PRICE = 1.5;
/** Share of the best benchmark result among the candidates that a newer model must reach. */
const GOOD_ENOUGH = 0.9;

/**
 * The model for users who chose none: it calls tools, is of the economy or fast tier, does about as well on code as the best
 * there, and is the newest of those. Never a free one (their quota ends in the middle of a task), a router or an alias.
 * @param now milliseconds since 1970.
 * @returns undefined when no model of the list will do.
 */
export function chooseDefaultModel(models: readonly CatalogueModel[], now: number): CatalogueModel | undefined {
	const candidates = models.filter(model => isCandidate(model, now));
	const best = Math.max(0, ...candidates.map(model => model.codingIndex ?? 0));
	return candidates
		.filter(model => (model.codingIndex ?? 0) >= best * GOOD_ENOUGH)
		.sort((a, b) => b.created - a.created || (a.id < b.id ? -1 : 1))[0];
}

function isCandidate(model: CatalogueModel, now: number): boolean {
	const { id, price } = model;
	// A colon marks a variant, a tilde an alias.
	const isPlain = !/[:~@]/.test(id) && !id.startsWith('openrouter/');
	const blended = price === undefined ? 0 : blendedPrice(price);
	return (
		isPlain &&
		model.supportsTools &&
		// One that speaks or draws as well is made for that.
		model.outputs.every(output => output === 'text') &&
		(model.contextLength ?? 0) >= SMALLEST_CONTEXT &&
		blended >= LEAST_PRICE &&
		blended <= MOST_PRICE &&
		!leavesSoon(model, now)
	);
}
