import { abortable } from '../abortable.ts';
import { ContextMeter } from '../context/contextUse.ts';
import { Conversation } from '../context/conversation.ts';
import type { Attachment, SessionEvent } from '../events.ts';
import type { Message } from '../model.ts';
import type { ApprovalAnswer, ApprovalRequest } from '../tool.ts';
import { gatherText } from '../turn/gatherText.ts';
import type { ResolvedModel } from '../turn/resolvedModel.ts';
import { DEFAULT_RETRY } from '../turn/retryPolicy.ts';
import { RetryWait } from '../turn/retryWait.ts';
import { compactNow, runTurn } from '../turn/runTurn.ts';
import type { AskOptions, QueuedMessage } from '../turn/turnOptions.ts';
import { BillSettler } from './billSettler.ts';
import { CachePin } from './cachePin.ts';
import { type OpenedSession, type OpenOptions, SessionTakenError, type StoredEvent } from './log.ts';
import { PendingApprovals } from './pendingApprovals.ts';
import { Recorder } from './recorder.ts';
import { recoveryEvents } from './recovery.ts';
import type { NewSession, SessionOptions, Subscription } from './sessionOptions.ts';
import { SessionState } from './sessionState.ts';
import { SessionWriter } from './sessionWriter.ts';
import { titleFrom } from './title.ts';
import { Undoer, type UndoneChange } from './undoer.ts';

/** Text that comes within this time is stored and shown together. */
const GATHER_MS = 30;

/**
 * One conversation, alive: runs its turns, keeps its log, and answers what the panel asks. Every event is stored first,
 * then folded, then told to the listeners, in that order and one by one; so what anybody saw is in the log.
 */
export class Session {
	readonly id: string;
	readonly state = new SessionState();
	/** What the store had to leave out when the session was opened, for a notice. */
	readonly damage: { readonly tornBytes: number; readonly records: number };
	readonly #options: SessionOptions;
	readonly #conversation = new Conversation();
	readonly #meter = new ContextMeter();
	readonly #pin = new CachePin();
	readonly #recorder: Recorder;
	readonly #bills: BillSettler;
	readonly #retryWait: RetryWait;
	readonly #onEvent = new Set<(stored: StoredEvent) => void>();
	readonly #onDidChangeState = new Set<() => void>();
	readonly #approvals = new PendingApprovals(() => this.#changed());
	readonly #life = new AbortController();
	/** What no turn has taken yet; `state.queue` follows once the taking is stored. */
	#queue: QueuedMessage[] = [];
	/** Stops the work that is under way, a turn or a compaction; present until its end. */
	#turn: AbortController | undefined;
	/** The work under way, or the last one. */
	#driving: Promise<void> = Promise.resolve();
	readonly #undoer: Undoer;

	private constructor(
		options: SessionOptions,
		id: string,
		writer: SessionWriter | undefined,
		stored: Pick<OpenedSession, 'events' | 'tornBytes' | 'damagedRecords'>,
	) {
		this.#options = options;
		this.id = id;
		this.damage = { tornBytes: stored.tornBytes, records: stored.damagedRecords };
		this.#retryWait = new RetryWait(options.clock);
		this.#recorder = new Recorder({
			writer,
			stored: stored.events,
			clock: options.clock,
			fold: event => this.#fold(event),
			onRecorded: event => this.#recorded(event),
			onChanged: () => {
				if (this.isReadOnly) {
					this.#turn?.abort();
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
		this.#undoer = new Undoer({
			workspace: options.workspace,
			store: options.store,
			changes: () => this.state.changes,
			record: event => this.#record(event),
			signal: this.#life.signal,
		});
		this.#queue = [...this.state.queue];
	}

