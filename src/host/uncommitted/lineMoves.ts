import * as vscode from 'vscode';
import { type LineEdit, shiftLine } from '../../agent/uncommitted/shiftLine.ts';

/** Where lines stand now that were read while it listened. */
export class LineMoves implements vscode.Disposable {
	readonly #edits = new Map<string, LineEdit[]>();
	readonly #subscription = vscode.workspace.onDidChangeTextDocument(event => {
		const key = event.document.uri.toString();
		this.#edits.set(key, [...(this.#edits.get(key) ?? []), ...lineEdits(event)]);
	});

	/** The moment of a reading, to be taken with the text itself: an edit that the text has already must not count again. */
	mark(uri: vscode.Uri): number {
		return this.#edits.get(uri.toString())?.length ?? 0;
	}

	/** @param line from 0, as it was at the mark. */
	now(uri: vscode.Uri, line: number, mark: number): number {
		return (this.#edits.get(uri.toString()) ?? []).slice(mark).reduce(shiftLine, line);
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
