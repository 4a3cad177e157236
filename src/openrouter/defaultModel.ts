import type { CatalogueModel } from './models.ts';

/** An agent reads files: with less than this it compacts all the time. Tokens. */
const SMALLEST_CONTEXT = 128_000;
/** US dollars per million tokens, three of input to one of output, as an agent's requests are made up. */
const FAST_TIER = { from: 0.05, to: 1.5 };
/** Share of the best benchmark result in the tier that a newer model must reach. */
const GOOD_ENOUGH = 0.9;
/** A model that goes within this time is no default. */
const NOTICE_MS = 30 * 24 * 60 * 60 * 1000;

/**
 * The model for users who chose none: it calls tools, is of the fast tier, does about as well on code as the best
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
	const { id, price, expires } = model;
	// A colon marks a variant, a tilde an alias.
	const isPlain = !/[:~@]/.test(id) && !id.startsWith('openrouter/');
	const blended = price === undefined ? 0 : ((3 * price.prompt + price.completion) / 4) * 1e6;
	const isLeaving = expires !== undefined && Date.parse(expires) < now + NOTICE_MS;
	return (
		isPlain &&
		model.supportsTools &&
		(model.contextLength ?? 0) >= SMALLEST_CONTEXT &&
		blended >= FAST_TIER.from &&
		blended <= FAST_TIER.to &&
		!isLeaving
	);
}
