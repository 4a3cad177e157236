/** The commands of inline edits and quick actions. Nothing but their names is loaded before one of them is used. */
import * as vscode from 'vscode';
import { type FixRequest, registerCodeActions } from '../actions/codeActions.ts';
import type { ChatController } from '../chat/chatController.ts';
import { commandIds } from '../ids.ts';
import { Lazy } from '../lazy.ts';
import type { InlineEdits } from './inlineEdits.ts';
import type { EditRef } from './openEdits.ts';

export interface InlineHost {
	readonly context: vscode.ExtensionContext;
	chat(): Promise<ChatController>;
	/** Shows and logs what went wrong. */
	report(error: unknown): void;
}

export interface InlineRegistration extends vscode.Disposable {
	/** Loads what there is to load. */
	edits(): Promise<InlineEdits>;
}

export function registerInline({ context, chat, report }: InlineHost): InlineRegistration {
	let loaded: InlineEdits | undefined;
	const lazy = new Lazy(async () => {
		const [controller, { InlineEdits: Edits }] = await Promise.all([chat(), import('./inlineEdits.ts')]);
		loaded = new Edits({ chat: controller, memory: context.globalState, report });
		return loaded;
	});
	const edits = () => lazy.get();
	const command = (id: string, run: (inline: InlineEdits, argument: unknown) => unknown) =>
		vscode.commands.registerCommand(id, async (argument: unknown) => {
			try {
				await run(await edits(), argument);
			} catch (error) {
				report(error);
			}
		});
	const actions = () => import('../actions/quickActions.ts');
	const subscriptions = vscode.Disposable.from(
		registerCodeActions(),
		command(commandIds.inlineStart, async (inline, argument) =>
			isFix(argument) ? (await actions()).fixProblems(inline, await chat(), argument) : inline.start(),
		),
		command(commandIds.fixSelection, async inline => (await actions()).fixSelection(inline, await chat())),
		command(commandIds.documentSelection, async inline => inline.start((await actions()).documentRequest())),
		command(commandIds.refactorSelection, async inline => inline.start((await actions()).refactorRequest())),
		command(commandIds.testSelection, async () => (await actions()).writeTests(await chat())),
		command(commandIds.inlineSubmit, (inline, input) => inline.submit(input)),
		command(commandIds.inlineEarlier, inline => inline.chooseEarlier()),
		command(commandIds.inlineLeave, inline => inline.leave()),
		command(commandIds.inlineCancel, inline => inline.cancel()),
		command(commandIds.inlineUndo, (inline, ref) => inline.undo(editRef(ref))),
		command(commandIds.inlineAccept, (inline, ref) => inline.accept(editRef(ref))),
		command(commandIds.inlineReject, (inline, ref) => inline.reject(editRef(ref))),
		command(commandIds.inlineRefine, (inline, ref) => inline.refine(editRef(ref))),
		command(commandIds.inlineAskInChat, (inline, ref) => inline.askInChat(editRef(ref))),
	);
	return {
		edits,
		dispose() {
			subscriptions.dispose();
			loaded?.dispose();
		},
	};
}

function isFix(argument: unknown): argument is FixRequest {
	return typeof argument === 'object' && argument !== null && 'problems' in argument && 'uri' in argument;
}

/** Menus and keybindings hand over what is theirs; only our own lenses name an edit. */
function editRef(argument: unknown): EditRef | undefined {
	const edit = typeof argument === 'object' && argument !== null && 'edit' in argument ? argument.edit : undefined;
	return typeof edit === 'string' ? { edit } : undefined;
}
