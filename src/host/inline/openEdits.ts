/** The inline edits that are worked on or wait for the user's word: which there are, which one is meant, and when one is over. */
import * as vscode from 'vscode';
import { contextKeys } from '../ids.ts';
import type { InlineEdit } from './inlineEdit.ts';
import { InlineView, type ShownEdit } from './inlineView.ts';
import type { RegionWriter } from './regionWriter.ts';

/** Names an edit; the one at the cursor when absent. */
export interface EditRef {
	readonly edit?: string;
}

export interface OpenEditsOptions {
	/** Lets go of the session of an edit that is over. */
	readonly release: (sessionId: string) => Promise<void>;
	/** Shows and logs what went wrong. */
	readonly report: (error: unknown) => void;
}

interface OpenEdit {
	readonly edit: InlineEdit;
	readonly subscription: vscode.Disposable;
	/** Messages about it that are open: it may be tried again. */
	holds: number;
}

export class OpenEdits implements vscode.Disposable {
	readonly #options: OpenEditsOptions;
	readonly #open = new Map<string, OpenEdit>();
	readonly #view: InlineView;
	/** The lines that an instruction is asked for. */
	#asking: RegionWriter | undefined;

	constructor(options: OpenEditsOptions) {
		this.#options = options;
		this.#view = new InlineView(() => this.#shown());
	}

	/** Oldest first. */
	get all(): readonly InlineEdit[] {
		return [...this.#open.values()]
			.map(({ edit }) => edit)
			.filter(({ isRunning, pending }) => isRunning || pending !== undefined);
	}

	/** One is worked on: there is no second one at the same time. */
	get isBusy(): boolean {
		return this.all.some(({ isRunning }) => isRunning);
	}

	add(edit: InlineEdit): void {
		const subscription = vscode.Disposable.from(
			edit.session.review.onDidChange(() => {
				this.settle(edit);
				this.changed();
			}),
			edit.region.onDidChange(() => this.#view.refresh()),
		);
		this.#open.set(edit.id, { edit, subscription, holds: 0 });
	}

	/** The one that is named, else the one at the cursor, else the newest in the file. */
	find({ edit: id }: EditRef = {}): InlineEdit | undefined {
		if (id !== undefined) {
			return this.#open.get(id)?.edit;
		}
		const editor = vscode.window.activeTextEditor;
		const here = this.all.filter(({ document }) => document === editor?.document);
		return here.find(({ region }) => editor && region.range.contains(editor.selection.active)) ?? here.at(-1);
	}

	/** Shows the lines while they are asked for. @returns ends that. */
	ask(region: RegionWriter): vscode.Disposable {
		this.#asking = region;
		this.#view.refresh();
		return new vscode.Disposable(() => {
			if (this.#asking === region) {
				this.#asking = undefined;
			}
			this.#view.refresh();
		});
	}

	/** Tells the editor how things stand. */
	changed(): void {
		const hasEdit = this.all.some(edit => edit.pending !== undefined);
		void vscode.commands.executeCommand('setContext', contextKeys.isInlineRunning, this.isBusy);
		void vscode.commands.executeCommand('setContext', contextKeys.hasInlineEdit, hasEdit);
		this.#view.refresh();
	}

	/** An edit of which nothing waits any more is over. */
	settle(edit: InlineEdit): void {
		const open = this.#open.get(edit.id);
		if (open === undefined || open.holds > 0 || edit.isNeeded) {
			return;
		}
		this.#open.delete(edit.id);
		open.subscription.dispose();
		edit.dispose();
		this.changed();
		this.later(() => this.#options.release(edit.id));
	}

	/** Asks what is to become of an edit that came to nothing; it stays until then. Nobody waits for the answer. */
	hold(edit: InlineEdit, step: () => Promise<unknown>): void {
		const open = this.#open.get(edit.id);
		this.later(async () => {
			if (open === undefined) {
				await step();
				return;
			}
			open.holds++;
			try {
				await step();
			} finally {
				open.holds--;
				this.settle(edit);
			}
		});
	}

	/** Runs a step that nobody waits for; what it throws is shown. */
	later(step: () => Promise<unknown>): void {
		step().catch(this.#options.report);
	}

	dispose(): void {
		for (const { edit, subscription } of this.#open.values()) {
			subscription.dispose();
			edit.dispose();
		}
		this.#view.dispose();
	}

	#shown(): readonly ShownEdit[] {
		const shown: ShownEdit[] = [];
		for (const { id, document, region, isRunning, firstChange, came } of this.all) {
			const { range } = region;
			if (isRunning) {
				shown.push({ id, document, range, phase: 'running', at: range.start.line, came });
			} else if (firstChange !== undefined) {
				shown.push({ id, document, range, phase: 'pending', at: firstChange, came });
			}
		}
		if (this.#asking !== undefined) {
			const { document, range } = this.#asking;
			shown.push({ id: '', document, range, phase: 'asking', at: range.start.line, came: [] });
		}
		return shown;
	}
}
