import type { AgentMode, ApprovalLevel } from '../approval/policy.ts';
import type { Attachment, SessionEvent } from '../events.ts';
import type { Message } from '../model.ts';
import type { RestorePoint } from '../review/restorePoints.ts';
import type { RestoredFile, RestoreRequest } from '../review/restorer.ts';
import type { SessionReview } from '../review/sessionReview.ts';
import type { OutputUpdate } from '../shellPort.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import { BillSettler } from './billSettler.ts';
import { Delegates } from './delegates.ts';
import { History } from './history.ts';
import { Listeners } from './listeners.ts';
import type { OpenedSession, OpenOptions, StoredEvent } from './log.ts';
import { PendingApprovals } from './pendingApprovals.ts';
import { Recorder } from './recorder.ts';
import { recoveryEvents } from './recovery.ts';
import { RequestParts } from './requestParts.ts';
import { Rights } from './rights.ts';
import { SessionFiles } from './sessionFiles.ts';
import type {
	AgentKind,
	Authority,
	EditRecord,
	NewSession,
	SessionOptions,
	SessionTools,
	Spender,
	Subscription,
} from './sessionOptions.ts';
import { SessionPermissions } from './sessionPermissions.ts';
import { SessionState } from './sessionState.ts';
import { SessionWork } from './sessionWork.ts';
import { SessionWriter } from './sessionWriter.ts';
import type { UndoneChange } from './undoer.ts';
import { WriteGate } from './writeGate.ts';

const RUNNING = 'A turn is running. Stop it first, or wait for its end.';
const OWN_AGENT: AgentKind = { isDelegate: false, isReadOnly: false };

/** What a tool printed while it runs. */
export interface CallOutput {
	readonly callId: string;
	readonly update: OutputUpdate;
}

/**
 * One conversation, alive: runs its turns, keeps its log, and answers what the panel asks. Every event is stored first,
 * then folded, then told to the listeners, in that order and one by one; so what anybody saw is in the log.
 */
