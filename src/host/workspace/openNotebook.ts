/** Notebooks as the editor shows them, unsaved cells and outputs included. */
import * as vscode from 'vscode';
import * as z from 'zod';
import type { Notebook, NotebookCell, NotebookOutput } from '../../agent/notebook.ts';
import { outputOf } from '../../tools/notebook/notebookOutput.ts';
import { isNotebookPath } from '../../tools/notebook/notebookPath.ts';

/** What a program printed. The names are those of `NotebookCellOutputItem.stdout`, `stderr` and `error`. */
const PRINTED = ['application/vnd.code.notebook.stdout', 'application/vnd.code.notebook.stderr'];
const FAILURE = 'application/vnd.code.notebook.error';

/** The Jupyter notebook that an editor holds. */
export function findOpenNotebook(uri: string): vscode.NotebookDocument | undefined {
	return isNotebookPath(uri)
		? vscode.workspace.notebookDocuments.find(notebook => !notebook.isClosed && notebook.uri.toString() === uri)
		: undefined;
}

/** Undefined where no editor holds the notebook. */
export function findNotebook(uri: string): Notebook | undefined {
	const found = findOpenNotebook(uri);
	if (found === undefined) {
		return undefined;
	}
	const cells = found.getCells().map(toCell);
	const language = cells.find(({ kind }) => kind === 'code')?.language;
	return { cells, isUnsaved: found.isDirty, ...(language !== undefined && { language }) };
}

export function cellKind({ kind, document }: vscode.NotebookCell): NotebookCell['kind'] {
	return kind === vscode.NotebookCellKind.Markup ? 'markdown' : document.languageId === 'raw' ? 'raw' : 'code';
}

function toCell(cell: vscode.NotebookCell): NotebookCell {
	const { document, outputs } = cell;
	return {
		kind: cellKind(cell),
		language: document.languageId,
		source: document.getText(),
		outputs: outputs.map(({ items }) => toOutput(items)).filter(output => output !== undefined),
	};
}

function toOutput(items: readonly vscode.NotebookCellOutputItem[]): NotebookOutput | undefined {
	const failure = items.find(({ mime }) => mime === FAILURE);
	if (failure !== undefined) {
		return toFailure(textOf(failure));
	}
	const printed = items.find(({ mime }) => PRINTED.includes(mime));
	return printed === undefined
		? outputOf(items.map(item => ({ mimeType: item.mime, text: () => textOf(item) })))
		: { kind: 'text', text: textOf(printed) };
}

const failureJson = z.object({
	name: z.string().catch('Error'),
	message: z.string().catch(''),
	stack: z.string().catch(''),
});

/** @param json of an `Error`'s name, message and stack, if the kernel's extension keeps to that. */
function toFailure(json: string): NotebookOutput {
	const { success, data } = failureJson.safeParse(parseJson(json));
	return success
		? { kind: 'error', name: data.name, message: data.message, trace: data.stack }
		: { kind: 'error', name: 'Error', message: '', trace: json };
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

function textOf({ data }: vscode.NotebookCellOutputItem): string {
	return new TextDecoder().decode(data);
}
