/** Inline edits: what their commands do. One is worked on at a time; those that are done wait for the user's word. */
import * as vscode from 'vscode';
import type { ReviewDecision } from '../../agent/events.ts';
import type { ChatController } from '../chat/chatController.ts';
import type { LineRegion } from './carryRegion.ts';
import { chatAttachments } from './chatAttachments.ts';
import { EditMessages, tell } from './editMessages.ts';
import { InlineEdit } from './inlineEdit.ts';
import { columnOf, editorFor } from './inlineEditor.ts';
import { maySend, refuseDocument, refuseRegion, regionAt } from './inlinePlace.ts';
import { refusePlace } from './inlineWords.ts';
import { InstructionHistory } from './instructionHistory.ts';
import { InstructionInput, type SubmittedInput } from './instructionInput.ts';
import { offerModel } from './offerModel.ts';
import { type EditRef, OpenEdits } from './openEdits.ts';
import { RegionWriter } from './regionWriter.ts';

export interface InlineEditsOptions {
	readonly chat: ChatController;
	/** Keeps the instructions. */
	readonly memory: vscode.Memento;
	/** Shows and logs what went wrong. */
	readonly report: (error: unknown) => void;
}

/** What a command asks for; each part is found out when absent. */
export interface InlineRequest {
	readonly uri?: vscode.Uri;
	readonly region?: LineRegion;
	readonly instruction?: string;
	/** What is asked for, in the box. */
	readonly prompt?: string;
	readonly placeholder?: string;
	/** Put before what the user writes. */
	readonly intent?: string;
	/** It is about code that is there: an empty line is no place for it. */
	readonly needsCode?: true;
}

export class InlineEdits implements vscode.Disposable {
	readonly #chat: ChatController;
	readonly #input = new InstructionInput();
	readonly #history: InstructionHistory;
	readonly #open: OpenEdits;
	readonly #messages: EditMessages;

	constructor({ chat, memory, report }: InlineEditsOptions) {
		this.#chat = chat;
		this.#history = new InstructionHistory(memory);
		this.#open = new OpenEdits({ release: async id => (await chat.sessions()).release(id), report });
		const again = (edit: InlineEdit, instruction: string | undefined) => this.#again(edit, instruction);
		this.#messages = new EditMessages({ chat, open: this.#open, again });
	}

	/** Those that are worked on or wait for the user's word, oldest first. */
	get edits(): readonly InlineEdit[] {
		return this.#open.all;
	}

	/**
	 * Edits the selection, or what the cursor is in. Resolves when the edit is there, or it is said why not.
	 * @returns whether there is one now, to be accepted or rejected.
	 */
	async start(request: InlineRequest = {}): Promise<boolean> {
		const editor = await editorFor(request.uri);
		const refusal = editor === undefined ? vscode.l10n.t('Open a file first.') : await this.#refusal(editor);
		if (editor === undefined || refusal !== undefined) {
			tell(refusal);
			return false;
		}
		const { model } = await this.#chat.models.resolve();
		if (model.isBuiltIn) {
			// The command is over: nobody waits until the user has read it.
			this.#open.later(() => offerModel(this.#chat));
			return false;
		}
		const { document, selection } = editor;
		const lines = request.region ?? (await regionAt(document, selection));
		const misplaced = refuseRegion(document, lines, request.needsCode === true);
		if (misplaced !== undefined) {
			tell(misplaced);
			return false;
		}
		const region = new RegionWriter(document, lines);
		const instruction = await this.#instruction(region, request);
		const edit = instruction === undefined ? undefined : await this.#begin(region);
		if (edit === undefined) {
			region.dispose();
			return false;
		}
		return this.#work(edit, instruction);
	}

	/** @param input what the editor hands to the button of the box. */
	submit(input: unknown): void {
		const { text, thread } = (input ?? {}) as Partial<SubmittedInput>;
		if (typeof text === 'string') {
			this.#input.submit({ text, ...(thread && { thread }) });
		}
	}

	chooseEarlier(): Promise<void> {
		return this.#input.chooseEarlier();
	}

	/** Leaves the question for an instruction. */
	leave(): void {
		this.#input.leave();
	}

	/** Ends the work, and puts the lines back as they were. */
	cancel(): void {
		for (const edit of this.edits) {
			edit.cancel();
		}
	}

	/** Takes the whole edit back, keeping what the user typed since. */
	async undo(ref?: EditRef): Promise<void> {
		const edit = this.#open.find(ref);
		if (edit?.isRunning) {
			edit.cancel();
			return;
		}
		await this.#decide(edit, 'reject');
	}

	accept(ref?: EditRef): Promise<void> {
		return this.#decide(this.#open.find(ref), 'accept');
	}

	reject(ref?: EditRef): Promise<void> {
		return this.#decide(this.#open.find(ref), 'reject');
	}

