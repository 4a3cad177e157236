import type { ChatRequest, ProviderPreferences } from './chatRequest.ts';
import { dollarsOf, pricesOf } from './prices.ts';
import { isNamed, type Provider } from './providers.ts';
import type { ModelRow } from './serverFiles.ts';

const STICKY_MS = 10 * 60_000;
/** A provider that failed comes last for so long. */
const OUTAGE_MS = 30_000;
const TOKENS_PER_MILLION = 1_000_000;

/** Which rule leaves no provider for a request. */
export type Exclusion =
	| 'no_endpoints'
	| 'allowed_providers'
	| 'data_policy:zdr'
	| 'data_policy:training'
	| 'quantization'
	| 'max_price'
	| 'context_length';

export interface RouterOptions {
	readonly providers: readonly Provider[];
	/** Whether a conversation stays with the provider that answered it. */
	readonly isSticky: boolean;
	/** From 0 up to 1. */
	readonly random: () => number;
	/** Milliseconds since 1970. */
	readonly now: () => number;
}

/** Chooses who answers, by section "provider routing" of the service's guide. */
export class Router {
	readonly #options: RouterOptions;
	readonly #sticky = new Map<string, { readonly slug: string; until: number }>();
	readonly #failedAt = new Map<string, number>();

	constructor(options: RouterOptions) {
		this.#options = options;
	}

