import type { ModelSettingsMap } from '../../agent/settings/modelSettings.ts';
import { fitSettings, settingsFor } from '../../agent/settings/modelSettingsFor.ts';
import { BUILT_IN_MODEL } from '../../agent/settings/settingDefaults.ts';
import { formatPrice } from '../../openrouter/catalogue/modelPrice.ts';
import { takesImages } from '../../openrouter/catalogue/models.ts';
import type { ModelView } from '../../protocol/messages.ts';
import type { Translate } from '../translate.ts';
import { effortView } from './effortView.ts';
import type { Selection } from './selectModel.ts';

/** What the panel shows of a model. */
export function modelView(selection: Selection, map: ModelSettingsMap, translate: Translate): ModelView {
	if (selection.type === 'builtIn') {
		return { id: BUILT_IN_MODEL, name: translate('Built-in, no model'), isBuiltIn: true };
	}
	const { id, model } = selection;
	if (model === undefined) {
		return { id, name: id === '' ? translate('Default model') : shortName(id), isBuiltIn: false };
	}
	const { settings } = fitSettings(settingsFor(id, map), model);
	const effort = effortView(model.reasoning, settings.reasoningEffort, translate);
	return {
		id,
		name: shortName(model.name),
		isBuiltIn: false,
		...(model.price && { price: formatPrice(model.price) }),
		...(effort && { effort }),
		takesImages: takesImages(model),
	};
}

/** Listed names begin with the vendor, "DeepSeek: DeepSeek V4", and so do ids: there is no room for it twice. */
export function shortName(name: string): string {
	const colon = name.indexOf(': ');
	return (colon === -1 ? name.slice(name.indexOf('/') + 1) : name.slice(colon + 1)).trim();
}
