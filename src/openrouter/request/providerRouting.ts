import type { ModelRequest } from '../../agent/model.ts';
import { providerSlug } from '../catalogue/providerNames.ts';
import { withoutUndefined } from './withoutUndefined.ts';

type Wishes = Pick<ModelRequest, 'model' | 'preset' | 'routing' | 'pinnedProvider'>;

/**
 * The `provider` object of a request, undefined when it would be empty. The user's own order comes before the pinned
 * provider, and what the user excludes is never pinned. Source: provider routing guide of OpenRouter, 2026-08.
 * @param withPin off after the service refused the pinned provider.
 */
export function providerRouting(request: Wishes, withPin = true): object | undefined {
	const { routing = {} } = request;
	const provider = withoutUndefined({
		order: slugs(routing.order) ?? (withPin ? pinnedOrder(request) : undefined),
		only: slugs(routing.only),
		ignore: slugs(routing.ignore),
		allow_fallbacks: routing.allowFallbacks,
		require_parameters: routing.requireParameters,
		data_collection: routing.dataCollection,
		zdr: routing.zeroDataRetention,
		enforce_distillable_text: routing.distillableOnly,
		quantizations: routing.quantizations?.length ? routing.quantizations : undefined,
		sort: routing.sort && routing.sortAcrossModels ? { by: routing.sort, partition: 'none' } : routing.sort,
		max_price: routing.maxPrice && Object.keys(routing.maxPrice).length > 0 ? routing.maxPrice : undefined,
		preferred_min_throughput: routing.minThroughput,
		preferred_max_latency: routing.maxLatency,
	});
	return Object.keys(provider).length === 0 ? undefined : provider;
}

/** Whether a request's `order` is the pinned provider, so that it could go without. */
export function isPinned(request: Wishes): boolean {
	return !request.routing?.order?.length && pinnedOrder(request) !== undefined;
}

/** Whether a preset of the account answers for what the request leaves open. A field that is sent replaces all of its own. */
export function usesPreset({ model, preset }: Pick<ModelRequest, 'model' | 'preset'>): boolean {
	return preset !== undefined || model.includes('@preset/');
}

function pinnedOrder(request: Wishes): readonly string[] | undefined {
	const { pinnedProvider, routing = {} } = request;
	// A pin would do away with the preset's rules, those on privacy too.
	if (pinnedProvider === undefined || usesPreset(request)) {
		return undefined;
	}
	const pin = providerSlug(pinnedProvider);
	if (slugs(routing.ignore)?.some(ignored => covers(ignored, pin))) {
		return undefined;
	}
	const only = slugs(routing.only);
	if (only === undefined || only.some(allowed => covers(allowed, pin))) {
		return [pin];
	}
	// The user named single endpoints of this provider.
	const endpoints = only.filter(allowed => covers(pin, allowed));
	return endpoints.length > 0 ? endpoints : undefined;
}

/** `deepinfra` means all endpoints of DeepInfra, `deepinfra/turbo` one. */
function covers(slug: string, other: string): boolean {
	return other === slug || other.startsWith(`${slug}/`);
}

function slugs(names: readonly string[] | undefined): readonly string[] | undefined {
	return names?.length ? names.map(providerSlug) : undefined;
}
