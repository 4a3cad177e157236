/** Inline edits: what their commands do. One is worked on at a time; those that are done wait for the user's word. */
import * as vscode from 'vscode';
import { advise } from '../../agent/advice.ts';
import type { Attachment, FailureRecord, ReviewDecision } from '../../agent/events.ts';
import { diffTexts } from '../../editing/index.ts';
import type { ChatController } from '../chat/chatController.ts';
import { runPanelAction } from '../chat/panelActions.ts';
import { contextKeys } from '../ids.ts';
import type { LineRegion } from './carryRegion.ts';
import { InlineEdit } from './inlineEdit.ts';
import { maySend, refuseDocument, refuseRegion, regionAt } from './inlinePlace.ts';
import { InlineView, type ShownEdit } from './inlineView.ts';
import { refusalWords, secondTry } from './inlineWords.ts';
import { InstructionHistory } from './instructionHistory.ts';
import { InstructionInput, type SubmittedInput } from './instructionInput.ts';
import { toInlineProblem } from './problemsAfter.ts';
import { RegionWriter } from './regionWriter.ts';

export interface InlineEditsOptions {
	readonly chat: ChatController;
	/** Keeps the instructions. */
	readonly memory: vscode.Memento;
	/** Shows and logs what went wrong. */
	readonly report: (error: unknown) => void;
	readonly log: vscode.LogOutputChannel;
}

/** What a command asks for; each part is found out when absent. */
export interface InlineRequest {
	readonly uri?: vscode.Uri;
	readonly region?: LineRegion;
	readonly instruction?: string;
	readonly attachments?: readonly Attachment[];
	/** What is asked for, in the box. */
	readonly prompt?: string;
	readonly placeholder?: string;
	/** Put before what the user writes. */
	readonly intent?: string;
}

/** Names an edit; the one at the cursor when absent. */
export interface EditRef {
	readonly edit?: string;
}

export class InlineEdits implements vscode.Disposable {
	readonly #options: InlineEditsOptions;
	readonly #input = new InstructionInput();
	readonly #history: InstructionHistory;
	readonly #edits = new Map<string, InlineEdit>();
	readonly #subscriptions = new Map<string, vscode.Disposable>();
	readonly #view: InlineView;
	/** Edits without anything to decide that may be tried again: a message about them is open. */
	readonly #held = new Set<string>();
	/** The lines that an instruction is asked for. */
	#asking: RegionWriter | undefined;

	constructor(options: InlineEditsOptions) {
		this.#options = options;
		this.#history = new InstructionHistory(options.memory);
		this.#view = new InlineView(() => this.#shown());
	}

