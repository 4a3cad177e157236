import * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import { commandIds } from '../ids.ts';
import { Delayed } from './delayed.ts';
import { type HunkLens, hunkLenses, hunksNear, type LensAction } from './hunkLenses.ts';
import type { ShownFiles, ShownHunk } from './shownFiles.ts';

/** Not in the palette: it is the click on "1 of 3". */
export const SHOW_HUNK_COMMAND = 'openrouterAgent.review.showHunk';

/** Milliseconds of rest after scrolling. */
const SCROLL_REST = 100;

/** The buttons above the hunks that are on screen or near it; more would be worked out anew with every key pressed. */
export class HunkLensProvider implements vscode.CodeLensProvider, vscode.Disposable {
	readonly #shown: ShownFiles;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly onDidChangeCodeLenses = this.#changed.event;
	readonly #scrolled = new Delayed(systemClock, () => this.#lookAgain());
	/** What the editor was last given, by document. */
	readonly #given = new Map<string, readonly ShownHunk[]>();
	readonly #subscriptions: vscode.Disposable;

	constructor(shown: ShownFiles) {
		this.#shown = shown;
		this.#subscriptions = vscode.Disposable.from(
			this.#changed,
			this.#scrolled,
			vscode.languages.registerCodeLensProvider('*', this),
			vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
				if (this.#shown.at(textEditor.document.uri.toString()) !== undefined) {
					this.#scrolled.after(SCROLL_REST);
				}
			}),
		);
	}

	provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
		const key = document.uri.toString();
		const hunks = this.#shown.at(key)?.hunks ?? [];
		const visible = visibleSpans(key);
		this.#given.set(key, hunksNear(hunks, visible));
		return hunkLenses(hunks, visible, document.lineCount, vscode.l10n.t).map(
			lens => new vscode.CodeLens(new vscode.Range(lens.line, 0, lens.line, 0), commandOf(lens)),
		);
	}

	/** The hunks may be others. */
	refresh(): void {
		this.#changed.fire();
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	#lookAgain(): void {
		for (const { document } of vscode.window.visibleTextEditors) {
			const key = document.uri.toString();
			const given = this.#given.get(key);
			const near = hunksNear(this.#shown.at(key)?.hunks ?? [], visibleSpans(key));
			if (given === undefined || near.length !== given.length || near.some((hunk, index) => hunk !== given[index])) {
				this.#changed.fire();
				return;
			}
		}
	}
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
