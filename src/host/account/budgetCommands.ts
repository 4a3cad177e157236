import * as vscode from 'vscode';
import { BUDGET_SCOPES } from '../../agent/ledger/spendBudget.ts';
import type { BudgetScope } from '../../agent/model.ts';
import { SETTINGS_SECTION } from '../ids.ts';
import { readSettings } from '../settings.ts';
import { formatDollars } from './accountRows.ts';
import { parseDollars, parseRaise, withBudget } from './budgetChoice.ts';

/** The session on screen, as far as its budget goes. */
export interface BudgetSession {
	readonly state: { readonly budget: number | undefined };
	setBudget(limit: number): Promise<void>;
}

/** Lets the user choose a budget and give it a value; empty takes it away. */
export async function setBudget(session: BudgetSession | undefined): Promise<void> {
	const { budget } = readSettings();
	const items = [
		...(session ? [{ scope: 'thisSession' as const, value: session.state.budget ?? budget.session }] : []),
		...BUDGET_SCOPES.map(scope => ({ scope, value: budget[scope] })),
	].map(({ scope, value }) => ({
		label: scopeName(scope),
		description: value === undefined ? vscode.l10n.t('none') : formatDollars(value),
		scope,
		value,
	}));
	const picked = await vscode.window.showQuickPick(items, {
		title: vscode.l10n.t('Budgets in US dollars'),
		placeHolder: vscode.l10n.t('The most that may be spent. Choose one to change it.'),
	});
	if (picked === undefined) {
		return;
	}
	const isOfSession = picked.scope === 'thisSession';
	const text = await vscode.window.showInputBox({
		title: picked.label,
		prompt: isOfSession
			? vscode.l10n.t('US dollars, such as 2.50')
			: vscode.l10n.t('US dollars, such as 2.50. Empty: no budget.'),
		value: picked.value === undefined ? '' : String(picked.value),
		validateInput: value => faultOf(value, isOfSession),
	});
	const limit = text === undefined ? undefined : parseDollars(text);
	if (limit === undefined) {
		return;
	}
	if (picked.scope !== 'thisSession') {
		await writeBudget(picked.scope, limit);
	} else if (limit !== 'none') {
		await session?.setBudget(limit);
	}
}

function faultOf(value: string, isNeeded: boolean): string | undefined {
	const limit = parseDollars(value);
	return limit === undefined || (isNeeded && limit === 'none')
		? vscode.l10n.t('Write an amount above zero, such as 2.50.')
		: undefined;
}

/**
 * Raises a budget from the card of a turn that met it. What holds for more than this session is confirmed first.
 * @param argument `scope:dollars`; without one the user is asked for all.
 * @returns whether the turn may go on: a budget is another one than before.
 */
export async function raiseBudget(argument: string | undefined, session: BudgetSession | undefined): Promise<boolean> {
	const before = JSON.stringify([readSettings().budget, session?.state.budget]);
	const raise = argument === undefined ? undefined : parseRaise(argument);
	if (raise === undefined) {
		await setBudget(session);
	} else if (raise.scope === 'session') {
		await session?.setBudget(raise.limit);
	} else if (await isConfirmed(raise.scope, raise.limit)) {
		await writeBudget(raise.scope, raise.limit);
	}
	return JSON.stringify([readSettings().budget, session?.state.budget]) !== before;
}

/** Writes the user's setting as it stands, so that what in it cannot be read, and was told as a fault, is kept. */
async function writeBudget(scope: BudgetScope, limit: number | 'none'): Promise<void> {
	const configuration = vscode.workspace.getConfiguration(SETTINGS_SECTION);
	const value = withBudget(configuration.inspect('budget')?.globalValue, scope, limit);
	await configuration.update('budget', value, vscode.ConfigurationTarget.Global);
}

async function isConfirmed(scope: BudgetScope, limit: number): Promise<boolean> {
	const present = readSettings().budget[scope];
	const raise = vscode.l10n.t('Raise to {0}', formatDollars(limit));
	const choice = await vscode.window.showWarningMessage(
		vscode.l10n.t('Raise the budget "{0}" to {1}?', scopeName(scope), formatDollars(limit)),
		{
			modal: true,
			detail: vscode.l10n.t(
				'It is {0} now. It holds for all sessions and windows, until you change it in the settings.',
				present === undefined ? vscode.l10n.t('none') : formatDollars(present),
			),
		},
		raise,
	);
	return choice === raise;
}

function scopeName(scope: BudgetScope | 'thisSession'): string {
	switch (scope) {
		case 'thisSession':
			return vscode.l10n.t('This session');
		case 'request':
			return vscode.l10n.t('One request');
		case 'session':
			return vscode.l10n.t('Each session');
		case 'day':
			return vscode.l10n.t('A day');
		case 'month':
			return vscode.l10n.t('A month');
	}
}
