import * as vscode from 'vscode';
import { ModelError } from '../../agent/model.ts';
import { readKeyInfo } from '../../openrouter/keyInfo.ts';
import { formatCost } from '../format.ts';
import { readSettings } from '../settings.ts';
import type { ApiKey } from './apiKey.ts';

/**
 * Asks for a key, checks it against the service, and stores it.
 * @returns whether a key that works is stored now.
 */
export async function setApiKey(apiKey: ApiKey): Promise<boolean> {
	const key = await vscode.window.showInputBox({
		title: vscode.l10n.t('OpenRouter API key'),
		prompt: vscode.l10n.t("Kept in VS Code's secret storage. Make one at openrouter.ai/keys"),
		placeHolder: 'sk-or-v1-…',
		password: true,
		ignoreFocusOut: true,
		validateInput: value =>
			value.trim() === '' ? vscode.l10n.t('Paste the key, or press Escape to leave.') : undefined,
	});
	if (key === undefined) {
		return false;
	}
	const trimmed = key.trim();
	if (!(await checkKey(trimmed))) {
		return false;
	}
	await apiKey.set(trimmed);
	return true;
}

/** Whether to store the key. A key that could not be checked for lack of a network may be stored if the user wants so. */
async function checkKey(key: string): Promise<boolean> {
	const retry = vscode.l10n.t('Try another key');
	const store = vscode.l10n.t('Store anyway');
	try {
		const info = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Checking the key…') },
			() => readKeyInfo({ baseUrl: readSettings().baseUrl, key, signal: AbortSignal.timeout(20_000) }),
		);
		const remaining =
			info.limitRemaining === undefined
				? vscode.l10n.t('no spending limit')
				: vscode.l10n.t('{0} left of its limit', formatCost(info.limitRemaining));
		void vscode.window.showInformationMessage(
			vscode.l10n.t('Connected to OpenRouter: {0}, {1}.', info.label, remaining),
		);
		return true;
	} catch (error) {
		if (!(error instanceof ModelError)) {
			throw error;
		}
		if (error.kind === 'auth') {
			void vscode.window
				.showErrorMessage(vscode.l10n.t('OpenRouter does not accept this key. It was not stored.'), retry)
				.then(choice => choice === retry && vscode.commands.executeCommand('openrouterAgent.setApiKey'));
			return false;
		}
		const choice = await vscode.window.showWarningMessage(
			vscode.l10n.t('The key could not be checked: {0}', error.message),
			store,
		);
		return choice === store;
	}
}

/** Removes the key. Asks nothing: the key can be pasted again. */
export async function signOut(apiKey: ApiKey): Promise<void> {
	await apiKey.remove();
	void vscode.window.showInformationMessage(
		vscode.l10n.t('Signed out. The OpenRouter key is removed from this computer.'),
	);
}
