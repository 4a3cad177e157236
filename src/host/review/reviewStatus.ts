import * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import { commandIds, contextKeys } from '../ids.ts';
import { hunkAt, positionOf } from './hunkWalk.ts';
import { arrivalWords } from './hunkWords.ts';
import type { ShownFile } from './shownFiles.ts';

const ITEM_ID = 'openrouterAgent.reviewStatus';
/** A note stays this long, in milliseconds, unless the cursor moves on to something else to say. */
const NOTE_MS = 8000;

/**
 * Says in the status bar where the cursor is among the changes, and tells `when` clauses of it. The item has the role
 * `status`, so that a screen reader speaks what it says.
 */
export class ReviewStatus implements vscode.Disposable {
	readonly #item = vscode.window.createStatusBarItem(ITEM_ID, vscode.StatusBarAlignment.Left, 0);
	readonly #context = new Map<string, string>();
	#note: { readonly text: string; readonly cancel: () => void } | undefined;
	#files: readonly ShownFile[] = [];

	constructor() {
		this.#item.name = vscode.l10n.t('OpenRouter Agent: Review');
		this.#item.command = commandIds.reviewOpenChanges;
	}

	show(files: readonly ShownFile[]): void {
		this.#files = files;
		const editor = vscode.window.activeTextEditor;
		const here = files.find(({ key }) => key === editor?.document.uri.toString());
		const hunk = here && editor && hunkAt(here.hunks, editor.selection.active.line);
		this.#setContext(contextKeys.hasChanges, files.length > 0);
		this.#setContext(contextKeys.atFile, here !== undefined);
		this.#setContext(contextKeys.atHunk, hunk !== undefined && !hunk.isOpen);
		this.#setContext(contextKeys.reviewedFiles, Object.fromEntries(files.flatMap(pathsOf).map(path => [path, true])));
		const total = files.reduce((sum, { hunks }) => sum + hunks.length, 0);
		if (hunk !== undefined) {
			this.#endNote();
			this.#write(arrivalWords(hunk, positionOf(files, hunk), vscode.l10n.t));
		} else if (this.#note !== undefined) {
			this.#write(this.#note.text);
		} else if (total > 0) {
			this.#write(
				total === 1 ? vscode.l10n.t('1 change of the agent') : vscode.l10n.t('{0} changes of the agent', total),
			);
		} else {
			this.#item.hide();
		}
	}

	/**
	 * Says something for a while where the cursor has nothing to say.
	 * @param files as they are now: what was shown last may still have the hunk at the cursor that was just decided.
	 */
	note(text: string, files: readonly ShownFile[]): void {
		this.#endNote();
		const cancel = systemClock.schedule(NOTE_MS, () => {
			this.#note = undefined;
			this.show(this.#files);
		});
		this.#note = { text, cancel };
		this.show(files);
	}

	dispose(): void {
		this.#endNote();
		this.#item.dispose();
		for (const key of this.#context.keys()) {
			void vscode.commands.executeCommand('setContext', key, undefined);
		}
	}

	#endNote(): void {
		this.#note?.cancel();
		this.#note = undefined;
	}

	#write(text: string): void {
		this.#item.text = `$(git-compare) ${text}`;
		this.#item.tooltip = vscode.l10n.t('Open all changes of the agent');
		this.#item.accessibilityInformation = { label: text, role: 'status' };
		this.#item.show();
	}

	#setContext(key: string, value: unknown): void {
		const written = JSON.stringify(value);
		if (this.#context.get(key) !== written) {
			this.#context.set(key, written);
			void vscode.commands.executeCommand('setContext', key, value);
		}
	}
}

/**
 * As the key `resourcePath` of `when` clauses may have it: the path of the system on the desktop, that of the URI
 * elsewhere. Not the URI: in a remote window the scheme is another there than here.
 */
function pathsOf({ key }: ShownFile): readonly string[] {
	const { path, fsPath } = vscode.Uri.parse(key);
	return [path, fsPath];
}
