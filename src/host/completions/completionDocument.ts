import * as vscode from 'vscode';
import { isSecret, protectionOf } from '../../agent/approval/protectedPaths.ts';
import {
	type CompletionPlace,
	cutAfter,
	cutBefore,
	MAX_AFTER,
	MAX_BEFORE,
} from '../../agent/completion/completionPlace.ts';
import { importLines } from '../../agent/completion/completionPrompt.ts';

/** Lines around the cursor that are looked at; what is shown of them is limited by characters. */
const LINES_BEFORE = 300;
const LINES_AFTER = 100;
/** Lines in which imports are looked for. */
const HEAD_LINES = 100;

/** Whether a document's file is a link, as it was when first asked for. */
const links = new WeakMap<vscode.TextDocument, Promise<boolean>>();

/**
 * The path of a document whose text may go to a model, as the model is told of it; undefined for one that may not: a file
 * of keys, one outside the workspace, a link, which may lead to either, and what is no file, such as the input of another
 * view.
 */
export async function completionPath(document: vscode.TextDocument): Promise<string | undefined> {
	const uri = fileOf(document);
	if (uri === undefined) {
		return undefined;
	}
	const path = uri.scheme === 'untitled' ? uri.path : vscode.workspace.asRelativePath(uri);
	const isOfKeys = document.languageId === 'dotenv' || isSecret(path) || protectionOf(path) === 'forbidden';
	return isOfKeys || (await isLink(document, uri)) ? undefined : path;
}

/** @param path see `completionPath`. */
export function completionPlace(
	document: vscode.TextDocument,
	position: vscode.Position,
	path: string,
): CompletionPlace {
	const first = new vscode.Position(Math.max(0, position.line - LINES_BEFORE), 0);
	const last = new vscode.Position(position.line + LINES_AFTER, 0);
	const whole = textOf(document, first, position);
	const before = cutBefore(whole, MAX_BEFORE);
	const isShort = first.line === 0 && before.length === whole.length;
	const head = isShort
		? ''
		: importLines(textOf(document, new vscode.Position(0, 0), new vscode.Position(HEAD_LINES, 0)));
	return {
		document: document.uri.toString(),
		path,
		language: document.languageId,
		before,
		after: cutAfter(textOf(document, position, last), MAX_AFTER),
		...(head !== '' && { head }),
	};
}

function textOf(document: vscode.TextDocument, from: vscode.Position, to: vscode.Position): string {
	return document.getText(new vscode.Range(from, to)).replaceAll('\r\n', '\n');
}

function isLink(document: vscode.TextDocument, uri: vscode.Uri): Promise<boolean> {
	const asked = links.get(document) ?? statsLink(uri);
	links.set(document, asked);
	return asked;
}

async function statsLink(uri: vscode.Uri): Promise<boolean> {
	if (uri.scheme === 'untitled') {
		return false;
	}
	try {
		return ((await vscode.workspace.fs.stat(uri)).type & vscode.FileType.SymbolicLink) !== 0;
	} catch {
		// Not there, or not any more: nothing that it could lead to.
		return false;
	}
}

/** The file that a document is, or the notebook whose cell it is. */
function fileOf(document: vscode.TextDocument): vscode.Uri | undefined {
	const { uri } = document;
	if (uri.scheme === 'untitled') {
		return uri;
	}
	const isCell = uri.scheme === 'vscode-notebook-cell';
	const notebook = isCell && vscode.workspace.notebookDocuments.find(candidate => candidate.uri.path === uri.path);
	const file = notebook ? notebook.uri : uri;
	const isOfWorkspace = vscode.workspace.getWorkspaceFolder(file) !== undefined;
	const isAlone = vscode.workspace.workspaceFolders === undefined && ['file', 'vscode-remote'].includes(file.scheme);
	return isOfWorkspace || isAlone ? file : undefined;
}
