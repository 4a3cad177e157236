import * as vscode from 'vscode';

/** Shows a file, where it is shown already if it is. @param uri absent for the active editor. */
export async function editorFor(uri: vscode.Uri | undefined): Promise<vscode.TextEditor | undefined> {
	const { activeTextEditor } = vscode.window;
	if (uri === undefined || activeTextEditor?.document.uri.toString() === uri.toString()) {
		return activeTextEditor;
	}
	const document = await vscode.workspace.openTextDocument(uri);
	return vscode.window.showTextDocument(document, { viewColumn: columnOf(document) });
}

/** Where it is shown already. */
export function columnOf(document: vscode.TextDocument): vscode.ViewColumn {
	const editor = vscode.window.visibleTextEditors.find(visible => visible.document === document);
	return editor?.viewColumn ?? vscode.ViewColumn.Active;
}
