import * as vscode from 'vscode';
import type { ReasoningEffort } from '../../agent/settings/modelSettings.ts';
import { keyOf } from '../../agent/settings/modelSettingsFor.ts';
import type { CatalogueModel } from '../../openrouter/catalogue/models.ts';
import { changeModelSettings, userModelSettings } from '../settings.ts';
import { effortLabel } from './effortView.ts';
import { shortName } from './modelView.ts';

/**
 * Lets the user choose how long a model thinks, and writes it to their settings.
 * @param set what is set now.
 */
export async function pickEffort(model: CatalogueModel, set: ReasoningEffort | undefined): Promise<void> {
	const { efforts = [], defaultEffort } = model.reasoning ?? {};
	if (efforts.length === 0) {
		void vscode.window.showInformationMessage(
			vscode.l10n.t('{0} offers no choice of how long it thinks.', shortName(model.name)),
		);
		return;
	}
	const label = (effort: ReasoningEffort) => effortLabel(effort, (text, ...args) => vscode.l10n.t(text, ...args));
	const items = [
		{
			label: vscode.l10n.t('Default'),
			description: defaultEffort === undefined ? vscode.l10n.t('what the model does by itself') : label(defaultEffort),
			effort: undefined,
			isSet: set === undefined,
		},
		...efforts.map(effort => ({ label: label(effort), description: '', effort, isSet: effort === set })),
	];
	const picked = await vscode.window.showQuickPick(
		items.map(item => (item.isSet ? { ...item, label: `$(check) ${item.label}` } : item)),
		{
			title: vscode.l10n.t('How long {0} thinks', shortName(model.name)),
			placeHolder: vscode.l10n.t('More thinking gives better answers to hard questions, later and at a higher cost'),
		},
	);
	if (picked === undefined) {
		return;
	}
	const key = keyOf(model.id, userModelSettings()) ?? model.id;
	await changeModelSettings(key, ({ reasoningEffort: _, ...others }) => {
		const changed = picked.effort === undefined ? others : { ...others, reasoningEffort: picked.effort };
		return Object.keys(changed).length === 0 ? undefined : changed;
	});
}
