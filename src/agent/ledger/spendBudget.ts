import * as z from 'zod';
import type { BudgetScope } from '../model.ts';

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

/** The narrowest first: of two budgets that leave equally little, it is the one that is told. */
export const BUDGET_SCOPES: readonly BudgetScope[] = ['request', 'session', 'day', 'month'];

export function hasLimits(limits: BudgetLimits): boolean {
	return BUDGET_SCOPES.some(scope => limits[scope] !== undefined);
}
