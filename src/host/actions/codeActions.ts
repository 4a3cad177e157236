/** What the light bulb offers. Small, since it is asked at every move of the cursor: the work is loaded with its command. */
import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import { otherSchemes } from '../inline/otherSchemes.ts';

/** What the light bulb hands to the command. */
export interface FixRequest {
	readonly uri: vscode.Uri;
	readonly problems: readonly vscode.Diagnostic[];
}

const editKind = vscode.CodeActionKind.RefactorRewrite;

export function registerCodeActions(): vscode.Disposable {
	return vscode.languages.registerCodeActionsProvider(
		'*',
		{ provideCodeActions },
		{ providedCodeActionKinds: [vscode.CodeActionKind.QuickFix, editKind] },
	);
}

function provideCodeActions(
	{ uri }: vscode.TextDocument,
	range: vscode.Range | vscode.Selection,
	{ diagnostics, only, triggerKind }: vscode.CodeActionContext,
): vscode.CodeAction[] {
	const isEdited = uri.scheme !== 'vscode-notebook-cell' && !otherSchemes.has(uri.scheme);
	if (!isEdited || !vscode.workspace.isTrusted) {
		return [];
	}
	const wants = (kind: vscode.CodeActionKind) => only === undefined || only.contains(kind);
	const actions: vscode.CodeAction[] = [];
	if (wants(vscode.CodeActionKind.QuickFix)) {
		// Hints are no problems: they would make the bulb shine where nothing is wrong.
		const problems = diagnostics.filter(({ severity }) => severity < vscode.DiagnosticSeverity.Hint);
		actions.push(...fixes(uri, problems));
	}
	// Without a selection it would make the bulb shine in every line.
	const isAsked = triggerKind === vscode.CodeActionTriggerKind.Invoke || only !== undefined;
	if (wants(editKind) && (isAsked || !range.isEmpty)) {
		actions.push(action(vscode.l10n.t('Edit with OpenRouter Agent…'), editKind, commandIds.inlineStart));
		if (isAsked) {
			actions.push(
				action(vscode.l10n.t('Document with OpenRouter Agent'), editKind, commandIds.documentSelection),
				action(vscode.l10n.t('Refactor with OpenRouter Agent…'), editKind, commandIds.refactorSelection),
			);
		}
	}
	return actions;
}

function fixes(uri: vscode.Uri, problems: readonly vscode.Diagnostic[]): vscode.CodeAction[] {
	const kind = vscode.CodeActionKind.QuickFix;
	const fix = (title: string, fixed: readonly vscode.Diagnostic[]) => {
		const request: FixRequest = { uri, problems: fixed };
		const made = action(title, kind, commandIds.inlineStart, request);
		made.diagnostics = [...fixed];
		return made;
	};
	const title = vscode.l10n.t('Fix with OpenRouter Agent');
	const [first] = problems;
	if (first === undefined) {
		return [];
	}
	if (problems.length === 1) {
		return [fix(title, [first])];
	}
	return [
		fix(vscode.l10n.t('Fix all {0} problems with OpenRouter Agent', problems.length), problems),
		...problems.map(problem => fix(`${title}: ${problem.message}`, [problem])),
	];
}

function action(title: string, kind: vscode.CodeActionKind, command: string, argument?: FixRequest): vscode.CodeAction {
	const made = new vscode.CodeAction(title, kind);
	made.command = { title, command, ...(argument && { arguments: [argument] }) };
	return made;
}
