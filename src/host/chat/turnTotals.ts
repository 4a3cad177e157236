import type { ModelRef, TurnEvent } from '../../agent/events.ts';
import type { RequestPurpose, Usage } from '../../agent/model.ts';
import type { ModelPrice } from '../../agent/modelFacts.ts';
import type { CacheOutcome } from '../../agent/session/cachePin.ts';
import { formatTokens } from '../../protocol/amounts.ts';
import type { Item, RequestReceipt } from '../../protocol/transcript.ts';
import { formatCost } from '../format.ts';
import type { Translate } from '../translate.ts';
import { failureWord } from './failureWord.ts';
import { shownLine } from './toolDetail.ts';

type EventOf<Type extends TurnEvent['type']> = Extract<TurnEvent, { type: Type }>;

/** One request of a turn. */
interface Request {
	readonly id: string;
	readonly purpose: RequestPurpose;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	/** That was asked; a fallback of OpenRouter's may have answered. */
	readonly askedModel: string;
	isOpen: boolean;
	model?: string;
	provider?: string;
	/** Somebody began to answer, so it may cost something. */
	isServed: boolean;
	usage?: Usage;
	note?: string;
	cache?: CacheOutcome;
	firstTokenMs?: number;
	durationMs?: number;
}

/** What a call of the turn took by itself, or an agent that worked for it. */
interface Delegate {
	/** In the receipt. */
	readonly purpose: (t: Translate) => string;
	/** Milliseconds since 1970. */
	readonly startedAt: number;
	endedAt: number;
	/** US dollars by request; undefined while unknown. */
	readonly costs: Map<string, number | undefined>;
}

/** What the catalogue knows of the models that events name. */
export interface KnownModels {
	/** By id or dated slug. */
	nameOf(idOrSlug: string): string | undefined;
	priceOf(id: string): Pick<ModelPrice, 'prompt' | 'cacheRead'> | undefined;
}

/** What a turn has used so far, for its receipt. */
export class TurnTotals {
	/** Milliseconds since 1970. */
	readonly #startedAt: number;
	readonly #requests: Request[] = [];
	/** By call. */
	readonly #delegates = new Map<string, Delegate>();
	/** Names of the models the turn ran on, by id. */
	readonly #names = new Map<string, string>();
	readonly #known: KnownModels;
	#model: ModelRef;
	#endedAt: number | undefined;

	constructor(model: ModelRef, startedAt: number, known: KnownModels) {
		this.#model = model;
		this.#startedAt = startedAt;
		this.#known = known;
		this.#names.set(model.id, model.name);
	}

	/** What the user reads for a model that an event names by its id. */
	nameOf(modelId: string): string {
		return this.#knownName(modelId) ?? modelId;
	}

	/** The turn goes on with another model. */
	switchTo(model: ModelRef): void {
		this.#model = model;
		this.#names.set(model.id, model.name);
	}

	start({ requestId, purpose = 'turn' }: EventOf<'requestStart'>, at: number): void {
		const askedModel = this.#model.id;
		this.#requests.push({ id: requestId, purpose, startedAt: at, askedModel, isOpen: true, isServed: false });
	}

	/** What an answer showed of the prompt cache. */
	cached(outcome: CacheOutcome): void {
		const request = this.#find(outcome.requestId);
		if (request !== undefined) {
			request.cache = outcome;
		}
	}

	/** Something of the answer came. */
	answered(): void {
		const request = this.#open();
		if (request !== undefined) {
			request.isServed = true;
		}
	}

	served({ model, provider }: EventOf<'served'>): void {
		const request = this.#open();
		if (request !== undefined) {
			request.isServed = true;
			request.model = model;
			if (provider !== undefined) {
				request.provider = provider;
			}
		}
	}

	/** @returns the cost of the request is not known, so that a bill may still come. */
	response({ requestId, usage, durationMs, firstTokenMs }: EventOf<'response'>): boolean {
		const request = this.#find(requestId);
		if (request === undefined) {
			return false;
		}
		request.isOpen = false;
		request.isServed = true;
		request.durationMs = durationMs;
		if (firstTokenMs !== undefined) {
			request.firstTokenMs = firstTokenMs;
		}
		return this.#bill(request, usage);
	}

