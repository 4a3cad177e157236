/** Who serves the models: as data, so that scenarios can name it. */
import * as z from 'zod';
import type { ModelRow } from './serverFiles.ts';

const MINUTE_MS = 60_000;

const cacheRules = z.strictObject({
	/** `marks`: only what the client asks for is kept, and writing costs. `implicit`: every prompt is kept. `none`. */
	by: z.enum(['marks', 'implicit', 'none']),
	/** Shorter prefixes are not kept. */
	minTokens: z.number().int().min(0),
	/** Prefixes are kept in whole blocks of so many tokens; by marks they end where the mark is. */
	blockTokens: z.number().int().min(1).default(1),
	/** Since the last use, where the mark does not say. */
	lifetimeMs: z.number().positive(),
	/** Whether a mark of the whole request counts. */
	takesAutomaticMark: z.boolean().default(false),
	/** From a mark back, so many blocks are looked at for an earlier mark, the marked one included. */
	lookbackBlocks: z.number().int().min(1).optional(),
	/** Whether writing has a price of its own. */
	billsWrites: z.boolean().default(false),
});
export type CacheRules = z.infer<typeof cacheRules>;

export const provider = z.strictObject({
	/** As answers name it, such as `Amazon Bedrock`. */
	name: z.string(),
	/** As requests name it, such as `amazon-bedrock` or `google-vertex/us-east5`. */
	slug: z.string(),
	/** Ids of the models it serves; all when absent. */
	models: z.array(z.string()).optional(),
	/** On the list price. */
	priceFactor: z.number().positive().default(1),
	/** Those of the model's vendor when absent. */
	cache: cacheRules.optional(),
	/** To the headers. */
	latencyMs: z.number().min(0).default(0),
	/** Tokens a second, for sorting only. */
	throughput: z.number().positive().default(50),
	quantization: z.string().default('fp8'),
	/** Whether it keeps nothing at all, and whether it trains on what it gets. */
	keepsNothing: z.boolean().default(true),
	trains: z.boolean().default(false),
	contextLength: z.number().int().positive().optional(),
	/** What an answer costs that the client left: what was made until then, or all of it. */
	billsLeftAnswers: z.enum(['made', 'whole']).default('made'),
	/** The user's own key with this provider pays. */
	isByok: z.boolean().default(false),
	/** Chat requests to the server, from 1, that it fails at. */
	outages: z
		.array(
			z.strictObject({
				from: z.number().int(),
				to: z.number().int().optional(),
				/** `refuses`: another provider is asked. `breaks`: the answer begins and ends with an error. */
				how: z.enum(['refuses', 'breaks']).default('refuses'),
			}),
		)
		.default([]),
});
export type Provider = z.infer<typeof provider>;

/** The one that serves everything where nothing else is said. */
export const LOCAL_PROVIDER = provider.parse({ name: 'Local', slug: 'local' });

/**
 * How the model's vendor caches prompts. Source: OpenRouter's prompt caching guide of 2026-08; the blocks that are
 * looked back are from Anthropic's prompt caching guide.
 */
export function vendorCache(row: ModelRow | undefined): CacheRules {
	const id = row?.id.replace('~', '') ?? '';
	const { input_cache_read: read, input_cache_write: write } = row?.pricing ?? {};
	if (id.startsWith('anthropic/')) {
		return {
			by: 'marks',
			minTokens: anthropicMinimum(id),
			blockTokens: 1,
			lifetimeMs: 5 * MINUTE_MS,
			takesAutomaticMark: true,
			lookbackBlocks: 20,
			billsWrites: true,
		};
	}
	const plain = { blockTokens: 128, takesAutomaticMark: false, lifetimeMs: 5 * MINUTE_MS, billsWrites: false };
	if (read === undefined) {
		return { ...plain, by: 'none', minTokens: 0 };
	}
	if (id.startsWith('qwen/') && write !== undefined) {
		const lifetimeMs = 5 * MINUTE_MS;
		return { ...plain, by: 'marks', minTokens: 1_024, blockTokens: 1, lifetimeMs, billsWrites: true };
	}
	if (id.startsWith('google/')) {
		return { ...plain, by: 'implicit', minTokens: id.includes('pro') ? 4_096 : 1_024, lifetimeMs: 4 * MINUTE_MS };
	}
	if (id.startsWith('deepseek/')) {
		return { ...plain, by: 'implicit', minTokens: 64, blockTokens: 64 };
	}
	return { ...plain, by: 'implicit', minTokens: 1_024, billsWrites: id.startsWith('openai/') && write !== undefined };
}

function anthropicMinimum(id: string): number {
	if (/haiku-4\.5|opus-4\.[5-8]/.test(id)) {
		return 4_096;
	}
	return /haiku-3|3\.5-haiku/.test(id) ? 2_048 : 1_024;
}

/** @param wanted `deepinfra` names all its endpoints, `deepinfra/turbo` one. */
export function isNamed(slug: string, wanted: string): boolean {
	return slug === wanted || slug.startsWith(`${wanted}/`);
}
