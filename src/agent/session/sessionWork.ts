import { abortable } from '../abortable.ts';
import type { SessionEvent, TurnEvent } from '../events.ts';
import type { ModelClient } from '../model.ts';
import { gatherText } from '../turn/gatherText.ts';
import type { ResolvedModel } from '../turn/resolvedModel.ts';
import { compactNow, runTurn } from '../turn/runTurn.ts';
import type { AskOptions, QueuedMessage, TurnOptions } from '../turn/turnOptions.ts';
import { SessionTakenError } from './log.ts';
import type { SessionOptions } from './sessionOptions.ts';
import type { SessionState } from './sessionState.ts';
import { titleFrom } from './title.ts';

/** Text that comes within this time is stored and shown together. */
const GATHER_MS = 30;

export interface SessionWorkOptions extends Pick<SessionOptions, 'resolveModel' | 'clock' | 'newId' | 'onBug'> {
	readonly state: SessionState;
	/** Fires when the session is closed. */
	readonly life: AbortSignal;
	askOptions(): AskOptions;
	/** All of a turn but what the work itself knows. */
	turnOptions(resolved: ResolvedModel): Omit<TurnOptions, 'turnId' | 'resolved' | 'signal' | 'takeQueued'>;
	record(event: SessionEvent): Promise<void>;
	/** Asks for the bills of requests that ended without one. */
	settleBills(client: ModelClient): void;
	/** `isRunning` or the queue changed. */
	changed(): void;
}

/** What the session works on: one turn or compaction at a time, and the messages that wait for it. */
export class SessionWork {
	readonly #options: SessionWorkOptions;
	/** What no turn has taken yet; `state.queue` follows once the taking is stored. */
	#queue: QueuedMessage[] = [];
	/** Stops the work that is under way; present until its end. */
	#current: AbortController | undefined;
	/** The work under way, or the last one. */
	#driving: Promise<void> = Promise.resolve();

	constructor(options: SessionWorkOptions) {
		this.#options = options;
		this.#queue = [...options.state.queue];
	}

	get isRunning(): boolean {
		return this.#current !== undefined;
	}

	/** Begins a turn with the message, or has it wait for the turn that runs. Resolves when it is stored. */
	async send(message: QueuedMessage): Promise<void> {
		if (this.#current === undefined) {
			return this.#begin(message);
		}
		this.#queue.push(message);
		try {
			await this.#options.record({ type: 'queued', ...message });
		} catch (error) {
			this.#queue = this.#queue.filter(queued => queued !== message);
			throw error;
		}
	}

	/** @returns false when it has already gone. */
	async removeQueued(messageId: string): Promise<boolean> {
		const remaining = this.#queue.filter(queued => queued.messageId !== messageId);
		if (remaining.length === this.#queue.length) {
			return false;
		}
		this.#queue = remaining;
		await this.#options.record({ type: 'unqueued', messageId });
		return true;
	}

	/** Takes up what is left to do; nothing while something runs. */
	async continue(): Promise<void> {
		if (this.#current === undefined && (this.#options.state.isUnfinished || this.#queue.length > 0)) {
			await this.#begin();
		}
	}

	/** See `Session.compact`. Nothing else may be running. */
	compact(): Promise<string | undefined> {
		return this.#alone(work => this.#compact(work));
	}

