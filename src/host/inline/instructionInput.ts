/** Asks for an instruction where the work is: in a box under the lines, or at the top of the window. */
import * as vscode from 'vscode';
import { contextKeys } from '../ids.ts';
import { type InputQuestion, InstructionBox } from './instructionBox.ts';

/** What the editor hands to the button of the box. */
export interface SubmittedInput {
	readonly text: string;
	readonly thread?: vscode.CommentThread;
}

/** One question at a time: a new one ends the one before. */
export class InstructionInput implements vscode.Disposable {
	#end: ((text: string | undefined) => void) | undefined;
	#history: readonly string[] = [];

	get isAsking(): boolean {
		return this.#end !== undefined;
	}

	/** @returns undefined when the user left. */
	async ask(question: InputQuestion): Promise<string | undefined> {
		this.#end?.(undefined);
		this.#history = question.history;
		let end: (text: string | undefined) => void = () => undefined;
		const answered = new Promise<string | undefined>(resolve => {
			end = resolve;
		});
		this.#end = end;
		try {
			return await ask(question, answered, () => end(undefined));
		} finally {
			if (this.#end === end) {
				this.#end = undefined;
			}
		}
	}

	/** What the button or Ctrl+Enter sends. */
	submit({ text, thread }: SubmittedInput): void {
		if (text.trim() !== '') {
			thread?.dispose();
			this.#end?.(text.trim());
		}
	}

	/** Sends one of the earlier instructions in the place of what is typed. */
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

/**
 * @param answered by the button of the box, or by leaving it.
 * @param leave called when the box is closed.
 */
async function ask(
	question: InputQuestion,
	answered: Promise<string | undefined>,
	leave: () => void,
): Promise<string | undefined> {
	const box = await InstructionBox.open(question, leave);
	if (box === undefined) {
		return pickInstruction(question, answered);
	}
	try {
		await vscode.commands.executeCommand('setContext', contextKeys.isAskingInline, true);
		return await answered;
	} finally {
		box.dispose();
		await vscode.commands.executeCommand('setContext', contextKeys.isAskingInline, false);
	}
}

/** One line at the top of the window; the earlier ones below it. */
async function pickInstruction(
	{ prompt, placeholder, history }: Omit<InputQuestion, 'document'>,
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
