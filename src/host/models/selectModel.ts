import { ModelError } from '../../agent/model.ts';
import type { Listing } from '../../openrouter/catalogue/catalogue.ts';
import { chooseDefaultModel } from '../../openrouter/catalogue/defaultModel.ts';
import { resolveModelId } from '../../openrouter/catalogue/modelIds.ts';
import { blendedPrice } from '../../openrouter/catalogue/modelPrice.ts';
import type { CatalogueModel } from '../../openrouter/catalogue/models.ts';
import type { Translate } from '../translate.ts';

/** What a turn runs on. */
export type Selection =
	| { readonly type: 'builtIn' }
	| {
			readonly type: 'listed';
			/** As the service wants it; as written where there is no such model. */
			readonly id: string;
			/** Absent where nothing is known of it. */
			readonly model?: CatalogueModel;
			/** Why no turn can run on it. */
			readonly error?: ModelError;
	  };

/**
 * Finds the model that the setting names, or the default where it is empty.
 * @param now milliseconds since 1970.
 */
export function selectModel(written: string, listing: Listing, now: number, translate: Translate): Selection {
	const { models } = listing;
	if (written === '') {
		const model = chooseDefaultModel(models, now);
		return model === undefined
			? { type: 'listed', id: '', error: notFound(translate('No model of the list suits as a default.'), []) }
			: { type: 'listed', id: model.id, model };
	}
	const result = resolveModelId(written, models);
	if (result.type === 'unknown') {
		const reason = result.reason ?? translate('OpenRouter lists no model "{0}".', written);
		return { type: 'listed', id: written, error: notFound(reason, result.closest) };
	}
	const { id, model } = result;
	if (model === undefined) {
		return { type: 'listed', id };
	}
	if (!model.supportsTools) {
		const text = translate('{0} cannot call tools, which the agent works with.', model.name);
		const error = new ModelError('unsupported', text, { alternatives: nearWithTools(model, models) });
		return { type: 'listed', id, model, error };
	}
	return { type: 'listed', id, model };
}

function notFound(text: string, alternatives: readonly string[]): ModelError {
	return new ModelError('modelNotFound', text, alternatives.length > 0 ? { alternatives } : {});
}

/** Two that can call tools: of the same vendor if there are any, and near in price. */
function nearWithTools(model: CatalogueModel, models: readonly CatalogueModel[]): readonly string[] {
	const vendor = model.id.slice(0, model.id.indexOf('/') + 1);
	const price = Math.log(1 + (model.price ? blendedPrice(model.price) : 0));
	return models
		.filter(other => other.supportsTools && other.price !== undefined && !/[:~]/.test(other.id))
		.map(other => ({
			id: other.id,
			isForeign: other.id.startsWith(vendor) ? 0 : 1,
			distance: Math.abs(Math.log(1 + (other.price ? blendedPrice(other.price) : 0)) - price),
			created: other.created,
		}))
		.sort((a, b) => a.isForeign - b.isForeign || a.distance - b.distance || b.created - a.created)
		.slice(0, 2)
		.map(({ id }) => id);
}
