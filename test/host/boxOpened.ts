import * as vscode from 'vscode';

/** Resolves when the next box for an instruction is there: the editor opens a document for what is written in it. */
export function boxOpened(): Promise<void> {
	return new Promise(resolve => {
		const listening = vscode.workspace.onDidOpenTextDocument(({ uri }) => {
			if (uri.scheme === 'comment') {
				listening.dispose();
				resolve();
			}
		});
	});
}
