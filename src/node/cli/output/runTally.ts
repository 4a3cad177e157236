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

/** What one run of the command came to. Folded from its events alone: what a resumed session did before is not in it. */
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
	/** Requests of the turn that were answered. */
	requests = 0;
	/** Milliseconds spent waiting for models. */
	apiMs = 0;
	end: { readonly reason: TurnEndReason; readonly failure?: FailureRecord } | undefined;
	readonly usage: TokenUsage = { ...NO_USAGE };
	/** Of each model, by id, with what is known of its cost. */
	readonly usageOf = new Map<string, Usage>();
	readonly denied: DeniedCall[] = [];
	readonly #state = new SessionState();
	readonly #calls = new Map<string, { readonly name: string; readonly arguments: string }>();

	get cost(): Cost {
		return this.#state.cost;
	}

	get changes(): readonly FileChange[] {
		return this.#state.allChanges.map(({ path, added, removed }) => ({ path, added, removed }));
	}

	call(callId: string): { readonly name: string; readonly arguments: string } | undefined {
		return this.#calls.get(callId);
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
				this.apiMs += event.durationMs;
				this.#add(event.usage);
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
				this.#add(event.usage);
				return;
			case 'toolEnd': {
				const call = this.#calls.get(event.callId);
				if (event.result.outcome === 'denied' && call !== undefined) {
					this.denied.push({ callId: event.callId, ...call });
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

	#add(usage: Usage | undefined): void {
		if (usage === undefined) {
			return;
		}
		const model = this.model?.id ?? '';
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
