import * as vscode from 'vscode';
import { ApiKey } from './account/apiKey.ts';
import type { ChatController } from './chat/chatController.ts';
import { registerChatView } from './chat/chatView.ts';
import { commandIds, VIEW_ID } from './ids.ts';
import type { Platform } from './platform.ts';

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

	let loading: Promise<ChatController> | undefined;
	const chat = () => {
		// What could not be opened may be there the next time.
		loading ??= loadChat().catch((error: unknown) => {
			loading = undefined;
			throw error;
		});
		return loading;
	};
	async function loadChat(): Promise<ChatController> {
		const { ChatController } = await import('./chat/chatController.ts');
		const { Services } = await import('./services.ts');
		const ledgerHome = await platform.openLedger(vscode.Uri.joinPath(context.globalStorageUri, 'ledger'));
		const services = new Services({ context, platform, apiKey, ledgerHome, log });
		const controller = new ChatController({ context, platform, apiKey, services, log, report });
		context.subscriptions.push(services);
		context.subscriptions.push(controller);
		return controller;
	}

	/** Registers a command whose failure is shown, not swallowed. */
	const command = (id: string, run: (controller: ChatController) => unknown) =>
		vscode.commands.registerCommand(id, async () => {
			try {
				return await run(await chat());
			} catch (error) {
				report(error);
				return undefined;
			}
		});

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
		command(commandIds.fixSelection, controller => controller.askAboutSelection('fix')),
		command(commandIds.undoLastChange, controller => controller.undoLastChange()),
		vscode.commands.registerCommand(commandIds.showLog, () => log.show()),
	);
	const isTest = context.extensionMode === vscode.ExtensionMode.Test;
	return {
		api: isTest
			? { activationMs: performance.now() - startedAt, chat, apiKey, folders: foldersOf(context) }
			: undefined,
		async close() {
			await (await loading)?.close();
		},
	};
}

function foldersOf({ globalStorageUri, storageUri, logUri }: vscode.ExtensionContext): readonly vscode.Uri[] {
	return [globalStorageUri, logUri, ...(storageUri ? [storageUri] : [])];
}

function messageOf(error: unknown): string {
	return error instanceof Error ? error.message : String(error);
}
