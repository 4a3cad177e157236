import * as vscode from 'vscode';
import { baseName } from '../format.ts';
import type { BeforeDocuments } from './beforeDocuments.ts';

/** A recorded change, as far as a diff needs it. */
interface DiffableChange {
	readonly path: string;
	readonly uri: string;
	/** Names the text before; absent when there was no file. */
	readonly before?: string;
}

/** Opens the diff of one file: as it was before the first of the changes, against what it is now. */
export async function openDiff(changes: readonly DiffableChange[], before: BeforeDocuments): Promise<void> {
	const first = changes[0];
	if (first === undefined) {
		return;
	}
	const title = vscode.l10n.t('{0} (before the edit ↔ now)', baseName(first.path));
	await vscode.commands.executeCommand(
		'vscode.diff',
		before.uriOf(first.path, first.before),
		vscode.Uri.parse(first.uri),
		title,
		{ preview: true },
	);
}
