import * as vscode from 'vscode';
import { commandIds } from '../ids.ts';
import { type HunkLens, hunkLenses, type LensAction } from './hunkLenses.ts';
import type { ShownFiles } from './shownFiles.ts';

/** Not in the palette: it is the click on "1 of 3". */
export const SHOW_HUNK_COMMAND = 'openrouterAgent.review.showHunk';

/** The buttons above the hunks that are on screen or near it; more would be worked out anew with every key pressed. */
export class HunkLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
	readonly #shown: ShownFiles;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.#changed.event;
	/** What the editor was last given, by document. */
	readonly #given = new Map<string, string>();
	readonly #subscriptions: vscode.Disposable;

	constructor(shown: ShownFiles) {
		this.#shown = shown;
		this.#subscriptions = vscode.Disposable.from(
			this.#changed,
			vscode.languages.registerCodeLensProvider('*', this),
			vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#given.delete(uri.toString())),
		);
	}

	provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
		const lenses = this.#lensesOf(document);
		this.#given.set(document.uri.toString(), contentOf(lenses));
		return lenses.map(lens => new vscode.CodeLens(new vscode.Range(lens.line, 0, lens.line, 0), commandOf(lens)));
	}

	/** Has the editor ask again where the buttons are others now: it draws those of every extension anew then. */
	refresh(): void {
		const isOther = vscode.window.visibleTextEditors.some(
			({ document }) => contentOf(this.#lensesOf(document)) !== (this.#given.get(document.uri.toString()) ?? NO_LENSES),
		);
		if (isOther) {
			this.#changed.fire();
		}
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	#lensesOf({ uri, lineCount }: vscode.TextDocument): readonly HunkLens[] {
		const key = uri.toString();
		const hunks = this.#shown.at(key)?.hunks ?? [];
		return hunkLenses(hunks, visibleSpans(key), lineCount, vscode.l10n.t);
	}
}

const NO_LENSES = '[]';

/** Without their lines: with the text, the editor moves them itself. */
function contentOf(lenses: readonly HunkLens[]): string {
	return JSON.stringify(lenses.map(({ title, hunk }) => [title, hunk]));
}

function visibleSpans(key: string): { start: number; end: number }[] {
	return vscode.window.visibleTextEditors
		.filter(({ document }) => document.uri.toString() === key)
		.flatMap(({ visibleRanges }) => visibleRanges.map(({ start, end }) => ({ start: start.line, end: end.line })));
}

const commandFor: Readonly<Record<LensAction, string>> = {
	accept: commandIds.reviewAcceptHunk,
	reject: commandIds.reviewRejectHunk,
	show: SHOW_HUNK_COMMAND,
	// The editor draws plain text then.
	none: '',
};

function commandOf({ title, tooltip, action, hunk }: HunkLens): vscode.Command {
	return { title, tooltip, command: commandFor[action], arguments: [hunk] };
}
