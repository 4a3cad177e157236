import * as vscode from 'vscode';
import { type LineEdit, shiftLine } from '../../agent/uncommitted/shiftLine.ts';

/** Where lines stand now that were read some time ago. */
export class LineMoves implements vscode.Disposable {
	readonly #edits = new Map<string, LineEdit[]>();
	readonly #subscription = vscode.workspace.onDidChangeTextDocument(event => {
		const key = event.document.uri.toString();
		this.#edits.set(key, [...(this.#edits.get(key) ?? []), ...lineEdits(event)]);
	});

	/** @param line from 0, as it was when this object was made. */
	now(uri: vscode.Uri, line: number): number {
		return (this.#edits.get(uri.toString()) ?? []).reduce(shiftLine, line);
	}

	dispose(): void {
		this.#subscription.dispose();
	}
}

/** One after the other, as the editor tells them: each place is that in the text which those before it left. */
export function lineEdits({ contentChanges }: vscode.TextDocumentChangeEvent): readonly LineEdit[] {
	return contentChanges.map(({ range, text }) => ({
		startLine: range.start.line,
		startCharacter: range.start.character,
		endLine: range.end.line,
		endCharacter: range.end.character,
		lineEnds: text.split('\n').length - 1,
	}));
}
