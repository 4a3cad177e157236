/** Budgets as the user reads and writes them. Pure, so that every form of an amount is tested without an editor. */
import type { BudgetScope } from '../../agent/model.ts';

const LARGEST = 1_000_000;

/**
 * Reads an amount of US dollars: "5", "$2.50", "0,75". Empty means no budget.
 * @returns undefined when it is no amount above zero.
 */
export function parseDollars(text: string): number | 'none' | undefined {
	const plain = text.trim().replace(/^\$\s*|\s*(\$|usd)$/gi, '');
	if (plain === '') {
		return 'none';
	}
	if (!/^\d{1,7}([.,]\d{1,6})?$|^[.,]\d{1,6}$/.test(plain)) {
		return undefined;
	}
	const amount = Number(plain.replace(',', '.'));
	return amount > 0 && amount <= LARGEST ? amount : undefined;
}

/** Reads what the button of a budget's card asks for, `scope:dollars`. It comes from the page, so it may be anything. */
export function parseRaise(argument: string): { readonly scope: BudgetScope; readonly limit: number } | undefined {
	const [, scope, amount = ''] = /^(request|session|day|month):(.+)$/.exec(argument) ?? [];
	const limit = parseDollars(amount);
	// The expression lets no other words through.
	return scope === undefined || typeof limit !== 'number' ? undefined : { scope: scope as BudgetScope, limit };
}

/** A stored setting with one budget set anew, or taken away. What else is in it stays, though it may be wrong. */
export function withBudget(stored: unknown, scope: BudgetScope, limit: number | 'none'): Record<string, unknown> {
	const budgets = typeof stored === 'object' && stored !== null && !Array.isArray(stored) ? stored : {};
	const { [scope]: _, ...others }: Record<string, unknown> = { ...budgets };
	return limit === 'none' ? others : { ...others, [scope]: limit };
}
