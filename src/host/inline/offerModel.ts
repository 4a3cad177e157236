import * as vscode from 'vscode';
import type { ChatController } from '../chat/chatController.ts';

/** The built-in assistant follows rules, and edits nothing by an instruction: says so, with the way to a model that does. */
export async function offerModel({ models, account }: Pick<ChatController, 'models' | 'account'>): Promise<void> {
	await models.refresh();
	const text = vscode.l10n.t('An inline edit takes a model of OpenRouter. The built-in assistant cannot do it.');
	const choose = vscode.l10n.t('Choose a model');
	const setKey = vscode.l10n.t('Set key');
	const signIn = vscode.l10n.t('Sign in');
	const choice = await vscode.window.showInformationMessage(text, ...(models.hasKey ? [choose] : [signIn, setKey]));
	if (choice === choose) {
		await models.choose();
	} else if (choice !== undefined) {
		await (choice === setKey ? account.setApiKey() : account.signIn());
	}
}