	/** Does something in a turn's place: what is sent meanwhile waits for its end. Nothing else may be running. */
	alone<Value>(doing: (signal: AbortSignal) => Promise<Value>): Promise<Value> {
		return this.#alone(async work => {
			const earlier = new Set(this.#queue);
			let value: Value;
			try {
				value = await doing(work.signal);
				await this.#followRewinding(earlier);
			} finally {
				this.#end();
			}
			if (this.#queue.some(message => !earlier.has(message)) && !work.signal.aborted) {
				await this.#begin().catch(this.#options.onBug);
			}
			return value;
		});
	}

	stop(): void {
		this.#current?.abort();
	}

	/** Resolves when nothing is under way. */
	async whenIdle(): Promise<void> {
		for (let driving: Promise<void> | undefined; driving !== this.#driving; ) {
			driving = this.#driving;
			await driving;
		}
	}

	/** Starts a turn with what is queued and the given message. Resolves when those are stored. */
	#begin(message?: QueuedMessage): Promise<void> {
		const turn = new AbortController();
		this.#current = turn;
		this.#options.changed();
		const prepared = this.#prepare(message).catch((error: unknown) => {
			this.#end();
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
		const { resolveModel, life } = this.#options;
		const resolved = await abortable(resolveModel(), life);
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
		const { state, record } = this.#options;
		if (state.title === '') {
			// First, so that the list of sessions finds it near the beginning of the log.
			await record({ type: 'titled', title: titleFrom(text) || (attachments[0]?.label ?? '') });
		}
		await record({ type: 'user', messageId, text, attachments });
	}

	/** Runs a turn to its end. Never rejects. */
	async #drive(turn: AbortController, resolved: ResolvedModel): Promise<void> {
		const { turnOptions, newId, clock, onBug, settleBills, state } = this.#options;
		settleBills(resolved.client);
		const events = runTurn({
			...turnOptions(resolved),
			turnId: newId(),
			resolved,
			signal: turn.signal,
			takeQueued: () => this.#queue.splice(0),
		});
		try {
			for await (const event of gatherText(events, GATHER_MS, clock)) {
				await this.#recordOfTurn(event, turn);
			}
		} catch (error) {
			onBug(error);
		}
		settleBills(resolved.client);
		this.#end();
		const reason = state.lastEnd?.reason;
		if (this.#queue.length > 0 && !turn.signal.aborted && (reason === 'done' || reason === 'length')) {
			await this.#begin().catch(onBug);
		}
	}

	async #recordOfTurn(event: TurnEvent, turn: AbortController): Promise<void> {
		const { life, record } = this.#options;
		const isClosing = event.type === 'turnEnd' && event.reason === 'stopped' && life.aborted;
		const told: TurnEvent = isClosing ? { type: 'turnEnd', reason: 'interrupted' } : event;
		try {
			await record(told);
		} catch (error) {
			if (!(error instanceof SessionTakenError)) {
				throw error;
			}
			// The turn ends on screen; the log belongs to the other window.
			turn.abort();
			await record(told);
		}
	}

	#alone<Value>(doing: (work: AbortController) => Promise<Value>): Promise<Value> {
		const work = new AbortController();
		this.#current = work;
		this.#options.changed();
		const done = doing(work);
		this.#driving = done.then(
			() => undefined,
			() => {
				// The caller gets the error.
			},
		);
		return done;
	}

	/** What waited may be left behind with the conversation; what came during the rewinding is not. */
	async #followRewinding(earlier: ReadonlySet<QueuedMessage>): Promise<void> {
		const { state, record } = this.#options;
		for (const message of this.#queue) {
			if (!earlier.has(message) && !isIn(state.queue, message)) {
				await record({ type: 'queued', ...message });
			}
		}
		this.#queue = this.#queue.filter(message => !earlier.has(message) || isIn(state.queue, message));
	}

	async #compact(work: AbortController): Promise<string | undefined> {
		const { resolveModel, askOptions, record, settleBills, life } = this.#options;
		let refusal: string | undefined;
		try {
			const resolved = await abortable(resolveModel(), life);
			refusal = await compactNow(askOptions(), resolved, record, work.signal);
			settleBills(resolved.client);
		} finally {
			this.#end();
		}
		if (this.#queue.length > 0 && !work.signal.aborted) {
			await this.#begin();
		}
		return refusal;
	}

	#end(): void {
		this.#current = undefined;
		this.#options.changed();
	}
}

function isIn(queue: readonly QueuedMessage[], { messageId }: QueuedMessage): boolean {
	return queue.some(queued => queued.messageId === messageId);
}