	/** Those that are worked on or wait for the user's word, oldest first. */
	get edits(): readonly InlineEdit[] {
		return [...this.#edits.values()].filter(({ isRunning, pending }) => isRunning || pending !== undefined);
	}

	/** Edits the selection, or what the cursor is in. Resolves when the edit is there, or it is said why not. */
	async start(request: InlineRequest = {}): Promise<void> {
		const editor = await editorFor(request.uri);
		const refusal = editor === undefined ? vscode.l10n.t('Open a file first.') : await this.#refusal(editor);
		if (editor === undefined || refusal !== undefined) {
			tell(refusal);
			return;
		}
		if (!(await this.#hasModel())) {
			return;
		}
		const { document, selection } = editor;
		const lines = request.region ?? (await regionAt(document, selection));
		const tooLong = refuseRegion(document, lines);
		if (tooLong !== undefined) {
			tell(tooLong);
			return;
		}
		const region = new RegionWriter(document, lines);
		const instruction = await this.#instruction(region, request);
		const edit = instruction === undefined ? undefined : await this.#open(region);
		if (edit === undefined) {
			region.dispose();
			return;
		}
		await this.#work(edit, instruction, request.attachments);
	}

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
		for (const edit of this.#edits.values()) {
			edit.cancel();
		}
	}

	/** Takes the whole edit back, keeping what the user typed since. */
	async undo(ref?: EditRef): Promise<void> {
		const edit = this.#find(ref);
		if (edit?.isRunning) {
			edit.cancel();
			return;
		}
		await this.#decide(edit, 'reject');
	}

	accept(ref?: EditRef): Promise<void> {
		return this.#decide(this.#find(ref), 'accept');
	}

	reject(ref?: EditRef): Promise<void> {
		return this.#decide(this.#find(ref), 'reject');
	}

	/** Gives a further instruction about the same lines. */
	async refine(ref?: EditRef): Promise<void> {
		const edit = this.#find(ref);
		if (edit === undefined) {
			tell(vscode.l10n.t('There is no inline edit here.'));
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
		const edit = this.#find(ref);
		if (edit === undefined) {
			tell(vscode.l10n.t('There is no inline edit here.'));
			return;
		}
		const question = await vscode.window.showInputBox({
			title: vscode.l10n.t('Ask about this edit'),
			placeHolder: vscode.l10n.t('Your question'),
			ignoreFocusOut: true,
		});
		if (question !== undefined && question.trim() !== '') {
			await this.#options.chat.ask(question.trim(), chatAttachments(edit), { isNew: true });
		}
	}

	dispose(): void {
		this.#input.dispose();
		for (const edit of this.#edits.values()) {
			edit.dispose();
		}
		vscode.Disposable.from(...this.#subscriptions.values(), this.#view).dispose();
	}

	async #refusal({ document, selections }: vscode.TextEditor): Promise<string | undefined> {
		if (!vscode.workspace.isTrusted) {
			return vscode.l10n.t('In Restricted Mode nothing is edited. Trust this workspace first.');
		}
		if (selections.length > 1) {
			return vscode.l10n.t('An inline edit is made at one place, and there are {0} cursors.', selections.length);
		}
		if (this.edits.some(({ isRunning }) => isRunning)) {
			return vscode.l10n.t('Another inline edit is under way. Wait for its end, or cancel it.');
		}
		return refuseDocument(document);
	}

	/** The built-in assistant follows rules: it can edit nothing by an instruction. */
	async #hasModel(): Promise<boolean> {
		const { chat } = this.#options;
		const { model } = await chat.models.resolve();
		if (!model.isBuiltIn) {
			return true;
		}
		const [setKey, signIn] = [vscode.l10n.t('Set key'), vscode.l10n.t('Sign in')];
		const text = vscode.l10n.t('An inline edit takes a model of OpenRouter. The built-in assistant cannot do it.');
		const choice = await vscode.window.showInformationMessage(text, signIn, setKey);
		if (choice !== undefined) {
			await (choice === setKey ? chat.account.setApiKey() : chat.account.signIn());
		}
		return false;
	}

	/** @returns undefined when the user left. */
	async #instruction(region: RegionWriter, request: InlineRequest): Promise<string | undefined> {
		if (request.instruction !== undefined) {
			return request.instruction;
		}
		this.#asking = region;
		this.#view.refresh();
		try {
			const { document } = region;
			const typed = await this.#input.ask({
				document,
				prompt: request.prompt ?? vscode.l10n.t('Edit with OpenRouter Agent'),
				placeholder: request.placeholder ?? vscode.l10n.t('What should be changed? (Ctrl+Enter to send)'),
				history: this.#history.entries,
			});
			if (typed === undefined) {
				return undefined;
			}
			await this.#history.add(typed);
			await vscode.window.showTextDocument(document, { viewColumn: columnOf(document), preserveFocus: false });
			return request.intent === undefined ? typed : `${request.intent} ${typed}`;
		} finally {
			if (this.#asking === region) {
				this.#asking = undefined;
			}
			this.#view.refresh();
		}
	}

	async #open(region: RegionWriter): Promise<InlineEdit | undefined> {
		const { chat } = this.#options;
		const sessions = await chat.sessions();
		const location = await sessions.workspace.locate(region.document.uri.toString(), AbortSignal.timeout(10_000));
		if (!(await maySend(location))) {
			return undefined;
		}
		const session = await sessions.createInline();
		const edit = new InlineEdit({ session, region, location });
		this.#edits.set(edit.id, edit);
		this.#subscriptions.set(
			edit.id,
			vscode.Disposable.from(
				session.review.onDidChange(() => this.#settled(edit)),
				region.onDidChange(() => this.#view.refresh()),
			),
		);
		return edit;
	}

	async #work(edit: InlineEdit, instruction: string | undefined, attachments?: readonly Attachment[]): Promise<void> {
		const running = edit.run(instruction, attachments);
		this.#changed();
		try {
			const { end, problems } = await running;
			this.#changed();
			if (end.kind === 'done') {
				problems.then(found => this.#tellProblems(edit, found)).catch(this.#options.report);
				return;
			}
			this.#tellEnd(edit, end);
		} finally {
			this.#changed();
			this.#settled(edit);
		}
	}

	/** Tells why there is no edit, and offers what may help. Nobody waits for the answer. */
	#tellEnd(edit: InlineEdit, end: Exclude<Awaited<ReturnType<InlineEdit['run']>>['end'], { kind: 'done' }>): void {
		const { t } = vscode.l10n;
		switch (end.kind) {
			case 'cancelled':
				vscode.window.setStatusBarMessage(t('The inline edit was cancelled; the lines are as before.'), 5000);
				return;
			case 'unchanged':
				tell(t('The model left the lines as they are.'));
				return;
			case 'touched':
				tell(t('The inline edit ended because you changed its lines. Yours and those that came are kept.'));
				return;
			case 'readOnly':
				tell(t('The editor takes no edits of this file.'));
				return;
			case 'refused':
				this.#offer(edit, refusalWords(end.why, end.prose, t), secondTry(end.why));
				return;
			case 'failed':
				this.#tellFailure(edit, end.failure);
				return;
			default:
				end satisfies never;
		}
	}

	#offer(edit: InlineEdit, text: string, again: string): void {
		const [retry, ask] = [vscode.l10n.t('Try again'), vscode.l10n.t('Ask in chat')];
		this.#hold(edit, async () => {
			const choice = await vscode.window.showWarningMessage(text, retry, ask);
			if (choice === retry) {
				await this.#again(edit, again);
			} else if (choice === ask) {
				const [first = ''] = edit.instructions;
				await this.#options.chat.ask(first, chatAttachments(edit), { isNew: true });
			}
		});
	}

	#tellFailure(edit: InlineEdit, failure: FailureRecord): void {
		const { title, text, actions } = advise(failure);
		const mend = actions.find(({ action }) => mendingActions.has(action));
		const retry = vscode.l10n.t('Try again');
		const buttons = [retry, ...(mend === undefined ? [] : [vscode.l10n.t(mend.label)])];
		this.#hold(edit, async () => {
			const choice = await vscode.window.showErrorMessage(`${vscode.l10n.t(title)}. ${text}`, ...buttons);
			if (choice === retry) {
				await this.#again(edit, undefined);
			} else if (choice !== undefined && mend !== undefined) {
				await runPanelAction(mend.action, mend.argument, this.#options.chat);
			}
		});
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

	async #tellProblems(edit: InlineEdit, found: readonly vscode.Diagnostic[]): Promise<void> {
		const [first] = found;
		if (first === undefined || edit.pending === undefined) {
			return;
		}
		const fix = vscode.l10n.t('Fix');
		const text =
			found.length === 1
				? vscode.l10n.t('The edit brought a problem: {0}', first.message)
				: vscode.l10n.t('The edit brought {0} problems, the first: {1}', found.length, first.message);
		if ((await vscode.window.showWarningMessage(text, fix)) === fix) {
			const lines = found
				.map(problem => toInlineProblem(problem))
				.map(({ line, message }) => `line ${line}: ${message}`);
			await this.#again(edit, `Fix the problems that this edit brought:\n${lines.join('\n')}`);
		}
	}

	async #decide(edit: InlineEdit | undefined, decision: ReviewDecision): Promise<void> {
		if (edit?.pending === undefined) {
			tell(vscode.l10n.t('There is no inline edit here.'));
			return;
		}
		const { conflicts } = await edit.session.review.decide({ uri: edit.location.uri, decision });
		const [line] = conflicts;
		if (line === undefined) {
			return;
		}
		const restore = vscode.l10n.t('Restore the original');
		const text = vscode.l10n.t('You changed the same lines since (line {0}); they are left as they are.', line);
		this.#later(async () => {
			if ((await vscode.window.showWarningMessage(text, restore)) === restore) {
				await this.#decide(edit, 'restore');
			}
		});
	}

	/** An edit of which nothing waits any more is over. */
	#settled(edit: InlineEdit): void {
		const isNeeded = edit.isRunning || edit.pending !== undefined || this.#held.has(edit.id);
		if (isNeeded || !this.#edits.delete(edit.id)) {
			return;
		}
		this.#subscriptions.get(edit.id)?.dispose();
		this.#subscriptions.delete(edit.id);
		edit.dispose();
		this.#changed();
		this.#later(async () => (await this.#options.chat.sessions()).release(edit.id));
	}

	/** The one that is named, else the one at the cursor, else the newest in the file. */
	#find({ edit: id }: EditRef = {}): InlineEdit | undefined {
		if (id !== undefined) {
			return this.#edits.get(id);
		}
		const editor = vscode.window.activeTextEditor;
		const here = this.edits.filter(({ document }) => document === editor?.document);
		return here.find(({ region }) => editor && region.range.contains(editor.selection.active)) ?? here.at(-1);
	}

	#shown(): readonly ShownEdit[] {
		const asking = this.#asking && {
			id: '',
			document: this.#asking.document,
			range: this.#asking.range,
			phase: 'asking' as const,
		};
		const edits = this.edits.map(({ id, document, region, isRunning }) => ({
			id,
			document,
			range: region.range,
			phase: isRunning ? ('running' as const) : ('pending' as const),
		}));
		return asking === undefined ? edits : [...edits, asking];
	}

	#changed(): void {
		const isRunning = this.edits.some(edit => edit.isRunning);
		const hasEdit = this.edits.some(edit => edit.pending !== undefined);
		void vscode.commands.executeCommand('setContext', contextKeys.isInlineRunning, isRunning);
		void vscode.commands.executeCommand('setContext', contextKeys.hasInlineEdit, hasEdit);
		this.#view.refresh();
	}

	/** Asks what is to become of an edit that came to nothing; its session stays until then. */
	#hold(edit: InlineEdit, step: () => Promise<unknown>): void {
		this.#held.add(edit.id);
		this.#later(async () => {
			try {
				await step();
			} finally {
				this.#held.delete(edit.id);
				this.#settled(edit);
			}
		});
	}

	/** Runs a step that nobody waits for; what it throws is shown. */
	#later(step: () => Promise<unknown>): void {
		step().catch(this.#options.report);
	}
}

