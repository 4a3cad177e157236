import * as vscode from 'vscode';
import { describeRule, type StoredRule, type StoredScope } from '../../agent/approval/approvalRules.ts';
import type { Session } from '../../agent/session/session.ts';
import { ruleText } from '../../agent/shell/commandRules.ts';
import { denyRule } from './denyRule.ts';
import type { StoredRules } from './storedRules.ts';

type Choice =
	| { readonly kind: 'rule'; readonly stored: StoredRule }
	| { readonly kind: 'forbid' }
	| { readonly kind: 'removeAll'; readonly count: number }
	| { readonly kind: 'askAgain'; readonly session: Session };
type Row = vscode.QuickPickItem & { readonly choice?: Choice };

/** Shows what the user allowed and forbade for longer than a session, until they leave: to remove it, or to add to it. */
export async function manageApprovals(rules: StoredRules, session: Session | undefined): Promise<void> {
	for (;;) {
		const picked = await vscode.window.showQuickPick<Row>(rowsOf(await rules.rules(), session), {
			title: vscode.l10n.t('Approvals'),
			placeHolder: vscode.l10n.t('Choose a rule to remove it. Rules are kept outside your workspaces.'),
			matchOnDescription: true,
		});
		if (picked?.choice === undefined || !(await act(picked.choice, rules))) {
			return;
		}
	}
}

/** Rules first in the words of the card that they came from; what can be done below. */
function rowsOf(stored: readonly StoredRule[], session: Session | undefined): readonly Row[] {
	const separator = (label: string): Row => ({ label, kind: vscode.QuickPickItemKind.Separator });
	const rules = stored.map(
		(rule): Row => ({
			label: `$(${isDenial(rule) ? 'circle-slash' : 'check'}) ${plain(describeRule(rule.rule))}`,
			description: scopeName(rule.scope),
			choice: { kind: 'rule', stored: rule },
		}),
	);
	return [
		...(rules.length > 0 ? [separator(vscode.l10n.t('Rules')), ...rules] : []),
		separator(vscode.l10n.t('Change')),
		{
			label: `$(add) ${vscode.l10n.t('Never run a command…')}`,
			detail: vscode.l10n.t('Forbid commands that begin with certain words, or one whole line.'),
			choice: { kind: 'forbid' },
		},
		...(session !== undefined && !session.isReadOnly
			? [
					{
						label: `$(shield) ${vscode.l10n.t('Ask again in this session')}`,
						detail: vscode.l10n.t('Takes back what was allowed for the conversation on screen.'),
						choice: { kind: 'askAgain', session } as const,
					},
				]
			: []),
		...(rules.length > 0
			? [
					{
						label: `$(clear-all) ${vscode.l10n.t('Remove all rules…')}`,
						choice: { kind: 'removeAll', count: rules.length } as const,
					},
				]
			: []),
	];
}

/** @returns whether to show the list again. */
async function act(choice: Choice, rules: StoredRules): Promise<boolean> {
	switch (choice.kind) {
		case 'rule':
			await rules.remove(choice.stored);
			return true;
		case 'forbid':
			await forbid(rules);
			return true;
		case 'askAgain':
			await choice.session.setLevel('ask');
			void vscode.window.showInformationMessage(vscode.l10n.t('This session asks again.'));
			return false;
		case 'removeAll':
			if (await confirmRemoval(choice.count)) {
				await rules.removeAll();
			}
			return true;
		default:
			return choice satisfies never;
	}
}

async function forbid(rules: StoredRules): Promise<void> {
	const text = await vscode.window.showInputBox({
		title: vscode.l10n.t('Never run a command'),
		prompt: vscode.l10n.t('The first words of the command, such as "git push", or a whole line.'),
		validateInput: value =>
			value.trim() !== '' && denyRule(value) === undefined ? vscode.l10n.t('This is too long for a rule.') : undefined,
	});
	const rule = text === undefined ? undefined : denyRule(text);
	if (rule === undefined) {
		return;
	}
	const scopes = (['always', 'workspace'] as const).map(scope => ({ label: scopeName(scope), scope }));
	const picked = await vscode.window.showQuickPick(scopes, {
		title: vscode.l10n.t('Never run {0}', ruleText(rule)),
		placeHolder: vscode.l10n.t('Where does this hold?'),
	});
	if (picked !== undefined) {
		await rules.add({ kind: 'command', rule }, picked.scope);
	}
}

async function confirmRemoval(count: number): Promise<boolean> {
	const remove = vscode.l10n.t('Remove');
	const text = vscode.l10n.t('Remove all {0} rules, also those that forbid commands?', count);
	return (await vscode.window.showWarningMessage(text, { modal: true }, remove)) === remove;
}

function isDenial({ rule }: StoredRule): boolean {
	return rule.kind === 'command' && rule.rule.effect === 'deny';
}

/** Labels of the editor turn `$(name)` into an icon: a rule must read as it is. */
function plain(text: string): string {
	return text.replaceAll('$(', '$\u200b(');
}

function scopeName(scope: StoredScope): string {
	return scope === 'always' ? vscode.l10n.t('everywhere') : vscode.l10n.t('in this workspace');
}
