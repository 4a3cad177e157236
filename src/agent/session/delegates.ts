import { abortable } from '../abortable.ts';
import type { SessionEvent } from '../events.ts';
import { ModelError } from '../model.ts';
import type { DelegatedResult, DelegatedTask } from '../tool.ts';
import { ToolError } from '../toolError.ts';
import { SessionTakenError, type StoredEvent } from './log.ts';
import type { Session } from './session.ts';
import type { Authority, NewSession, SessionOptions } from './sessionOptions.ts';
import type { SessionState } from './sessionState.ts';

export interface DelegatesOptions extends Pick<SessionOptions, 'delegateSystem' | 'workspace' | 'onBug'> {
	/** What an agent gets for a task. */
	lend(callId: string, task: DelegatedTask): Authority;
	create(session: NewSession, authority: Authority): Promise<Session>;
	/** Records an event of the session that has others work. */
	record(event: SessionEvent): Promise<void>;
}

/** Agents that work for calls of a session, each in a session of its own whose costs are told to this one. */
export class Delegates {
	readonly #options: DelegatesOptions;
	readonly #running = new Map<string, Session>();

	constructor(options: DelegatesOptions) {
		this.#options = options;
	}

	/** By their session's id. */
	running(sessionId: string): Session | undefined {
		return this.#running.get(sessionId);
	}

	/** Resolves when the agent is done, whatever became of it. @throws ToolError when it could not begin. */
	async run(callId: string, task: DelegatedTask, signal: AbortSignal): Promise<DelegatedResult> {
		signal.throwIfAborted();
		const { record, onBug } = this.#options;
		const session = await this.#begin(callId, task);
		const sessionId = session.id;
		const follower = new Follower(callId, session.state, record, onBug);
		const listening = session.onEvent(({ event }) => follower.follow(event));
		const stop = () => session.stop();
		this.#running.set(sessionId, session);
		try {
			await record({ type: 'delegated', callId, sessionId, title: task.title });
			signal.addEventListener('abort', stop, { once: true });
			signal.throwIfAborted();
			// Stop does not wait for a model that is still being found.
			await abortable(send(session, task.prompt), signal);
			await session.whenIdle();
			signal.throwIfAborted();
			return resultOf(session, follower.calls);
		} finally {
			signal.removeEventListener('abort', stop);
			try {
				// Bills it still waits for are asked for by the one who has it work: nobody waits for them here.
				await session.dispose();
			} finally {
				listening.dispose();
				this.#running.delete(sessionId);
				await follower.whenRecorded();
			}
		}
	}

	async #begin(callId: string, task: DelegatedTask): Promise<Session> {
		const { lend, create, workspace } = this.#options;
		const authority = lend(callId, task);
		const system = await this.#options.delegateSystem?.(authority.kind);
		if (system === undefined) {
			throw new ToolError('No other agent can be had here.');
		}
		return create({ system, workspace: workspace.roots.map(({ uri }) => uri) }, authority);
	}
}

/** Tells what the requests of an agent cost, as it becomes known, and which files it changed. */
class Follower {
	readonly #callId: string;
	readonly #state: SessionState;
	readonly #record: DelegatesOptions['record'];
	readonly #onBug: DelegatesOptions['onBug'];
	#recorded: Promise<void> = Promise.resolve();
	#calls = 0;
	readonly #toldChanges = new Set<string>();
	/** The request under way. */
	#requestId = '';

	/** @param state of the agent's session: each event is in it before it is followed. */
	constructor(
		callId: string,
		state: SessionState,
		record: DelegatesOptions['record'],
		onBug: DelegatesOptions['onBug'],
	) {
		this.#callId = callId;
		this.#state = state;
		this.#record = record;
		this.#onBug = onBug;
	}

	get calls(): number {
		return this.#calls;
	}

