import * as z from 'zod';
import { type ApiCall, getJson } from './apiJson.ts';
import { optionalFlag, optionalNumber, optionalText } from './lenient.ts';

/** What the service says of a key. Money in US dollars. */
export interface KeyInfo {
	/** The key's name, or its shortened form. */
	readonly label: string;
	/** The key's own spending limit; absent when it has none. */
	readonly limit?: number;
	readonly limitRemaining?: number;
	readonly usage: number;
	readonly isFreeTier: boolean;
	/** Requests to free models today (UTC), for the whole account. */
	readonly freeRequests?: { readonly used: number; readonly limit: number; readonly remaining: number };
}

const keyResponse = z.object({
	data: z.looseObject({
		label: optionalText,
		limit: optionalNumber,
		limit_remaining: optionalNumber,
		usage: optionalNumber,
		is_free_tier: optionalFlag,
		free_model_daily_requests: z
			.object({ used: z.number(), limit: z.number(), remaining: z.number() })
			.nullish()
			.catch(undefined),
	}),
});

/**
 * Asks for the state of a key; costs nothing, so it serves as the check of a key.
 * @throws ModelError `auth` when the key is refused or cannot be one, and as `getJson` does.
 */
export async function readKeyInfo(call: ApiCall & { readonly key: string }): Promise<KeyInfo> {
	const { data } = await getJson({ ...call, key: call.key.trim() }, '/key', keyResponse);
	return {
		label: data.label ?? '',
		...(typeof data.limit === 'number' && { limit: data.limit }),
		...(typeof data.limit_remaining === 'number' && { limitRemaining: data.limit_remaining }),
		usage: data.usage ?? 0,
		isFreeTier: data.is_free_tier ?? false,
		...(data.free_model_daily_requests && { freeRequests: data.free_model_daily_requests }),
	};
}
