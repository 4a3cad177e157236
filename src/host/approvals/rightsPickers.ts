import * as vscode from 'vscode';
import type { AgentMode, ApprovalLevel } from '../../agent/approval/policy.ts';
import type { SessionRights } from './sessionRights.ts';

/** Lets the user choose what the agent of the session on screen may do at all. */
export async function chooseMode(rights: SessionRights): Promise<void> {
	const picked = await pick<AgentMode>(vscode.l10n.t('Mode of this session'), rights.mode, [
		{
			value: 'agent',
			label: vscode.l10n.t('Agent'),
			detail: vscode.l10n.t('Reads, edits and runs commands, with your approval where it is needed.'),
		},
		{
			value: 'ask',
			label: vscode.l10n.t('Ask'),
			detail: vscode.l10n.t('Reads and answers. Changes nothing, whatever is allowed otherwise.'),
		},
	]);
	if (picked !== undefined) {
		await rights.setMode(picked);
	}
}

/** Lets the user choose what they are asked about in the session on screen. */
export async function chooseLevel(rights: SessionRights): Promise<void> {
	const picked = await pick<ApprovalLevel>(vscode.l10n.t('Approvals of this session'), rights.level, [
		{
			value: 'ask',
			label: vscode.l10n.t('Ask'),
			detail: vscode.l10n.t('Asks before every edit, and before every command that does more than read.'),
		},
		{
			value: 'edits',
			label: vscode.l10n.t('Auto edits'),
			detail: vscode.l10n.t('Edits files of the workspace without asking; protected ones are still asked for.'),
		},
		{
			value: 'everything',
			label: vscode.l10n.t('Allow everything…'),
			detail: vscode.l10n.t('Runs commands too without asking, in this session only.'),
		},
	]);
	if (picked !== undefined) {
		await rights.setLevel(picked);
	}
}

interface Option<Value> extends vscode.QuickPickItem {
	readonly value: Value;
}

async function pick<Value>(
	title: string,
	current: Value,
	options: readonly Option<Value>[],
): Promise<Value | undefined> {
	const items = options.map(option =>
		option.value === current ? { ...option, description: vscode.l10n.t('now') } : option,
	);
	return (await vscode.window.showQuickPick(items, { title }))?.value;
}

/** The editor's own dialog: neither the page nor a command or setting can answer it. */
export async function confirmEverything(): Promise<boolean> {
	const allow = vscode.l10n.t('Allow everything');
	const detail = vscode.l10n.t(
		'Until you close this session or change it back, the agent edits files, runs any command, and uses the web and tools of others without asking you. A page or a file that it reads may mislead it. Protected files and writes outside the workspace are still asked for.',
	);
	const text = vscode.l10n.t('Allow everything in this session?');
	return (await vscode.window.showWarningMessage(text, { modal: true, detail }, allow)) === allow;
}