	follow(event: SessionEvent): void {
		switch (event.type) {
			case 'requestStart':
				this.#requestId = event.requestId;
				return;
			case 'served':
				if (this.#state.model?.isBuiltIn !== true) {
					// From here on it costs, whatever becomes of us.
					this.#tell({ requestId: this.#requestId, isOpen: true, generationId: event.generationId });
				}
				return;
			case 'response':
			case 'requestFailed':
				this.#tellEnd(event.requestId, event.usage?.cost);
				return;
			case 'billed':
				if (event.usage.cost !== undefined) {
					this.#tell({ requestId: event.requestId, cost: event.usage.cost });
				}
				return;
			case 'toolStart':
				this.#calls++;
				return;
			case 'toolEnd':
				this.#tellChanges();
				return;
			default:
		}
	}

	async whenRecorded(): Promise<void> {
		await this.#recorded;
	}

	#tellEnd(requestId: string, cost: number | undefined): void {
		if (cost !== undefined || !this.#state.isUnpriced(requestId)) {
			// What was refused before an answer began costs nothing.
			return this.#tell({ requestId, cost: cost ?? 0 });
		}
		const bill = this.#state.unsettled.find(unsettled => unsettled.requestId === requestId);
		this.#tell({ requestId, generationId: bill?.generationId });
	}

	/** So that the user can take them back like those of the session's own calls. */
	#tellChanges(): void {
		const running = new Set(this.#state.pendingCalls.map(({ callId }) => callId));
		for (const { changeId, callId, path, uri, before, after, added, removed } of this.#state.allChanges) {
			if (!running.has(callId) && !this.#toldChanges.has(changeId)) {
				this.#toldChanges.add(changeId);
				this.#put({
					type: 'change',
					...{ changeId, callId: this.#callId, path, uri },
					...(before !== undefined && { before }),
					...(after !== undefined && { after }),
					made: { added, removed },
				});
			}
		}
	}

	#tell({ requestId, isOpen, cost, generationId }: Spent): void {
		this.#put({
			type: 'delegateSpent',
			callId: this.#callId,
			requestId,
			...(isOpen && { isOpen }),
			...(cost !== undefined && { cost }),
			...(generationId !== undefined && { generationId }),
		});
	}

	#put(event: SessionEvent): void {
		this.#recorded = this.#recorded
			.then(() => this.#record(event))
			.catch((error: unknown) => {
				// Another window has the session now: it is for that one to tell.
				if (!(error instanceof SessionTakenError)) {
					this.#onBug(error);
				}
			});
	}
}

interface Spent {
	readonly requestId: string;
	readonly isOpen?: true;
	readonly cost?: number;
	readonly generationId?: string | undefined;
}

async function send(session: Session, prompt: string): Promise<void> {
	try {
		await session.send(prompt);
	} catch (error) {
		throw error instanceof ModelError
			? new ToolError(`The agent could not begin: ${error.message}`, { cause: error })
			: error;
	}
}

function resultOf(session: Session, calls: number): DelegatedResult {
	const { lastEnd, cost } = session.state;
	const problem = problemOf(lastEnd?.reason, lastEnd?.failure?.message);
	return {
		sessionId: session.id,
		text: lastAnswer(session.events),
		...(problem !== undefined && { problem }),
		isFromOutside: session.permissions.hasSeenOutside,
		cost: cost.known,
		calls,
	};
}

/** The text of the newest response that had any. */
function lastAnswer(events: readonly StoredEvent[]): string {
	let answer = '';
	let text = '';
	for (const { event } of events) {
		if (event.type === 'requestStart') {
			text = '';
		} else if (event.type === 'text') {
			text += event.delta;
		} else if (event.type === 'response' && text !== '') {
			answer = text;
		}
	}
	return answer;
}

function problemOf(reason: string | undefined, failure: string | undefined): string | undefined {
	switch (reason) {
		case 'done':
			return undefined;
		case 'failed':
			return `It failed: ${failure ?? 'for an unknown reason'}`;
		case 'limit':
			return 'It reached its limit of requests before it was done.';
		case 'length':
			return 'Its answer was cut at the output limit.';
		case 'denied':
			return 'The user did not allow what it wanted to do.';
		case 'loop':
			return 'It ran in circles and was stopped.';
		default:
			return 'It was stopped before it was done.';
	}
}
