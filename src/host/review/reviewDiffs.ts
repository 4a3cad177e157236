import * as vscode from 'vscode';
import type { BeforeDocuments } from '../chat/beforeDocuments.ts';
import { baseName } from '../format.ts';
import type { ShownFile } from './shownFiles.ts';

/** Opens one file against what it is without the edits under review. A file that the agent deleted is shown as it was. */
export async function openFileDiff(file: ShownFile, before: BeforeDocuments): Promise<void> {
	const uri = vscode.Uri.parse(file.key);
	const isDeleted = file.kind === 'deleted';
	const name = baseName(file.path);
	await vscode.commands.executeCommand(
		'vscode.diff',
		before.reviewUri(uri),
		isDeleted ? before.uriOf(file.path, undefined) : uri,
		isDeleted ? vscode.l10n.t('{0} (deleted, under review)', name) : vscode.l10n.t('{0} (under review)', name),
		{ preview: true },
	);
}

/** Opens all files under review in the editor's diff of many files. */
export async function openAllDiffs(files: readonly ShownFile[], before: BeforeDocuments): Promise<void> {
	const resources = files.map(file => {
		const uri = vscode.Uri.parse(file.key);
		return [
			uri,
			file.kind === 'created' ? undefined : before.reviewUri(uri),
			file.kind === 'deleted' ? undefined : uri,
		];
	});
	await vscode.commands.executeCommand('vscode.changes', vscode.l10n.t('Agent Edits Under Review'), resources);
}
