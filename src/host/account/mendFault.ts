import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { AccountFault, FaultMend } from './accountFault.ts';

export function mendLabel(mend: FaultMend): string {
	switch (mend) {
		case 'setKey':
			return vscode.l10n.t('Other key');
		case 'signIn':
			return vscode.l10n.t('Sign in');
		case 'retry':
			return vscode.l10n.t('Try again');
		case 'proxySettings':
			return vscode.l10n.t('Proxy settings');
		case 'baseUrlSetting':
			return vscode.l10n.t('Base URL setting');
	}
}

/** @param retry what "Try again" does. */
export async function mendFault(mend: FaultMend, retry: () => unknown): Promise<void> {
	switch (mend) {
		case 'setKey':
			return vscode.commands.executeCommand(commandIds.setApiKey);
		case 'signIn':
			return vscode.commands.executeCommand(commandIds.signIn);
		case 'proxySettings':
			return vscode.commands.executeCommand('workbench.action.openSettings', 'http.proxy');
		case 'baseUrlSetting':
			return vscode.commands.executeCommand('workbench.action.openSettings', 'openrouterAgent.baseUrl');
		case 'retry':
			await retry();
	}
}

/** Shows a fault with its buttons, and does what is pressed. Resolves when the message is gone. */
export async function showFault(fault: AccountFault, retry: () => unknown): Promise<void> {
	const buttons = fault.mends.map(mend => ({ mend, title: mendLabel(mend) }));
	const pressed = await vscode.window.showErrorMessage(fault.text, ...buttons);
	if (pressed !== undefined) {
		await mendFault(pressed.mend, retry);
	}
}
