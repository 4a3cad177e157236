import * as vscode from 'vscode';
import type { AgentMode } from '../../agent/approval/policy.ts';
import type { Attachment } from '../../agent/events.ts';
import { ModelError } from '../../agent/model.ts';
import type { Session } from '../../agent/session/session.ts';
import type { PageMessage, PanelState } from '../../protocol/messages.ts';
import { parsePageMessage } from '../../protocol/pageMessage.ts';
import type { Account } from '../account/account.ts';
import type { ApiKey } from '../account/apiKey.ts';
import { setBudget } from '../account/budgetCommands.ts';
import { manageApprovals } from '../approvals/manageApprovals.ts';
import { chooseLevel, chooseMode, confirmEverything } from '../approvals/rightsPickers.ts';
import { SessionRights } from '../approvals/sessionRights.ts';
import { VIEW_ID } from '../ids.ts';
import type { ModelChoice } from '../models/modelChoice.ts';
import type { Platform } from '../platform.ts';
import type { ReviewCommands } from '../review/reviewCommands.ts';
import type { Services } from '../services.ts';
import { readSettings } from '../settings.ts';
import { StatusBar } from '../status/statusBar.ts';
import type { Translate } from '../translate.ts';
import { ApprovalDesk, type PageAnswer } from './approvalDesk.ts';
import { openDiff } from './changeCommands.ts';
import { ChangesViews } from './changesView.ts';
import type { ChatPage } from './chatView.ts';
import { EditorContext } from './editorContext.ts';
import { insertIntoEditor, openLink, openPath } from './editorLinks.ts';
import { FormPanel } from './formPanel.ts';
import { ImageAttachments, refusalText } from './imageAttachments.ts';
import { pickImages } from './imagePicker.ts';
import { OutsideView } from './outsideView.ts';
import { PageLink, type PanelView } from './pageLink.ts';
import { runPanelAction } from './panelActions.ts';
import { changeIds, panelState } from './panelState.ts';
import { chooseRestorePoint, restoreBefore, undoRestore } from './restoreCommand.ts';
import { selectionQuestion } from './selectionQuestion.ts';
import { SessionStage } from './sessionStage.ts';
import type { Sessions } from './sessions.ts';
import { showFailure } from './showFailure.ts';
import { trustNews } from './trustNews.ts';

export interface ChatControllerOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly apiKey: ApiKey;
	readonly services: Services;
	readonly log: vscode.LogOutputChannel;
	/** Shows and logs what went wrong. */
	readonly report: (error: unknown) => void;
}

/**
 * The chat: tells the page what changed in the session on screen, and does what the page asks. The page may vanish
 * and come back at any time; everything it shows is here.
 */
