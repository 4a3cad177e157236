import * as vscode from 'vscode';
import { ApiKey } from './account/apiKey.ts';
import type { ChatController } from './chat/chatController.ts';
import { registerChatView } from './chat/chatView.ts';
import { registerCompletions } from './completions/registerCompletions.ts';
import { commandIds, VIEW_ID } from './ids.ts';
import type { InlineEdits } from './inline/inlineEdits.ts';
import { registerInline } from './inline/registerInline.ts';
import { Lazy } from './lazy.ts';
import type { Platform } from './platform.ts';
import { registerReview } from './review/registerReview.ts';
import type { Services } from './services.ts';
import type { PlacedFinding } from './uncommitted/findingThreads.ts';
import type { UncommittedReview } from './uncommitted/uncommittedReview.ts';

/** The extension as it runs: the entries hand these to the editor. */
export interface ActiveExtension {
	/** What `activate` gives to other extensions: nothing, but for our own tests. */
	readonly api: TestApi | undefined;
	/** Stops what works and writes what is buffered. The editor grants about a second, five at most. */
	close(): Promise<void>;
}

/** What the extension's own tests reach. */
export interface TestApi {
	readonly activationMs: number;
	readonly chat: () => Promise<ChatController>;
	readonly services: () => Promise<Services>;
	readonly uncommittedReview: () => Promise<UncommittedReview>;
	readonly inline: () => Promise<InlineEdits>;
	readonly apiKey: ApiKey;
	/** Everything that we write lies below these. */
	readonly folders: readonly vscode.Uri[];
}

/**
 * Composes the extension. No I/O and no big library here: the conversation, and with it zod, loads when the view is
 * first shown or a command needs it; the openai package when the first message goes out.
 * @param startedAt `performance.now()` at the first line of the bundle.
 */