	/** The providers to ask, in this order, or the rule that leaves none. */
	route(request: ChatRequest, row: ModelRow | undefined, promptTokens: number): readonly Provider[] | Exclusion {
		const preferences = request.provider ?? {};
		const isServing = ({ models }: Provider) => models === undefined || (row !== undefined && models.includes(row.id));
		let left = this.#options.providers.filter(isServing);
		if (left.length === 0) {
			return 'no_endpoints';
		}
		for (const [exclusion, isAllowed] of filtersOf(preferences, row, promptTokens, this.#options.now())) {
			left = left.filter(isAllowed);
			if (left.length === 0) {
				return exclusion;
			}
		}
		const ordered = this.#order(request, preferences, row, left);
		return preferences.allow_fallbacks === false ? this.#withoutFallbacks(preferences, ordered) : ordered;
	}

	succeeded(request: ChatRequest, row: ModelRow | undefined, { slug }: Provider): void {
		this.#sticky.set(conversationOf(request, row), { slug, until: this.#options.now() + STICKY_MS });
	}

	failed(request: ChatRequest, row: ModelRow | undefined, { slug }: Provider): void {
		this.#failedAt.set(slug, this.#options.now());
		const conversation = conversationOf(request, row);
		if (this.#sticky.get(conversation)?.slug === slug) {
			this.#sticky.delete(conversation);
		}
	}

	#order(
		request: ChatRequest,
		preferences: ProviderPreferences,
		row: ModelRow | undefined,
		providers: readonly Provider[],
	): readonly Provider[] {
		const order = preferences.order ?? [];
		if (order.length > 0) {
			const named = order.flatMap(wanted => providers.filter(({ slug }) => isNamed(slug, wanted)));
			return [...new Set([...named, ...this.#balance(providers)])];
		}
		const sort = sortOf(request.model, preferences);
		if (sort !== undefined) {
			return [...providers].sort((one, other) => rank(one, sort) - rank(other, sort));
		}
		const balanced = this.#balance(providers);
		const sticky = this.#sticky.get(conversationOf(request, row));
		if (!this.#options.isSticky || sticky === undefined || sticky.until <= this.#options.now()) {
			return balanced;
		}
		return [...balanced.filter(({ slug }) => slug === sticky.slug), ...balanced.filter(p => p.slug !== sticky.slug)];
	}

	/** Without a fallback, only the providers named in `order` are asked, or the first one. */
	#withoutFallbacks({ order }: ProviderPreferences, ordered: readonly Provider[]): readonly Provider[] | Exclusion {
		if (!order || order.length === 0) {
			return ordered.slice(0, 1);
		}
		const named = ordered.filter(({ slug }) => order.some(wanted => isNamed(slug, wanted)));
		return named.length === 0 ? 'allowed_providers' : named;
	}

	/** At random, cheap ones by far more often; those that failed just now at the end. */
	#balance(providers: readonly Provider[]): readonly Provider[] {
		const isDown = ({ slug }: Provider) =>
			this.#options.now() - (this.#failedAt.get(slug) ?? Number.NEGATIVE_INFINITY) < OUTAGE_MS;
		const shuffle = (left: readonly Provider[]): readonly Provider[] => {
			const weights = left.map(({ priceFactor }) => priceFactor ** -2);
			let point = this.#options.random() * weights.reduce((sum, weight) => sum + weight, 0);
			const chosen = left.find((_, index) => {
				point -= weights[index] ?? 0;
				return point < 0;
			});
			const first = chosen ?? left[0];
			return first === undefined ? [] : [first, ...shuffle(left.filter(provider => provider !== first))];
		};
		return [...shuffle(providers.filter(p => !isDown(p))), ...shuffle(providers.filter(isDown))];
	}
}

type Filter = readonly [exclusion: Exclusion, isAllowed: (provider: Provider) => boolean];

function filtersOf(
	{ only, ignore, zdr, data_collection: dataCollection, quantizations, max_price: max }: ProviderPreferences,
	row: ModelRow | undefined,
	promptTokens: number,
	now: number,
): readonly Filter[] {
	const isAnyOf = (slug: string, wanted: readonly string[]) => wanted.some(name => isNamed(slug, name));
	const isAffordable = ({ priceFactor }: Provider) => {
		const prices = pricesOf(row, promptTokens, now, priceFactor);
		const perMillion = (pico: bigint) => dollarsOf(pico * BigInt(TOKENS_PER_MILLION));
		return (
			perMillion(prices.prompt) <= (max?.prompt ?? Number.POSITIVE_INFINITY) &&
			perMillion(prices.completion) <= (max?.completion ?? Number.POSITIVE_INFINITY)
		);
	};
	return [
		['allowed_providers', ({ slug }) => !only?.length || isAnyOf(slug, only)],
		['allowed_providers', ({ slug }) => !isAnyOf(slug, ignore ?? [])],
		['data_policy:zdr', ({ keepsNothing }) => zdr !== true || keepsNothing],
		['data_policy:training', ({ trains }) => dataCollection !== 'deny' || !trains],
		['quantization', ({ quantization }) => !quantizations?.length || quantizations.includes(quantization)],
		['max_price', isAffordable],
		['context_length', ({ contextLength }) => contextLength === undefined || promptTokens <= contextLength],
	];
}

type Sort = 'price' | 'throughput' | 'latency' | 'exacto';

function sortOf(model: string, { sort }: ProviderPreferences): Sort | undefined {
	const wanted = (typeof sort === 'string' ? sort : sort?.by) ?? undefined;
	if (wanted !== undefined) {
		return wanted;
	}
	switch (/:(\w+)$/.exec(model)?.[1]) {
		case 'nitro':
			return 'throughput';
		case 'floor':
			return 'price';
		case 'exacto':
			return 'exacto';
		default:
			return undefined;
	}
}

/** Lower comes first. Of tool calls nothing is measured here: the providers stay as they are listed. */
function rank({ priceFactor, throughput, latencyMs }: Provider, sort: Sort): number {
	switch (sort) {
		case 'price':
			return priceFactor;
		case 'throughput':
			return -throughput;
		case 'latency':
			return latencyMs;
		case 'exacto':
			return 0;
	}
}

/** By what the service knows a conversation again: its id, or how it begins. */
function conversationOf({ session_id, prompt_cache_key, messages }: ChatRequest, row: ModelRow | undefined): string {
	const start = [
		messages.find(({ role }) => role === 'system' || role === 'developer'),
		messages.find(({ role }) => role !== 'system' && role !== 'developer'),
	];
	return `${row?.id ?? ''} ${session_id ?? prompt_cache_key ?? JSON.stringify(start)}`;
}
