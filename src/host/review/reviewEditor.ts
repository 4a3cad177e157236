import * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import type { BeforeDocuments } from '../chat/beforeDocuments.ts';
import { Delayed } from './delayed.ts';
import { HunkDecorations } from './hunkDecorations.ts';
import { HunkLensProvider, SHOW_HUNK_COMMAND } from './hunkLensProvider.ts';
import { ReviewBadges } from './reviewBadges.ts';
import { ReviewCommands } from './reviewCommands.ts';
import type { ReviewHub } from './reviewHub.ts';
import { ReviewNavigation } from './reviewNavigation.ts';
import { ReviewSourceControl } from './reviewSourceControl.ts';
import { ReviewStatus } from './reviewStatus.ts';
import type { ShownFiles } from './shownFiles.ts';

/** Characters, and hunks, up to which hunks are found again with each key pressed; with more after a rest. */
const SMALL_TEXT = 200_000;
const FEW_HUNKS = 100;
/** Milliseconds. Until then the editor itself moves what is drawn along with the text. */
const TYPING_REST = 150;
/** Milliseconds in which changes of the review are gathered: a session that is opened tells of many files. */
const REVIEW_REST = 20;
/** Milliseconds of rest after scrolling. */
const SCROLL_REST = 100;

export interface ReviewEditorOptions {
	readonly hub: ReviewHub;
	readonly shown: ShownFiles;
	readonly before: BeforeDocuments;
	readonly report: (error: unknown) => void;
}

/**
 * The review in the editor: draws the hunks of all sessions and keeps what is drawn true while the user types. Made
 * with the first edit under review; with nothing left it draws nothing.
 */
export class ReviewEditor implements vscode.Disposable {
	readonly commands: ReviewCommands;
	readonly #shown: ShownFiles;
	readonly #before: BeforeDocuments;
	readonly #decorations = new HunkDecorations();
	readonly #lenses: HunkLensProvider;
	readonly #sourceControl: ReviewSourceControl;
	readonly #badges: ReviewBadges;
	readonly #status = new ReviewStatus();
	readonly #reviewChanged = new Delayed(systemClock, () => this.#showAll());
	readonly #typed = new Delayed(systemClock, () => this.#showTyped());
	readonly #scrolled = new Delayed(systemClock, () => this.#showScrolled());
	readonly #subscriptions: vscode.Disposable;
	/** Documents typed in since they were last drawn. */
	readonly #typedIn = new Set<vscode.TextDocument>();

	constructor({ hub, shown, before, report }: ReviewEditorOptions) {
		this.#shown = shown;
		this.#before = before;
		this.#lenses = new HunkLensProvider(shown);
		this.#sourceControl = new ReviewSourceControl(shown, before);
		this.#badges = new ReviewBadges(shown);
		const navigation = new ReviewNavigation({ shown, before, say: text => this.#status.note(text, shown.files) });
		this.commands = new ReviewCommands({ hub, shown, before, navigation, report });
		this.#subscriptions = vscode.Disposable.from(
			this.#decorations,
			this.#lenses,
			this.#sourceControl,
			this.#badges,
			this.#status,
			this.#reviewChanged,
			this.#typed,
			this.#scrolled,
			hub.onDidChange(() => this.#reviewChanged.within(REVIEW_REST)),
			vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
				if (contentChanges.length > 0) {
					this.#follow(document, contentChanges);
				}
			}),
			vscode.workspace.onDidOpenTextDocument(document => this.#follow(document)),
			vscode.workspace.onDidCloseTextDocument(document => this.#follow(document)),
			vscode.window.onDidChangeVisibleTextEditors(() => this.#drawAll()),
			vscode.window.tabGroups.onDidChangeTabs(() => this.#drawAll()),
			vscode.window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
				if (this.#decorations.isDrawn(textEditor)) {
					this.#scrolled.after(SCROLL_REST);
				}
			}),
			vscode.window.onDidChangeActiveTextEditor(() => this.#status.show(shown.files)),
			vscode.window.onDidChangeTextEditorSelection(({ textEditor: { document }, textEditor }) => {
				// Each key pressed moves the cursor: while the user types, the rest after it says where that is.
				const isToShow = shown.has(document.uri.toString()) && !this.#typedIn.has(document);
				if (textEditor === vscode.window.activeTextEditor && isToShow) {
					this.#status.show(shown.files);
				}
			}),
			vscode.commands.registerCommand(SHOW_HUNK_COMMAND, (...args: unknown[]) =>
				this.commands.showHunk(args).catch(report),
			),
		);
		this.#showAll();
	}

	dispose(): void {
		this.#subscriptions.dispose();
	}

	/** The document has another text than what is drawn was made for. */
	#follow(document: vscode.TextDocument, changes: readonly vscode.TextDocumentContentChangeEvent[] = []): void {
		const editors = this.#editorsOf(document);
		const isDrawn = editors.some(editor => this.#decorations.isDrawn(editor));
		const key = document.uri.toString();
		if (!isDrawn && !this.#shown.has(key)) {
			return;
		}
		for (const editor of editors) {
			this.#decorations.follow(editor, changes);
		}
		this.#typedIn.add(document);
		// The lines are right at once; what the rest of the window shows of them can wait until the typing rests.
		const isSmall = document.getText().length <= SMALL_TEXT && this.#shown.lastCount(key) <= FEW_HUNKS;
		if (document.isClosed || isSmall) {
			this.#draw(document);
		}
		this.#typed.after(TYPING_REST);
	}

	#showScrolled(): void {
		this.#drawAll();
		this.#lenses.refresh();
	}

	#showTyped(): void {
		for (const document of this.#typedIn) {
			this.#draw(document);
		}
		this.#typedIn.clear();
		this.#showAround();
	}

	#showAll(): void {
		this.#drawAll();
		this.#showAround();
	}

	/** All but the lines themselves. */
	#showAround(): void {
		const { files } = this.#shown;
		// Before the source control goes: its marks end with a text that does not differ.
		this.#before.refresh();
		this.#lenses.refresh();
		this.#badges.show(files);
		this.#sourceControl.show(files);
		this.#status.show(files);
	}

	#drawAll(): void {
		for (const editor of vscode.window.visibleTextEditors) {
			this.#drawEditor(editor);
		}
	}

	#draw(document: vscode.TextDocument): void {
		for (const editor of this.#editorsOf(document)) {
			this.#drawEditor(editor);
		}
	}

	#drawEditor(editor: vscode.TextEditor): void {
		const file = isPlain(editor) ? this.#shown.at(editor.document.uri.toString()) : undefined;
		this.#decorations.draw(editor, file?.hunks ?? []);
	}

	#editorsOf(document: vscode.TextDocument): readonly vscode.TextEditor[] {
		return vscode.window.visibleTextEditors.filter(editor => editor.document === document);
	}
}

/** Not the side of a diff and not one within a peek: those have colours of their own. */
function isPlain({ viewColumn }: vscode.TextEditor): boolean {
	const tab = vscode.window.tabGroups.all.find(group => group.viewColumn === viewColumn)?.activeTab;
	return viewColumn !== undefined && !(tab?.input instanceof vscode.TabInputTextDiff);
}
