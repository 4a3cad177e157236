/**
 * Notebooks that an editor holds, read and written as the text of their file. What is written goes in by cell, into the
 * undo history; outputs and all that is no source stay as the editor has them.
 */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/toolError.ts';
import type { Stamp, WriteOutcome } from '../../agent/workspace.ts';
import { lineChanges } from '../../editing/index.ts';
import { staleText } from '../../files/refusals.ts';
import { stampOf } from '../../files/stamp.ts';
import { matchCells } from '../../tools/notebook/cellChanges.ts';
import { type CellSource, type NextCell, withCells } from '../../tools/notebook/notebookText.ts';
import { parseNotebook } from '../../tools/notebook/parseNotebook.ts';
import { withLineEnd } from './bufferWriter.ts';
import { readDiskText } from './diskText.ts';
import { cellKind } from './openNotebook.ts';

/** How long an editor may take to follow its file. */
const RELOAD_MS = 2000;

/** The text that its file would have, as far as cells are concerned. @throws ToolError */
export async function readNotebookText(notebook: vscode.NotebookDocument, path: string): Promise<string> {
	const { text } = await readDiskText(notebook.uri, path);
	return notebook.isDirty ? withCells(text, matchCells(cellsIn(text, path), cellsOf(notebook))) : text;
}

/** @throws StaleTextError when it has another text than `expected` names; nothing is changed then. */
export async function writeNotebook(
	notebook: vscode.NotebookDocument,
	path: string,
	text: string,
	expected: Stamp,
): Promise<WriteOutcome> {
	const target = cellsIn(text, path);
	await followFile(notebook, path);
	const version = versionOf(notebook);
	const before = await readNotebookText(notebook, path);
	if ((await stampOf(before)) !== expected || versionOf(notebook) !== version || notebook.isClosed) {
		throw staleText(path);
	}
	const wasDirty = notebook.isDirty;
	const edit = changesTo(notebook, matchCells(cellsOf(notebook), target));
	if (edit === undefined) {
		throw new ToolError(`"${path}" is open in an editor: only its cells can be changed.`);
	}
	// Nothing may be waited for between the comparison above and here: an edit carries no version.
	if (!(await vscode.workspace.applyEdit(edit))) {
		throw versionOf(notebook) === version ? new ToolError(`The editor refused to change "${path}".`) : staleText(path);
	}
	const isAsAsked = isSame(cellsOf(notebook), target);
	const isSaved = !wasDirty && isAsAsked ? await notebook.save() : !notebook.isDirty;
	const after = await readNotebookText(notebook, path);
	return {
		stamp: await stampOf(after),
		isSaved,
		...(after !== text && { text: after }),
		...(!isSaved && { note: unsavedNote(wasDirty || !isAsAsked) }),
	};
}

function unsavedNote(isUsers: boolean): string {
	return isUsers
		? 'The editor holds unsaved work of the user, who will save it.'
		: 'Saving failed, perhaps because the file changed on disk. Tell the user.';
}

/** A clean notebook whose file changed is about to be loaded anew. */
async function followFile(notebook: vscode.NotebookDocument, path: string): Promise<void> {
	const cells = notebook.isDirty ? undefined : cellsIn((await readDiskText(notebook.uri, path)).text, path);
	const isCurrent = () => cells === undefined || notebook.isDirty || isSame(cellsOf(notebook), cells);
	if (isCurrent()) {
		return;
	}
	let listener: vscode.Disposable | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	try {
		await new Promise<void>(resolve => {
			listener = vscode.workspace.onDidChangeNotebookDocument(() => isCurrent() && resolve());
			timer = setTimeout(resolve, RELOAD_MS);
		});
	} finally {
		listener?.dispose();
		clearTimeout(timer);
	}
	if (!isCurrent()) {
		throw staleText(path);
	}
}

/** Changes with every change of a cell or of their order. */
function versionOf(notebook: vscode.NotebookDocument): string {
	return [notebook.version, ...notebook.getCells().map(({ document }) => document.version)].join();
}

function cellsIn(json: string, path: string): readonly CellSource[] {
	const notebook = parseNotebook(json);
	if (notebook === undefined) {
		throw new ToolError(`"${path}" is open in an editor as a notebook, and this text is none of format 4.`);
	}
	return notebook.cells.map(({ outputs: _, ...cell }) => ({ ...cell, source: toLf(cell.source) }));
}

function cellsOf(notebook: vscode.NotebookDocument): readonly CellSource[] {
	const usual = usualLanguage(notebook);
	return notebook.getCells().map(cell => {
		const kind = cellKind(cell);
		const { languageId } = cell.document;
		// Where the editor's own extension for Jupyter notebooks keeps it.
		const id: unknown = cell.metadata['id'];
		return {
			...(typeof id === 'string' && { id }),
			kind,
			source: toLf(cell.document.getText()),
			...(kind === 'code' && languageId !== usual && { language: languageId }),
		};
	});
}

function usualLanguage(notebook: vscode.NotebookDocument): string {
	return notebook.getCells().find(cell => cellKind(cell) === 'code')?.document.languageId ?? 'python';
}

function isSame(left: readonly CellSource[], right: readonly CellSource[]): boolean {
	return (
		left.length === right.length &&
		left.every(({ kind, source }, index) => kind === right[index]?.kind && source === right[index]?.source)
	);
}

/** Undefined when there is nothing to change. */
function changesTo(notebook: vscode.NotebookDocument, next: readonly NextCell[]): vscode.WorkspaceEdit | undefined {
	const edit = new vscode.WorkspaceEdit();
	const replaced: vscode.NotebookEdit[] = [];
	let from = 0;
	let added: vscode.NotebookCellData[] = [];
	const close = (upTo: number) => {
		if (upTo > from || added.length > 0) {
			replaced.push(vscode.NotebookEdit.replaceCells(new vscode.NotebookRange(from, upTo), added));
		}
		added = [];
	};
	for (const cell of next) {
		if (cell.from === undefined) {
			added.push(toCellData(cell, usualLanguage(notebook)));
			continue;
		}
		close(cell.from);
		from = cell.from + 1;
		const edits = sourceEdits(notebook.cellAt(cell.from).document, cell.source);
		if (edits.length > 0) {
			edit.set(notebook.cellAt(cell.from).document.uri, edits);
		}
	}
	close(notebook.cellCount);
	if (replaced.length > 0) {
		edit.set(notebook.uri, replaced);
	}
	// `edit.size` counts texts only.
	return replaced.length > 0 || edit.size > 0 ? edit : undefined;
}

function sourceEdits(document: vscode.TextDocument, source: string): vscode.TextEdit[] {
	const lineEnd = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
	return lineChanges(document.getText(), withLineEnd(source, lineEnd)).map(({ start, end, text }) =>
		vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
	);
}

function toCellData({ id, kind, source, language }: CellSource, usual: string): vscode.NotebookCellData {
	const data =
		kind === 'markdown'
			? new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, source, 'markdown')
			: new vscode.NotebookCellData(vscode.NotebookCellKind.Code, source, kind === 'raw' ? 'raw' : (language ?? usual));
	if (id !== undefined) {
		data.metadata = { id };
	}
	return data;
}

function toLf(text: string): string {
	return withLineEnd(text, '\n');
}
