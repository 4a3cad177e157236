/** What is drawn of inline edits beside their hunks: the lines that are meant, that work is under way, and what can be done next. */
import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import type { LineRegion } from './carryRegion.ts';

/** An edit as it is drawn. */
export interface ShownEdit {
	readonly id: string;
	readonly document: vscode.TextDocument;
	readonly range: vscode.Range;
	readonly phase: 'asking' | 'running' | 'pending';
	/** The line, from 0, that its buttons stand above. */
	readonly at: number;
	/** Lines that came so far; when all is there, the review draws them. */
	readonly came: readonly LineRegion[];
}

export class InlineView implements vscode.Disposable, vscode.CodeLensProvider {
	readonly #edits: () => readonly ShownEdit[];
	readonly #changed = new vscode.EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.#changed.event;
	readonly #lines = vscode.window.createTextEditorDecorationType({
		isWholeLine: true,
		backgroundColor: new vscode.ThemeColor('editor.foldBackground'),
		// In high contrast there is no such background, and in the other themes no such border.
		borderColor: new vscode.ThemeColor('contrastActiveBorder'),
		borderStyle: 'solid',
		borderWidth: '0 0 0 2px',
		rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
	});
	readonly #came = vscode.window.createTextEditorDecorationType({
		isWholeLine: true,
		backgroundColor: new vscode.ThemeColor('diffEditor.insertedLineBackground'),
		borderColor: new vscode.ThemeColor('diffEditor.insertedTextBorder'),
		borderStyle: 'solid',
		borderWidth: '0 0 0 2px',
		rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
	});
	readonly #progress = vscode.window.createTextEditorDecorationType({
		after: { color: new vscode.ThemeColor('editorCodeLens.foreground'), margin: '0 0 0 2em', fontStyle: 'italic' },
		rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
	});
	readonly #status: vscode.StatusBarItem;
	readonly #subscriptions: vscode.Disposable[];
	#lenses: vscode.Disposable | undefined;

	constructor(edits: () => readonly ShownEdit[]) {
		this.#edits = edits;
		this.#status = vscode.window.createStatusBarItem('openrouterAgent.inlineStatus', vscode.StatusBarAlignment.Left);
		this.#status.name = vscode.l10n.t('OpenRouter Agent: Inline Edit');
		this.#status.text = `$(loading~spin) ${vscode.l10n.t('Editing…')}`;
		this.#status.tooltip = vscode.l10n.t('Cancel the inline edit');
		this.#status.command = commandIds.inlineCancel;
		this.#subscriptions = [
			this.#changed,
			this.#lines,
			this.#came,
			this.#progress,
			this.#status,
			vscode.window.onDidChangeVisibleTextEditors(() => this.#draw()),
		];
	}

	/** An edit came, went or moved. */
	refresh(): void {
		const edits = this.#edits();
		if (edits.some(({ phase }) => phase === 'running')) {
			this.#status.show();
		} else {
			this.#status.hide();
		}
		if (edits.length > 0) {
			this.#lenses ??= vscode.languages.registerCodeLensProvider('*', this);
		} else {
			this.#lenses?.dispose();
			this.#lenses = undefined;
		}
		this.#draw();
		this.#changed.fire();
	}

	provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
		return this.#edits()
			.filter(edit => edit.document === document)
			.flatMap(({ id, phase, at }) => {
				const lens = (title: string, command: string) =>
					new vscode.CodeLens(new vscode.Range(at, 0, at, 0), { title, command, arguments: [{ edit: id }] });
				switch (phase) {
					case 'asking':
						return [];
					case 'running':
						return [lens(`$(loading~spin) ${vscode.l10n.t('Editing… Cancel')}`, commandIds.inlineCancel)];
					case 'pending':
						return [
							lens(vscode.l10n.t('Refine…'), commandIds.inlineRefine),
							lens(vscode.l10n.t('Ask in chat'), commandIds.inlineAskInChat),
						];
					default:
						return phase satisfies never;
				}
			});
	}

	dispose(): void {
		this.#lenses?.dispose();
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	#draw(): void {
		for (const editor of vscode.window.visibleTextEditors) {
			const own = this.#edits().filter(({ document }) => document === editor.document);
			const rangesOf = (phase: ShownEdit['phase']) =>
				own.filter(edit => edit.phase === phase).map(({ range }) => range);
			editor.setDecorations(this.#lines, [...rangesOf('asking'), ...rangesOf('running')]);
			editor.setDecorations(
				this.#came,
				own.flatMap(({ came }) => came.map(({ start, end }) => new vscode.Range(start, 0, end - 1, 0))),
			);
			editor.setDecorations(
				this.#progress,
				rangesOf('running').map(({ start }) => {
					const end = editor.document.lineAt(start.line).range.end;
					return {
						range: new vscode.Range(end, end),
						renderOptions: { after: { contentText: vscode.l10n.t('… editing') } },
					};
				}),
			);
		}
	}
}