export class Session {
	readonly id: string;
	readonly state = new SessionState();
	/** What the user lets its agent do. */
	readonly permissions: SessionPermissions;
	/** What the store had to leave out when the session was opened, for a notice. */
	readonly damage: { readonly tornBytes: number; readonly records: number };
	readonly #options: SessionOptions;
	readonly #history = new History();
	readonly #recorder: Recorder;
	readonly #bills: BillSettler;
	readonly #requests: RequestParts;
	readonly #onEvent: Listeners<StoredEvent>;
	readonly #onDidChangeState: Listeners<void>;
	readonly #approvals = new PendingApprovals(() => this.#changed());
	readonly #tools: SessionTools;
	readonly #rights: Rights;
	readonly #delegates: Delegates;
	readonly #onOutput: Listeners<CallOutput>;
	readonly #life = new AbortController();
	readonly #work: SessionWork;
	readonly #files: SessionFiles;
	readonly #gate = new WriteGate({
		life: this.#life.signal,
		isReadOnly: () => this.isReadOnly,
		hasInstructions: () => this.messages[0]?.role === 'system',
	});

	private constructor(
		options: SessionOptions,
		id: string,
		writer: SessionWriter | undefined,
		stored: Pick<OpenedSession, 'events' | 'tornBytes' | 'damagedRecords'>,
		tools: SessionTools,
		authority?: Authority,
	) {
		this.#options = options;
		this.id = id;
		this.#tools = tools;
		this.permissions = new SessionPermissions({
			rules: options.rules,
			isTrusted: () => options.isTrusted(),
			ownFolders: options.ownFolders,
			initialLevel: options.initialLevel(),
			onBug: error => options.onBug(error),
		});
		this.#rights = new Rights({
			sessionId: id,
			permissions: this.permissions,
			approvals: this.#approvals,
			authority,
			ownBudget: () => this.state.budget,
			record: event => this.#record(event),
		});
		this.#delegates = new Delegates({
			...options,
			lend: (callId, task) => this.#rights.lend(callId, task),
			create: (created, lent) => Session.create(options, created, lent),
			record: event => this.#record(event),
		});
		this.damage = { tornBytes: stored.tornBytes, records: stored.damagedRecords };
		this.#onEvent = new Listeners(error => options.onBug(error));
		this.#onDidChangeState = new Listeners(error => options.onBug(error));
		this.#onOutput = new Listeners(error => options.onBug(error));
		this.#files = new SessionFiles({
			...options,
			state: this.state,
			isDelegate: authority !== undefined,
			events: () => this.events,
			conversation: () => this.#history.events,
			record: event => this.#record(event),
			refusal: () => this.#gate.refusal,
			changed: () => this.#changed(),
			signal: this.#life.signal,
		});
		this.#requests = new RequestParts({
			session: options,
			tools,
			spender: { sessionId: id, account: authority?.parent.sessionId ?? id },
			rights: this.#rights,
			state: this.state,
			conversation: () => this.#history.conversation,
			delegate:
				authority === undefined && options.delegateSystem !== undefined
					? (callId, task, signal) => this.#delegates.run(callId, task, signal)
					: undefined,
			onOutput: (callId, update) => this.#onOutput.tell({ callId, update }),
		});
		this.#recorder = new Recorder({
			writer,
			stored: stored.events,
			clock: options.clock,
			fold: event => this.#fold(event),
			onRecorded: event => this.#recorded(event),
			onChanged: () => {
				if (this.isReadOnly) {
					this.stop();
				}
				this.#changed();
			},
		});
		this.#bills = new BillSettler({
			unsettled: () => this.state.unsettled,
			record: event => this.#record(event),
			signal: this.#life.signal,
			onBug: error => options.onBug(error),
		});
		this.#work = new SessionWork({
			...options,
			state: this.state,
			life: this.#life.signal,
			askOptions: () => this.#requests.ask(),
			turnOptions: resolved => this.#requests.turn(resolved),
			record: event => this.#record(event),
			settleBills: client => this.#bills.settle(client),
			changed: () => this.#changed(),
		});
	}

	/** Starts a new session. When the disk does not take it, it lives in memory (`isSaved`) until it does. */
	static async create(
		options: SessionOptions,
		{ system, workspace, kind }: NewSession,
		authority?: Authority,
	): Promise<Session> {
		const id = options.newId();
		const writer = new SessionWriter(() => options.store.create(id));
		const spender: Spender = {
			sessionId: id,
			account: authority?.parent.sessionId ?? id,
			sessionBudget: () => session.#rights.budget(),
		};
		const tools = await options.openTools(authority?.kind ?? OWN_AGENT, spender);
		const stored = { events: [], tornBytes: 0, damagedRecords: 0 };
		const session: Session = new Session(options, id, writer, stored, tools, authority);
		const parent = authority?.parent;
		const marks = { ...(parent && { parent }), ...(kind && { kind }) };
		await session.#record({ type: 'created', sessionId: id, workspace, system, ...marks });
		if (authority !== undefined) {
			await session.#record({ type: 'titled', title: authority.title });
		}
		return session;
	}

	/**
	 * Brings a stored session to life. A turn that was under way when its process died is closed as `interrupted`;
	 * nothing runs until `send` or `continue`.
	 * @throws Error when there is no such session.
	 */
	static async open(options: SessionOptions, sessionId: string, openOptions?: OpenOptions): Promise<Session> {
		const opened = await options.store.open(sessionId, openOptions);
		const { log } = opened;
		const writer = log && new SessionWriter(log);
		const spender: Spender = { sessionId, account: sessionId, sessionBudget: () => session.#rights.budget() };
		const tools = await options.openTools(OWN_AGENT, spender).catch(async (error: unknown) => {
			// Else nobody could write it until this window closes.
			await writer?.close();
			throw error;
		});
		const session: Session = new Session(options, sessionId, writer, opened, tools);
		if (writer !== undefined) {
			const { events, unmade } = await session.#files.recover();
			for (const event of [...events, ...recoveryEvents(session.state, unmade)]) {
				await session.#record(event);
			}
		}
		return session;
	}

	/** All events so far. */
	get events(): readonly StoredEvent[] {
		return this.#recorder.events;
	}
	/** The conversation as the next request begins. */
	get messages(): readonly Message[] {
		return this.#history.conversation.messages;
	}
	/** Its edits that wait for the user's word. An agent that works for another session has them there. */
	get review(): SessionReview {
		return this.#files.review;
	}
	get isRunning(): boolean {
		return this.#work.isRunning;
	}
	/** Another window has the session: it can be read, not continued. */
	get isReadOnly(): boolean {
		return this.#recorder.isReadOnly;
	}
	/** False while the disk does not take the events: the session goes on in memory and is lost with the window. */
	get isSaved(): boolean {
		return this.#recorder.isSaved;
	}
	/** Why the session is not saved. */
	get saveFailure(): unknown {
		return this.#recorder.saveFailure;
	}
	/** A request waits to be made again; `retryNow` ends the wait. */
	get isWaitingToRetry(): boolean {
		return this.#requests.retryWait.isWaiting;
	}
	/** What waits for the user, oldest first. */
	get pendingApprovals(): readonly ApprovalRequest[] {
		return this.#approvals.requests;
	}
	/** Calls back with every event once it is stored. */
	onEvent(listener: (stored: StoredEvent) => void): Subscription {
		return this.#onEvent.add(listener);
	}

	/** Calls back with what a tool prints while it runs. */
	onOutput(listener: (output: CallOutput) => void): Subscription {
		return this.#onOutput.add(listener);
	}

	/** Calls back when anything but the text of the answer may have changed. */
	onDidChangeState(listener: () => void): Subscription {
		return this.#onDidChangeState.add(listener);
	}

	/**
	 * Sends a message. While a turn runs it waits in the queue and enters at the next step. Resolves when the message
	 * is stored, not when it is answered.
	 * @throws SessionTakenError when another window has the session; nothing was recorded then.
	 */
	async send(text: string, attachments: readonly Attachment[] = []): Promise<void> {
		this.#gate.assertAskable();
		await this.#work.send({ messageId: this.#options.newId(), text, attachments });
	}

	/** Takes a message out of the queue. @returns false when it has already gone. */
	async removeQueued(messageId: string): Promise<boolean> {
		return this.#work.removeQueued(messageId);
	}

	/**
	 * Takes up the work where the newest turn left it: after a stop, failure, limit or crash. What was whole is kept,
	 * nothing runs twice. Does nothing while a turn runs or when there is nothing left to do.
	 */
	async continue(): Promise<void> {
		this.#gate.assertAskable();
		await this.#work.continue();
	}

	/**
	 * Replaces the conversation, for the model, by a summary and its newest part. The log keeps all of it. Resolves when
	 * the attempt is over; `stop` ends it.
	 * @returns why nothing was compacted, in words for the user; undefined when it was.
	 * @throws ModelError when the summary could not be had. The conversation is as it was then.
	 */
	async compact(): Promise<string | undefined> {
		this.#gate.assertAskable();
		return this.isRunning ? RUNNING : this.#work.compact();
	}

	/** Ends the wait before a request is made again. @returns false when nothing waits. */
	retryNow(): boolean {
		return this.#requests.retryWait.skip();
	}

	/** Sets the budget of this session, in US dollars, in place of that of the settings. */
	async setBudget(limit: number): Promise<void> {
		this.#gate.assertWritable();
		await this.#record({ type: 'budgetSet', limit });
	}

	/** What the agent may do from here on. It is told in its next request. */
	async setMode(mode: AgentMode): Promise<void> {
		this.#gate.assertWritable();
		if (mode !== this.permissions.mode) {
			await this.#record({ type: 'modeSet', mode });
		}
	}

	/** What needs no question from here on, until the session is closed. For `everything` ask the user before. */
	async setLevel(level: ApprovalLevel): Promise<void> {
		this.#gate.assertWritable();
		this.permissions.setLevel(level);
		await this.#record({ type: 'levelSet', level });
	}

	/** An agent that works for this session now. */
	delegate(sessionId: string): Session | undefined {
		return this.#delegates.running(sessionId);
	}

	/** Stops the turn: no tool starts after this, and what waits for an approval is void. */
	stop(): void {
		this.#work.stop();
	}

	/** Answers a pending approval. @returns false when nothing waits under this id any more. */
	answer(callId: string, answer: ApprovalAnswer): boolean {
		return this.#approvals.answer(callId, answer);
	}

	/**
	 * Takes changes back, the newest first, keeping what the user typed since. A change that is already taken back or
	 * kept is passed over. A change with conflicts is left as it is, and recorded as such.
	 * @throws Error with words for the user when a change cannot be taken back for another reason; the others are.
	 */
	undo(changeIds: readonly string[]): Promise<readonly UndoneChange[]> {
		this.#gate.assertWritable();
		return this.#files.undo(changeIds);
	}

	/**
	 * Records an edit that is made outside of a call. Resolves when it is durable: before the first record has, no byte of
	 * the file may be touched.
	 */
	async recordEdit(edit: EditRecord): Promise<void> {
		this.#gate.assertWritable();
		await this.#files.recordEdit(edit);
	}

	/** Accepts changes: they are no longer offered for undo. */
	async keep(changeIds: readonly string[]): Promise<void> {
		this.#gate.assertWritable();
		if (changeIds.length > 0) {
			await this.#record({ type: 'kept', changeIds });
		}
	}

	/** What the user can go back to, oldest first. */
	restorePoints(): readonly RestorePoint[] {
		return this.#files.restorePoints();
	}

	/** What going back would do to the files. Writes nothing. @throws ToolError when there is no such point. */
	restorePreview(before: number): Promise<readonly RestoredFile[]> {
		return this.#files.restorePreview(before);
	}

	/**
	 * Takes files, the conversation or both back to before an event, keeping what the user typed since. Going back to
	 * before a restore undoes it. `stop` ends it early: then the conversation stays.
	 * @returns how it ended for each file.
	 * @throws ToolError with words for the user when it is not possible now; nothing is changed then.
	 */
	async restore(request: RestoreRequest): Promise<readonly RestoredFile[]> {
		const refusal = this.isRunning ? RUNNING : this.#gate.refusal;
		if (refusal !== undefined) {
			throw new ToolError(refusal);
		}
		return this.#work.alone(signal => this.#files.restore(request, signal));
	}

	/** Resolves when no turn is under way. */
	whenIdle(): Promise<void> {
		return this.#work.whenIdle();
	}

	/** Resolves when the bills asked for after a stop or a cut have come, or will not. */
	whenSettled(): Promise<void> {
		return this.#bills.whenIdle();
	}

	/** Ends the turn as interrupted, writes what is left, and gives the session free. */
	async dispose(): Promise<void> {
		this.#life.abort();
		this.stop();
		await this.whenIdle();
		await this.#files.whenIdle();
		await this.#bills.whenIdle();
		try {
			await this.#tools.dispose();
		} finally {
			await this.#recorder.close();
		}
	}

	#record(event: SessionEvent): Promise<void> {
		return this.#recorder.record(event);
	}

	#fold(stored: StoredEvent): void {
		const kept = this.#history.apply(stored);
		this.state.apply(stored.event);
		if (kept !== undefined) {
			this.state.rewind(kept);
		}
		this.#files.apply(stored.event);
		this.permissions.apply(stored.event);
		this.#requests.apply(stored);
	}

	#recorded(stored: StoredEvent): void {
		this.#onEvent.tell(stored);
		if (stored.event.type !== 'text' && stored.event.type !== 'reasoning') {
			this.#changed();
		}
	}

	#changed(): void {
		this.#onDidChangeState.tell();
	}
}
