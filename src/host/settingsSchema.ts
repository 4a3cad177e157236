import * as z from 'zod';
import { budgetLimits } from '../agent/ledger/spendBudget.ts';
import { modelSettings } from '../agent/settings/modelSettings.ts';
import { DEFAULT_BASE_URL } from '../agent/settings/settingDefaults.ts';

/** Entries that are none are left out, the others count. */
function listOf<Entry extends z.ZodType>(entry: Entry) {
	return z
		.array(z.unknown())
		.catch([])
		.transform(entries => entries.flatMap(value => entry.safeParse(value).data ?? []) as readonly z.infer<Entry>[]);
}

/** Every setting, once. A bad value falls back to the default, so the rest of the code can trust the type. */
export const settingsSchema = z.object({
	/** Model id; empty means the default by rule, `built-in` the built-in assistant. */
	model: z.string().trim().catch(''),
	baseUrl: z.url({ protocol: /^https?$/ }).catch(DEFAULT_BASE_URL),
	/** By model id or pattern. */
	modelSettings: z.record(z.string(), modelSettings).catch({}),
	/** US dollars. */
	budget: budgetLimits.catch({}),
	maxRequestsPerTurn: z.number().int().min(1).max(200).catch(50),
	/**
	 * That sessions begin with. No setting allows everything: that takes the user's word, session by session. Who wrote
	 * something else wanted to be asked more rather than less.
	 */
	'approvals.level': z.enum(['ask', 'edits']).default('edits').catch('ask'),
	/** Names of variables that commands get although they look like secrets. */
	'commands.allowedVariables': listOf(z.string().min(1)),
	'commands.visibleTerminal': z.boolean().catch(false),
	/** Of this machine, that pages may be fetched from. */
	'web.loopbackPorts': listOf(z.number().int().min(1).max(65_535)),
	/** Id of an embedding model; empty means none. */
	'codeSearch.embeddings': z.string().trim().catch(''),
	'completions.enabled': z.boolean().catch(false),
	/** Model id; empty means the one by rule. */
	'completions.model': z.string().trim().catch(''),
	/** By the editor's id of a language; `*` for those that are not named. */
	'completions.languages': z.record(z.string(), z.boolean()).catch({ '*': true }),
});

export type Settings = z.infer<typeof settingsSchema>;
