import * as vscode from 'vscode';
import { keyPage } from '../../openrouter/account/site.ts';
import { commandIds } from '../ids.ts';
import { readSettings } from '../settings.ts';
import type { ApiKey } from './apiKey.ts';
import { storeKey } from './storeKey.ts';

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
		validateInput: faultOf,
	});
	const again = () => vscode.commands.executeCommand(commandIds.setApiKey);
	return key !== undefined && (await storeKey(apiKey, key.trim(), 'given', again));
}

function faultOf(value: string): string | vscode.InputBoxValidationMessage | undefined {
	const key = value.trim();
	if (key === '') {
		return vscode.l10n.t('Paste the key, or press Escape to leave.');
	}
	if (!/^[\x21-\x7e]+$/.test(key)) {
		return vscode.l10n.t('A key is one word of plain letters and digits.');
	}
	if (!key.startsWith('sk-or-')) {
		const message = vscode.l10n.t('Keys of OpenRouter begin with "sk-or-". This one will be checked all the same.');
		return { message, severity: vscode.InputBoxValidationSeverity.Info };
	}
	return undefined;
}

/** Removes the key, in every window. Asks nothing: one signs in again as easily. Tells what stays. */
export async function signOut(apiKey: ApiKey): Promise<void> {
	const key = await apiKey.get();
	if (key === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('There is no OpenRouter key here.'));
		return;
	}
	await apiKey.remove();
	const revoke = vscode.l10n.t('Open key settings');
	const text = vscode.l10n.t(
		'Signed out. The key is removed from this computer, in all windows. Your sessions stay, and the key stays valid until you revoke it.',
	);
	const page = await keyPage(readSettings().baseUrl, key);
	if ((await vscode.window.showInformationMessage(text, revoke)) === revoke) {
		await vscode.env.openExternal(vscode.Uri.parse(page));
	}
}