	/** @returns as `response`. What was refused before it began costs nothing. */
	failed({ requestId, failure, usage }: EventOf<'requestFailed'>, at: number, t: Translate): boolean {
		const request = this.#find(requestId);
		if (request === undefined) {
			return false;
		}
		request.isOpen = false;
		request.durationMs = at - request.startedAt;
		request.note = t(failureWord(failure.kind));
		if (failure.fields.provider !== undefined) {
			request.provider ??= failure.fields.provider;
		}
		return this.#bill(request, usage) && request.isServed;
	}

	/** A tool may ask the service itself. */
	started({ callId, name }: EventOf<'toolStart'>, at: number): void {
		this.#delegates.set(callId, { purpose: () => name, startedAt: at, endedAt: at, costs: new Map() });
	}

	delegated({ callId, title }: EventOf<'delegated'>, at: number): void {
		const purpose = (t: Translate) => t('Sub-agent: {0}', shownLine(title));
		this.#delegates.set(callId, { purpose, startedAt: at, endedAt: at, costs: new Map() });
	}

	/** May come again for the same request, when its cost is known. */
	delegateSpent({ callId, requestId, cost }: EventOf<'delegateSpent'>, at: number): void {
		const delegate = this.#delegates.get(callId);
		if (delegate !== undefined) {
			delegate.endedAt = delegate.costs.has(requestId) ? delegate.endedAt : at;
			delegate.costs.set(requestId, cost);
		}
	}

	/** The bill of a request that ended without one came in. */
	settle(requestId: string, usage: Usage): void {
		const request = this.#find(requestId);
		if (request !== undefined) {
			this.#bill(request, usage);
		}
	}

	/**
	 * The receipt as it stands. The first call says when the turn ended.
	 * @returns undefined when nothing was asked for that may have cost something.
	 */
	receipt(id: string, at: number, t: Translate): Extract<Item, { kind: 'receipt' }> | undefined {
		this.#endedAt ??= at;
		const billable = this.#requests.filter(isBillable);
		if (billable.length === 0) {
			return undefined;
		}
		const sum = (field: 'promptTokens' | 'completionTokens' | 'cachedTokens') =>
			billable.reduce((total, { usage }) => total + (usage?.[field] ?? 0), 0);
		const promptTokens = sum('promptTokens');
		const last = billable.at(-1);
		const delegates = [...this.#delegates.values()].filter(({ costs }) => costs.size > 0);
		return {
			kind: 'receipt',
			id,
			cost: this.#costText([...costsOf(billable), ...delegates.flatMap(({ costs }) => [...costs.values()])], t),
			model: (last?.model === undefined ? undefined : this.#knownName(last.model)) ?? this.#model.name,
			...(last?.provider !== undefined && { provider: last.provider }),
			...(promptTokens > 0 && {
				promptTokens,
				completionTokens: sum('completionTokens'),
				cachedShare: sum('cachedTokens') / promptTokens,
			}),
			durationMs: this.#endedAt - this.#startedAt,
			requests: [
				...this.#requests.map(request => this.#requestReceipt(request, t)),
				...delegates.map(delegate => this.#delegateReceipt(delegate, t)),
			],
			...this.#switches(t),
		};
	}

	/** Answers of others than the provider with the warm cache, and what they cost more. */
	#switches(t: Translate): { providerSwitches: number; switchCost?: string } {
		const switched = this.#requests.filter(({ cache }) => cache?.switchedFrom !== undefined);
		const lost = switched.filter(({ cache }) => cache !== undefined && cache.lostCacheTokens > 0);
		const tokens = lost.reduce((sum, { cache }) => sum + (cache?.lostCacheTokens ?? 0), 0);
		const text = t('{0} tokens read anew', formatTokens(tokens));
		const dollars = lost.reduce((sum, request) => sum + this.#lostDollars(request), 0);
		return {
			providerSwitches: switched.length,
			...(tokens > 0 && { switchCost: dollars > 0 ? t('about {0}, {1}', formatRequestCost(dollars), text) : text }),
		};
	}

	/** What the tokens would have cost less from the cache; `NaN` when no price is known. */
	#lostDollars({ askedModel, cache }: Request): number {
		const price = this.#known.priceOf(askedModel);
		return price === undefined
			? Number.NaN
			: (cache?.lostCacheTokens ?? 0) * (price.prompt - (price.cacheRead ?? price.prompt));
	}

	/** A service may answer with a dated slug that nobody here knows: then the model that was asked for is named. */
	#knownName(idOrSlug: string): string | undefined {
		return this.#names.get(idOrSlug) ?? this.#known.nameOf(idOrSlug);
	}

	#open(): Request | undefined {
		const last = this.#requests.at(-1);
		return last?.isOpen ? last : undefined;
	}

