import * as vscode from 'vscode';
import type { SpendLedger } from '../../agent/ledger/ledger.ts';
import type { AccountState } from '../account/accountState.ts';
import { commandIds } from '../ids.ts';
import { readSettings } from '../settings.ts';
import { isRunningOut, type StatusFacts, statusText, statusTooltip } from './statusText.ts';

/** Names the item in the editor's own list of items; the user hides it there. */
const ITEM_ID = 'openrouterAgent.status';
/** Not in the palette: it is the click on the item. */
const MENU_COMMAND = 'openrouterAgent.statusMenu';
const ACCOUNT_AGE_MS = 60_000;

/** What the chat tells, whenever it changed. */
export interface StatusOfChat extends Pick<StatusFacts, 'model' | 'provider' | 'session'> {
	/** What the user set for the session on screen alone, in US dollars. */
	readonly sessionBudget?: number;
}

export type StatusLedger = Pick<SpendLedger, 'totals' | 'refresh' | 'onDidChange'>;

export interface StatusBarOptions {
	readonly account: AccountState;
	/** Opens what all windows spend; called when the item is first brought up to date. */
	openLedger(): Promise<StatusLedger>;
	/** Opens the page on which the service lists what was spent. */
	openActivity(): unknown;
	/** Takes what goes wrong in the background. */
	readonly log: vscode.LogOutputChannel;
}

/** Model, cost and what remains, at the bottom of the window. Made with the chat, so it is not there before a use. */
export class StatusBar implements vscode.Disposable {
	readonly #options: StatusBarOptions;
	readonly #item: vscode.StatusBarItem;
	readonly #subscriptions: vscode.Disposable[];
	#chat: StatusOfChat | undefined;
	/** Once it was read: before, its sums are not known. */
	#ledger: StatusLedger | undefined;
	#isDisposed = false;

	constructor(options: StatusBarOptions) {
		this.#options = options;
		this.#item = vscode.window.createStatusBarItem(ITEM_ID, vscode.StatusBarAlignment.Right, 100);
		this.#item.name = 'OpenRouter Agent';
		this.#item.command = MENU_COMMAND;
		this.#subscriptions = [
			this.#item,
			options.account.onDidChange(() => this.#draw()),
			vscode.workspace.onDidChangeConfiguration(event => {
				if (event.affectsConfiguration('openrouterAgent.budget')) {
					this.#draw();
				}
			}),
			vscode.commands.registerCommand(MENU_COMMAND, () => this.#openMenu()),
		];
	}

	/** Shows what changed in the chat. Asks the service nothing. */
	show(chat: StatusOfChat): void {
		this.#chat = chat;
		this.#draw();
	}

	/** After a turn, or when the chat comes on screen: brings the sums and, at most once a minute, the account up to date. */
	async refresh(): Promise<void> {
		const { account, log } = this.#options;
		const asked = [this.#readLedger(), ...(this.#chat?.model.isBuiltIn ? [] : [account.refresh(ACCOUNT_AGE_MS)])];
		for (const outcome of await Promise.allSettled(asked)) {
			if (outcome.status === 'rejected') {
				log.warn(`Status bar: ${String(outcome.reason)}`);
			}
		}
		this.#draw();
	}

	dispose(): void {
		this.#isDisposed = true;
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	async #readLedger(): Promise<void> {
		const ledger = this.#ledger ?? (await this.#options.openLedger());
		await ledger.refresh();
		if (this.#ledger === undefined && !this.#isDisposed) {
			this.#ledger = ledger;
			this.#subscriptions.push(new vscode.Disposable(ledger.onDidChange(() => this.#draw())));
		}
	}

	#draw(): void {
		const facts = this.#facts();
		if (facts === undefined || this.#isDisposed) {
			return;
		}
		const text = statusText(facts, vscode.l10n.t);
		this.#item.text = text;
		this.#item.accessibilityInformation = {
			label: `OpenRouter Agent: ${text.replace(/\$\([\w-]+\) /, '')}`,
			role: 'button',
		};
		this.#item.tooltip = new vscode.MarkdownString(statusTooltip(facts, vscode.l10n.t));
		this.#item.backgroundColor = isRunningOut(facts)
			? new vscode.ThemeColor('statusBarItem.warningBackground')
			: undefined;
		this.#item.show();
	}

	#facts(): StatusFacts | undefined {
		if (this.#chat === undefined) {
			return undefined;
		}
		const { sessionBudget, ...chat } = this.#chat;
		const { budget } = readSettings();
		const { reading } = this.#options.account;
		const sums = this.#ledger?.totals();
		return {
			...chat,
			budgets: sessionBudget === undefined ? budget : { ...budget, session: sessionBudget },
			...(reading && { account: reading }),
			...(sums && { day: sums.day, month: sums.month }),
			now: Date.now(),
		};
	}

	async #openMenu(): Promise<void> {
		const command = (icon: string, label: string, id: string) => ({
			label: `$(${icon}) ${label}`,
			run: () => vscode.commands.executeCommand(id),
		});
		const picked = await vscode.window.showQuickPick(
			[
				command('comment-discussion', vscode.l10n.t('Open chat'), commandIds.openChat),
				command('server', vscode.l10n.t('Choose model'), commandIds.chooseModel),
				command('lightbulb', vscode.l10n.t('Choose reasoning effort'), commandIds.chooseEffort),
				command('account', vscode.l10n.t('Account'), commandIds.showAccount),
				command('symbol-numeric', vscode.l10n.t('Budgets'), commandIds.setBudget),
				{ label: `$(graph) ${vscode.l10n.t('Spending, on the web')}`, run: () => this.#options.openActivity() },
			],
			{ title: 'OpenRouter Agent', placeHolder: vscode.l10n.t('Choose what to do') },
		);
		await picked?.run();
	}
}
