import type { FailureRecord } from '../events.ts';
import type { Usage } from '../model.ts';
import type { StoredEvent } from './log.ts';

const MINUTE = 60_000;
/** Vendors keep nothing shorter than this, in tokens; the larger models of Anthropic nothing shorter than the second. */
const SMALLEST_CACHED = 1_024;
const SMALLEST_CACHED_ANTHROPIC = 4_096;
/** Answers in a row without a cache hit after which a provider is taken for one without a cache. */
const MISSES = 2;
/** A cached share of what was expected below which the cache was lost rather than rounded. */
const HIT_SHARE = 0.5;

/** What an answer shows of the prompt cache. */
export interface CacheOutcome {
	readonly requestId: string;
	/** Who answered, as `served` named it. */
	readonly provider?: string;
	/** Who held the warm cache and did not answer. */
	readonly switchedFrom?: string;
	/** Tokens that were read at the full price and would have come from the warm cache; 0 when none was lost. */
	readonly lostCacheTokens: number;
}

/** A prompt cache that the next request can read. */
interface WarmCache {
	readonly provider: string;
	/** Milliseconds since 1970 of the last answer, which keeps it for another lifetime. */
	readonly usedAt: number;
	/** Tokens of the prompt it holds; 0 after the prompt was changed and nobody knows. */
	readonly tokens: number;
	/** An answer showed that there is one. Until then it is only likely. */
	readonly isProven: boolean;
	readonly misses: number;
}

interface OpenRequest {
	readonly requestId: string;
	/** Whether it sends the conversation, and so reads its cache. */
	readonly isConversation: boolean;
	readonly model: string;
	readonly startedAt: number;
	served?: { readonly model: string; readonly provider?: string | undefined };
}

/**
 * Who holds a conversation's warm prompt cache, as a fold over the session's events. The provider that answered last for
 * a model is asked first on the next request, as long as it shows a cache: the price of what it holds is a tenth
 * elsewhere.
 */
export class CachePin {
	readonly #caches = new Map<string, WarmCache>();
	/** Providers without a cache, by model and name: they are not pinned again until they show one. */
	readonly #cold = new Set<string>();
	#model = '';
	#request: OpenRequest | undefined;

	/** @returns what the answer shows, for the `response` events of the conversation. */
	apply({ event, at }: StoredEvent): CacheOutcome | undefined {
		switch (event.type) {
			case 'turnStart':
				this.#request = undefined;
				this.#useModel(event.model.id);
				return undefined;
			case 'modelSwitched':
				this.#useModel(event.to.id);
				return undefined;
			case 'requestStart': {
				const { requestId, purpose = 'turn' } = event;
				const isConversation = purpose === 'turn' || purpose === 'compaction';
				this.#request = { requestId, isConversation, model: this.#model, startedAt: at };
				return undefined;
			}
			case 'served':
				if (this.#request !== undefined) {
					this.#request.served = { model: event.model, provider: event.provider };
				}
				return undefined;
			case 'response':
				return this.#answered(event.requestId, event.usage, at);
			case 'requestFailed':
				this.#failed(event.requestId, event.failure);
				return undefined;
			case 'compacted':
			case 'trimmed':
			case 'rewound':
				for (const model of this.#caches.keys()) {
					this.#forgetPrompt(model);
				}
				return undefined;
			default:
				return undefined;
		}
	}

	/**
	 * The provider to ask first for `model`, as `served` named it.
	 * @param now milliseconds since 1970.
	 * @param lifetime how long the cache was asked to live, where the vendor lets one choose.
	 */
	provider(model: string, now: number, lifetime?: '5m' | '1h'): string | undefined {
		// A router keeps to the model it chose before only while nobody names a provider.
		return vendorOf(model) === undefined ? undefined : this.#warm(model, now, lifetime)?.provider;
	}

