/** A document of the editor as the buffer that `bufferWriter.ts` writes to. */
import * as vscode from 'vscode';
import type { TextChange } from '../../editing/lineChanges.ts';
import type { LineEnd } from '../../editing/lineEnds.ts';
import type { Buffer } from './bufferWriter.ts';
import { readDiskText, statOf } from './diskText.ts';
import { documentIs, hasUnsavedWork } from './openDocument.ts';

/** How long a save that another began may take. */
const OTHER_SAVE_MS = 1500;

export class DocumentBuffer implements Buffer {
	readonly #document: vscode.TextDocument;
	readonly #path: string;

	/** @param path for messages. */
	constructor(document: vscode.TextDocument, path: string) {
		this.#document = document;
		this.#path = path;
	}

	get version(): number {
		return this.#document.version;
	}

	get isDirty(): boolean {
		return hasUnsavedWork(this.#document);
	}

	get isUntitled(): boolean {
		return this.#document.isUntitled;
	}

	get isClosed(): boolean {
		return this.#document.isClosed;
	}

	get lineEnd(): LineEnd {
		return this.#document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
	}

	getText(): string {
		return this.#document.getText();
	}

	/**
	 * The editor applies it only to the version that this process knew when it was handed over. Never marked as
	 * refactoring: of several files that would save them all, the user's unsaved work included.
	 */
	async edit(changes: readonly TextChange[], lineEnd: LineEnd): Promise<boolean> {
		const document = this.#document;
		const edits = changes.map(({ start, end, text }) =>
			vscode.TextEdit.replace(new vscode.Range(document.positionAt(start), document.positionAt(end)), text),
		);
		if (lineEnd !== this.lineEnd) {
			edits.push(vscode.TextEdit.setEndOfLine(lineEnd === '\r\n' ? vscode.EndOfLine.CRLF : vscode.EndOfLine.LF));
		}
		const edit = new vscode.WorkspaceEdit();
		edit.set(document.uri, edits);
		return vscode.workspace.applyEdit(edit);
	}

	/**
	 * While the editor saves by itself, or the user does, it answers false at once: then that one is waited for. Where the
	 * text changes while it is saved, the rest of it is the user's to save.
	 */
	async save(): Promise<boolean> {
		const document = this.#document;
		const { version } = document;
		return (
			(await document.save()) ||
			(document.version === version &&
				((await documentIs(document, () => !this.isDirty, OTHER_SAVE_MS)) ||
					(document.version === version && (await document.save())))) ||
			!this.isDirty
		);
	}

	async readDisk(): Promise<string | undefined> {
		const { uri, encoding } = this.#document;
		return (await statOf(uri)) === undefined ? undefined : (await readDiskText(uri, this.#path, encoding)).text;
	}
}
