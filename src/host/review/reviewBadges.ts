import * as vscode from 'vscode';
import { fileTooltip } from './reviewSourceControl.ts';
import type { ShownFile, ShownFiles } from './shownFiles.ts';

/** Marks files under review in the explorer and on tabs. Without a colour: those are of errors and git. */
export class ReviewBadges implements vscode.FileDecorationProvider, vscode.Disposable {
	readonly #shown: ShownFiles;
	readonly #changed = new vscode.EventEmitter<vscode.Uri[]>();
	readonly onDidChangeFileDecorations = this.#changed.event;
	readonly #subscriptions: vscode.Disposable;
	#told: ReadonlyMap<string, string> = new Map();

	constructor(shown: ShownFiles) {
		this.#shown = shown;
		this.#subscriptions = vscode.Disposable.from(this.#changed, vscode.window.registerFileDecorationProvider(this));
	}

	/** Tells the editor of files whose badge is another. */
	show(files: readonly ShownFile[]): void {
		const now = new Map(files.map(file => [file.key, fileTooltip(file)]));
		const changed = [...new Set([...now.keys(), ...this.#told.keys()])].filter(
			key => now.get(key) !== this.#told.get(key),
		);
		this.#told = now;
		if (changed.length > 0) {
			this.#changed.fire(changed.map(key => vscode.Uri.parse(key)));
		}
	}

	provideFileDecoration(uri: vscode.Uri): vscode.FileDecoration | undefined {
		const file = this.#shown.at(uri.toString());
		return file && new vscode.FileDecoration('±', fileTooltip(file));
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}
}
