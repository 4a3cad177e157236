import * as vscode from 'vscode';
import type { Session } from '../../agent/session.ts';
import type { HostMessage, PageMessage, PanelState } from '../../protocol/messages.ts';
import { parsePageMessage } from '../../protocol/pageMessage.ts';
import type { ApiKey } from '../account/apiKey.ts';
import { setApiKey, signOut } from '../account/keyCommands.ts';
import { contextKeys, VIEW_ID } from '../ids.ts';
import { ModelChoice } from '../models/modelChoice.ts';
import type { Platform } from '../platform.ts';
import type { Translate } from '../translate.ts';
import { BeforeDocuments } from './beforeDocuments.ts';
import { openChanges, openDiff } from './changeCommands.ts';
import type { ChatPage } from './chatView.ts';
import { DeltaPump } from './deltaPump.ts';
import { EditorContext } from './editorContext.ts';
import { insertIntoEditor, openLink, openPath } from './editorLinks.ts';
import { runPanelAction } from './panelActions.ts';
import { changeIds, panelState } from './panelState.ts';
import { selectionQuestion } from './selectionQuestion.ts';
import { createSessionFactory } from './sessionFactory.ts';
import { Sessions } from './sessions.ts';
import { TranscriptView } from './transcriptView.ts';

/** Items a fresh page gets; it asks for earlier ones when the user scrolls to them. */
const SNAPSHOT_ITEMS = 60;
const LAST_SESSION = 'lastSession';

export interface ChatControllerOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly apiKey: ApiKey;
	readonly log: vscode.LogOutputChannel;
	/** Shows and logs what went wrong. */
	readonly report: (error: unknown) => void;
}

/** A session on screen: the session, what the page shows of it, and the changes on their way there. */
interface Shown {
	readonly session: Session;
	readonly transcript: TranscriptView;
	readonly subscription: vscode.Disposable;
}

/**
 * The chat: keeps the session on screen, tells the page what changed, and does what the page asks. The page may vanish
 * and come back at any time; everything it shows is here.
 */
export class ChatController implements vscode.Disposable {
	readonly models: ModelChoice;
	readonly #options: ChatControllerOptions;
	readonly #editorContext = new EditorContext();
	readonly #translate: Translate = (message, ...args) => vscode.l10n.t(message, ...args);
	readonly #pump = new DeltaPump(deltas => this.#post({ type: 'deltas', deltas }));
	readonly #subscriptions: vscode.Disposable[];
	#loading: Promise<{ sessions: Sessions; before: BeforeDocuments }> | undefined;
	#page: ChatPage | undefined;
	#pageSubscription: vscode.Disposable | undefined;
	#shown: Shown | undefined;
	#isListShown = false;
	/** Settles when the session asked for last is on screen. */
	#switching: Promise<void> = Promise.resolve();
	/** Sessions the user was told of that they cannot be written down. */
	readonly #toldUnsaved = new WeakSet<Session>();
	#stateTimer: ReturnType<typeof setTimeout> | undefined;
	/** The nonce of the approval on screen: an answer must name it. */
	#approval: { readonly callId: string; readonly nonce: string } | undefined;

	constructor(options: ChatControllerOptions) {
		this.#options = options;
		this.models = new ModelChoice(options.apiKey, options.log);
		this.#subscriptions = [
			this.models,
			this.#editorContext,
			this.models.onDidChange(() => this.#stateChanged()),
			this.#editorContext.onDidChange(() => this.#stateChanged()),
			vscode.workspace.onDidGrantWorkspaceTrust(() => this.#stateChanged()),
			options.apiKey.onDidChange(() => this.#run(() => this.#resumeAfterKey())),
		];
	}

	/** Binds the page that came on screen. Shows the session that was on screen last in this window. */
	async connect(page: ChatPage): Promise<void> {
		this.#pageSubscription?.dispose();
		this.#page = page;
		this.#pageSubscription = page.onMessage(message => this.#run(() => this.#receive(message)));
		this.#run(() => this.models.refresh());
		if (this.#shown === undefined) {
			await this.#showLast();
		}
	}

	/** The session on screen; undefined before the first message of a new one. */
	get session(): Session | undefined {
		return this.#shown?.session;
	}

	newSession(): Promise<void> {
		return this.#switch(async () => {
			await this.#reveal();
			await this.#show(undefined);
			this.#post({ type: 'focus' });
		});
	}

