import * as vscode from 'vscode';

/** The document that an editor or another extension holds open. Reading never opens one. */
export function findDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
	const key = uri.toString();
	return vscode.workspace.textDocuments.find(document => !document.isClosed && document.uri.toString() === key);
}
