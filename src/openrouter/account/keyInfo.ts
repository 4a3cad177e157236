import * as z from 'zod';
import { type ApiCall, getJson } from '../apiJson.ts';
import { optionalFlag, optionalNumber, optionalText, optionalTexts } from '../lenient.ts';

/** US dollars, all by UTC days. A span the service does not tell is absent. */
export interface KeyUsage {
	readonly total?: number;
	readonly day?: number;
	readonly week?: number;
	readonly month?: number;
}

/** What the service says of a key. Money in US dollars; what it does not say is absent, which is not zero. */
export interface KeyInfo {
	/** The key's name, or its shortened form. */
	readonly label: string;
	/** The key's own spending limit; absent when it has none. */
	readonly limit?: number;
	readonly limitRemaining?: number;
	/** When the limit begins anew: "daily", "weekly", "monthly". */
	readonly limitReset?: string;
	/** Paid from credits. */
	readonly usage: KeyUsage;
	/** Paid to providers with the user's own keys for them. */
	readonly byokUsage: KeyUsage;
	/** The limit covers that too. */
	readonly isByokLimited: boolean;
	readonly isFreeTier: boolean;
	/** It administers other keys and cannot ask models. */
	readonly isManagementKey: boolean;
	/** Milliseconds since 1970. */
	readonly expiresAt?: number;
	/** Where its requests may be worked on, such as "eu"; empty when the service does not say. */
	readonly dataRegions: readonly string[];
	/** Requests to free models today (UTC), for the whole account. */
	readonly freeRequests?: { readonly used: number; readonly limit: number; readonly remaining: number };
}

const keyResponse = z.object({
	data: z.looseObject({
		label: optionalText,
		limit: optionalNumber,
		limit_remaining: optionalNumber,
		limit_reset: optionalText,
		include_byok_in_limit: optionalFlag,
		usage: optionalNumber,
		usage_daily: optionalNumber,
		usage_weekly: optionalNumber,
		usage_monthly: optionalNumber,
		byok_usage: optionalNumber,
		byok_usage_daily: optionalNumber,
		byok_usage_weekly: optionalNumber,
		byok_usage_monthly: optionalNumber,
		is_free_tier: optionalFlag,
		is_management_key: optionalFlag,
		/** The older name of `is_management_key`. */
		is_provisioning_key: optionalFlag,
		expires_at: z.union([z.string(), z.number()]).nullish().catch(undefined),
		allowed_data_regions: optionalTexts,
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
	const expiresAt = moment(data.expires_at);
	return {
		label: data.label ?? '',
		...(typeof data.limit === 'number' && { limit: data.limit }),
		...(typeof data.limit_remaining === 'number' && { limitRemaining: data.limit_remaining }),
		...(data.limit_reset && { limitReset: data.limit_reset }),
		usage: usage(data.usage, data.usage_daily, data.usage_weekly, data.usage_monthly),
		byokUsage: usage(data.byok_usage, data.byok_usage_daily, data.byok_usage_weekly, data.byok_usage_monthly),
		isByokLimited: data.include_byok_in_limit ?? false,
		isFreeTier: data.is_free_tier ?? false,
		isManagementKey: data.is_management_key ?? data.is_provisioning_key ?? false,
		...(expiresAt !== undefined && { expiresAt }),
		dataRegions: data.allowed_data_regions ?? [],
		...(data.free_model_daily_requests && { freeRequests: data.free_model_daily_requests }),
	};
}

type Amount = number | null | undefined;

function usage(total: Amount, day: Amount, week: Amount, month: Amount): KeyUsage {
	return {
		...(typeof total === 'number' && { total }),
		...(typeof day === 'number' && { day }),
		...(typeof week === 'number' && { week }),
		...(typeof month === 'number' && { month }),
	};
}

/** A date as text, or as seconds or milliseconds since 1970: the documents do not say which. */
function moment(value: string | number | null | undefined): number | undefined {
	if (value === null || value === undefined) {
		return undefined;
	}
	const at = typeof value === 'string' ? Date.parse(value) : value < 1e11 ? value * 1000 : value;
	return Number.isFinite(at) ? at : undefined;
}
