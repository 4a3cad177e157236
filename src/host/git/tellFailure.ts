import * as vscode from 'vscode';
import type { ModelError } from '../../agent/model.ts';
import type { PanelAction } from '../../protocol/panelAction.ts';
import { raiseBudget } from '../account/budgetCommands.ts';
import { showFailure } from '../chat/showFailure.ts';
import { commandIds } from '../ids.ts';
import type { Services } from '../services.ts';

/** Tells why a command outside the chat got no answer, with the buttons that mend it. The session on screen is left alone. */
export function tellFailure(error: ModelError, services: Pick<Services, 'account' | 'models'>): Promise<void> {
	return showFailure(error, (action, argument) => mend(action, argument, services));
}

async function mend(
	action: PanelAction,
	argument: string | undefined,
	{ account, models }: Pick<Services, 'account' | 'models'>,
): Promise<unknown> {
	switch (action) {
		case 'setKey':
			return account.setApiKey();
		case 'signIn':
			return account.signIn();
		case 'addCredits':
			return account.openPage('credits');
		case 'keySettings':
			return account.openPage('key');
		case 'privacySettings':
			return account.openPage('privacy');
		case 'chooseModel':
			return argument === undefined ? models.choose() : models.use(argument);
		case 'useBuiltIn':
			return models.useBuiltIn();
		case 'editRouting':
			return vscode.commands.executeCommand(commandIds.editRouting);
		case 'raiseBudget':
			return raiseBudget(argument, undefined);
		default:
			// The others act on a conversation, and no advice outside of one names them.
			return undefined;
	}
}