export class ChatController implements vscode.Disposable {
	readonly models: ModelChoice;
	readonly account: Account;
	readonly #outside: OutsideView;
	readonly #images = new ImageAttachments(
		() => crypto.randomUUID(),
		() => this.#page.stateChanged(),
	);
	readonly #options: ChatControllerOptions;
	readonly #editorContext = new EditorContext();
	readonly #translate: Translate = (message, ...args) => vscode.l10n.t(message, ...args);
	readonly #page = new PageLink({
		items: () => this.#stage.transcript?.items ?? [],
		state: () => this.#state(),
		view: () => this.#view,
		onState: state => this.#outside.show(state, this.session),
	});
	readonly #subscriptions: vscode.Disposable[];
	readonly #form: FormPanel;
	readonly #stage: SessionStage;
	readonly #rights = new SessionRights({
		session: () => this.session,
		initialLevel: () => readSettings()['approvals.level'],
		onChanged: () => this.#page.stateChanged(),
		confirm: confirmEverything,
	});
	readonly #approvals = new ApprovalDesk(({ name, subject }) =>
		this.#page.announce(vscode.l10n.t('Approval needed: {0} {1}', name, subject), true),
	);
	readonly #changes = new ChangesViews();
	#view: PanelView = 'chat';
	constructor(options: ChatControllerOptions) {
		this.#options = options;
		const { context, platform, apiKey, log, report } = options;
		const { models, account, ledger } = options.services;
		this.models = models;
		this.account = account;
		const status = new StatusBar({
			account: account.state,
			openLedger: async () => ledger,
			openActivity: () => account.openPage('activity'),
			log,
		});
		this.#outside = new OutsideView({
			status,
			log,
			setBadge: (count, tooltip) => this.#page.setBadge(count, tooltip),
		});
		this.#form = new FormPanel({
			models: this.models,
			translate: this.#translate,
			show: form => {
				this.#view = 'form';
				this.#page.post({ type: 'form', form });
			},
			onFault: error => log.warn(String(error)),
		});
		this.#stage = new SessionStage({
			context,
			platform,
			services: options.services,
			log,
			translate: this.#translate,
			report,
			onCreated: session => this.#rights.handOver(session),
			onLeaving: () => {
				this.#page.clear();
				this.#view = 'chat';
				this.#approvals.clear();
			},
			onShown: () => this.#page.snapshot(),
			onRewound: () => this.#page.snapshot(),
			onDeltas: deltas => this.#page.tell(deltas),
			onStateChanged: () => this.#page.stateChanged(),
		});
		this.#subscriptions = [
			this.#stage,
			status,
			this.#editorContext,
			this.#page,
			this.models.onDidChange(() => this.#page.stateChanged()),
			this.#editorContext.onDidChange(() => this.#page.stateChanged()),
			vscode.workspace.onDidGrantWorkspaceTrust(() => this.#page.stateChanged()),
			apiKey.onDidChange(() => this.#run(() => this.#keyChanged())),
		];
	}

	/** Binds the page that came on screen. Shows the session that was on screen last in this window. */
	async connect(page: ChatPage): Promise<void> {
		this.#page.connect(page, message => this.#run(() => this.#receive(message)));
		this.#run(() => this.models.refresh());
		await this.#stage.showLast();
	}

	/** The session on screen; undefined before the first message of a new one. */
	get session(): Session | undefined {
		return this.#stage.session;
	}

	newSession(): Promise<void> {
		return this.#stage.switch(async () => {
			await this.#reveal();
			await this.#stage.show(undefined);
			this.#page.post({ type: 'focus' });
		});
	}

	async showSessions(): Promise<void> {
		await this.#reveal();
		this.#view = 'sessions';
		this.#page.snapshot();
		await this.#postSessions();
	}

	async chooseModel(): Promise<void> {
		await this.models.choose();
	}

	/** See `PanelActionTarget`. A wait is ended by a stop, since what is asked then runs on the model of before. */
	async goOnWithModel(choose: () => Promise<boolean>): Promise<void> {
		const { session } = this;
		if (!(await choose())) {
			return;
		}
		if (session?.isWaitingToRetry) {
			session.stop();
			await session.whenIdle();
		}
		await session?.continue();
	}

	async chooseEffort(): Promise<void> {
		await this.models.chooseEffort();
	}

	/** Shows the form for the model in use. */
	async editRouting(): Promise<void> {
		await this.#reveal();
		await this.#form.open(undefined);
	}

	chooseMode(): Promise<void> {
		return chooseMode(this.#rights);
	}

	chooseApprovals(): Promise<void> {
		return chooseLevel(this.#rights);
	}

	/** Shows what the user allowed for longer than a session. */
	async manageApprovals(): Promise<void> {
		await manageApprovals((await this.#stage.load()).rules, this.session);
	}

	async setBudget(): Promise<void> {
		await setBudget(this.session);
	}

	/** Makes room in the conversation on screen, because the user wants it. */
	async compact(): Promise<void> {
		if (this.session === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('There is no conversation to compact.'));
			return;
		}
		try {
			const refusal = await this.session.compact();
			if (refusal !== undefined) {
				void vscode.window.showInformationMessage(vscode.l10n.t(refusal));
			}
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			this.#run(() => showFailure(error, (action, argument) => runPanelAction(action, argument, this)));
		}
	}

	/** Asks again at once, in place of waiting. */
	retryNow(): void {
		if (!this.session?.retryNow()) {
			void vscode.window.showInformationMessage(vscode.l10n.t('Nothing waits to be tried again.'));
		}
	}

	/** Lets the user choose pictures that go with the next message. */
	async attachImage(): Promise<void> {
		await this.#reveal();
		await pickImages(this.#images, this.#translate);
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
		const { callId } = this.#approvals;
		if (callId !== undefined) {
			this.session?.answer(callId, { allow });
		}
	}

	/** What the commands of the review do. */
	async review(): Promise<ReviewCommands> {
		return (await this.#stage.review()).commands;
	}

	/** The sessions of this window, for what works in sessions of its own. */
	async sessions(): Promise<Sessions> {
		return (await this.#stage.load()).sessions;
	}

	/**
	 * Sends the message of a command. A running session is left alone.
	 * @param isNew whether it begins a new session.
	 * @param mode what the agent may do from here on; as it is set when absent.
	 */
	async ask(
		text: string,
		attachments: readonly Attachment[],
		{ isNew = false, mode }: { readonly isNew?: boolean; readonly mode?: AgentMode } = {},
	): Promise<void> {
		if (isNew || this.session?.isRunning || this.session?.isReadOnly) {
			await this.#stage.show(undefined);
		}
		await this.#reveal();
		if (mode !== undefined) {
			await this.#rights.setMode(mode);
		}
		await this.#give(await this.#stage.forMessage(), text, attachments);
	}

	/** Sends the selection of the active editor with a question. */
	async askAboutSelection(intent: 'explain' | 'fix'): Promise<void> {
		const editor = vscode.window.activeTextEditor;
		if (editor === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and select the code first.'));
			return;
		}
		const { text, attachments } = selectionQuestion(intent, editor);
		await this.ask(text, attachments);
	}

	/** Lets the user go back to before a message of the session on screen. */
	async restoreCheckpoint(): Promise<void> {
		if (this.session === undefined) {
			void vscode.window.showInformationMessage(vscode.l10n.t('There is nothing to go back to in this session.'));
			return;
		}
		await this.#reveal();
		this.#draft(await chooseRestorePoint(this.session));
	}

	/** See `PanelAction`. */
	async undoRestore(argument: string | undefined): Promise<void> {
		if (this.session !== undefined && argument !== undefined) {
			await undoRestore(this.session, argument);
		}
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
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	/** Ends the turns of this window and gives the sessions free. To be awaited at deactivation. */
	async close(): Promise<void> {
		await this.#stage.close();
		await this.#options.services.close();
	}

	/** Runs a step that nobody waits for; what it throws is shown. */
	#run(step: () => unknown): void {
		void (async () => step())().catch(this.#options.report);
	}

	/** A turn that stopped for want of a key goes on by itself once there is one; without one, what asks a model stops. */
	async #keyChanged(): Promise<void> {
		await this.models.refresh();
		const hasKey = (await this.#options.apiKey.get()) !== undefined;
		if (!hasKey) {
			await this.#stage.stopRequests();
			return;
		}
		const session = this.session;
		if (session?.state.lastEnd?.failure?.kind === 'auth' && !session.isRunning) {
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
				this.#page.snapshot();
				return this.#view === 'sessions'
					? this.#postSessions()
					: this.#view === 'form'
						? this.#form.again()
						: undefined;
			case 'send':
				return this.#send(message.text);
			case 'stop':
				return this.stop();
			case 'answer':
				return this.#answer(message);
			case 'setMode':
				return this.#rights.setMode(message.mode);
			case 'setLevel':
				return this.#rights.setLevel(message.level);
			case 'openDelegate':
				return this.#openDelegate(message.sessionId);
			case 'newSession':
				return this.newSession();
			case 'showSessions':
				return this.showSessions();
			case 'openSession':
				return this.#stage.open(message.sessionId);
			case 'deleteSession':
				return this.#delete(message.sessionId);
			case 'range':
				return this.#page.range(message.before, message.count);
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
				return openDiff(this.#stage.transcript?.changesOf(message.callId) ?? [], (await this.#stage.load()).before);
			case 'undo':
				return session?.undo(changeIds(this.#stage.transcript?.changesOf(message.callId)));
			case 'openChanges':
				return (await this.review()).openChanges([]);
			case 'undoAll':
				return session && (await this.review()).decideSession(session.id, 'reject');
			case 'keepAll':
				return session && (await this.review()).decideSession(session.id, 'accept');
			case 'changedFile':
				return session && this.#changedFile(session, message);
			case 'restore':
				return this.#restore(message.id);
			case 'copy':
				await vscode.env.clipboard.writeText(message.text);
				return this.#page.announce(vscode.l10n.t('Copied'), false);
			case 'insert':
				return insertIntoEditor(message.text);
			case 'attachImage':
				return this.#attach(message);
			case 'removeImage':
				return this.#images.remove(message.id);
			case 'openSettingsForm':
				return this.#form.open(message.target);
			case 'saveSettings':
				return (await this.#form.save(message.target, message.settings)) ? this.#showChat() : undefined;
			case 'closeForm':
				this.#form.close();
				return this.#showChat();
			case 'pageError':
				return this.#options.log.error(`Chat page: ${message.message}`);
			default:
				return message satisfies never;
		}
	}

	async #send(text: string): Promise<void> {
		try {
			const session = await this.#stage.forMessage();
			const { store } = await this.#stage.load();
			const images = await this.#images.take(blob => store.putBlob(blob), this.#translate);
			await this.#give(session, text, [...this.#editorContext.take(), ...images]);
		} catch (error) {
			// What the user wrote goes back into the composer, and the pictures beside it.
			this.#images.restore();
			this.#page.post({ type: 'draft', text });
			throw error;
		}
	}

	async #give(session: Session, text: string, attachments: readonly Attachment[]): Promise<void> {
		const { currentRules } = await this.#stage.load();
		await session.send(text, [...(await trustNews(session, currentRules)), ...attachments]);
	}

	#attach({ mediaType, data, thumbnail }: Extract<PageMessage, { type: 'attachImage' }>): void {
		const refusal = this.#images.add({ mediaType, data, ...(thumbnail && { thumbnail }) });
		if (refusal !== undefined) {
			void vscode.window.showWarningMessage(refusalText(refusal, this.#translate));
		}
	}

	#showChat(): void {
		this.#view = 'chat';
		this.#page.snapshot();
		this.#page.post({ type: 'focus' });
	}

	#answer(message: PageAnswer): void {
		const answer = this.#approvals.read(message);
		if (answer === undefined) {
			this.#options.log.warn('An answer to an approval that is not on screen was ignored.');
			return;
		}
		this.session?.answer(message.callId, answer);
	}

	async #changedFile(
		{ id, review }: Session,
		{ path, do: what }: Extract<PageMessage, { type: 'changedFile' }>,
	): Promise<void> {
		const file = review.files.find(one => one.path === path);
		if (file === undefined) {
			return;
		}
		const commands = await this.review();
		const uri = vscode.Uri.parse(file.uri, true);
		switch (what) {
			case 'show':
				return commands.step('next', [uri]);
			case 'compare':
				return commands.openChanges([uri]);
			case 'keep':
				return commands.decideSession(id, 'accept', file.uri);
			case 'undo':
				return commands.decideSession(id, 'reject', file.uri);
			default:
				return what satisfies never;
		}
	}

	/** @param itemId of a message of the user, which names its event. */
	async #restore(itemId: string): Promise<void> {
		const point = this.session?.restorePoints().find(({ sequence }) => `e${sequence}` === itemId);
		if (this.session !== undefined && point !== undefined) {
			this.#draft(await restoreBefore(this.session, point));
		}
	}

	/** What was set aside can be written anew. */
	#draft(text: string | undefined): void {
		if (text !== undefined) {
			this.#page.post({ type: 'draft', text });
		}
	}

	async #openDelegate(sessionId: string): Promise<void> {
		const { delegates } = await this.#stage.load();
		if (this.session === undefined || !(await delegates.open(this.session, sessionId))) {
			this.#options.log.warn('The chat page asked for a task that the session on screen does not have.');
		}
	}

	async #delete(sessionId: string): Promise<void> {
		await this.#stage.delete(sessionId);
		this.#view = 'sessions';
		await this.#postSessions();
	}

	async takeOver(): Promise<void> {
		await this.#stage.takeOver();
	}

	async #reveal(): Promise<void> {
		await vscode.commands.executeCommand(`${VIEW_ID}.focus`);
	}

	async #postSessions(): Promise<void> {
		this.#page.post({ type: 'sessions', sessions: await this.#stage.list() });
	}

	#state(): PanelState {
		const approvalNonce = this.#approvals.show(this.session?.pendingApprovals[0]);
		return panelState({
			session: this.session,
			changes: this.#changes.of(this.session?.review.files ?? []),
			models: this.models,
			chips: this.#editorContext.chips(),
			images: this.#images.views(this.#translate),
			isTrusted: vscode.workspace.isTrusted,
			permissions: this.#rights,
			plan: this.#stage.transcript?.plan,
			approvalNonce,
			translate: this.#translate,
		});
	}
}
