import * as z from 'zod';
import type { Charge, WireUsage } from './billing.ts';
import { PICO_PER_DOLLAR } from './prices.ts';

const count = z.number().nullish();
const billedChunk = z.looseObject({
	id: z.string(),
	model: z.string(),
	provider: z.string().nullish(),
	usage: z.looseObject({
		prompt_tokens: z.number(),
		completion_tokens: z.number(),
		cost: z.number(),
		is_byok: z.boolean().nullish(),
		prompt_tokens_details: z.looseObject({ cached_tokens: count, cache_write_tokens: count }).nullish(),
		completion_tokens_details: z.looseObject({ reasoning_tokens: count }).nullish(),
		cost_details: z.looseObject({ upstream_inference_cost: count }).nullish(),
	}),
});

export interface RecordedCharge {
	readonly id: string;
	readonly model: string;
	readonly provider: string;
	readonly finish: string | null;
	readonly charge: Charge;
	/** Bytes of the stream after which it has said so. */
	readonly end: number;
}

/** The bill that a recorded stream carries; undefined where it has none. */
export function recordedCharge(stream: Uint8Array): RecordedCharge | undefined {
	// One byte, one character: positions count bytes.
	const text = new TextDecoder('latin1').decode(stream);
	let end = 0;
	let found: RecordedCharge | undefined;
	for (const line of text.split(/(?<=\n)/)) {
		end += line.length;
		const chunk = billedChunk.safeParse(line.startsWith('data:') ? parseJson(line.slice('data:'.length)) : undefined);
		if (chunk.success) {
			const { id, model, provider, usage } = chunk.data;
			found = { id, model, provider: provider ?? '', finish: null, charge: chargeOf(usage), end };
		}
	}
	return found;
}

const answeredBody = z.looseObject({ id: z.string(), model: z.string(), provider: z.string().nullish() });

/** The bill of an answer in one piece that ended with an error: nothing. Undefined where there was no answer at all. */
export function freeCharge(document: string): Omit<RecordedCharge, 'end'> | undefined {
	const parsed = answeredBody.safeParse(parseJson(document));
	if (!parsed.success) {
		return undefined;
	}
	const { id, model, provider } = parsed.data;
	const charge = chargeOf({ prompt_tokens: 0, completion_tokens: 0, cost: 0 });
	return { id, model, provider: provider ?? '', finish: 'error', charge };
}

function chargeOf(usage: z.infer<typeof billedChunk>['usage']): Charge {
	const isByok = usage.is_byok === true;
	const upstream = usage.cost_details?.upstream_inference_cost ?? 0;
	const wire: WireUsage = {
		prompt_tokens: usage.prompt_tokens,
		completion_tokens: usage.completion_tokens,
		total_tokens: usage.prompt_tokens + usage.completion_tokens,
		cost: usage.cost,
		is_byok: isByok,
		prompt_tokens_details: {
			cached_tokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
			cache_write_tokens: usage.prompt_tokens_details?.cache_write_tokens ?? 0,
		},
		completion_tokens_details: { reasoning_tokens: usage.completion_tokens_details?.reasoning_tokens ?? 0 },
		cost_details: {
			upstream_inference_cost: upstream,
			upstream_inference_prompt_cost: upstream,
			upstream_inference_completions_cost: 0,
		},
	};
	return { usage: wire, account: picoOfNumber(usage.cost), upstream: isByok ? picoOfNumber(upstream) : 0n };
}

function picoOfNumber(dollars: number): bigint {
	return BigInt(Math.round(dollars * Number(PICO_PER_DOLLAR)));
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
