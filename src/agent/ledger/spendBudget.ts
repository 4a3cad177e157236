import * as z from 'zod';
import type { BudgetScope } from '../model.ts';
import { TASK_SHARE } from './taskShare.ts';

const dollars = z.number().positive();

/** What may be spent, in US dollars; a scope without a limit is free. Days and months are those of the user's clock. */
export const budgetLimits = z
	.strictObject({
		request: dollars.exactOptional().describe('For one request to a model.'),
		session: dollars.exactOptional().describe('For one conversation, sub-agents included.'),
		day: dollars.exactOptional().describe('For one day, over all windows.'),
		month: dollars.exactOptional().describe('For one month, over all windows.'),
	})
	.readonly();
export type BudgetLimits = z.infer<typeof budgetLimits>;

/** The narrowest first. */
export const BUDGET_SCOPES: readonly BudgetScope[] = ['request', 'session', 'day', 'month'];

/** What one request must hold: the user's budgets, and within that of its session the share of its task. */
export interface RequestLimits extends BudgetLimits {
	readonly task?: number;
}

/** The limits for a request of an agent that works for the session these are for. */
export function taskLimits(limits: BudgetLimits): RequestLimits {
	const { session } = limits;
	return session === undefined ? limits : { ...limits, task: session * TASK_SHARE };
}

export function hasLimits(limits: BudgetLimits): boolean {
	return BUDGET_SCOPES.some(scope => limits[scope] !== undefined);
}
