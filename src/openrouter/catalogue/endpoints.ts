import * as z from 'zod';
import type { ModelPrice } from '../../agent/modelFacts.ts';
import { type ApiCall, getJson } from '../apiJson.ts';
import { optionalNumber, optionalText } from '../lenient.ts';
import { readPrice } from './modelPrice.ts';

/** One provider's offer of a model. */
export interface Endpoint {
	/** As answers name it: "Amazon Bedrock". */
	readonly provider: string;
	/** As the routing settings name it: `amazon-bedrock`, `google-vertex/us-east5`. */
	readonly tag: string;
	readonly price?: ModelPrice;
	readonly contextLength?: number;
	readonly maxOutputTokens?: number;
	/** `fp8`, `bf16` …; absent where it is unknown. */
	readonly quantization?: string;
	/** Median of the last half hour, tokens a second. Measured ones are told to those with a key only. */
	readonly throughput?: number;
	/** Median of the last half hour until the first token, milliseconds. */
	readonly latencyMs?: number;
	/** Of the last half hour, percent. */
	readonly uptime?: number;
	/** Whether requests are sent there now. */
	readonly isUp: boolean;
}

const percentiles = z.looseObject({ p50: optionalNumber }).nullish().catch(undefined);

const endpointRow = z.looseObject({
	provider_name: z.string().min(1),
	tag: optionalText,
	pricing: z.unknown().optional(),
	context_length: optionalNumber,
	max_completion_tokens: optionalNumber,
	quantization: optionalText,
	throughput_last_30m: percentiles,
	latency_last_30m: percentiles,
	uptime_last_30m: optionalNumber,
	status: optionalNumber,
});

const endpointsResponse = z.looseObject({ data: z.looseObject({ endpoints: z.array(z.unknown()) }) });

/**
 * Who offers a model, and how well.
 * @param id `vendor/model`, of a listed model; without a virtual variant such as `:nitro`.
 * @throws ModelError as `getJson` does, `modelNotFound` for an unknown model.
 */
export async function fetchEndpoints(call: ApiCall, id: string): Promise<readonly Endpoint[]> {
	const path = `/models/${id.split('/').map(encodeURIComponent).join('/')}/endpoints`;
	const { data } = await getJson(call, path, endpointsResponse, { isPublic: true });
	return data.endpoints.flatMap(row => {
		const parsed = endpointRow.safeParse(row);
		return parsed.success ? [readRow(parsed.data)] : [];
	});
}

function readRow(row: z.infer<typeof endpointRow>): Endpoint {
	const price = readPrice(row.pricing);
	const throughput = row.throughput_last_30m?.p50;
	const latencyMs = row.latency_last_30m?.p50;
	return {
		provider: row.provider_name,
		tag: row.tag ?? row.provider_name.toLowerCase(),
		...(price !== undefined && { price }),
		...(row.context_length && { contextLength: row.context_length }),
		...(row.max_completion_tokens && { maxOutputTokens: row.max_completion_tokens }),
		...(row.quantization && row.quantization !== 'unknown' && { quantization: row.quantization }),
		...(throughput && { throughput }),
		...(latencyMs && { latencyMs }),
		...(typeof row.uptime_last_30m === 'number' && { uptime: row.uptime_last_30m }),
		// Below zero it is left out for the time being.
		isUp: (row.status ?? 0) >= 0,
	};
}