	async showSessions(): Promise<void> {
		await this.#reveal();
		this.#isListShown = true;
		this.#snapshot();
		await this.#postSessions();
	}

	async chooseModel(): Promise<void> {
		await this.models.choose();
	}

	async setApiKey(): Promise<void> {
		await setApiKey(this.#options.apiKey);
	}

	async signOut(): Promise<void> {
		await signOut(this.#options.apiKey);
	}

	stop(): void {
		this.session?.stop();
	}

	/** Takes up the work of the session on screen where its newest turn left it. */
	async continue(): Promise<void> {
		await this.session?.continue();
	}

	/** Answers the approval on screen, for keybindings and commands. */
	answerShown(allow: 'once' | 'no'): void {
		if (this.#approval !== undefined) {
			this.session?.answer(this.#approval.callId, { allow });
		}
	}

	/** Sends the selection of the active editor with a question. A running session is left alone. */
	async askAboutSelection(intent: 'explain' | 'fix'): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and select the code first.'));
			return;
		}
		const { text, attachments } = selectionQuestion(intent, editor);
		if (this.session?.isRunning || this.session?.isReadOnly) {
			await this.#show(undefined);
		}
		await this.#reveal();
		const session = await this.#ensureSession();
		await session.send(text, attachments);
	}

	/** Takes back the newest change of the session on screen. */
	async undoLastChange(): Promise<void> {
		const last = this.session?.state.changes.at(-1);
		if (last === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('The agent has changed nothing that can be undone.'));
			return;
		}
		await this.session?.undo([last.changeId]);
	}

	dispose(): void {
		clearTimeout(this.#stateTimer);
		this.#pump.clear();
		this.#shown?.subscription.dispose();
		this.#pageSubscription?.dispose();
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	/** Ends the turns of this window and gives the sessions free. To be awaited at deactivation. */
	async close(): Promise<void> {
		const loaded = await this.#loading?.catch(() => undefined);
		await loaded?.sessions.dispose();
	}

	/** Runs a step that nobody waits for; what it throws is shown. */
	#run(step: () => unknown): void {
		void (async () => step())().catch(this.#options.report);
	}

	#load() {
		this.#loading ??= this.#loadSessions();
		return this.#loading;
	}

	async #loadSessions() {
		const { context, platform, log } = this.#options;
		const factory = await createSessionFactory({ context, platform, log, models: this.models });
		const before = new BeforeDocuments(hash => factory.store.getBlob(hash));
		this.#subscriptions.push(before);
		return { sessions: new Sessions(factory), before };
	}

