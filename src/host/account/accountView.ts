import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import { accountFault } from './accountFault.ts';
import { type AccountRow, accountRows } from './accountRows.ts';
import type { AccountReading, AccountState, KnownAccount } from './accountState.ts';
import { ageText } from './age.ts';
import { mendFault, mendLabel } from './mendFault.ts';

/** Pages of the service that the view opens. */
export type AccountPage = 'credits' | 'activity' | 'key';

interface Entry extends vscode.QuickPickItem {
	/** What choosing it does; facts have nothing and are only read. */
	readonly run?: () => unknown;
}

/**
 * Shows how the account stands, and what can be done about it. What is known is there at once, the newest numbers
 * follow, and a key that changes meanwhile is noticed. Resolves when what was chosen is done.
 */
export async function showAccount(state: AccountState, openPage: (page: AccountPage) => unknown): Promise<void> {
	const picker = vscode.window.createQuickPick<Entry>();
	picker.title = vscode.l10n.t('OpenRouter account');
	picker.placeholder = vscode.l10n.t('Choose what to do');
	picker.buttons = [{ iconPath: new vscode.ThemeIcon('refresh'), tooltip: vscode.l10n.t('Ask again') }];
	picker.matchOnDescription = true;
	picker.keepScrollPosition = true;
	const again = () => showAccount(state, openPage);
	let chosen: Entry | undefined;
	let change: { dispose(): void } | undefined;
	try {
		await new Promise<void>((resolve, reject) => {
			const refresh = () => {
				picker.busy = true;
				state.refresh().then(() => {
					picker.busy = false;
				}, reject);
			};
			const draw = () => {
				const active = picker.activeItems[0]?.label;
				picker.items = state.reading === undefined ? [] : entries(state.reading, openPage, again);
				// Where the user was, or at the first thing that can be done.
				const start =
					picker.items.find(({ label, run }) => run && label === active) ?? picker.items.find(({ run }) => run);
				picker.activeItems = start ? [start] : [];
			};
			change = state.onDidChange(() => {
				draw();
				if (state.reading === undefined) {
					refresh();
				}
			});
			picker.onDidHide(() => resolve());
			picker.onDidTriggerButton(refresh);
			picker.onDidAccept(() => {
				const [entry] = picker.selectedItems;
				if (entry?.run !== undefined) {
					chosen = entry;
					picker.hide();
				}
			});
			draw();
			picker.show();
			refresh();
		});
	} finally {
		change?.dispose();
		picker.dispose();
	}
	await chosen?.run?.();
}

function entries(reading: AccountReading, openPage: (page: AccountPage) => unknown, again: () => unknown): Entry[] {
	switch (reading.type) {
		case 'noKey':
			return [separator(vscode.l10n.t('No key yet')), ...waysIn()];
		case 'known':
			return [...facts(reading), ...actions(openPage)];
		case 'failed': {
			const { text, mends } = accountFault(reading.error, vscode.l10n.t);
			const isRefused = reading.error.kind === 'auth';
			return [
				separator(isRefused ? vscode.l10n.t('Key refused') : vscode.l10n.t('OpenRouter could not be asked')),
				{ label: `$(error) ${text}` },
				...mends.map(mend => ({ label: `$(wrench) ${mendLabel(mend)}`, run: () => mendFault(mend, again) })),
				// Of a key that is refused now nothing counts any more.
				...(reading.last && !isRefused ? facts(reading.last) : []),
				...actions(openPage),
			];
		}
	}
}

function facts({ info, at }: KnownAccount): Entry[] {
	const now = Date.now();
	return [
		separator(vscode.l10n.t('As told {0}', ageText(now - at, vscode.l10n.t))),
		...accountRows(info, now, vscode.l10n.t).map(fact),
	];
}

function fact({ kind, label, text, isLow }: AccountRow): Entry {
	return { label: `$(${isLow ? 'warning' : ICONS[kind]}) ${label}`, description: text };
}

const ICONS: Record<AccountRow['kind'], string> = {
	key: 'key',
	limit: 'dashboard',
	remaining: 'credit-card',
	used: 'graph',
	ownKeys: 'plug',
	free: 'gift',
	expiry: 'calendar',
	regions: 'globe',
};

function actions(openPage: (page: AccountPage) => unknown): Entry[] {
	return [
		separator(vscode.l10n.t('On the web')),
		action('add', vscode.l10n.t('Add credits'), () => openPage('credits')),
		action('pulse', vscode.l10n.t('Activity'), () => openPage('activity')),
		action('settings-gear', vscode.l10n.t('Key settings'), () => openPage('key')),
		separator(vscode.l10n.t('Here')),
		command('key', vscode.l10n.t('Replace key'), commandIds.setApiKey),
		command('sign-in', vscode.l10n.t('Sign in with another account'), commandIds.signIn),
		command('symbol-numeric', vscode.l10n.t('Budgets'), commandIds.setBudget),
		command('sign-out', vscode.l10n.t('Sign out'), commandIds.signOut),
	];
}

function waysIn(): Entry[] {
	return [
		command('sign-in', vscode.l10n.t('Sign in with OpenRouter'), commandIds.signIn),
		command('key', vscode.l10n.t('Paste an API key'), commandIds.setApiKey),
		command('desktop-download', vscode.l10n.t('Import the key of another tool'), commandIds.importApiKey),
	];
}

function separator(label: string): Entry {
	return { label, kind: vscode.QuickPickItemKind.Separator };
}

function action(icon: string, label: string, run: () => unknown): Entry {
	return { label: `$(${icon}) ${label}`, run };
}

function command(icon: string, label: string, id: string): Entry {
	return action(icon, label, () => vscode.commands.executeCommand(id));
}
