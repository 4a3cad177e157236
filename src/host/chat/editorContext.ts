import * as vscode from 'vscode';
import type { Attachment } from '../../agent/events.ts';
import type { ChipView } from '../../protocol/messages.ts';
import { baseName } from '../format.ts';

/** Longest selection attached whole, in UTF-16 units; the model can read the rest with its tools. */
const MAX_SELECTION = 20_000;

/** What the active editor offers to attach: its file, or the selected lines. Nothing is attached unless the user says so. */
export class EditorContext implements vscode.Disposable {
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable[];
	readonly #on = new Set<string>();
	/** The chips at the last event. */
	#told = '';

	readonly onDidChange = this.#changed.event;

	constructor() {
		const fire = () => this.#fireIfChanged();
		this.#subscriptions = [
			this.#changed,
			vscode.window.onDidChangeActiveTextEditor(fire),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor }) => {
				if (textEditor === vscode.window.activeTextEditor) {
					fire();
				}
			}),
		];
	}

	chips(): ChipView[] {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined || !isUserFile(editor.document.uri)) {
			return [];
		}
		const id = chipId(editor);
		return [
			{
				id,
				label: selectionLabel(editor.document, editor.selection),
				icon: editor.selection.isEmpty ? 'file-code' : 'selection',
				isOn: this.#on.has(id),
			},
		];
	}

	/** The cursor moves with every key; the page is told only when a chip reads otherwise. */
	#fireIfChanged(): void {
		const told = JSON.stringify(this.chips());
		if (told !== this.#told) {
			this.#told = told;
			this.#changed.fire();
		}
	}

	toggle(id: string): void {
		if (!this.#on.delete(id)) {
			this.#on.add(id);
		}
		this.#fireIfChanged();
	}

	/** The chips that are on, as attachments; they are off afterwards. */
	take(): Attachment[] {
		const editor = vscode.window.activeTextEditor;
		const isOn = editor !== undefined && this.#on.has(chipId(editor));
		this.#on.clear();
		this.#fireIfChanged();
		return editor !== undefined && isOn ? [attachmentOf(editor.document, editor.selection)] : [];
	}

	dispose(): void {
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}
}

/** A selection as the model gets it; an empty one names the file alone. */
export function attachmentOf(document: vscode.TextDocument, selection: vscode.Selection): Attachment {
	const label = selectionLabel(document, selection);
	const path = vscode.workspace.asRelativePath(document.uri);
	if (selection.isEmpty) {
		return { label, text: `Open in the editor: ${path}, cursor in line ${selection.active.line + 1}.` };
	}
	const text = document.getText(selection);
	const cut = text.length > MAX_SELECTION ? `\n[cut: ${text.length - MAX_SELECTION} more characters]` : '';
	return {
		label,
		text: `Selected in ${path}, lines ${selection.start.line + 1}-${selection.end.line + 1}:\n${text.slice(0, MAX_SELECTION)}${cut}`,
	};
}

function selectionLabel(document: vscode.TextDocument, selection: vscode.Selection): string {
	const name = baseName(document.uri.path);
	if (selection.isEmpty) {
		return name;
	}
	const [first, last] = [selection.start.line + 1, selection.end.line + 1];
	return first === last ? `${name}:${first}` : `${name}:${first}-${last}`;
}

function chipId(editor: vscode.TextEditor): string {
	return `${editor.document.uri}#${editor.selection.isEmpty ? 'file' : 'selection'}`;
}

function isUserFile(uri: vscode.Uri): boolean {
	// A box of the editor to write a comment in is an active editor as well.
	return (
		uri.scheme !== 'output' &&
		uri.scheme !== 'comment' &&
		uri.scheme !== 'openrouter-before' &&
		uri.scheme !== 'vscode-settings'
	);
}
