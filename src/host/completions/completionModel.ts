import type { ModelSettings } from '../../agent/settings/modelSettings.ts';
import { fitSettings } from '../../agent/settings/modelSettingsFor.ts';
import { blendedPrice } from '../../openrouter/catalogue/modelPrice.ts';
import { type CatalogueModel, leavesSoon } from '../../openrouter/catalogue/models.ts';

/** Of `blendedPrice`, dollars per million tokens: a completion is asked for at every pause of the typing. */
const MOST_PRICE = 0.5;
const LEAST_PRICE = 0.05;
/** Share of the best benchmark result among the candidates. */
const GOOD_ENOUGH = 0.9;
/** Of a model that cannot answer without thinking, beside the tokens of the answer. */
const THINKING_TOKENS = 1_500;

/**
 * The model for users who chose none: of those that answer without thinking, cost cents and do about as well on code as the
 * best of them, the cheapest. The list tells no speeds; small models are the cheap ones, and quick.
 * @param now milliseconds since 1970.
 * @returns undefined when no model of the list will do.
 */
export function chooseCompletionModel(models: readonly CatalogueModel[], now: number): CatalogueModel | undefined {
	const candidates = models.filter(model => isCandidate(model, now));
	const best = Math.max(0, ...candidates.map(({ codingIndex }) => codingIndex ?? 0));
	return candidates
		.filter(({ codingIndex }) => (codingIndex ?? 0) >= best * GOOD_ENOUGH)
		.sort((a, b) => priceOf(a) - priceOf(b) || (a.id < b.id ? -1 : 1))[0];
}

/**
 * What a model is asked for completions with: the user's settings, but the same answer each time, at once, and from this
 * model alone: a dearer one in its place is no help that anybody wants at each pause of the typing.
 * @param model undefined where nothing is known of it.
 */
export function completionSettings(
	settings: ModelSettings,
	stop: string,
	model: CatalogueModel | undefined,
): { readonly settings: ModelSettings; readonly thinkingTokens: number } {
	const {
		reasoningTokens: _tokens,
		reasoningEffort: _effort,
		verbosity: _verbosity,
		fallbackModels: _fallbacks,
		preset: _preset,
		...others
	} = settings;
	if (model === undefined) {
		return { settings: others, thinkingTokens: THINKING_TOKENS };
	}
	const wanted = { ...others, temperature: 0, stop: [stop], reasoningEffort: 'none' } as const;
	return {
		settings: fitSettings(wanted, model).settings,
		thinkingTokens: model.reasoning?.isMandatory ? THINKING_TOKENS : 0,
	};
}

function isCandidate(model: CatalogueModel, now: number): boolean {
	const { id, outputs, reasoning } = model;
	// A colon marks a variant, a tilde an alias.
	const isPlain = !/[:~@]/.test(id) && !id.startsWith('openrouter/');
	const price = priceOf(model);
	return (
		isPlain &&
		outputs.every(output => output === 'text') &&
		(reasoning === undefined || reasoning.efforts.includes('none')) &&
		price >= LEAST_PRICE &&
		price <= MOST_PRICE &&
		!leavesSoon(model, now)
	);
}

function priceOf({ price }: CatalogueModel): number {
	return price === undefined ? 0 : blendedPrice(price);
}
