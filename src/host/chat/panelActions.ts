import * as vscode from 'vscode';
import type { PanelAction } from '../../protocol/panelAction.ts';
import type { Account } from '../account/account.ts';
import { type BudgetSession, raiseBudget } from '../account/budgetCommands.ts';
import type { ModelChoice } from '../models/modelChoice.ts';

/** What the buttons of errors, notices and empty states act on. */
export interface PanelActionTarget {
	readonly account: Pick<Account, 'signIn' | 'setApiKey' | 'signOut' | 'show' | 'openPage'>;
	readonly models: Pick<ModelChoice, 'choose' | 'use' | 'useBuiltIn'>;
	/** The one on screen. */
	readonly session: BudgetSession | undefined;
	/** Runs the step that chooses a model. When it says so, the turn that failed or waits goes on with that one. */
	goOnWithModel(choose: () => Promise<boolean>): Promise<void>;
	chooseEffort(): Promise<void>;
	editRouting(): Promise<void>;
	compact(): Promise<void>;
	/** Ends the wait before the next attempt. */
	retryNow(): void;
	stop(): void;
	continue(): Promise<void>;
	newSession(): Promise<void>;
	takeOver(): Promise<void>;
	undoRestore(argument: string | undefined): Promise<void>;
}

/** Runs a button. The page only names it: what it does, and which addresses open, stands here. */
export async function runPanelAction(
	action: PanelAction,
	argument: string | undefined,
	chat: PanelActionTarget,
): Promise<unknown> {
	switch (action) {
		case 'setKey':
			return chat.account.setApiKey();
		case 'signIn':
			return chat.account.signIn();
		case 'signOut':
			return chat.account.signOut();
		case 'showAccount':
			return chat.account.show();
		case 'addCredits':
			return chat.account.openPage('credits');
		case 'keySettings':
			return chat.account.openPage('key');
		case 'privacySettings':
			return chat.account.openPage('privacy');
		case 'activity':
			return chat.account.openPage('activity');
		case 'chooseModel':
			return chat.goOnWithModel(() => (argument === undefined ? chat.models.choose() : chat.models.use(argument)));
		case 'changeModel':
			return chat.models.choose();
		case 'chooseEffort':
			return chat.chooseEffort();
		case 'useBuiltIn':
			return chat.goOnWithModel(() => chat.models.useBuiltIn());
		case 'editRouting':
			return chat.editRouting();
		case 'raiseBudget':
			return (await raiseBudget(argument, chat.session)) ? chat.continue() : undefined;
		case 'compact':
			return chat.compact();
		case 'retryNow':
			return chat.retryNow();
		case 'retry':
		case 'continue':
			return chat.continue();
		case 'stop':
			return chat.stop();
		case 'newSession':
			return chat.newSession();
		case 'manageTrust':
			return vscode.commands.executeCommand('workbench.trust.manage');
		case 'takeOver':
			return chat.takeOver();
		case 'undoRestore':
			return chat.undoRestore(argument);
		default:
			return action satisfies never;
	}
}
