import type { FailureRecord, ModelRef, SessionEvent, TurnEndReason } from '../../../agent/events.ts';
import type { Usage } from '../../../agent/model.ts';
import { type Cost, SessionState } from '../../../agent/session/sessionState.ts';

/** A call that was not allowed. */
export interface DeniedCall {
	readonly callId: string;
	readonly name: string;
	/** JSON text as the model sent it. */
	readonly arguments: string;
}

/** A file that was changed. */
export interface FileChange {
	readonly path: string;
	/** Lines. */
	readonly added: number;
	readonly removed: number;
}

export type TokenUsage = Omit<Usage, 'cost'>;

/**
 * What one run of the command came to. Folded from its events alone: what a resumed session did before is not in it.
 * Text, model and end are those of the run's own agent; the rest is what all did that worked for it.
 */
export class RunTally {
	/** Text of the newest answer; partial when it never became whole. */
	text = '';
	reasoning = '';
	/** The newest request is none of the turn's own, such as one for a summary. */
	isSideRequest = false;
	/** The newest answer is not whole: it was stopped or cut. */
	isTextOpen = false;
	model: ModelRef | undefined;
	provider: string | undefined;
	/** Requests of the turn that were answered; those of other agents are in `allRequests`. */
	requests = 0;
	/** Milliseconds spent waiting for models. */
	apiMs = 0;
	end: { readonly reason: TurnEndReason; readonly failure?: FailureRecord } | undefined;
	readonly usage: TokenUsage = { ...NO_USAGE };
	/** Of each model, by id, with what is known of its cost. */
	readonly usageOf = new Map<string, Usage>();
	readonly #denied: DeniedCall[] = [];
	readonly #state = new SessionState();
	readonly #calls = new Map<string, { readonly name: string; readonly arguments: string }>();
	readonly #delegates: RunTally[] = [];
	readonly #parent: RunTally | undefined;

	constructor(parent?: RunTally) {
		this.#parent = parent;
	}

	get cost(): Cost {
		return this.#state.cost;
	}

	/** Those of the agents that work for this one are told to it. */
	get changes(): readonly FileChange[] {
		return this.#state.allChanges.map(({ path, added, removed }) => ({ path, added, removed }));
	}

	get denied(): readonly DeniedCall[] {
		return [...this.#denied, ...this.#delegates.flatMap(({ denied }) => denied)];
	}

	get allRequests(): number {
		return this.#delegates.reduce((sum, { allRequests }) => sum + allRequests, this.requests);
	}

	/** For the events of an agent that works for this one: what it does counts here too. */
	delegate(): RunTally {
		const delegate = new RunTally(this);
		this.#delegates.push(delegate);
		return delegate;
	}

	apply(event: SessionEvent): void {
		this.#state.apply(event);
		switch (event.type) {
			case 'turnStart':
				this.model = event.model;
				return;
			case 'modelSwitched':
				this.model = event.to;
				return;
			case 'requestStart':
				this.isSideRequest = event.purpose !== undefined;
				if (!this.isSideRequest) {
					this.text = '';
					this.reasoning = '';
					this.isTextOpen = true;
				}
				return;
			case 'text':
				this.text += event.delta;
				return;
			case 'reasoning':
				this.reasoning += event.delta;
				return;
			case 'served':
				this.provider = event.provider ?? this.provider;
				return;
			case 'response':
				this.#addTime(event.durationMs);
				this.#add(event.usage, this.model?.id ?? '');
				if (!this.isSideRequest) {
					this.isTextOpen = false;
					this.requests++;
				}
				for (const { id, name, arguments: text } of event.toolCalls) {
					this.#calls.set(id, { name, arguments: text });
				}
				return;
			case 'requestFailed':
			case 'billed':
				this.#add(event.usage, this.model?.id ?? '');
				return;
			case 'innerCalls':
				for (const { callId, name } of event.calls) {
					this.#calls.set(callId, { name, arguments: '' });
				}
				return;
			case 'toolEnd': {
				const call = this.#calls.get(event.callId);
				if (event.result.outcome === 'denied' && call !== undefined) {
					this.#denied.push({ callId: event.callId, ...call });
				}
				return;
			}
			case 'turnEnd': {
				const { type: _, ...end } = event;
				this.end = end;
				return;
			}
			default:
				// The rest changes nothing that is reported.
				return;
		}
	}

	#addTime(ms: number): void {
		this.apiMs += ms;
		if (this.#parent !== undefined) {
			this.#parent.#addTime(ms);
		}
	}

	#add(usage: Usage | undefined, model: string): void {
		if (usage === undefined) {
			return;
		}
		if (this.#parent !== undefined) {
			this.#parent.#add(usage, model);
		}
		const before = this.usageOf.get(model) ?? NO_USAGE;
		this.usageOf.set(model, { ...sum(before, usage), ...addedCost(before, usage) });
		Object.assign(this.usage, sum(this.usage, usage));
	}
}

const NO_USAGE: Usage = {
	promptTokens: 0,
	completionTokens: 0,
	cachedTokens: 0,
	cacheWriteTokens: 0,
	reasoningTokens: 0,
};

function sum(a: TokenUsage, b: TokenUsage): TokenUsage {
	return {
		promptTokens: a.promptTokens + b.promptTokens,
		completionTokens: a.completionTokens + b.completionTokens,
		cachedTokens: a.cachedTokens + b.cachedTokens,
		cacheWriteTokens: a.cacheWriteTokens + b.cacheWriteTokens,
		reasoningTokens: a.reasoningTokens + b.reasoningTokens,
	};
}

function addedCost(a: Usage, b: Usage): { readonly cost?: number } {
	return a.cost === undefined && b.cost === undefined ? {} : { cost: (a.cost ?? 0) + (b.cost ?? 0) };
}
