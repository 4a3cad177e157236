import type { ModelRef, SessionEvent } from '../events.ts';
import { toDollars, toParts } from '../ledger/money.ts';
import type { ModelErrorFields, Usage } from '../model.ts';
import type { QueuedMessage } from '../turn/turnOptions.ts';
import type { Unsettled } from './billSettler.ts';
import { ChangeLog, type RecordedChange } from './changeLog.ts';
import { Progress, type TurnEnd } from './progress.ts';

/** A call without a result so far. */
export interface PendingCall {
	readonly callId: string;
	/** For a call inside another. */
	readonly parentId?: string;
	/** The tool may have had an effect. */
	readonly isStarted: boolean;
}

export interface Cost {
	/** US dollars, of all requests whose cost is known. */
	readonly known: number;
	/** Requests that may have cost something nobody told us. */
	readonly unknownRequests: number;
}

/** A request without an end so far. */
interface OpenRequest {
	readonly id: string;
	/** It brought something, so it may cost something. */
	readonly isServed: boolean;
	readonly generationId?: string;
}

/** What follows from a session's events besides the conversation. Each event costs the same however long it is. */
export class SessionState {
	#title = '';
	#progress = new Progress();
	#lastModel: ModelRef | undefined;
	#request: OpenRequest | undefined;
	#served: { readonly model: string; readonly provider?: string } | undefined;
	/** In the parts of `money.ts`. */
	#knownCost = 0;
	#budget: number | undefined;
	/** Requests under way of agents that work for this session, and under which ids their bills will be found. */
	readonly #delegated = new Map<string, string | undefined>();
	/** Requests of unknown cost, and where their bills are kept. */
	readonly #unsettled = new Map<string, Unsettled>();
	readonly #unpriced = new Set<string>();
	readonly #leftOutTold = new Set<string>();
	readonly #pending = new Map<string, PendingCall>();
	readonly #callIds = new Set<string>();
	readonly #changeLog = new ChangeLog();

