import * as z from 'zod';

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
