import type { ReasoningEffort } from '../../agent/settings/modelSettings.ts';
import type { ReasoningAbility } from '../../agent/settings/modelSettingsFor.ts';
import type { ModelView } from '../../protocol/messages.ts';
import type { Translate } from '../translate.ts';

export function effortLabel(effort: ReasoningEffort, translate: Translate): string {
	switch (effort) {
		case 'none':
			return translate('Off');
		case 'minimal':
			return translate('Minimal');
		case 'low':
			return translate('Low');
		case 'medium':
			return translate('Medium');
		case 'high':
			return translate('High');
		case 'xhigh':
			return translate('Very high');
		case 'max':
			return translate('Maximum');
	}
}

/**
 * How long a model thinks, for the panel.
 * @param set the effort that goes with requests; undefined for what the model does by itself.
 * @returns undefined where nothing can be chosen.
 */
export function effortView(
	reasoning: ReasoningAbility | undefined,
	set: ReasoningEffort | undefined,
	translate: Translate,
): ModelView['effort'] {
	if (reasoning === undefined || reasoning.efforts.length < 2) {
		return undefined;
	}
	const effort = set ?? reasoning.defaultEffort;
	return effort === undefined
		? { value: 'default', label: translate('Default') }
		: { value: effort, label: effortLabel(effort, translate) };
}
