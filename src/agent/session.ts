import { abortable } from './abortable.ts';
import type { Clock } from './clock.ts';
import { Conversation } from './conversation.ts';
import type { Attachment, ModelRef, SessionEvent } from './events.ts';
import { gatherText } from './gatherText.ts';
import {
	type Durability,
	type OpenedSession,
	type OpenOptions,
	type SessionStore,
	SessionTakenError,
	type StoredEvent,
} from './log.ts';
import type { Message, ModelClient, ToolDefinition } from './model.ts';
import { PendingApprovals } from './pendingApprovals.ts';
import { recoveryEvents } from './recovery.ts';
import { runTurn } from './runTurn.ts';
import { SessionState } from './sessionState.ts';
import { SessionWriter } from './sessionWriter.ts';
import { titleFrom } from './title.ts';
import type { ApprovalAnswer, ApprovalRequest, Tool } from './tool.ts';
import type { QueuedMessage } from './turnOptions.ts';
import { type UndoOutcome, undoChange } from './undo.ts';
import type { Workspace } from './workspace.ts';

/** Text that comes within this time is stored and shown together. */
const GATHER_MS = 30;

export interface SessionOptions {
	readonly store: SessionStore;
	readonly workspace: Workspace;
	/** What the model may call, and how it is told of them, in the same order. */
	readonly tools: readonly Tool[];
	readonly definitions: readonly ToolDefinition[];
	/**
	 * Asked at the start of each turn. Should not fail for reasons of the account: the client tells those. When it
	 * rejects, so does `send`, and nothing was recorded.
	 */
	resolveModel(): Promise<{ readonly client: ModelClient; readonly model: ModelRef }>;
	/** Whether the user trusts the workspace, asked at the start of each turn. */
	isTrusted(): boolean;
	/** Requests to the model in one turn, asked at the start of each turn. */
	maxRequests(): number;
	readonly clock: Clock;
	/** A new id, unique for good. */
	newId(): string;
	/** Takes errors that are bugs of ours, for the log. Must not throw. */
	onBug(error: unknown): void;
}

/** What never changes while a session lives. */
export interface NewSession {
	/** The system prompt, see `buildSystemPrompt`. */
	readonly system: string;
	/** Root names and URIs, to find the session again. */
	readonly workspace: readonly string[];
}

export interface Subscription {
	dispose(): void;
}

