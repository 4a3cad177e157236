import * as vscode from 'vscode';
import type { Session } from '../../agent/session/session.ts';
import type { PanelState } from '../../protocol/messages.ts';
import { contextKeys } from '../ids.ts';
import type { StatusBar } from '../status/statusBar.ts';

export interface OutsideViewOptions {
	readonly status: StatusBar;
	readonly log: vscode.LogOutputChannel;
	setBadge(count: number, tooltip: string): void;
}

/** What the rest of the editor shows of the chat, and needs: context keys, badge, status bar, warnings. */
export class OutsideView {
	readonly #options: OutsideViewOptions;
	/** Sessions the user was told of that they cannot be written down. */
	readonly #toldUnsaved = new WeakSet<Session>();
	/** The sums and the account were asked for since the last turn ended. */
	#isStatusFresh = false;
	/** The built-in assistant has no account to ask for. */
	#isBuiltIn = true;

	constructor(options: OutsideViewOptions) {
		this.#options = options;
	}

	show(state: PanelState, session: Session | undefined): void {
		const isWaiting = state.activity === 'waiting';
		void vscode.commands.executeCommand('setContext', contextKeys.isRunning, isWaiting || state.activity === 'running');
		void vscode.commands.executeCommand('setContext', contextKeys.isWaiting, isWaiting);
		this.#showBadge(state);
		this.#showStatus(state, session);
		this.#warnUnsaved(session);
	}

	/** The number on the view's icon: of what waits for the user. What holds the agent up comes first. */
	#showBadge({ approval, changes }: PanelState): void {
		if (approval !== undefined) {
			this.#options.setBadge(approval.total, vscode.l10n.t('Waiting for your approval'));
			return;
		}
		const { total } = changes;
		const files = total === 1 ? vscode.l10n.t('1 file under review') : vscode.l10n.t('{0} files under review', total);
		this.#options.setBadge(total, files);
	}

	#showStatus({ model, activity }: PanelState, session: Session | undefined): void {
		const { status } = this.#options;
		const { budget, cost, served } = session?.state ?? {};
		status.show({
			model,
			...(served?.provider !== undefined && { provider: served.provider }),
			...(cost && { session: cost }),
			...(budget !== undefined && { sessionBudget: budget }),
		});
		this.#isStatusFresh &&= this.#isBuiltIn === model.isBuiltIn;
		this.#isBuiltIn = model.isBuiltIn;
		const isAtRest = activity === 'idle' || activity === 'interrupted';
		if (isAtRest && !this.#isStatusFresh) {
			// It tells its own failures to the log.
			void status.refresh();
		}
		this.#isStatusFresh = isAtRest;
	}

	#warnUnsaved(session: Session | undefined): void {
		if (session?.saveFailure === undefined || this.#toldUnsaved.has(session)) {
			return;
		}
		this.#toldUnsaved.add(session);
		const reason = String(session.saveFailure);
		this.#options.log.error(reason);
		void vscode.window.showWarningMessage(
			vscode.l10n.t('This session cannot be written to disk and goes on in memory: {0}', reason),
		);
	}
}