	/** Gives a further instruction about the same lines. */
	async refine(ref?: EditRef): Promise<void> {
		const edit = this.#open.find(ref);
		if (edit === undefined) {
			tell(noEdit());
			return;
		}
		const editor = await editorFor(edit.document.uri);
		const refusal = editor && (await this.#refusal(editor));
		if (editor === undefined || refusal !== undefined) {
			tell(refusal);
			return;
		}
		if (!edit.region.range.contains(editor.selection.active)) {
			const { start } = edit.region.range;
			editor.selection = new vscode.Selection(start, start);
			editor.revealRange(edit.region.range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
		}
		const instruction = await this.#instruction(edit.region, {
			prompt: vscode.l10n.t('Refine the edit'),
			placeholder: vscode.l10n.t('What should be different?'),
		});
		if (instruction !== undefined) {
			await this.#work(edit, instruction);
		}
	}

	/** Goes on in the chat, with the lines, what was asked for and what came of it. */
	async askInChat(ref?: EditRef): Promise<void> {
		const edit = this.#open.find(ref);
		if (edit === undefined) {
			tell(noEdit());
			return;
		}
		const question = await vscode.window.showInputBox({
			title: vscode.l10n.t('Ask about this edit'),
			placeHolder: vscode.l10n.t('Your question'),
			ignoreFocusOut: true,
		});
		if (question !== undefined && question.trim() !== '') {
			await this.#chat.ask(question.trim(), chatAttachments(edit), { isNew: true });
		}
	}

	dispose(): void {
		this.#input.dispose();
		this.#open.dispose();
	}

	async #refusal({ document, selections }: vscode.TextEditor): Promise<string | undefined> {
		const place = { isTrusted: vscode.workspace.isTrusted, cursors: selections.length, isBusy: this.#open.isBusy };
		return refusePlace(place, vscode.l10n.t) ?? refuseDocument(document);
	}

	/** @returns undefined when the user left. */
	async #instruction(region: RegionWriter, request: InlineRequest): Promise<string | undefined> {
		if (request.instruction !== undefined) {
			return request.instruction;
		}
		const { document } = region;
		const asking = this.#open.ask(region);
		try {
			const typed = await this.#input.ask({
				document,
				prompt: request.prompt ?? vscode.l10n.t('Edit with OpenRouter Agent'),
				placeholder: request.placeholder ?? vscode.l10n.t('What should be changed?'),
				history: this.#history.entries,
			});
			// The box had the focus. It goes back to the text, unless that was closed or the next question is asked.
			const isShown = vscode.window.visibleTextEditors.some(editor => editor.document === document);
			if (typed !== undefined || (isShown && !this.#input.isAsking)) {
				await vscode.window.showTextDocument(document, { viewColumn: columnOf(document) });
			}
			if (typed === undefined) {
				return undefined;
			}
			await this.#history.add(typed);
			return request.intent === undefined ? typed : `${request.intent} ${typed}`;
		} finally {
			asking.dispose();
		}
	}

	/** @returns undefined where the text is not to be sent. */
	async #begin(region: RegionWriter): Promise<InlineEdit | undefined> {
		const sessions = await this.#chat.sessions();
		const location = await sessions.workspace.locate(region.document.uri.toString(), AbortSignal.timeout(10_000));
		if (!(await maySend(location))) {
			return undefined;
		}
		const edit = new InlineEdit({ session: await sessions.createInline(), region, location });
		this.#open.add(edit);
		return edit;
	}

	/** @returns whether an edit came of it. */
	async #work(edit: InlineEdit, instruction: string | undefined): Promise<boolean> {
		try {
			const place = { isTrusted: vscode.workspace.isTrusted, cursors: 1, isBusy: this.#open.isBusy };
			const refusal = refusePlace(place, vscode.l10n.t);
			if (refusal !== undefined) {
				tell(refusal);
				return false;
			}
			const running = edit.run(instruction);
			this.#open.changed();
			const { end, problems } = await running;
			if (end.kind !== 'done') {
				this.#messages.tellEnd(edit, end);
				return false;
			}
			this.#open.later(async () => this.#messages.tellProblems(edit, await problems));
			return true;
		} finally {
			this.#open.changed();
			this.#open.settle(edit);
		}
	}

	async #again(edit: InlineEdit, instruction: string | undefined): Promise<void> {
		const editor = await editorFor(edit.document.uri);
		const refusal = editor && (await this.#refusal(editor));
		if (editor === undefined || refusal !== undefined || edit.region.isTouched) {
			tell(refusal ?? vscode.l10n.t('The lines have changed since; start a new inline edit.'));
			return;
		}
		await this.#work(edit, instruction);
	}

	async #decide(edit: InlineEdit | undefined, decision: ReviewDecision): Promise<void> {
		if (edit?.pending === undefined) {
			tell(noEdit());
			return;
		}
		const { conflicts } = await edit.decide(decision);
		this.#open.settle(edit);
		const [line] = conflicts;
		if (line === undefined) {
			return;
		}
		const restore = vscode.l10n.t('Restore the original');
		const text = vscode.l10n.t('You changed the same lines since (line {0}); they are left as they are.', line);
		this.#open.later(async () => {
			if ((await vscode.window.showWarningMessage(text, restore)) === restore) {
				await this.#decide(edit, 'restore');
			}
		});
	}
}

function noEdit(): string {
	return vscode.l10n.t('There is no inline edit here.');
}