	#find(requestId: string): Request | undefined {
		return this.#requests.findLast(({ id }) => id === requestId);
	}

	/** @returns the cost is not known. */
	#bill(request: Request, usage: Usage | undefined): boolean {
		if (usage !== undefined) {
			request.usage = usage;
		}
		return request.usage?.cost === undefined;
	}

	#requestReceipt(request: Request, t: Translate): RequestReceipt {
		const { model, provider, purpose, usage, firstTokenMs, durationMs } = request;
		// The turn ended before the request did: the editor closed, or the process died.
		const note = request.note ?? (request.isOpen ? t(failureWord('cut')) : undefined);
		return {
			...(model !== undefined && { model: this.nameOf(model) }),
			...(provider !== undefined && { provider }),
			purpose: t(purposeNames[purpose]),
			...(note !== undefined && { note }),
			...(usage && {
				promptTokens: usage.promptTokens,
				cachedTokens: usage.cachedTokens,
				cacheWriteTokens: usage.cacheWriteTokens,
				completionTokens: usage.completionTokens,
				reasoningTokens: usage.reasoningTokens,
			}),
			cost: this.#costText(costsOf([request].filter(isBillable)), t, formatRequestCost),
			...(firstTokenMs !== undefined && { firstTokenMs }),
			...(durationMs !== undefined && { durationMs }),
		};
	}

	#delegateReceipt({ purpose, startedAt, endedAt, costs }: Delegate, t: Translate): RequestReceipt {
		return {
			purpose: purpose(t),
			cost: this.#costText([...costs.values()], t, formatRequestCost),
			durationMs: endedAt - startedAt,
		};
	}

	/** A sum with an unknown part is unknown: it must not look like the bill. */
	#costText(costs: readonly (number | undefined)[], t: Translate, format = formatCost): string {
		if (this.#model.isBuiltIn || costs.length === 0) {
			return t('no cost');
		}
		const known = costs.filter(cost => cost !== undefined);
		return known.length < costs.length ? t('cost unknown') : format(known.reduce((total, cost) => total + cost, 0));
	}
}

function costsOf(requests: readonly Request[]): readonly (number | undefined)[] {
	return requests.map(({ usage }) => usage?.cost);
}

function isBillable({ isServed, usage }: Request): boolean {
	return isServed || usage !== undefined;
}

/** US dollars of one request: the first two digits that count, since most cost less than a cent. */
function formatRequestCost(dollars: number): string {
	if (dollars === 0 || dollars >= 0.01) {
		return formatCost(dollars);
	}
	return dollars < 0.000_01 ? '<$0.00001' : `$${Number(dollars.toPrecision(2))}`;
}

const purposeNames: Readonly<Record<RequestPurpose, string>> = {
	turn: 'Answer',
	compaction: 'Compaction',
	structured: 'Structured output',
	inline: 'Inline edit',
	completion: 'Completion',
	title: 'Title',
	task: 'Sub-agent',
	search: 'Web search',
};
