import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { ForeignKey, ForeignKeys, Platform } from '../platform.ts';
import type { ApiKey } from './apiKey.ts';
import { storeKey } from './storeKey.ts';

/**
 * Offers the keys that the user has on this machine for other tools, of each no more than its end, and takes over the
 * chosen one. Where it came from stays as it is.
 */
export async function importApiKey(apiKey: ApiKey, platform: Platform): Promise<boolean> {
	if (platform.readForeignKeys === undefined) {
		await offerOtherWays(vscode.l10n.t('In the browser there is nothing to import a key from.'), '');
		return false;
	}
	const found = await platform.readForeignKeys(trustedFolders());
	if (found.keys.length === 0) {
		await offerOtherWays(vscode.l10n.t('No OpenRouter key was found on this machine.'), whereText(found));
		return false;
	}
	const chosen = await choose(found.keys, await apiKey.get());
	const again = () => vscode.commands.executeCommand(commandIds.importApiKey);
	return chosen !== undefined && (await storeKey(apiKey, chosen.key, 'given', again));
}

function trustedFolders(): string[] {
	const folders = vscode.workspace.isTrusted ? (vscode.workspace.workspaceFolders ?? []) : [];
	return folders.filter(({ uri }) => uri.scheme === 'file').map(({ uri }) => uri.fsPath);
}

async function choose(keys: readonly ForeignKey[], present: string | undefined): Promise<ForeignKey | undefined> {
	const items = keys.map(found => ({
		label: `$(key) …${found.key.slice(-4)}`,
		description: found.key === present ? vscode.l10n.t('in use now') : '',
		detail: found.source,
		found,
	}));
	const picked = await vscode.window.showQuickPick(items, {
		title: vscode.l10n.t('Import an OpenRouter key'),
		placeHolder: vscode.l10n.t("Copied into VS Code's secret storage; its place stays as it is."),
		ignoreFocusOut: true,
	});
	return picked?.found;
}

function whereText({ lookedAt, unreadable }: ForeignKeys): string {
	const looked = vscode.l10n.t('Looked for:\n{0}', lookedAt.join('\n'));
	return unreadable.length === 0
		? looked
		: vscode.l10n.t('{0}\n\nCould not be read:\n{1}', looked, unreadable.join('\n'));
}

async function offerOtherWays(text: string, detail: string): Promise<void> {
	const signIn = vscode.l10n.t('Sign in');
	const setKey = vscode.l10n.t('Paste a key');
	const choice = await vscode.window.showInformationMessage(text, { modal: true, detail }, signIn, setKey);
	if (choice !== undefined) {
		await vscode.commands.executeCommand(choice === signIn ? commandIds.signIn : commandIds.setApiKey);
	}
}