/** What mends a request without a session on screen. */
const mendingActions: ReadonlySet<string> = new Set([
	...['setKey', 'signIn', 'addCredits', 'keySettings', 'privacySettings', 'changeModel', 'editRouting'],
]);

function tell(text: string | undefined): void {
	if (text !== undefined) {
		void vscode.window.showInformationMessage(text);
	}
}

async function editorFor(uri: vscode.Uri | undefined): Promise<vscode.TextEditor | undefined> {
	const { activeTextEditor } = vscode.window;
	if (uri === undefined || activeTextEditor?.document.uri.toString() === uri.toString()) {
		return activeTextEditor;
	}
	const document = await vscode.workspace.openTextDocument(uri);
	return vscode.window.showTextDocument(document, { viewColumn: columnOf(document) });
}

/** Where it is shown already. */
function columnOf(document: vscode.TextDocument): vscode.ViewColumn {
	const editor = vscode.window.visibleTextEditors.find(visible => visible.document === document);
	return editor?.viewColumn ?? vscode.ViewColumn.Active;
}

function chatAttachments({ document, region, location, instructions, pending }: InlineEdit): readonly Attachment[] {
	const { start, end } = region.range;
	const label = `${location.path}:${start.line + 1}-${end.line + 1}`;
	const parts = [
		{
			label,
			text: `Lines ${start.line + 1}-${end.line + 1} of ${location.path} as they are now:\n${document.getText(region.range)}`,
		},
		{
			label: vscode.l10n.t('Instruction'),
			text: `An inline edit of these lines was asked for:\n${instructions.join('\n')}`,
		},
	];
	if (pending === undefined) {
		return parts;
	}
	const { hunks } = diffTexts(pending.pending.base ?? '', pending.pending.text ?? '');
	const diff = hunks.map(({ oldStart, newStart, lines }) => [`@@ -${oldStart} +${newStart} @@`, ...lines].join('\n'));
	return [
		...parts,
		{ label: vscode.l10n.t('Edit'), text: `What it changed, which waits for the user's word:\n${diff.join('\n')}` },
	];
}
