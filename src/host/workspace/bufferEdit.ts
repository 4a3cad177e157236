/** Changes an open document: small edits in its undo history, saved only where nothing of the user's waits unsaved. */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/tool.ts';
import { StaleTextError, type Stamp, type WriteOutcome } from '../../agent/workspace.ts';
import { lineChanges } from '../../editing/index.ts';
import { readDiskText } from './diskText.ts';
import { stampOf } from './stamp.ts';

export function staleError(path: string): StaleTextError {
	return new StaleTextError(`"${path}" changed since it was read. Read it again and make the edit anew.`);
}

/** @throws StaleTextError when the document has another text than `expected` names; nothing is changed then. */
export async function editBuffer(
	document: vscode.TextDocument,
	path: string,
	text: string,
	expected: Stamp,
): Promise<WriteOutcome> {
	const { version } = document;
	const before = document.getText();
	if ((await stampOf(before)) !== expected || document.version !== version) {
		throw staleError(path);
	}
	const wasUnsaved = document.isDirty || document.isUntitled;
	const target = withLineEndOf(document, text);
	// An edit carries no version: it must be handed over in the same tick as the comparison above.
	if (!(await vscode.workspace.applyEdit(changeTo(document, target)))) {
		throw document.version === version ? new ToolError(`The editor refused to change "${path}".`) : staleError(path);
	}
	if (!document.isDirty && document.getText() !== before && !(await isOnDisk(document, path))) {
		await vscode.workspace.applyEdit(changeTo(document, before));
		throw new ToolError(`"${path}" is read-only in the editor. Tell the user; do not work around it.`);
	}
	return wasUnsaved ? unsavedOutcome(document) : save(document, target);
}

async function unsavedOutcome(document: vscode.TextDocument): Promise<WriteOutcome> {
	const stamp = await stampOf(document.getText());
	return document.isDirty || document.isUntitled
		? { stamp, isSaved: false, note: 'The editor holds unsaved work of the user, who will save it.' }
		: { stamp, isSaved: true };
}

async function save(document: vscode.TextDocument, target: string): Promise<WriteOutcome> {
	const isSaved = !document.isDirty || (await document.save());
	const text = document.getText();
	const stamp = await stampOf(text);
	if (!isSaved) {
		return { stamp, isSaved, note: 'Saving failed, perhaps because the file changed on disk. Tell the user.' };
	}
	// Formatters and trimming run within the save; whatever the user typed meanwhile counts as well.
	return text === target
		? { stamp, isSaved }
		: { stamp, isSaved, note: 'The text changed further while it was saved; read it before the next edit.' };
}

function changeTo(document: vscode.TextDocument, text: string): vscode.WorkspaceEdit {
	const edit = new vscode.WorkspaceEdit();
	edit.set(
		document.uri,
		lineChanges(document.getText(), text).map(({ start, end, text: replacement }) =>
			vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement),
		),
	);
	return edit;
}

/** The editor keeps one kind of line end and takes a lone CR for one too. */
function withLineEndOf(document: vscode.TextDocument, text: string): string {
	const lineEnd = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
	return text.replace(/\r\n|\r|\n/g, lineEnd);
}

async function isOnDisk(document: vscode.TextDocument, path: string): Promise<boolean> {
	if (document.isUntitled) {
		return true;
	}
	const { text } = await readDiskText(document.uri, path);
	return withLineEndOf(document, text) === document.getText();
}
