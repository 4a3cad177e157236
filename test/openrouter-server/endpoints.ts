import { dollarsOf, pricesOf } from './prices.ts';
import { type Provider, vendorCache } from './providers.ts';
import type { ModelRow } from './serverFiles.ts';

/** What `/models/…/endpoints` says of providers that are made up here, in the shape of recorded answers. */
export function wireEndpoints(row: ModelRow, providers: readonly Provider[], now: number): object {
	return {
		data: {
			id: row.id,
			name: row['name'],
			created: row['created'],
			description: row['description'] ?? '',
			architecture: row['architecture'],
			endpoints: providers
				.filter(({ models }) => models === undefined || models.includes(row.id))
				.map(provider => wireEndpoint(row, provider, now)),
		},
	};
}

function wireEndpoint(row: ModelRow, provider: Provider, now: number): object {
	const { prompt, completion, read } = pricesOf(row, 0, now, provider.priceFactor);
	const percentiles = (value: number) => ({ p50: value, p75: value, p90: value, p99: value });
	return {
		name: `${provider.name} | ${row.canonical_slug}`,
		model_id: row.canonical_slug,
		model_name: row['name'],
		context_length: provider.contextLength ?? row.context_length,
		pricing: {
			prompt: decimal(prompt),
			completion: decimal(completion),
			...(read !== undefined && { input_cache_read: decimal(read) }),
		},
		provider_name: provider.name,
		tag: provider.slug,
		quantization: provider.quantization,
		max_completion_tokens: null,
		max_prompt_tokens: null,
		supported_parameters: row.supported_parameters,
		supports_implicit_caching: (provider.cache ?? vendorCache(row)).by === 'implicit',
		status: 0,
		uptime_last_5m: 100,
		uptime_last_30m: 100,
		uptime_last_1d: 100,
		latency_last_30m: percentiles(provider.latencyMs),
		throughput_last_30m: percentiles(provider.throughput),
	};
}

function decimal(pico: bigint): string {
	return dollarsOf(pico).toFixed(12);
}