/** How taking back one change ended. */
export interface UndoneChange {
	readonly changeId: string;
	readonly path: string;
	readonly outcome: UndoOutcome;
}

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
	readonly #events: StoredEvent[] = [];
	readonly #generation: number;
	readonly #onEvent = new Set<(stored: StoredEvent) => void>();
	readonly #onDidChangeState = new Set<() => void>();
	readonly #approvals = new PendingApprovals(() => this.#changed());
	readonly #life = new AbortController();
	/** Absent while another window holds the session. */
	#writer: SessionWriter | undefined;
	/** What no turn has taken yet; `state.queue` follows once the taking is stored. */
	#queue: QueuedMessage[] = [];
	/** Stops the turn that is under way; present from `send` to the turn's end. */
	#turn: AbortController | undefined;
	/** The turn under way, or the last one. */
	#driving: Promise<void> = Promise.resolve();
	/** The last record asked for; each waits for the one before. */
	#recorded: Promise<void> = Promise.resolve();
	#undoing: Promise<unknown> = Promise.resolve();

	private constructor(
		options: SessionOptions,
		id: string,
		writer: SessionWriter | undefined,
		stored: Pick<OpenedSession, 'events' | 'tornBytes' | 'damagedRecords'>,
	) {
		this.#options = options;
		this.id = id;
		this.#writer = writer;
		this.#generation = stored.events.reduce((newest, { generation }) => Math.max(newest, generation), 0) + 1;
		this.damage = { tornBytes: stored.tornBytes, records: stored.damagedRecords };
		for (const event of stored.events) {
			this.#fold(event);
		}
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
		const writer = log && new SessionWriter(async () => log);
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
		return this.#events;
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
		return this.#writer === undefined;
	}
	/** False while the disk does not take the events: the session goes on in memory and is lost with the window. */
	get isSaved(): boolean {
		return this.#writer?.isSaved ?? true;
	}
	/** Why the session is not saved. */
	get saveFailure(): unknown {
		return this.#writer?.failure;
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
		const undoing = this.#undoing.then(() => this.#undoAll(changeIds));
		this.#undoing = undoing.catch(() => {
			// The caller gets it; the next undo does not wait for its success.
		});
		return undoing;
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

	/** Ends the turn as interrupted, writes what is left, and gives the session free. */
	async dispose(): Promise<void> {
		this.#life.abort();
		this.#turn?.abort();
		await this.whenIdle();
		await this.#undoing;
		await this.#recorded;
		const writer = this.#writer;
		this.#writer = undefined;
		try {
			await writer?.close();
		} catch (error) {
			// Taken: then it is not ours to close.
			if (!(error instanceof SessionTakenError)) {
				throw error;
			}
		}
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
			({ client, model }) => this.#drive(turn, client, model),
			() => {
				// The caller gets the error; nothing runs.
			},
		);
		return prepared.then(() => undefined);
	}

	async #prepare(message: QueuedMessage | undefined): Promise<{ client: ModelClient; model: ModelRef }> {
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
	async #drive(turn: AbortController, client: ModelClient, model: ModelRef): Promise<void> {
		const options = this.#options;
		const events = runTurn({
			turnId: options.newId(),
			sessionId: this.id,
			model,
			client,
			tools: options.tools,
			definitions: options.definitions,
			workspace: options.workspace,
			signal: turn.signal,
			clock: options.clock,
			maxRequests: options.maxRequests(),
			isTrusted: options.isTrusted(),
			messages: () => this.#conversation.messages,
			areEditsAllowed: () => this.state.areEditsAllowed,
			isCallIdTaken: callId => this.state.hasCall(callId),
			ask: (request, signal) => this.#approvals.ask(request, signal),
			takeQueued: () => this.#queue.splice(0),
			putBlob: text => options.store.putBlob(text),
			newId: () => options.newId(),
			onBug: error => options.onBug(error),
		});
		try {
			for await (const event of gatherText(events, GATHER_MS, options.clock)) {
				await this.#recordOfTurn(event, turn);
			}
		} catch (error) {
			options.onBug(error);
		}
		this.#turn = undefined;
		this.#changed();
		const reason = this.state.lastEnd?.reason;
		if (this.#queue.length > 0 && !turn.signal.aborted && (reason === 'done' || reason === 'length')) {
			await this.#begin().catch(error => options.onBug(error));
		}
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

	async #undoAll(changeIds: readonly string[]): Promise<readonly UndoneChange[]> {
		const wanted = new Set(changeIds);
		const undone: UndoneChange[] = [];
		for (const change of this.state.changes.filter(({ changeId }) => wanted.has(changeId)).reverse()) {
			const { changeId, path } = change;
			const outcome = await undoChange(change, this.#options, this.#life.signal);
			undone.push({ changeId, path, outcome });
			if (outcome.kind !== 'failed') {
				const conflicts = outcome.kind === 'conflict' ? outcome.conflicts : 0;
				await this.#record({ type: 'undone', changeId, conflicts });
			}
		}
		const failures = undone.flatMap(({ outcome }) => (outcome.kind === 'failed' ? [outcome.message] : []));
		if (failures.length > 0) {
			throw new Error(failures.join(' '));
		}
		return undone;
	}

	/**
	 * Stores, folds and tells an event, after all that were asked for before it.
	 * @throws SessionTakenError when another window took the session: the event was neither stored nor folded. Events
	 * recorded after that are folded and told, not stored.
	 */
	#record(event: SessionEvent): Promise<void> {
		const recording = this.#recorded.then(async () => {
			const wasSaved = this.isSaved;
			try {
				await this.#writer?.write(event, durabilityOf(event));
			} catch (error) {
				this.#writer = undefined;
				this.#turn?.abort();
				this.#changed();
				throw error;
			}
			const sequence = (this.#events.at(-1)?.sequence ?? -1) + 1;
			const stored = { sequence, generation: this.#generation, at: this.#options.clock.now(), event };
			this.#fold(stored);
			this.#tell(this.#onEvent, stored);
			if (wasSaved !== this.isSaved || (event.type !== 'text' && event.type !== 'reasoning')) {
				this.#changed();
			}
		});
		this.#recorded = recording.catch(() => {
			// The caller gets it; later records only need the order.
		});
		return recording;
	}

	#fold(stored: StoredEvent): void {
		this.#conversation.apply(stored.event);
		this.state.apply(stored.event);
		this.#events.push(stored);
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

/**
 * What was decided or is about to have an effect must be on disk first: a tool records each `change` before it makes it.
 * The rest is written at once too, in order, so that it survives the death of this process; only the power failing
 * between two durable events can take it, and reading can be done again.
 */
function durabilityOf(event: SessionEvent): Durability {
	switch (event.type) {
		case 'text':
		case 'reasoning':
		case 'retry':
		case 'served':
		case 'requestStart':
		case 'response':
		case 'approvalAsked':
		case 'toolStart':
		case 'toolEnd':
			return 'buffered';
		default:
			return 'durable';
	}
}