	/** Starts a new session. When the disk does not take it, it lives in memory (`isSaved`) until it does. */
	static async create(options: SessionOptions, { system, workspace }: NewSession): Promise<Session> {
		const id = options.newId();
		const writer = new SessionWriter(() => options.store.create(id));
		const session = new Session(options, id, writer, { events: [], tornBytes: 0, damagedRecords: 0 });
		await session.#record({ type: 'created', sessionId: id, workspace, system });
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
		const session = new Session(options, sessionId, writer, opened);
		if (writer !== undefined) {
			for (const event of recoveryEvents(session.state)) {
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
		return this.#conversation.messages;
	}
	get isRunning(): boolean {
		return this.#turn !== undefined;
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
		return this.#retryWait.isWaiting;
	}
	/** What waits for the user, oldest first. */
	get pendingApprovals(): readonly ApprovalRequest[] {
		return this.#approvals.requests;
	}
	/** Calls back with every event once it is stored. */
	onEvent(listener: (stored: StoredEvent) => void): Subscription {
		this.#onEvent.add(listener);
		return { dispose: () => this.#onEvent.delete(listener) };
	}

	/** Calls back when anything but the text of the answer may have changed. */
	onDidChangeState(listener: () => void): Subscription {
		this.#onDidChangeState.add(listener);
		return { dispose: () => this.#onDidChangeState.delete(listener) };
	}

	/**
	 * Sends a message. While a turn runs it waits in the queue and enters at the next step. Resolves when the message
	 * is stored, not when it is answered.
	 * @throws SessionTakenError when another window has the session; nothing was recorded then.
	 */
	async send(text: string, attachments: readonly Attachment[] = []): Promise<void> {
		this.#assertWritable();
		const message = { messageId: this.#options.newId(), text, attachments };
		if (this.#turn === undefined) {
			return this.#begin(message);
		}
		this.#queue.push(message);
		try {
			await this.#record({ type: 'queued', ...message });
		} catch (error) {
			this.#queue = this.#queue.filter(queued => queued !== message);
			throw error;
		}
	}

	/** Takes a message out of the queue. @returns false when it has already gone. */
	async removeQueued(messageId: string): Promise<boolean> {
		const remaining = this.#queue.filter(queued => queued.messageId !== messageId);
		if (remaining.length === this.#queue.length) {
			return false;
		}
		this.#queue = remaining;
		await this.#record({ type: 'unqueued', messageId });
		return true;
	}

	/**
	 * Takes up the work where the newest turn left it: after a stop, failure, limit or crash. What was whole is kept,
	 * nothing runs twice. Does nothing while a turn runs or when there is nothing left to do.
	 */
	async continue(): Promise<void> {
		this.#assertWritable();
		if (this.#turn === undefined && (this.state.isUnfinished || this.#queue.length > 0)) {
			await this.#begin();
		}
	}

	/**
	 * Replaces the conversation, for the model, by a summary and its newest part. The log keeps all of it. Resolves when
	 * the attempt is over; `stop` ends it.
	 * @returns why nothing was compacted, in words for the user; undefined when it was.
	 * @throws ModelError when the summary could not be had. The conversation is as it was then.
	 */
	async compact(): Promise<string | undefined> {
		this.#assertWritable();
		if (this.#turn !== undefined) {
			return 'A turn is running. Stop it first, or wait for its end.';
		}
		const work = new AbortController();
		this.#turn = work;
		this.#changed();
		const compacting = this.#compact(work);
		this.#driving = compacting.then(
			() => undefined,
			() => {
				// The caller gets the error.
			},
		);
		return compacting;
	}

	/** Ends the wait before a request is made again. @returns false when nothing waits. */
	retryNow(): boolean {
		return this.#retryWait.skip();
	}

	/** Sets the budget of this session, in US dollars, in place of that of the settings. */
	async setBudget(limit: number): Promise<void> {
		this.#assertWritable();
		await this.#record({ type: 'budgetSet', limit });
	}

	/** Stops the turn: no tool starts after this, and what waits for an approval is void. */
	stop(): void {
		this.#turn?.abort();
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
		this.#assertWritable();
		return this.#undoer.undo(changeIds);
	}

	/** Accepts changes: they are no longer offered for undo. */
	async keep(changeIds: readonly string[]): Promise<void> {
		this.#assertWritable();
		if (changeIds.length > 0) {
			await this.#record({ type: 'kept', changeIds });
		}
	}

	/** Resolves when no turn is under way. */
	async whenIdle(): Promise<void> {
		for (let driving: Promise<void> | undefined; driving !== this.#driving; ) {
			driving = this.#driving;
			await driving;
		}
	}

	/** Resolves when the bills asked for after a stop or a cut have come, or will not. */
	whenSettled(): Promise<void> {
		return this.#bills.whenIdle();
	}

	/** Ends the turn as interrupted, writes what is left, and gives the session free. */
	async dispose(): Promise<void> {
		this.#life.abort();
		this.#turn?.abort();
		await this.whenIdle();
		await this.#undoer.whenIdle();
		await this.#bills.whenIdle();
		await this.#recorder.close();
	}

	/** Starts a turn with what is queued and the given message. Resolves when those are stored. */
	#begin(message?: QueuedMessage): Promise<void> {
		const turn = new AbortController();
		this.#turn = turn;
		this.#changed();
		const prepared = this.#prepare(message).catch((error: unknown) => {
			this.#turn = undefined;
			this.#changed();
			throw error;
		});
		this.#driving = prepared.then(
			resolved => this.#drive(turn, resolved),
			() => {
				// The caller gets the error; nothing runs.
			},
		);
		return prepared.then(() => undefined);
	}

	async #prepare(message: QueuedMessage | undefined): Promise<ResolvedModel> {
		const resolved = await abortable(this.#options.resolveModel(), this.#life.signal);
		while (this.#queue[0] !== undefined) {
			await this.#recordUser(this.#queue[0]);
			this.#queue.shift();
		}
		if (message !== undefined) {
			await this.#recordUser(message);
		}
		return resolved;
	}

