import * as z from 'zod';
import { systemClock } from '../../agent/clock.ts';
import { ModelError, type Usage } from '../../agent/model.ts';
import { type ApiCall, getJson } from '../apiJson.ts';
import { optionalFlag, optionalNumber } from '../lenient.ts';
import { sleep } from '../sleep.ts';
import { readCost } from './usage.ts';

/** The record is written some seconds after the answer ends. */
const DELAYS_MS = [500, 1_000, 2_000, 4_000, 8_000];

const generationResponse = z.object({
	data: z.looseObject({
		total_cost: optionalNumber,
		is_byok: optionalFlag,
		upstream_inference_cost: optionalNumber,
		native_tokens_prompt: optionalNumber,
		native_tokens_completion: optionalNumber,
		native_tokens_reasoning: optionalNumber,
		native_tokens_cached: optionalNumber,
	}),
});

/**
 * The bill of an answer that ended without one: stopped, or cut. Waits for the record, which is late by nature.
 * @returns undefined when there is no record in about 15 seconds: the cost stays unknown.
 * @throws ModelError as `getJson` does.
 */
export async function readGeneration(call: ApiCall, generationId: string): Promise<Usage | undefined> {
	for (const delayMs of [...DELAYS_MS, undefined]) {
		try {
			return await readOnce(call, generationId);
		} catch (error) {
			if (!(error instanceof ModelError) || error.fields.status !== 404) {
				throw error;
			}
		}
		if (delayMs !== undefined) {
			await sleep(call.clock ?? systemClock, delayMs, call.signal);
		}
	}
	return undefined;
}

async function readOnce(call: ApiCall, generationId: string): Promise<Usage> {
	const { data } = await getJson(call, `/generation?id=${encodeURIComponent(generationId)}`, generationResponse);
	const cost = readCost(data.total_cost, data.is_byok, data.upstream_inference_cost);
	return {
		promptTokens: data.native_tokens_prompt ?? 0,
		completionTokens: data.native_tokens_completion ?? 0,
		cachedTokens: data.native_tokens_cached ?? 0,
		cacheWriteTokens: 0,
		reasoningTokens: data.native_tokens_reasoning ?? 0,
		...(cost !== undefined && { cost }),
	};
}
