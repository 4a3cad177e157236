import * as z from 'zod';
import { budgetLimits } from '../agent/ledger/spendBudget.ts';
import { modelSettings } from '../agent/settings/modelSettings.ts';
import { DEFAULT_BASE_URL } from '../agent/settings/settingDefaults.ts';

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
});

export type Settings = z.infer<typeof settingsSchema>;