	#warm(model: string, now: number, lifetime?: '5m' | '1h'): WarmCache | undefined {
		const cache = this.#caches.get(model);
		return cache !== undefined && now - cache.usedAt <= lifetimeMs(model, lifetime) ? cache : undefined;
	}

	#useModel(model: string): void {
		if (model !== this.#model) {
			this.#model = model;
			this.#forgetPrompt(model);
		}
	}

	/** The next prompt may begin otherwise, so that a miss says nothing of the provider. */
	#forgetPrompt(model: string): void {
		const cache = this.#caches.get(model);
		if (cache !== undefined) {
			this.#caches.set(model, { ...cache, tokens: 0 });
		}
	}

	#answered(requestId: string, usage: Usage | undefined, at: number): CacheOutcome | undefined {
		const request = this.#take(requestId);
		if (!request?.isConversation) {
			return undefined;
		}
		const { model, startedAt, served } = request;
		// A cache that was asked to live for an hour may be warm for longer: what counts as lost was surely there.
		const warm = this.#warm(model, startedAt);
		if (served?.provider === undefined || isStandIn(model, served.model)) {
			return { requestId, ...(served?.provider && { provider: served.provider }), lostCacheTokens: 0 };
		}
		this.#remember(model, served.provider, usage, warm, at);
		return outcomeOf(requestId, served.provider, model, usage, warm);
	}

	#remember(model: string, provider: string, usage: Usage | undefined, warm: WarmCache | undefined, at: number): void {
		const before = this.#caches.get(model)?.provider === provider ? this.#caches.get(model) : undefined;
		const cold = `${provider} ${model}`;
		const hasShown = usage !== undefined && (usage.cachedTokens > 0 || usage.cacheWriteTokens > 0);
		const isMiss = usage?.cachedTokens === 0 && warm?.provider === provider && warm.tokens >= smallestCached(model);
		const misses = isMiss ? (before?.misses ?? 0) + 1 : usage?.cachedTokens ? 0 : (before?.misses ?? 0);
		if (misses >= MISSES) {
			this.#cold.add(cold);
		} else if (hasShown) {
			this.#cold.delete(cold);
		}
		const isLikely = before !== undefined || (usage?.promptTokens ?? 0) > SMALLEST_CACHED;
		if (this.#cold.has(cold) || !(hasShown || isLikely)) {
			this.#caches.delete(model);
			return;
		}
		const isProven = hasShown || (before?.isProven ?? false);
		this.#caches.set(model, { provider, usedAt: at, tokens: usage?.promptTokens ?? 0, isProven, misses });
	}

	#failed(requestId: string, failure: FailureRecord): void {
		const request = this.#take(requestId);
		if (request?.isConversation && isFaultOfProvider(failure, request.served !== undefined)) {
			this.#caches.delete(request.model);
		}
	}

	#take(requestId: string): OpenRequest | undefined {
		const request = this.#request?.requestId === requestId ? this.#request : undefined;
		this.#request = undefined;
		return request;
	}
}

function outcomeOf(
	requestId: string,
	provider: string,
	model: string,
	usage: Usage | undefined,
	warm: WarmCache | undefined,
): CacheOutcome {
	const isSwitch = warm !== undefined && warm.provider !== provider;
	// A provider that never showed a cache may have none: only leaving it can have cost something.
	const isKnown = warm !== undefined && (isSwitch || warm.isProven) && warm.tokens >= smallestCached(model);
	const expected = isKnown && usage !== undefined ? Math.min(warm.tokens, usage.promptTokens) : 0;
	const cached = usage?.cachedTokens ?? 0;
	return {
		requestId,
		provider,
		...(isSwitch && { switchedFrom: warm.provider }),
		lostCacheTokens: cached < expected * HIT_SHARE ? expected - cached : 0,
	};
}

/** Whether the provider that holds the cache should not be asked first again. */
function isFaultOfProvider({ kind, fields }: FailureRecord, wasServed: boolean): boolean {
	switch (kind) {
		case 'unavailable':
		case 'silent':
		case 'cut':
		case 'malformed':
		case 'noRoute':
			return true;
		case 'rateLimit':
			// Limits of the service itself are the same with any provider.
			return fields.provider !== undefined;
		case 'network':
			return wasServed;
		default:
			return false;
	}
}

/** Whether a fallback model of another vendor answered: its provider holds nothing for the model that was asked. */
function isStandIn(asked: string, answered: string): boolean {
	const [one, other] = [vendorOf(asked), vendorOf(answered)];
	return one !== undefined && other !== undefined && one !== other;
}

/** Undefined for routers and presets, behind which any model may stand. */
function vendorOf(model: string): string | undefined {
	const vendor = /^(?:openrouter\/(?=[^/]+\/))?~?([^/@]+)\//.exec(model)?.[1];
	return vendor === 'openrouter' || model.includes('@preset/') ? undefined : vendor;
}

function smallestCached(model: string): number {
	return vendorOf(model) === 'anthropic' ? SMALLEST_CACHED_ANTHROPIC : SMALLEST_CACHED;
}

/** From the last use, in milliseconds. Others than Anthropic promise nothing; the service itself counts on ten minutes. */
function lifetimeMs(model: string, lifetime: '5m' | '1h' | undefined): number {
	if (vendorOf(model) !== 'anthropic') {
		return 10 * MINUTE;
	}
	return lifetime === '1h' ? 60 * MINUTE : 5 * MINUTE;
}
