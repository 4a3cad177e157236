/** The editor's own box for comments, under the line of the cursor, to write an instruction in. */
import * as vscode from 'vscode';
import { contextKeys, INLINE_CONTROLLER } from '../ids.ts';

export interface InputQuestion {
	readonly document: vscode.TextDocument;
	/** Says what it is asked for. */
	readonly prompt: string;
	readonly placeholder: string;
	/** Earlier ones, newest first. */
	readonly history: readonly string[];
}

/** In a window that is busy the box takes its time. */
const SHOWN_WITHIN_MS = 2500;
/** The editor works out more than once where one may comment, and only the last time counts. */
const ATTEMPTS = 2;
/** Of the document that holds what is written in the box. */
const BOX_SCHEME = 'comment';

export class InstructionBox implements vscode.Disposable {
	readonly #subscription: vscode.Disposable;

	private constructor(subscription: vscode.Disposable) {
		this.#subscription = subscription;
	}

	/**
	 * Opens the box, which takes the focus.
	 * @param leave called when it is closed, by whatever way.
	 * @returns undefined where there is no such box: it opens by a command of the editor's own, in no promise to extensions.
	 */
	static async open(question: InputQuestion, leave: () => void): Promise<InstructionBox | undefined> {
		const isHidden = vscode.workspace.getConfiguration('comments').get('visible') === false;
		if (isHidden || vscode.window.activeTextEditor?.document !== question.document) {
			return undefined;
		}
		for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
			const controller = controllerFor(question);
			const text = await openBox(controller, question.document);
			if (text === undefined) {
				controller.dispose();
				continue;
			}
			const closing = vscode.workspace.onDidCloseTextDocument(document => {
				if (document.uri.toString() === text.uri.toString()) {
					// What is sent from the box may be on its way still.
					void roundTrip().then(leave, leave);
				}
			});
			return new InstructionBox(vscode.Disposable.from(closing, controller));
		}
		return undefined;
	}

	dispose(): void {
		this.#subscription.dispose();
	}
}

function controllerFor({ prompt, placeholder }: InputQuestion): vscode.CommentController {
	const controller = vscode.comments.createCommentController(INLINE_CONTROLLER, prompt);
	const keys = vscode.l10n.t('Ctrl/Cmd+Enter to send, Alt+Up for earlier ones');
	controller.options = { prompt, placeHolder: `${placeholder} (${keys})` };
	return controller;
}

/** @returns the document of what is written in the box; undefined when there is none in time. */
async function openBox(
	controller: vscode.CommentController,
	document: vscode.TextDocument,
): Promise<vscode.TextDocument | undefined> {
	let opening: vscode.Disposable | undefined;
	let timer: ReturnType<typeof setTimeout> | undefined;
	try {
		return await new Promise(resolve => {
			timer = setTimeout(() => resolve(undefined), SHOWN_WITHIN_MS);
			opening = vscode.workspace.onDidOpenTextDocument(opened => {
				if (opened.uri.scheme === BOX_SCHEME) {
					resolve(opened);
				}
			});
			let isAsked = false;
			controller.commentingRangeProvider = {
				// For this document and as long as it is asked: else every line of every file could be commented.
				provideCommentingRanges(asked) {
					if (asked !== document) {
						return [];
					}
					if (!isAsked) {
						isAsked = true;
						// An editor without this command has no box.
						addComment().catch(() => resolve(undefined));
					}
					return [new vscode.Range(0, 0, Math.max(0, document.lineCount - 1), 0)];
				},
			};
		});
	} finally {
		clearTimeout(timer);
		opening?.dispose();
	}
}

/** Called while the editor asks where one may comment: it has to take in the answer first. */
async function addComment(): Promise<void> {
	// After the first one the answer is there, after the second one what the editor makes of it.
	await roundTrip();
	await roundTrip();
	await vscode.commands.executeCommand('workbench.action.addComment');
}

/** Until the editor has taken in what it was told before. */
async function roundTrip(): Promise<void> {
	await vscode.commands.executeCommand('setContext', contextKeys.isAskingInline, false);
}