export function activate(context: vscode.ExtensionContext, platform: Platform, startedAt: number): ActiveExtension {
	const log = vscode.window.createOutputChannel('OpenRouter Agent', { log: true });
	const apiKey = new ApiKey(context.secrets);
	const report = (error: unknown) => {
		log.error(error instanceof Error ? error : String(error));
		const showLog = vscode.l10n.t('Show log');
		const text = vscode.l10n.t('OpenRouter Agent could not do this: {0}', messageOf(error));
		void vscode.window.showErrorMessage(text, showLog).then(choice => choice === showLog && log.show());
	};

	const services = new Lazy(async () => {
		const { Services } = await import('./services.ts');
		const ledgerHome = await platform.openLedger(vscode.Uri.joinPath(context.globalStorageUri, 'ledger'));
		return owned(new Services({ context, platform, apiKey, ledgerHome, log }));
	});
	const loadedChat = new Lazy(async () => {
		const { ChatController } = await import('./chat/chatController.ts');
		const options = { context, platform, apiKey, services: await services.get(), log, report };
		return owned(new ChatController(options));
	});
	const chat = () => loadedChat.get();
	const commitMessage = new Lazy(async () => {
		const { CommitMessage } = await import('./git/commitMessage.ts');
		return owned(new CommitMessage({ services: await services.get(), log }));
	});
	const uncommittedReview = new Lazy(async () => {
		const { UncommittedReview } = await import('./uncommitted/uncommittedReview.ts');
		const onFix = async (finding: PlacedFinding) => {
			const { fixFinding } = await import('./uncommitted/fixFinding.ts');
			return fixFinding(finding, await inline.edits());
		};
		return owned(new UncommittedReview({ services: await services.get(), log, onFix }));
	});
	function owned<Part extends vscode.Disposable>(part: Part): Part {
		context.subscriptions.push(part);
		return part;
	}

	/** Registers a command whose failure is shown, not swallowed. It gets what the editor gives it, such as a button's place. */
	const commandOf = <Part>(load: () => Promise<Part>, id: string, run: (part: Part, argument: unknown) => unknown) =>
		vscode.commands.registerCommand(id, async (argument: unknown) => {
			try {
				return await run(await load(), argument);
			} catch (error) {
				report(error);
				return undefined;
			}
		});
	const command = (id: string, run: (controller: ChatController) => unknown) => commandOf(chat, id, run);
	const commit = () => commitMessage.get();
	const review = () => uncommittedReview.get();
	const inline = registerInline({ context, chat, report });

	context.subscriptions.push(
		log,
		apiKey,
		registerChatView(context.extensionUri, async page => (await chat()).connect(page), report),
		command(commandIds.openChat, () => vscode.commands.executeCommand(`${VIEW_ID}.focus`)),
		command(commandIds.newSession, controller => controller.newSession()),
		command(commandIds.showSessions, controller => controller.showSessions()),
		command(commandIds.chooseModel, controller => controller.chooseModel()),
		command(commandIds.chooseEffort, controller => controller.chooseEffort()),
		command(commandIds.refreshModels, controller => controller.models.refreshModels()),
		command(commandIds.editRouting, controller => controller.editRouting()),
		command(commandIds.setApiKey, controller => controller.account.setApiKey()),
		command(commandIds.signIn, controller => controller.account.signIn()),
		command(commandIds.importApiKey, controller => controller.account.importApiKey()),
		command(commandIds.showAccount, controller => controller.account.show()),
		command(commandIds.signOut, controller => controller.account.signOut()),
		command(commandIds.restoreCheckpoint, controller => controller.restoreCheckpoint()),
		command(commandIds.setBudget, controller => controller.setBudget()),
		command(commandIds.chooseMode, controller => controller.chooseMode()),
		command(commandIds.chooseApprovals, controller => controller.chooseApprovals()),
		command(commandIds.manageApprovals, controller => controller.manageApprovals()),
		command(commandIds.compact, controller => controller.compact()),
		command(commandIds.retryNow, controller => controller.retryNow()),
		command(commandIds.attachImage, controller => controller.attachImage()),
		command(commandIds.stop, controller => controller.stop()),
		command(commandIds.allow, controller => controller.answerShown('once')),
		command(commandIds.skip, controller => controller.answerShown('no')),
		command(commandIds.explainSelection, controller => controller.askAboutSelection('explain')),
		command(commandIds.undoLastChange, controller => controller.undoLastChange()),
		commandOf(commit, commandIds.writeCommitMessage, (message, argument) => message.write(argument)),
		commandOf(commit, commandIds.stopCommitMessage, (message, argument) => message.stop(argument)),
		commandOf(review, commandIds.reviewUncommitted, (reviewer, argument) => reviewer.run(argument)),
		commandOf(review, commandIds.fixFinding, (reviewer, thread) => reviewer.fix(thread)),
		commandOf(review, commandIds.dismissFinding, ({ findings }, thread) => findings.dismiss(thread)),
		commandOf(review, commandIds.clearFindings, ({ findings }) => findings.clear()),
		registerCompletions(async onStatus => {
			const { InlineCompletions } = await import('./completions/inlineCompletions.ts');
			return new InlineCompletions({ services: await services.get(), apiKey, log, onStatus });
		}, report),
		inline,
		registerReview(async () => (await chat()).review(), report),
		vscode.commands.registerCommand(commandIds.showLog, () => log.show()),
	);
	const isTest = context.extensionMode === vscode.ExtensionMode.Test;
	return {
		api: isTest
			? {
					activationMs: performance.now() - startedAt,
					chat,
					services: () => services.get(),
					uncommittedReview: review,
					inline: () => inline.edits(),
					apiKey,
					folders: foldersOf(context),
				}
			: undefined,
		async close() {
			await (await loadedChat.current)?.close();
			await (await services.current)?.close();
		},
	};
}

function foldersOf({ globalStorageUri, storageUri, logUri }: vscode.ExtensionContext): readonly vscode.Uri[] {
	return [globalStorageUri, logUri, ...(storageUri ? [storageUri] : [])];
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
