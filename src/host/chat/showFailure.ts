import * as vscode from 'vscode';
import { advise } from '../../agent/advice.ts';
import type { ModelError } from '../../agent/model.ts';
import type { PanelAction } from '../../protocol/panelAction.ts';

/** Most buttons that a notification shows on one line. */
const MAX_BUTTONS = 2;

/** Tells a failure outside of a turn, with the buttons that mend it. Resolves when the message is gone. */
export async function showFailure(
	{ kind, message, fields }: ModelError,
	run: (action: PanelAction, argument: string | undefined) => Promise<unknown>,
): Promise<void> {
	const { title, text, actions } = advise({ kind, message, fields });
	// A second try is the command itself.
	const offered = actions.filter(({ action }) => action !== 'retry' && action !== 'continue').slice(0, MAX_BUTTONS);
	const buttons = offered.map(button => ({ ...button, title: vscode.l10n.t(button.label) }));
	const pressed = await vscode.window.showErrorMessage(`${vscode.l10n.t(title)}. ${text}`, ...buttons);
	if (pressed !== undefined) {
		await run(pressed.action, pressed.argument);
	}
}