	get title(): string {
		return this.#title;
	}
	/** There is something left to answer: `continue` goes on with it. */
	get isUnfinished(): boolean {
		const { isMessageWaiting, lastEnd } = this.#progress;
		return isMessageWaiting || (lastEnd !== undefined && lastEnd.reason !== 'done');
	}
	/** A message of the user that no turn has begun to answer. */
	get isMessageWaiting(): boolean {
		return this.#progress.isMessageWaiting;
	}
	/** A turn that has not ended: it runs, or the process that ran it died. */
	get isTurnOpen(): boolean {
		return this.#progress.openTurn !== undefined;
	}
	/** Of the newest turn. */
	get model(): ModelRef | undefined {
		return this.#lastModel;
	}
	/** How the newest ended turn ended. */
	get lastEnd(): TurnEnd | undefined {
		return this.#progress.lastEnd;
	}
	/** Agents that worked for this session included. */
	get cost(): Cost {
		return { known: toDollars(this.#knownCost), unknownRequests: this.#unpriced.size };
	}
	/** What the user set for this session alone, in US dollars. */
	get budget(): number | undefined {
		return this.#budget;
	}
	/** Who answered last, as the service named them. */
	get served(): { readonly model: string; readonly provider?: string } | undefined {
		return this.#served;
	}
	/** Requests whose bill can still be asked for. */
	get unsettled(): readonly Unsettled[] {
		return [...this.#unsettled.values()];
	}
	/** In the order the model made them. */
	get pendingCalls(): readonly PendingCall[] {
		return [...this.#pending.values()];
	}
	/** Changes that were neither taken back nor kept, oldest first. */
	get changes(): readonly RecordedChange[] {
		return this.#changeLog.changes;
	}
	/** The same with those that were taken back or kept. */
	get allChanges(): readonly RecordedChange[] {
		return this.#changeLog.allChanges;
	}
	/** Messages that wait for the next step, oldest first. */
	get queue(): readonly QueuedMessage[] {
		return this.#progress.queue;
	}

	/** The changes with what is under review of them. */
	get changeLog(): ChangeLog {
		return this.#changeLog;
	}

	/** A change that was neither taken back nor kept. */
	change(changeId: string): RecordedChange | undefined {
		return this.#changeLog.change(changeId);
	}

	/** Whether the user was told what of their settings the model does not take. */
	isLeftOutTold(model: string): boolean {
		return this.#leftOutTold.has(model);
	}

	/** Whether the request is over and may have cost something nobody told us. */
	isUnpriced(requestId: string): boolean {
		return this.#unpriced.has(requestId);
	}

	hasCall(callId: string): boolean {
		return this.#callIds.has(callId);
	}

	/** The conversation consists of these events from here on. What was spent and changed stays so. */
	rewind(kept: Iterable<SessionEvent>): void {
		this.#progress = this.#progress.rewound(kept);
	}

	apply(event: SessionEvent): void {
		this.#applyOwn(event);
		// Last: what a turn leaves open is closed as part of it.
		this.#progress.apply(event);
		this.#changeLog.apply(event);
	}

	#applyOwn(event: SessionEvent): void {
		switch (event.type) {
			case 'titled':
				this.#title = event.title;
				return;
			case 'turnStart':
				this.#closeRequest(undefined);
				this.#lastModel = event.model;
				this.#pending.clear();
				return;
			case 'requestStart':
				this.#closeRequest(undefined);
				this.#request = { id: event.requestId, isServed: false };
				return;
			case 'text':
			case 'reasoning':
				this.#serve(undefined);
				return;
			case 'served':
				this.#served = event;
				this.#serve(event.generationId);
				return;
			case 'response':
				this.#serve(undefined);
				this.#closeRequest(event.usage);
				for (const { id } of event.toolCalls) {
					this.#callIds.add(id);
					this.#pending.set(id, { callId: id, isStarted: false });
				}
				return;
			case 'requestFailed':
				this.#noteGeneration(event.failure.fields);
				this.#closeRequest(event.usage);
				return;
			case 'billed':
				this.#bill(event.requestId, event.usage);
				return;
			case 'budgetSet':
				this.#budget = event.limit;
				return;
			case 'leftOut':
				this.#leftOutTold.add(event.model);
				return;
			case 'modelSwitched':
				this.#lastModel = event.to;
				return;
			case 'innerCalls':
				for (const { callId } of event.calls) {
					this.#pending.set(callId, { callId, parentId: event.parentId, isStarted: false });
				}
				return;
			case 'toolStart': {
				const { callId, parentId } = event;
				this.#pending.set(callId, { callId, ...(parentId !== undefined && { parentId }), isStarted: true });
				return;
			}
			case 'delegateSpent':
				this.#spendDelegated(event);
				return;
			case 'toolEnd':
				this.#pending.delete(event.callId);
				return;
			case 'turnEnd':
				this.#closeRequest(undefined);
				for (const [requestId, generationId] of this.#delegated) {
					this.#leaveUnpriced(requestId, generationId);
				}
				this.#delegated.clear();
				this.#pending.clear();
				return;
			case 'created':
			case 'user':
			case 'steer':
			case 'queued':
			case 'unqueued':
			case 'retry':
			case 'trimmed':
			case 'compacted':
			case 'approvalAsked':
			case 'approvalAnswered':
			case 'modeSet':
			case 'levelSet':
			case 'ruleAdded':
			case 'delegated':
			case 'change':
			case 'undone':
			case 'kept':
			case 'reviewed':
			case 'rewound':
				return;
			default:
				event satisfies never;
		}
	}

	#serve(generationId: string | undefined): void {
		if (this.#request !== undefined) {
			this.#request = { ...this.#request, isServed: true, ...(generationId !== undefined && { generationId }) };
		}
	}

	/** An answer that had begun and broke before its first word may be billed; a refusal is not. */
	#noteGeneration({ generationId, status }: ModelErrorFields): void {
		if (generationId !== undefined && (status === undefined || this.#request?.isServed)) {
			this.#serve(generationId);
		}
	}

	#closeRequest(usage: Usage | undefined): void {
		const request = this.#request;
		this.#request = undefined;
		if (request === undefined) {
			return;
		}
		if (usage?.cost !== undefined) {
			this.#knownCost += toParts(usage.cost);
		} else if (request.isServed && this.#progress.openTurn?.isBuiltIn !== true) {
			this.#leaveUnpriced(request.id, request.generationId);
		}
	}

	#leaveUnpriced(requestId: string, generationId: string | undefined): void {
		this.#unpriced.add(requestId);
		if (generationId !== undefined) {
			this.#unsettled.set(requestId, { requestId, generationId });
		}
	}

	/** Ids of requests are unique for good, over sessions too. */
	#spendDelegated({ requestId, isOpen, cost, generationId }: Extract<SessionEvent, { type: 'delegateSpent' }>): void {
		if (isOpen) {
			this.#delegated.set(requestId, generationId);
			return;
		}
		this.#delegated.delete(requestId);
		if (cost === undefined) {
			this.#leaveUnpriced(requestId, generationId);
		} else {
			this.#unpriced.delete(requestId);
			this.#unsettled.delete(requestId);
			this.#knownCost += toParts(cost);
		}
	}

	#bill(requestId: string, { cost }: Usage): void {
		this.#unsettled.delete(requestId);
		if (cost !== undefined && this.#unpriced.delete(requestId)) {
			this.#knownCost += toParts(cost);
		}
	}
}
