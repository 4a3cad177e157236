/** Asks for an instruction where the work is: in a box under the lines, or at the top of the window. */
import * as vscode from 'vscode';
import { contextKeys, INLINE_CONTROLLER } from '../ids.ts';

export interface InputPlace {
	readonly document: vscode.TextDocument;
	/** Says what it is asked for. */
	readonly prompt: string;
	readonly placeholder: string;
	/** Earlier ones, newest first. */
	readonly history: readonly string[];
}

/** In a window that is busy the box takes its time; nobody waits longer for a box that does not come. */
const SHOWN_WITHIN_MS = 3000;

/** What the editor hands to the button of the box. */
export interface SubmittedInput {
	readonly text: string;
	readonly thread?: vscode.CommentThread;
}

/** One question at a time: a new one ends the one before. */
export class InstructionInput implements vscode.Disposable {
	#end: ((text: string | undefined) => void) | undefined;
	#history: readonly string[] = [];

	/** @returns undefined when the user left. */
	async ask(place: InputPlace): Promise<string | undefined> {
		this.#end?.(undefined);
		this.#history = place.history;
		let end: (text: string | undefined) => void = () => undefined;
		const answered = new Promise<string | undefined>(resolve => {
			end = resolve;
		});
		this.#end = end;
		try {
			return await ask(place, answered);
		} finally {
			if (this.#end === end) {
				this.#end = undefined;
			}
		}
	}

	/** What the button or Ctrl+Enter sends. */
	submit({ text, thread }: SubmittedInput): void {
		thread?.dispose();
		if (text.trim() !== '') {
			this.#end?.(text.trim());
		}
	}

	/** Puts one of the earlier instructions in the place of what is typed, to be changed and sent. */
	async chooseEarlier(): Promise<void> {
		const end = this.#end;
		const text = await pickInstruction({
			prompt: vscode.l10n.t('Earlier instructions'),
			placeholder: vscode.l10n.t('Choose one, or type another'),
			history: this.#history,
		});
		if (text !== undefined) {
			end?.(text);
		}
	}

	dispose(): void {
		this.#end?.(undefined);
	}

	/** Leaves the box. */
	leave(): void {
		this.#end?.(undefined);
	}
}

/** @param answered by the button of the box, or by leaving it. */
async function ask(place: InputPlace, answered: Promise<string | undefined>): Promise<string | undefined> {
	const controller = vscode.comments.createCommentController(INLINE_CONTROLLER, vscode.l10n.t('Inline edit'));
	try {
		controller.options = { prompt: place.prompt, placeHolder: place.placeholder };
		if (!(await openBox(controller, place.document))) {
			return await pickInstruction(place, answered);
		}
		await vscode.commands.executeCommand('setContext', contextKeys.isAskingInline, true);
		return await answered;
	} finally {
		controller.dispose();
		await vscode.commands.executeCommand('setContext', contextKeys.isAskingInline, false);
	}
}

/**
 * Opens the editor's box for a comment at the cursor, which takes the focus.
 * @returns false where there is no such box: it is the editor's own command, in no promise to extensions.
 */
async function openBox(controller: vscode.CommentController, document: vscode.TextDocument): Promise<boolean> {
	const isHidden = vscode.workspace.getConfiguration('comments').get('visible') === false;
	if (isHidden || vscode.window.activeTextEditor?.document !== document) {
		return false;
	}
	let timer: ReturnType<typeof setTimeout> | undefined;
	const isAsked = await new Promise<boolean>(resolve => {
		timer = setTimeout(() => resolve(false), SHOWN_WITHIN_MS);
		controller.commentingRangeProvider = {
			// For this document and as long as it is asked: else every line of every file could be commented.
			provideCommentingRanges(asked) {
				if (asked !== document) {
					return [];
				}
				resolve(true);
				return [new vscode.Range(0, 0, Math.max(0, document.lineCount - 1), 0)];
			},
		};
	});
	clearTimeout(timer);
	if (!isAsked) {
		return false;
	}
	try {
		await vscode.commands.executeCommand('workbench.action.addComment');
		return true;
	} catch {
		return false;
	}
}

/** One line at the top of the window; the earlier ones below it. */
async function pickInstruction(
	{ prompt, placeholder, history }: Omit<InputPlace, 'document'>,
	answered?: Promise<string | undefined>,
): Promise<string | undefined> {
	const pick = vscode.window.createQuickPick();
	try {
		return await new Promise<string | undefined>(resolve => {
			pick.title = prompt;
			pick.placeholder = placeholder;
			pick.ignoreFocusOut = true;
			const show = () => {
				const typed = pick.value.trim();
				const earlier = history.filter(entry => entry !== typed).map(label => ({ label }));
				pick.items = typed === '' ? earlier : [{ label: typed, alwaysShow: true }, ...earlier];
			};
			show();
			pick.onDidChangeValue(show);
			pick.onDidAccept(() => resolve(pick.selectedItems[0]?.label ?? (pick.value.trim() || undefined)));
			pick.onDidHide(() => resolve(undefined));
			void answered?.then(resolve);
			pick.show();
		});
	} finally {
		pick.dispose();
	}
}
