import * as vscode from 'vscode';

/** The document that an editor or another extension holds open. Reading never opens one. */
export function findDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
	const key = uri.toString();
	return vscode.workspace.textDocuments.find(document => !document.isClosed && document.uri.toString() === key);
}

/** Names what documents hold, at no cost. */
export class DocumentVersions {
	private readonly numbers = new WeakMap<vscode.TextDocument, number>();
	private last = 0;

	/** Changes with every change of the text. The editor counts anew when a document is opened again, this does not. */
	of(document: vscode.TextDocument): string {
		const number = this.numbers.get(document) ?? ++this.last;
		this.numbers.set(document, number);
		return `open-${number}-${document.version}`;
	}
}
