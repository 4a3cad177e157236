/** Going back to before a message of the user: what of it is asked, and what came of it is told. */
import * as vscode from 'vscode';
import type { RestorePoint } from '../../agent/review/restorePoints.ts';
import type { RestoredFile } from '../../agent/review/restorer.ts';
import type { Session } from '../../agent/session/session.ts';
import { ageText } from '../account/age.ts';

type Restoring = Pick<Session, 'restore' | 'restorePoints' | 'restorePreview' | 'isRunning' | 'events'>;

/** Points that the list of the palette offers. */
const MAX_POINTS = 100;

interface Choice extends vscode.QuickPickItem {
	readonly files: boolean | 'chosen';
	readonly conversation: boolean;
}

/** Lets the user choose a point, then what of it. @returns as `restoreBefore` does. */
export async function chooseRestorePoint(session: Restoring): Promise<string | undefined> {
	const points = session.restorePoints().toReversed().slice(0, MAX_POINTS);
	if (points.length === 0) {
		void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to go back to in this session.'));
		return undefined;
	}
	const now = Date.now();
	const picked = await vscode.window.showQuickPick(
		points.map(point => ({
			label: pointLabel(point),
			description: ageText(now - point.at, (message, ...args) => vscode.l10n.t(message, ...args)),
			detail: filesText(point),
			point,
		})),
		{ title: vscode.l10n.t('Restore to Before…'), matchOnDetail: true },
	);
	return picked && restoreBefore(session, picked.point);
}

/**
 * Asks what to bring back, and brings it back.
 * @returns the message that was set aside, when the conversation went back to before it.
 */
export async function restoreBefore(session: Restoring, point: RestorePoint): Promise<string | undefined> {
	const { sequence } = point;
	if (session.isRunning) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Stop the turn first, then restore.'));
		return undefined;
	}
	const preview = await session.restorePreview(sequence);
	const choice = await vscode.window.showQuickPick(choicesFor(preview), {
		title: vscode.l10n.t('Restore to before “{0}”', pointLabel(point)),
		placeHolder: vscode.l10n.t('What you typed since is kept. A restore can be undone.'),
	});
	if (choice === undefined) {
		return undefined;
	}
	const { conversation } = choice;
	const files = choice.files === 'chosen' ? await chooseFiles(preview) : choice.files;
	if (files === undefined) {
		return undefined;
	}
	const restored = await session.restore({ before: sequence, files, conversation });
	await tellTrouble(restored);
	const event = session.events.find(stored => stored.sequence === sequence)?.event;
	return conversation && event?.type === 'user' ? event.text : undefined;
}

/** @param argument of the notice: the place in the log, with `:files` where the conversation stayed. */
export async function undoRestore(session: Restoring, argument: string): Promise<void> {
	const [before, part] = argument.split(':');
	const request = { before: Number(before), files: true, conversation: part !== 'files' };
	await tellTrouble(await session.restore(request));
}

/** @returns URIs; undefined when the user left, or chose none. */
async function chooseFiles(preview: readonly RestoredFile[]): Promise<readonly string[] | undefined> {
	const picked = await vscode.window.showQuickPick(
		changedFiles(preview).map(file => ({ label: file.path, description: noteOf(file).trim(), uri: file.uri })),
		{ title: vscode.l10n.t('Files to Restore'), canPickMany: true, matchOnDescription: true },
	);
	return picked === undefined || picked.length === 0 ? undefined : picked.map(({ uri }) => uri);
}

function changedFiles(preview: readonly RestoredFile[]): readonly RestoredFile[] {
	return preview.filter(({ kind }) => kind !== 'unchanged');
}

function choicesFor(preview: readonly RestoredFile[]): readonly Choice[] {
	const files = changedFiles(preview);
	const detail = previewText(files);
	const conversation: Choice = {
		label: vscode.l10n.t('Conversation only'),
		detail: vscode.l10n.t('Sets this message and what came after it aside. Files stay as they are.'),
		files: false,
		conversation: true,
	};
	if (files.length === 0) {
		return [conversation];
	}
	const chosen: Choice = { label: vscode.l10n.t('Some files…'), files: 'chosen', conversation: false };
	return [
		{ label: vscode.l10n.t('Files and conversation'), detail, files: true, conversation: true },
		{ label: vscode.l10n.t('Files only'), detail, files: true, conversation: false },
		...(files.length > 1 ? [chosen] : []),
		conversation,
	];
}

function previewText(files: readonly RestoredFile[]): string {
	const shown = files.slice(0, 4).map(file => `${file.path}${noteOf(file)}`);
	return [...shown, ...(files.length > shown.length ? [`+ ${files.length - shown.length}`] : [])].join(', ');
}

function noteOf(file: RestoredFile): string {
	switch (file.kind) {
		case 'restored':
			return ` (+${file.added} −${file.removed})`;
		case 'conflicts':
			return ` (${vscode.l10n.t('changed by you at line {0}', file.lines.join(', '))})`;
		case 'notStored':
			return ` (${vscode.l10n.t('not stored any more')})`;
		case 'failed':
			return ` (${file.message})`;
		case 'unchanged':
			return '';
		default:
			return file satisfies never;
	}
}

/** What was not restored, with the way to it. */
async function tellTrouble(restored: readonly RestoredFile[]): Promise<void> {
	const troubled = restored.filter(({ kind }) => kind === 'conflicts' || kind === 'notStored' || kind === 'failed');
	const [first] = troubled;
	if (first === undefined) {
		return;
	}
	const show = vscode.l10n.t('Show');
	const text = vscode.l10n.t('Not restored: {0}', previewText(troubled));
	const canShow = first.kind === 'conflicts';
	const choice = await vscode.window.showWarningMessage(text, ...(canShow ? [show] : []));
	if (choice === show && first.kind === 'conflicts') {
		const line = (first.lines[0] ?? 1) - 1;
		const selection = new vscode.Range(line, 0, line, 0);
		await vscode.window.showTextDocument(vscode.Uri.parse(first.uri, true), { selection });
	}
}

function pointLabel({ kind, label }: RestorePoint): string {
	return kind === 'restore' ? vscode.l10n.t('the last restore') : label;
}

function filesText({ files, added, removed }: RestorePoint): string {
	if (files === 0) {
		return vscode.l10n.t('No file was changed since');
	}
	return files === 1
		? vscode.l10n.t('1 file changed since (+{0} −{1})', added, removed)
		: vscode.l10n.t('{0} files changed since (+{1} −{2})', files, added, removed);
}
