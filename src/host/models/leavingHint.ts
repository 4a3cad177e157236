import * as vscode from 'vscode';
import { type CatalogueModel, leavesSoon } from '../../openrouter/catalogue/models.ts';
import { day } from './pickerRows.ts';

const TOLD = 'leavingModelsTold';

/**
 * Says, once for each model and date, that it goes within a month.
 * @param now milliseconds since 1970.
 * @param choose lets the user pick another.
 */
export async function tellLeaving(
	model: CatalogueModel,
	now: number,
	state: Pick<vscode.Memento, 'get' | 'update'>,
	choose: () => Promise<unknown>,
): Promise<void> {
	const { expires } = model;
	const told = state.get<readonly string[]>(TOLD, []);
	const mark = `${model.id} ${expires}`;
	if (expires === undefined || !leavesSoon(model, now) || told.includes(mark)) {
		return;
	}
	await state.update(TOLD, [...told, mark]);
	const text = vscode.l10n.t(
		'{0} leaves OpenRouter on {1}.',
		model.name,
		day(Date.parse(expires), vscode.env.language),
	);
	const other = vscode.l10n.t('Choose a model');
	if ((await vscode.window.showInformationMessage(text, other)) === other) {
		await choose();
	}
}
