import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { ApprovalRequest, ToolResult } from '../../src/agent/tool.ts';
import type { TestApi } from '../../src/host/activate.ts';
import type { ChatController } from '../../src/host/chat/chatController.ts';
import type { ChatPage } from '../../src/host/chat/chatView.ts';
import type { ApprovalView, HostMessage, PageMessage, PanelState } from '../../src/protocol/messages.ts';
import type { Answer } from '../openrouter-server/answer.ts';
import { type OpenRouterServer, startOpenRouterServer } from '../openrouter-server/openRouterServer.ts';

export const EXTENSION_ID = 'openrouter-agent.openrouter-agent';
const MODEL = 'anthropic/claude-sonnet-4.6';

export interface Call {
	readonly name: string;
	readonly arguments: Readonly<Record<string, unknown>>;
	readonly id?: string;
}

/** The extension as it runs in this editor, on a local OpenRouter, driven by what its page would send. */
export class AgentHarness {
	readonly api: TestApi;
	readonly chat: ChatController;
	readonly server: OpenRouterServer;
	/** All that the page was told, in order. */
	readonly told: HostMessage[];
	/** On the icon of the view. */
	badge: { readonly count: number; readonly tooltip: string } | undefined;
	readonly #emitter: vscode.EventEmitter<unknown>;
	readonly #heard: vscode.Event<HostMessage>;
	#isClosed = false;

	private constructor(
		api: TestApi,
		chat: ChatController,
		server: OpenRouterServer,
		page: Pick<AgentHarness, 'told'> & {
			readonly emitter: vscode.EventEmitter<unknown>;
			readonly heard: vscode.Event<HostMessage>;
		},
	) {
		this.api = api;
		this.chat = chat;
		this.server = server;
		this.told = page.told;
		this.#emitter = page.emitter;
		this.#heard = page.heard;
	}

	static async open(): Promise<AgentHarness> {
		const server = await startOpenRouterServer();
		const settings = vscode.workspace.getConfiguration('openrouterAgent');
		await settings.update('baseUrl', server.url, vscode.ConfigurationTarget.Global);
		await settings.update('model', MODEL, vscode.ConfigurationTarget.Global);
		const extension = vscode.extensions.getExtension<TestApi>(EXTENSION_ID) ?? assert.fail('Not installed.');
		const api = await extension.activate();
		await api.apiKey.set(server.key);
		const chat = await api.chat();
		const emitter = new vscode.EventEmitter<unknown>();
		const heard = new vscode.EventEmitter<HostMessage>();
		const told: HostMessage[] = [];
		const page: ChatPage = {
			isVisible: true,
			onMessage(listener) {
				const listening = emitter.event(listener);
				return new vscode.Disposable(() => {
					listening.dispose();
					// The editor's own page came on screen and took our place.
					queueMicrotask(() => !harness.#isClosed && void chat.connect(page));
				});
			},
			setBadge(count, tooltip) {
				harness.badge = count === 0 ? undefined : { count, tooltip };
			},
			post(message) {
				told.push(message);
				heard.fire(message);
			},
		};
		const harness = new AgentHarness(api, chat, server, { told, emitter, heard: heard.event });
		await chat.connect(page);
		harness.post({ type: 'ready' });
		return harness;
	}

	async close(): Promise<void> {
		this.#isClosed = true;
		const settings = vscode.workspace.getConfiguration('openrouterAgent');
		await this.api.apiKey.remove();
		for (const name of ['baseUrl', 'model']) {
			await settings.update(name, undefined, vscode.ConfigurationTarget.Global);
		}
		await this.chat.newSession();
		await this.server.close();
	}

	/** Sends what a page may send. */
	post(message: PageMessage): void {
		this.#emitter.fire(message);
	}

	/** Sends what only a page of somebody else would. */
	forge(message: unknown): void {
		this.#emitter.fire(message);
	}

	/**
	 * Resolves with the first message that has what is looked for.
	 * @param from place in `told`; from now on when absent.
	 */
	hear<Found>(look: (message: HostMessage) => Found | undefined, from = this.told.length): Promise<Found> {
		for (const message of this.told.slice(from)) {
			const found = look(message);
			if (found !== undefined) {
				return Promise.resolve(found);
			}
		}
		return new Promise(resolve => {
			const listening = this.#heard(message => {
				const found = look(message);
				if (found !== undefined) {
					listening.dispose();
					resolve(found);
				}
			});
		});
	}

	/** The newest state that the page was told. */
	get state(): PanelState {
		const found = this.told.findLast(message => message.type === 'state' || message.type === 'snapshot');
		return found?.state ?? assert.fail('The page was told no state.');
	}

	/** Sends a message, which the model answers so, one answer a request. */
	async send(text: string, ...answers: readonly Answer[]): Promise<void> {
		// A turn that was stopped leaves some.
		this.server.forgetScript();
		this.server.script(...answers);
		const begun = this.hear(message => {
			const deltas = message.type === 'deltas' ? message.deltas : [];
			return deltas.some(delta => delta.type === 'add' && delta.item.kind === 'user') || undefined;
		});
		this.post({ type: 'send', text });
		await begun;
	}

	/** Has the model make these calls and then say that it is done; without an end, for turns that wait. */
	call(...calls: readonly Call[]): Promise<void> {
		return this.send('Do it.', { toolCalls: calls.map(call => ({ ...call })) }, { text: 'Done.' });
	}

	/** Resolves with the approval that the page shows next, or shows now. */
	async approval(): Promise<ApprovalView> {
		return (
			this.state.approval ??
			this.hear(message =>
				message.type === 'state' || message.type === 'snapshot' ? message.state.approval : undefined,
			)
		);
	}

	/** The request behind the approval on screen. */
	get asked(): ApprovalRequest {
		return this.chat.session?.pendingApprovals[0] ?? assert.fail('Nothing waits for an answer.');
	}

	/** Answers the approval that comes next, as a click on its card does. */
	async answer(allow: 'once' | 'session' | 'workspace' | 'always' | 'no'): Promise<ApprovalRequest> {
		const { callId, nonce } = await this.approval();
		const { asked } = this;
		const gone = this.hear(message =>
			message.type === 'state' && message.state.approval?.callId !== callId ? true : undefined,
		);
		this.post({ type: 'answer', callId, nonce, allow });
		await gone;
		return asked;
	}

	/** Resolves when the turn is over. @returns the results of its calls, by their order. */
	async results(): Promise<readonly ToolResult[]> {
		const session = this.chat.session ?? assert.fail('There is no session.');
		await session.whenIdle();
		const from = session.events.findLastIndex(({ event }) => event.type === 'turnStart');
		return session.events.slice(from).flatMap(({ event }) => (event.type === 'toolEnd' ? [event.result] : []));
	}

	/** A whole turn: the calls, the same answer to each question, and what came of it. */
	async turn(calls: readonly Call[], answers: readonly ('once' | 'no')[] = []): Promise<readonly ToolResult[]> {
		await this.call(...calls);
		for (const answer of answers) {
			await this.answer(answer);
		}
		return this.results();
	}
}

/** The folder that is open, as a path. */
export function workspaceRoot(): string {
	return vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? assert.fail('These tests want a folder open.');
}

/** Deletes a file of the workspace with its document, which the editor would keep otherwise. */
export async function removeThroughEditor(path: string): Promise<void> {
	const edit = new vscode.WorkspaceEdit();
	edit.deleteFile(vscode.Uri.file(`${workspaceRoot()}/${path}`), { ignoreIfNotExists: true });
	assert.ok(await vscode.workspace.applyEdit(edit));
}
