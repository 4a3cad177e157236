import * as vscode from 'vscode';
import type { HostMessage } from '../../protocol/messages.ts';
import { VIEW_ID } from '../ids.ts';
import { pageHtml, pageRoots } from './pageHtml.ts';

/** A page on screen. It comes and goes as the editor likes; the conversation does not. */
export interface ChatPage {
	/** Lost when the page is hidden: it gets a snapshot when it says `ready` again. */
	post(message: HostMessage): void;
	readonly isVisible: boolean;
	readonly onMessage: vscode.Event<unknown>;
	setBadge(count: number, tooltip: string): void;
}

/**
 * Registers the chat view. The page's document is set at once; the conversation behind it is loaded by `connect`,
 * which is called once the view is first shown, so that a start of the editor costs nothing.
 */
export function registerChatView(
	extensionUri: vscode.Uri,
	connect: (page: ChatPage) => Promise<void>,
	onError: (error: unknown) => void,
): vscode.Disposable {
	return vscode.window.registerWebviewViewProvider(VIEW_ID, {
		resolveWebviewView(view) {
			view.webview.options = { enableScripts: true, localResourceRoots: pageRoots(extensionUri) };
			// Messages that come while the conversation still loads are kept, so that the page's `ready` is answered.
			const early: unknown[] = [];
			const messages = new vscode.EventEmitter<unknown>();
			let isConnected = false;
			const subscription = view.webview.onDidReceiveMessage(message => {
				if (isConnected) {
					messages.fire(message);
				} else {
					early.push(message);
				}
			});
			view.onDidDispose(() => vscode.Disposable.from(subscription, messages).dispose());
			view.webview.html = pageHtml(view.webview, extensionUri);
			connect({
				post: message => void view.webview.postMessage(message),
				get isVisible() {
					return view.visible;
				},
				onMessage: messages.event,
				setBadge: (value, tooltip) => {
					view.badge = value > 0 ? { value, tooltip } : undefined;
				},
			}).then(() => {
				isConnected = true;
				for (const message of early.splice(0)) {
					messages.fire(message);
				}
			}, onError);
		},
	});
}
