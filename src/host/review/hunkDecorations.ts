import * as vscode from 'vscode';
import { type HunkDrawing, hunkDrawing } from './hunkDrawing.ts';
import { removedHint, shownRemoval } from './hunkWords.ts';
import type { ShownHunk } from './shownFiles.ts';

/** Typing right before or behind the agent's lines is the user's. */
const rangeBehavior = vscode.DecorationRangeBehavior.ClosedClosed;

/** High contrast has no background for inserted lines, but a border; the other themes have no such border. */
const INSERTED = {
	backgroundColor: new vscode.ThemeColor('diffEditor.insertedLineBackground'),
	borderColor: new vscode.ThemeColor('diffEditor.insertedTextBorder'),
};

/** Draws the agent's lines into editors: their background, where lines are gone, and those lines in a hover. */
export class HunkDecorations implements vscode.Disposable {
	readonly #lines = vscode.window.createTextEditorDecorationType({
		...INSERTED,
		isWholeLine: true,
		borderStyle: 'solid',
		borderWidth: '0 0 0 2px',
		overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.addedForeground'),
		overviewRulerLane: vscode.OverviewRulerLane.Center,
		rangeBehavior,
	});
	readonly #firsts = edge('1px 0 0 0');
	readonly #lasts = edge('0 0 1px 0');
	readonly #removals = vscode.window.createTextEditorDecorationType({
		isWholeLine: true,
		borderColor: new vscode.ThemeColor('editorGutter.deletedBackground'),
		borderStyle: 'solid',
		borderWidth: '0 0 1px 0',
		overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.deletedForeground'),
		overviewRulerLane: vscode.OverviewRulerLane.Center,
		rangeBehavior,
	});
	/** Draws nothing: it carries the hover. */
	readonly #originals = vscode.window.createTextEditorDecorationType({ isWholeLine: true, rangeBehavior });

	draw(editor: vscode.TextEditor, hunks: readonly ShownHunk[]): void {
		const drawing = hunkDrawing(hunks, editor.document.lineCount);
		const last = (end: number) => wholeLine(end - 1);
		editor.setDecorations(
			this.#lines,
			drawing.lines.map(({ start, end }) => new vscode.Range(start, 0, end - 1, 0)),
		);
		editor.setDecorations(
			this.#firsts,
			drawing.lines.map(({ start }) => wholeLine(start)),
		);
		editor.setDecorations(
			this.#lasts,
			drawing.lines.map(({ end }) => last(end)),
		);
		editor.setDecorations(this.#removals, removalOptions(drawing, editor.document));
		editor.setDecorations(this.#originals, originalOptions(drawing, editor.document));
	}

	/** What is drawn in all editors goes with it. */
	dispose(): void {
		vscode.Disposable.from(this.#lines, this.#firsts, this.#lasts, this.#removals, this.#originals).dispose();
	}
}

function edge(borderWidth: string): vscode.TextEditorDecorationType {
	return vscode.window.createTextEditorDecorationType({
		borderColor: INSERTED.borderColor,
		borderStyle: 'solid',
		borderWidth,
		isWholeLine: true,
		rangeBehavior,
	});
}

function wholeLine(line: number): vscode.Range {
	return new vscode.Range(line, 0, line, 0);
}

function removalOptions({ removals }: HunkDrawing, document: vscode.TextDocument): vscode.DecorationOptions[] {
	return removals.map(({ line, count }) => ({
		range: document.lineAt(line).range,
		renderOptions: {
			after: {
				contentText: removedHint(count, vscode.l10n.t),
				color: new vscode.ThemeColor('editorCodeLens.foreground'),
				margin: '0 0 0 3ch',
			},
		},
	}));
}

function originalOptions({ originals }: HunkDrawing, document: vscode.TextDocument): vscode.DecorationOptions[] {
	return originals.map(({ line, removed }) => ({
		range: document.lineAt(line).range,
		hoverMessage: originalText(removed, document.languageId),
	}));
}

/** Text of a file is only ever shown as a block of code, in a text that may run no command. */
function originalText(removed: readonly string[], language: string): vscode.MarkdownString {
	const { text, more } = shownRemoval(removed);
	const markdown = new vscode.MarkdownString();
	markdown.appendMarkdown(vscode.l10n.t('Here stood, before the edit of the agent:'));
	markdown.appendCodeblock(text, language);
	if (more > 0) {
		markdown.appendMarkdown(vscode.l10n.t('and {0} more lines', more));
	}
	return markdown;
}
