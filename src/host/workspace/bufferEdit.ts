/** Changes an open document: small edits in its undo history, saved only where nothing of the user's waits unsaved. */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/toolError.ts';
import type { Stamp, WriteOutcome } from '../../agent/workspace.ts';
import { hasMixedLineEnds, lineChanges } from '../../editing/index.ts';
import { staleText } from '../../files/refusals.ts';
import { stampOf } from '../../files/stamp.ts';
import { readDiskText } from './diskText.ts';

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
		throw staleText(path);
	}
	const wasUnsaved = document.isDirty || document.isUntitled;
	const eol = lineEndFor(document, text);
	const target = withLineEnd(text, eol);
	if (target === before) {
		return { stamp: expected, isSaved: !wasUnsaved };
	}
	// An edit carries no version: it must be handed over in the same tick as the comparison above.
	if (!(await vscode.workspace.applyEdit(changeTo(document, target, eol)))) {
		throw document.version === version ? new ToolError(`The editor refused to change "${path}".`) : staleText(path);
	}
	if (!document.isDirty && document.getText() !== before && !(await isOnDisk(document, path))) {
		await vscode.workspace.applyEdit(changeTo(document, before, document.eol));
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

/** An edit without any change would count as refused: the texts must differ. */
function changeTo(document: vscode.TextDocument, text: string, eol: vscode.EndOfLine): vscode.WorkspaceEdit {
	const changes = lineChanges(document.getText(), withLineEnd(text, document.eol)).map(
		({ start, end, text: replacement }) =>
			vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), replacement),
	);
	const edit = new vscode.WorkspaceEdit();
	edit.set(document.uri, eol === document.eol ? changes : [...changes, vscode.TextEdit.setEndOfLine(eol)]);
	return edit;
}

/** A text with one kind of line end sets it; any other takes that of the document. */
function lineEndFor(document: vscode.TextDocument, text: string): vscode.EndOfLine {
	if (!text.includes('\n') || hasMixedLineEnds(text)) {
		return document.eol;
	}
	return text.includes('\r\n') ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF;
}

/** The editor keeps one kind of line end and takes a lone CR for one too. */
function withLineEnd(text: string, eol: vscode.EndOfLine): string {
	return text.replace(/\r\n|\r|\n/g, eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n');
}

async function isOnDisk(document: vscode.TextDocument, path: string): Promise<boolean> {
	if (document.isUntitled) {
		return true;
	}
	const { text } = await readDiskText(document.uri, path);
	return withLineEnd(text, document.eol) === document.getText();
}
