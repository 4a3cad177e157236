/** What the user is told when an inline edit came to nothing, or brought problems; and the buttons that may help. */
import * as vscode from 'vscode';
import { advise } from '../../agent/advice.ts';
import type { FailureRecord } from '../../agent/events.ts';
import { describeProblem } from '../../agent/inline/inlinePrompt.ts';
import type { ChatController } from '../chat/chatController.ts';
import { runPanelAction } from '../chat/panelActions.ts';
import { chatAttachments } from './chatAttachments.ts';
import type { InlineEdit } from './inlineEdit.ts';
import type { RunEnd } from './inlineRun.ts';
import { refusalWords, secondTry } from './inlineWords.ts';
import type { OpenEdits } from './openEdits.ts';
import { toInlineProblem } from './problemsAfter.ts';

const STATUS_MS = 5000;

/** What mends a request without a session on screen. */
const mendingActions: ReadonlySet<string> = new Set([
	...['setKey', 'signIn', 'addCredits', 'keySettings', 'privacySettings', 'changeModel', 'editRouting'],
]);

export interface EditMessagesOptions {
	readonly chat: ChatController;
	readonly open: OpenEdits;
	/** Works on the same lines once more. @param instruction absent for the one that failed. */
	readonly again: (edit: InlineEdit, instruction: string | undefined) => Promise<void>;
}

export class EditMessages {
	readonly #options: EditMessagesOptions;

	constructor(options: EditMessagesOptions) {
		this.#options = options;
	}

	/** Tells why there is no edit. Nobody waits for the answer. */
	tellEnd(edit: InlineEdit, end: Exclude<RunEnd, { kind: 'done' }>): void {
		const { t } = vscode.l10n;
		switch (end.kind) {
			case 'cancelled':
				vscode.window.setStatusBarMessage(t('The inline edit was cancelled; the lines are as before.'), STATUS_MS);
				return;
			case 'unchanged':
				tell(t('The model left the lines as they are.'));
				return;
			case 'touched':
				tell(t('The inline edit ended because you changed its lines. Yours and those that came are kept.'));
				return;
			case 'readOnly':
				tell(t('The editor takes no edits of this file.'));
				return;
			case 'refused':
				this.#offer(edit, refusalWords(end.why, end.prose, t), secondTry(end.why));
				return;
			case 'failed':
				this.#tellFailure(edit, end.failure);
				return;
			default:
				end satisfies never;
		}
	}

	/** Problems in the lines that were not there before the edit. */
	async tellProblems(edit: InlineEdit, found: readonly vscode.Diagnostic[]): Promise<void> {
		const [first] = found;
		if (first === undefined || edit.pending === undefined) {
			return;
		}
		const fix = vscode.l10n.t('Fix');
		const text =
			found.length === 1
				? vscode.l10n.t('The edit brought a problem: {0}', first.message)
				: vscode.l10n.t('The edit brought {0} problems, the first: {1}', found.length, first.message);
		if ((await vscode.window.showWarningMessage(text, fix)) === fix) {
			const lines = found.map(problem => describeProblem(toInlineProblem(problem)));
			await this.#options.again(edit, `Fix the problems that this edit brought:\n${lines.join('\n')}`);
		}
	}

	#offer(edit: InlineEdit, text: string, again: string): void {
		const [retry, ask] = [vscode.l10n.t('Try again'), vscode.l10n.t('Ask in chat')];
		this.#options.open.hold(edit, async () => {
			const choice = await vscode.window.showWarningMessage(text, retry, ask);
			if (choice === retry) {
				await this.#options.again(edit, again);
			} else if (choice === ask) {
				const [first = ''] = edit.instructions;
				await this.#options.chat.ask(first, chatAttachments(edit), { isNew: true });
			}
		});
	}

	#tellFailure(edit: InlineEdit, failure: FailureRecord): void {
		const { title, text, actions } = advise(failure);
		const mend = actions.find(({ action }) => mendingActions.has(action));
		const retry = vscode.l10n.t('Try again');
		const buttons = [retry, ...(mend === undefined ? [] : [vscode.l10n.t(mend.label)])];
		this.#options.open.hold(edit, async () => {
			const choice = await vscode.window.showErrorMessage(`${vscode.l10n.t(title)}. ${text}`, ...buttons);
			if (choice === retry) {
				await this.#options.again(edit, undefined);
			} else if (choice !== undefined && mend !== undefined) {
				await runPanelAction(mend.action, mend.argument, this.#options.chat);
			}
		});
	}
}

/** Nobody waits until it is read. */
export function tell(text: string | undefined): void {
	if (text !== undefined) {
		void vscode.window.showInformationMessage(text);
	}
}