	async #recordUser({ messageId, text, attachments }: QueuedMessage): Promise<void> {
		if (this.state.title === '') {
			// First, so that the list of sessions finds it near the beginning of the log.
			await this.#record({ type: 'titled', title: titleFrom(text) || (attachments[0]?.label ?? '') });
		}
		await this.#record({ type: 'user', messageId, text, attachments });
	}

	/** Runs a turn to its end. Never rejects. */
	async #drive(turn: AbortController, resolved: ResolvedModel): Promise<void> {
		const options = this.#options;
		this.#bills.settle(resolved.client);
		const events = runTurn({
			...this.#askOptions(),
			turnId: options.newId(),
			resolved,
			tools: options.tools,
			workspace: options.workspace,
			signal: turn.signal,
			maxRequests: options.maxRequests(),
			isTrusted: options.isTrusted(),
			areEditsAllowed: () => this.state.areEditsAllowed,
			ask: (request, signal) => this.#approvals.ask(request, signal),
			takeQueued: () => this.#queue.splice(0),
			putBlob: text => options.store.putBlob(text),
		});
		try {
			for await (const event of gatherText(events, GATHER_MS, options.clock)) {
				await this.#recordOfTurn(event, turn);
			}
		} catch (error) {
			options.onBug(error);
		}
		this.#bills.settle(resolved.client);
		this.#turn = undefined;
		this.#changed();
		const reason = this.state.lastEnd?.reason;
		if (this.#queue.length > 0 && !turn.signal.aborted && (reason === 'done' || reason === 'length')) {
			await this.#begin().catch(error => options.onBug(error));
		}
	}

	async #compact(work: AbortController): Promise<string | undefined> {
		let refusal: string | undefined;
		try {
			const resolved = await abortable(this.#options.resolveModel(), this.#life.signal);
			refusal = await compactNow(this.#askOptions(), resolved, event => this.#record(event), work.signal);
			this.#bills.settle(resolved.client);
		} finally {
			this.#turn = undefined;
			this.#changed();
		}
		if (this.#queue.length > 0 && !work.signal.aborted) {
			await this.#begin();
		}
		return refusal;
	}

	#askOptions(): AskOptions {
		const options = this.#options;
		return {
			sessionId: this.id,
			definitions: options.definitions,
			conversation: this.#conversation,
			meter: this.#meter,
			clock: options.clock,
			retry: options.retry ?? DEFAULT_RETRY,
			retryWait: this.#retryWait,
			random: options.random ?? Math.random,
			resolveModel: id => options.resolveModel(id),
			pinnedProvider: (model, lifetime) => this.#pin.provider(model, options.clock.now(), lifetime),
			loadImage: hash => options.store.getBlob(hash),
			sessionBudget: () => this.state.budget,
			isLeftOutTold: model => this.state.isLeftOutTold(model),
			currentRules: signal => options.currentRules(signal),
			isCallIdTaken: callId => this.state.hasCall(callId),
			newId: () => options.newId(),
			onBug: error => options.onBug(error),
		};
	}

	async #recordOfTurn(event: SessionEvent, turn: AbortController): Promise<void> {
		const isEnd = event.type === 'turnEnd' && event.reason === 'stopped' && this.#life.signal.aborted;
		const told: SessionEvent = isEnd ? { type: 'turnEnd', reason: 'interrupted' } : event;
		try {
			await this.#record(told);
		} catch (error) {
			if (!(error instanceof SessionTakenError)) {
				throw error;
			}
			// The turn ends on screen; the log belongs to the other window.
			turn.abort();
			await this.#record(told);
		}
	}

	#record(event: SessionEvent): Promise<void> {
		return this.#recorder.record(event);
	}

	#fold(stored: StoredEvent): void {
		this.#conversation.apply(stored.event);
		this.state.apply(stored.event);
		this.#pin.apply(stored);
	}

	#recorded(stored: StoredEvent): void {
		this.#tell(this.#onEvent, stored);
		if (stored.event.type !== 'text' && stored.event.type !== 'reasoning') {
			this.#changed();
		}
	}

	#changed(): void {
		this.#tell(this.#onDidChangeState, undefined);
	}

	/** A listener that throws harms neither the session nor the other listeners. */
	#tell<Value>(listeners: ReadonlySet<(value: Value) => void>, value: Value): void {
		for (const listener of listeners) {
			try {
				listener(value);
			} catch (error) {
				this.#options.onBug(error);
			}
		}
	}

	#assertWritable(): void {
		if (this.#life.signal.aborted) {
			throw new Error('This session is closed.');
		}
		if (this.isReadOnly) {
			throw new SessionTakenError('This session is open in another window.');
		}
	}
}