	async #showLast(): Promise<void> {
		const id = this.#options.context.workspaceState.get<string>(LAST_SESSION);
		if (id === undefined) {
			return;
		}
		const { sessions } = await this.#load();
		try {
			await this.#show(await sessions.open(id));
		} catch (error) {
			// A session that cannot be opened stays in the list and on disk; the view starts with an empty one.
			this.#options.log.warn(String(error));
		}
	}

	async #show(session: Session | undefined): Promise<void> {
		const previous = this.#shown;
		previous?.subscription.dispose();
		this.#pump.clear();
		this.#isListShown = false;
		this.#approval = undefined;
		this.#shown = session && this.#watch(session);
		await this.#options.context.workspaceState.update(LAST_SESSION, session?.id);
		this.#snapshot();
		if (previous !== undefined && previous.session !== session) {
			// Nobody waits for the old one to be closed: the new one is on screen.
			this.#run(async () => (await this.#load()).sessions.release(previous.session.id));
		}
	}

	#watch(session: Session): Shown {
		const { tornBytes, records } = session.damage;
		if (tornBytes > 0 || records > 0) {
			this.#options.log.warn(
				`Session ${session.id}: ${records} records could not be read, and ${tornBytes} bytes at the end were no whole record. The file is kept.`,
			);
		}
		const transcript = new TranscriptView(this.#translate);
		for (const stored of session.events) {
			transcript.add(stored);
		}
		const subscription = vscode.Disposable.from(
			session.onEvent(stored => this.#pump.add(transcript.add(stored))),
			session.onDidChangeState(() => this.#stateChanged()),
		);
		return { session, transcript, subscription };
	}

	async #ensureSession(): Promise<Session> {
		if (this.#shown !== undefined) {
			return this.#shown.session;
		}
		const { sessions } = await this.#load();
		const session = await sessions.create();
		await this.#show(session);
		return session;
	}

	/** A turn that stopped for want of a key goes on by itself once there is one. */
	async #resumeAfterKey(): Promise<void> {
		await this.models.refresh();
		const session = this.session;
		if (this.models.hasKey && session?.state.lastEnd?.failure?.kind === 'auth' && !session.isRunning) {
			await session.continue();
		}
	}

	async #receive(raw: unknown): Promise<void> {
		const message = parsePageMessage(raw);
		if (message === undefined) {
			this.#options.log.warn('The chat page sent a message that is none; it was ignored.');
			return;
		}
		await this.#handle(message);
	}

	async #handle(message: PageMessage): Promise<unknown> {
		const session = this.session;
		switch (message.type) {
			case 'ready':
				this.#snapshot();
				return this.#isListShown ? this.#postSessions() : undefined;
			case 'send':
				return this.#send(message.text);
			case 'stop':
				return session?.stop();
			case 'answer':
				return this.#answer(message);
			case 'newSession':
				return this.newSession();
			case 'showSessions':
				return this.showSessions();
			case 'openSession':
				return this.#switch(async () => {
					const { sessions } = await this.#load();
					await this.#show(await sessions.open(message.sessionId));
				});
			case 'deleteSession':
				return this.#delete(message.sessionId);
			case 'range':
				return this.#range(message.before, message.count);
			case 'toggleChip':
				return this.#editorContext.toggle(message.id);
			case 'removeQueued':
				return session?.removeQueued(message.id);
			case 'action':
				return runPanelAction(message.action, message.argument, this);
			case 'openFile':
				return openPath(message.path, message.line);
			case 'openLink':
				return openLink(message.url);
			case 'openDiff':
				return openDiff(this.#shown?.transcript.changesOf(message.callId) ?? [], (await this.#load()).before);
			case 'undo':
				return session?.undo(changeIds(this.#shown?.transcript.changesOf(message.callId)));
			case 'openChanges':
				return openChanges(session?.state.changes ?? [], (await this.#load()).before);
			case 'undoAll':
				return session?.undo(changeIds(session.state.changes));
			case 'keepAll':
				return session?.keep(changeIds(session.state.changes));
			case 'copy':
				await vscode.env.clipboard.writeText(message.text);
				return this.#announce(vscode.l10n.t('Copied'), false);
			case 'insert':
				return insertIntoEditor(message.text);
			case 'attachImage':
			case 'removeImage':
			case 'openSettingsForm':
			case 'saveSettings':
			case 'closeForm':
				throw new Error(`${message.type} is not there yet.`);
			case 'pageError':
				return this.#options.log.error(`Chat page: ${message.message}`);
			default:
				return message satisfies never;
		}
	}

	/** Changes the session on screen, after the changes asked for before; what is sent meanwhile goes to the new one. */
	#switch(step: () => Promise<void>): Promise<void> {
		const switching = this.#switching.then(step);
		this.#switching = switching.catch(() => {
			// Who asked for it gets the error; the next one only needs the order.
		});
		return switching;
	}

	async #send(text: string): Promise<void> {
		try {
			await this.#switching;
			const session = await this.#ensureSession();
			await session.send(text, this.#editorContext.take());
		} catch (error) {
			// What the user wrote goes back into the composer.
			this.#post({ type: 'draft', text });
			throw error;
		}
	}

	#answer(answer: Extract<PageMessage, { type: 'answer' }>): void {
		const { callId, nonce, allow, instead } = answer;
		if (this.#approval?.callId !== callId || this.#approval.nonce !== nonce) {
			this.#options.log.warn('An answer to an approval that is not on screen was ignored.');
			return;
		}
		this.session?.answer(callId, allow === 'no' ? { allow, ...(instead && { instead }) } : { allow });
	}

	async #delete(sessionId: string): Promise<void> {
		const { sessions } = await this.#load();
		if (this.session?.id === sessionId) {
			await this.#show(undefined);
			this.#isListShown = true;
		}
		await sessions.delete(sessionId);
		await this.#postSessions();
	}

	#range(before: number, count: number): void {
		// The items hold what waits already: told after them, it would stand there twice.
		this.#pump.flush();
		const items = this.#shown?.transcript.items ?? [];
		const end = Math.min(before, items.length);
		const from = Math.max(0, end - count);
		this.#post({ type: 'items', from, items: items.slice(from, end) });
	}

	/** Writes the session on screen from here, although another window has it; that one then only reads. */
	async takeOver(): Promise<void> {
		if (this.session !== undefined) {
			const { sessions } = await this.#load();
			await this.#show(await sessions.takeOver(this.session.id));
		}
	}

	async #reveal(): Promise<void> {
		await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
	}

	#post(message: HostMessage): void {
		if (this.#page?.isVisible) {
			this.#page.post(message);
		}
	}

	#announce(text: string, isUrgent: boolean): void {
		this.#post({ type: 'announce', text, isUrgent });
	}

	#snapshot(): void {
		this.#pump.clear();
		const items = this.#shown?.transcript.items ?? [];
		const from = Math.max(0, items.length - SNAPSHOT_ITEMS);
		this.#post({
			type: 'snapshot',
			state: this.#state(),
			total: items.length,
			from,
			items: items.slice(from),
			view: this.#isListShown ? 'sessions' : 'chat',
		});
	}

	async #postSessions(): Promise<void> {
		const { sessions } = await this.#load();
		this.#post({ type: 'sessions', sessions: await sessions.list(this.#translate) });
	}

	/** Tells the page the new state, at most once a frame and after the transcript's changes. */
	#stateChanged(): void {
		this.#stateTimer ??= setTimeout(() => {
			this.#stateTimer = undefined;
			this.#pump.flush();
			const state = this.#state();
			this.#post({ type: 'state', state });
			this.#showOutside(state);
		}, 25);
	}

	/** What the rest of the editor shows and needs: context keys for keybindings, the badge on the icon. */
	#showOutside(state: PanelState): void {
		const isWaiting = state.activity === 'waiting';
		void vscode.commands.executeCommand('setContext', contextKeys.isRunning, isWaiting || state.activity === 'running');
		void vscode.commands.executeCommand('setContext', contextKeys.isWaiting, isWaiting);
		this.#page?.setBadge(state.approval?.total ?? 0, vscode.l10n.t('Waiting for your approval'));
		const session = this.session;
		if (session?.saveFailure !== undefined && !this.#toldUnsaved.has(session)) {
			this.#toldUnsaved.add(session);
			const reason = String(session.saveFailure);
			this.#options.log.error(reason);
			void vscode.window.showWarningMessage(
				vscode.l10n.t('This session cannot be written to disk and goes on in memory: {0}', reason),
			);
		}
	}

	#state(): PanelState {
		this.#nameApproval();
		return panelState({
			session: this.session,
			lineCounts: ids => this.#shown?.transcript.lineCounts(ids) ?? { added: 0, removed: 0 },
			models: this.models,
			chips: this.#editorContext.chips(),
			isTrusted: vscode.workspace.isTrusted,
			approvalNonce: this.#approval?.nonce,
			translate: this.#translate,
		});
	}

	/** Gives the approval that comes on screen its nonce, and has it announced. */
	#nameApproval(): void {
		const first = this.session?.pendingApprovals[0];
		if (first?.callId === this.#approval?.callId) {
			return;
		}
		this.#approval = first && { callId: first.callId, nonce: crypto.randomUUID() };
		if (first !== undefined) {
			this.#announce(vscode.l10n.t('Approval needed: {0} {1}', first.name, first.subject), true);
		}
	}
}
