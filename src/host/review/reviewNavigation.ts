import * as vscode from 'vscode';
import type { BeforeDocuments } from '../chat/beforeDocuments.ts';
import { anchorLine, type Direction, hunkAfter, hunkAt, type Place, positionOf, stepFrom } from './hunkWalk.ts';
import { arrivalWords, leftWords } from './hunkWords.ts';
import { openFileDiff } from './reviewDiffs.ts';
import type { ShownFile, ShownFiles, ShownHunk } from './shownFiles.ts';

export interface ReviewNavigationOptions {
	readonly shown: ShownFiles;
	readonly before: BeforeDocuments;
	/** Says something where it is seen and spoken. */
	say(text: string): void;
}

/** Takes the cursor from change to change. The focus is in the editor afterwards. */
export class ReviewNavigation {
	readonly #options: ReviewNavigationOptions;

	constructor(options: ReviewNavigationOptions) {
		this.#options = options;
	}

	/** Where the cursor is: in a file, or in the text that stands for it without the edits. */
	get place(): Place | undefined {
		const editor = vscode.window.activeTextEditor;
		return (
			editor && {
				key: this.#options.before.reviewedUri(editor.document.uri) ?? editor.document.uri.toString(),
				line: editor.selection.active.line,
			}
		);
	}

	/** The hunk under the cursor. */
	get hunk(): ShownHunk | undefined {
		const { place } = this;
		return place && hunkAt(this.#options.shown.at(place.key)?.hunks ?? [], place.line);
	}

	/** Goes to the next or previous change of all. @returns false when there is none. */
	async step(direction: Direction): Promise<boolean> {
		const hunk = stepFrom(this.#options.shown.files, this.place, direction);
		if (hunk === undefined) {
			return false;
		}
		await this.show(hunk, direction);
		return true;
	}

	/** Shows the first change of a file. @returns false when there is none. */
	async showFile(key: string): Promise<boolean> {
		const hunk = this.#options.shown.at(key)?.hunks[0];
		if (hunk !== undefined) {
			await this.show(hunk, 'next');
		}
		return hunk !== undefined;
	}

	/** @param direction that the cursor comes from: a file that was closed may turn out to have other hunks. */
	async show(hunk: ShownHunk, direction: Direction): Promise<void> {
		const { shown, before } = this.#options;
		const file = shown.at(hunk.key);
		if (file === undefined) {
			return;
		}
		if (file.kind === 'deleted' || isNotebook(file)) {
			await openFileDiff(file, before);
			this.#arrive(hunk);
			return;
		}
		const editor = await editorOf(file);
		const hunks = shown.at(hunk.key)?.hunks ?? [];
		const same = hunks.find(({ sessionId, start }) => sessionId === hunk.sessionId && start === hunk.start);
		const target = same ?? (direction === 'next' ? hunks[0] : hunks.at(-1));
		if (target !== undefined) {
			moveTo(editor, target);
			this.#arrive(target);
		}
	}

	/** Once a hunk is decided: on to the next one of the file; without one, says what is left elsewhere. */
	moveOn(place: Place | undefined): void {
		const { shown, say } = this.#options;
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined || place === undefined || editor.document.uri.toString() !== place.key) {
			return;
		}
		const next = hunkAfter(shown.at(place.key)?.hunks ?? [], place.line);
		if (next !== undefined) {
			moveTo(editor, next);
			this.#arrive(next);
			return;
		}
		const { files } = shown;
		const changes = files.reduce((sum, { hunks }) => sum + hunks.length, 0);
		say(leftWords(changes, files.length, vscode.l10n.t));
	}

	#arrive(hunk: ShownHunk): void {
		this.#options.say(arrivalWords(hunk, positionOf(this.#options.shown.files, hunk), vscode.l10n.t));
	}
}

/** Its cells are documents of their own, in which the text of the file is not to be found. */
function isNotebook({ key, path }: ShownFile): boolean {
	return path.endsWith('.ipynb') || vscode.workspace.notebookDocuments.some(({ uri }) => uri.toString() === key);
}

/** The editor that shows it, where it is the active one also as a side of a diff; else one that is opened. */
async function editorOf({ key }: ShownFile): Promise<vscode.TextEditor> {
	const active = vscode.window.activeTextEditor;
	if (active !== undefined && active.document.uri.toString() === key && active.viewColumn !== undefined) {
		await vscode.commands.executeCommand('workbench.action.focusActiveEditorGroup');
		return active;
	}
	return vscode.window.showTextDocument(vscode.Uri.parse(key), { preview: false });
}

function moveTo(editor: vscode.TextEditor, { span }: ShownHunk): void {
	const line = editor.document.lineAt(Math.min(anchorLine(span), editor.document.lineCount - 1));
	const at = new vscode.Position(line.lineNumber, line.firstNonWhitespaceCharacterIndex);
	editor.selection = new vscode.Selection(at, at);
	editor.revealRange(new vscode.Range(at, at), vscode.TextEditorRevealType.InCenterIfOutsideViewport);
}
