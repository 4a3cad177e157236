import * as vscode from 'vscode';
import type { PanelAction } from '../../protocol/panelAction.ts';
import type { ModelChoice } from '../models/modelChoice.ts';

/** What the buttons of errors and empty states act on. */
export interface PanelActionTarget {
	readonly models: Pick<ModelChoice, 'use' | 'useBuiltIn'>;
	setApiKey(): Promise<void>;
	signOut(): Promise<void>;
	chooseModel(): Promise<void>;
	continue(): Promise<void>;
	newSession(): Promise<void>;
	takeOver(): Promise<void>;
}

/** Runs a button. The page only names it: what it does, and which addresses open, stands here. */
export async function runPanelAction(
	action: PanelAction,
	argument: string | undefined,
	chat: PanelActionTarget,
): Promise<unknown> {
	const open = (url: string) => vscode.env.openExternal(vscode.Uri.parse(url));
	switch (action) {
		case 'setKey':
			return chat.setApiKey();
		case 'signOut':
			return chat.signOut();
		case 'addCredits':
			return open('https://openrouter.ai/credits');
		case 'keySettings':
			return open('https://openrouter.ai/keys');
		case 'privacySettings':
			return open('https://openrouter.ai/settings/privacy');
		case 'chooseModel':
			return argument === undefined ? chat.chooseModel() : chat.models.use(argument);
		case 'useBuiltIn':
			return chat.models.useBuiltIn();
		case 'retry':
		case 'continue':
			return chat.continue();
		case 'newSession':
			return chat.newSession();
		case 'activity':
			return open('https://openrouter.ai/activity');
		case 'signIn':
		case 'showAccount':
		case 'chooseEffort':
		case 'editRouting':
		case 'raiseBudget':
		case 'compact':
		case 'retryNow':
		case 'stop':
			throw new Error(`${action} is not there yet.`);
		case 'manageTrust':
			return vscode.commands.executeCommand('workbench.trust.manage');
		case 'takeOver':
			return chat.takeOver();
		default:
			return action satisfies never;
	}
}
