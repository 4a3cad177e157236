import * as vscode from 'vscode';
import {
	type DrawnRemoval,
	type HunkDrawing,
	hunkDrawing,
	isSameDrawing,
	movedDrawing,
	nothingDrawn,
	type TextChange,
} from './hunkDrawing.ts';
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
		// What is typed at the end of the line comes before the hint.
		rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
	});
	/** Draws nothing: it carries the hover. */
	readonly #originals = vscode.window.createTextEditorDecorationType({ isWholeLine: true, rangeBehavior });

	/** What editors hold, moved along with their texts. */
	readonly #drawn = new WeakMap<vscode.TextEditor, HunkDrawing | undefined>();

	/** Whether there is anything in it, or may be. */
	isDrawn(editor: vscode.TextEditor): boolean {
		return this.#drawn.has(editor);
	}

	/** The text of the editor changed; what is drawn moved with it. */
	follow(editor: vscode.TextEditor, changes: readonly TextChange[]): void {
		const drawing = this.#drawn.get(editor);
		if (drawing !== undefined) {
			this.#drawn.set(editor, movedDrawing(drawing, changes));
		}
	}

	/** Draws these hunks, and nothing else. What is there already is left alone. */
	draw(editor: vscode.TextEditor, hunks: readonly ShownHunk[]): void {
		const { document, visibleRanges } = editor;
		const visible = visibleRanges.map(({ start, end }) => ({ start: start.line, end: end.line }));
		const drawing = hunkDrawing(hunks, document.lineCount, visible);
		const drawn = this.#drawn.has(editor) ? this.#drawn.get(editor) : nothingDrawn;
		if (hunks.length === 0) {
			this.#drawn.delete(editor);
		} else {
			this.#drawn.set(editor, drawing);
		}
		if (drawn !== undefined && isSameDrawing(drawn, drawing)) {
			return;
		}
		const { lines, nearLines, removals, originals } = drawing;
		editor.setDecorations(
			this.#lines,
			lines.map(({ start, end }) => new vscode.Range(start, 0, end - 1, 0)),
		);
		editor.setDecorations(
			this.#firsts,
			nearLines.map(({ start }) => wholeLine(start)),
		);
		editor.setDecorations(
			this.#lasts,
			nearLines.map(({ end }) => wholeLine(end - 1)),
		);
		editor.setDecorations(this.#removals, removalOptions(removals, document));
		editor.setDecorations(this.#originals, originalOptions(originals, document));
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

function removalOptions(removals: readonly DrawnRemoval[], document: vscode.TextDocument): vscode.DecorationOptions[] {
	return removals.map(({ line, removed }) => ({
		range: document.lineAt(line).range,
		...(removed.length > 0 && {
			renderOptions: {
				after: {
					contentText: removedHint(removed, vscode.l10n.t),
					color: new vscode.ThemeColor('editorCodeLens.foreground'),
					margin: '0 0 0 3ch',
				},
			},
		}),
	}));
}

function originalOptions(
	originals: readonly DrawnRemoval[],
	document: vscode.TextDocument,
): vscode.DecorationOptions[] {
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
