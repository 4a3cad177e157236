/** What the status bar says, from what is known. Pure text, so that every case of it is tested without an editor. */

import type { BudgetLimits } from '../../agent/ledger/spendBudget.ts';
import type { BudgetScope } from '../../agent/model.ts';
import type { Cost } from '../../agent/session/sessionState.ts';
import { accountFault } from '../account/accountFault.ts';
import { formatDollars, isLow } from '../account/accountRows.ts';
import type { AccountReading, KnownAccount } from '../account/accountState.ts';
import { ageText } from '../account/age.ts';
import { formatCost } from '../format.ts';
import type { Translate } from '../translate.ts';

export interface StatusFacts {
	readonly model: { readonly name: string; readonly isBuiltIn: boolean };
	/** Who answered last in the session on screen. */
	readonly provider?: string;
	/** Of the session on screen; absent before its first message. */
	readonly session?: Cost;
	/** Over all windows; absent until the ledger was read. */
	readonly day?: Cost;
	readonly month?: Cost;
	/** Those of the session that is on screen. */
	readonly budgets: BudgetLimits;
	/** Absent until it was asked for. */
	readonly account?: AccountReading;
	/** Milliseconds since 1970. */
	readonly now: number;
}

/** What can still be spent before something stops the work. */
interface Remaining {
	/** US dollars. */
	readonly amount: number;
	/** Some of what was spent is unknown, so it may be less. */
	readonly isAtMost: boolean;
	readonly isLow: boolean;
}

/** Of a budget less than this share is little. */
const LOW_SHARE = 0.1;
const COUNTED_SCOPES = ['session', 'day', 'month'] as const satisfies readonly BudgetScope[];

/** The item's text: model, cost of the session, what remains. */
export function statusText(facts: StatusFacts, t: Translate): string {
	const remaining = remainingOf(facts);
	const parts = [
		plainName(facts.model.name),
		...(facts.model.isBuiltIn && isNothing(facts.session) ? [] : [costText(facts.session, t)]),
		...(remaining && !facts.model.isBuiltIn ? [remainingText(remaining, t)] : []),
	];
	return `$(comment-discussion) ${parts.join(' · ')}`;
}

/** Little is left, or nothing: the item says so by its colour. */
export function isRunningOut(facts: StatusFacts): boolean {
	return !facts.model.isBuiltIn && (remainingOf(facts)?.isLow ?? false);
}

/** The item's hover: a table in Markdown, in which nothing of others is markup. */
export function statusTooltip(facts: StatusFacts, t: Translate): string {
	const { model, provider, session, day, month, budgets, account } = facts;
	const rows: [string, string][] = [
		[t('Model'), model.isBuiltIn ? t('{0} (no cost)', model.name) : model.name],
		...(provider ? [[t('Answered by'), provider] satisfies [string, string]] : []),
		[t('This session'), spentText(session, budgets.session, t)],
		[t('Today'), spentText(day, budgets.day, t)],
		[t('This month'), spentText(month, budgets.month, t)],
		...(budgets.request
			? [[t('One request'), t('at most {0}', formatDollars(budgets.request))] satisfies [string, string]]
			: []),
		[t('Account'), accountText(account, facts.now, t)],
	];
	const lines = rows.map(([label, text]) => `| ${cell(label)} | ${cell(text)} |`);
	return ['|  |  |', '| :-- | :-- |', ...lines].join('\n');
}

/** "$0.031", "≥ $0.031" with a part that nobody told. */
function costText(cost: Cost | undefined, t: Translate): string {
	if (cost === undefined || isNothing(cost)) {
		return formatDollars(0);
	}
	if (cost.unknownRequests === 0) {
		return formatCost(cost.known);
	}
	return cost.known === 0 ? t('cost unknown') : `≥ ${formatCost(cost.known)}`;
}

function spentText(cost: Cost | undefined, budget: number | undefined, t: Translate): string {
	const spent =
		cost === undefined
			? t('unknown')
			: cost.unknownRequests === 0
				? costText(cost, t)
				: t('{0} + {1} unknown', formatCost(cost.known), cost.unknownRequests);
	return budget === undefined ? spent : t('{0} of {1}', spent, formatDollars(budget));
}

function accountText(account: AccountReading | undefined, now: number, t: Translate): string {
	switch (account?.type) {
		case undefined:
			return t('not asked yet');
		case 'noKey':
			return t('no key');
		case 'known':
			return knownText(account, now, t);
		case 'failed': {
			const { text } = accountFault(account.error, t);
			return account.last === undefined ? text : `${knownText(account.last, now, t)}. ${text}`;
		}
	}
}

function knownText({ info, at }: KnownAccount, now: number, t: Translate): string {
	const text =
		info.limitRemaining === undefined ? t('no limit of its own') : t('{0} left', formatDollars(info.limitRemaining));
	return `${text} (${ageText(now - at, t)})`;
}

/** The smallest of what the account and the budgets leave; undefined when nothing is known to limit it. */
function remainingOf(facts: StatusFacts): Remaining | undefined {
	const all = [ofAccount(facts.account), ...COUNTED_SCOPES.map(scope => ofBudget(facts.budgets[scope], facts[scope]))];
	return all
		.filter(remaining => remaining !== undefined)
		.reduce<Remaining | undefined>((least, next) => (least && least.amount <= next.amount ? least : next), undefined);
}

function ofAccount(account: AccountReading | undefined): Remaining | undefined {
	const info = account?.type === 'known' ? account.info : account?.type === 'failed' ? account.last?.info : undefined;
	return info?.limitRemaining === undefined
		? undefined
		: { amount: info.limitRemaining, isAtMost: false, isLow: isLow(info) };
}

function ofBudget(limit: number | undefined, spent: Cost = { known: 0, unknownRequests: 0 }): Remaining | undefined {
	if (limit === undefined) {
		return undefined;
	}
	const amount = limit - spent.known;
	return { amount, isAtMost: spent.unknownRequests > 0, isLow: amount <= LOW_SHARE * limit };
}

function remainingText({ amount, isAtMost }: Remaining, t: Translate): string {
	const text = t('{0} left', formatDollars(amount));
	return isAtMost ? `≤ ${text}` : text;
}

function isNothing(cost: Cost | undefined): boolean {
	return cost === undefined || (cost.known === 0 && cost.unknownRequests === 0);
}

/** Names come from the service: without what the status bar would draw as an icon. */
function plainName(name: string): string {
	return name.replaceAll('$(', '(');
}

/** Markdown's signs as plain characters, on one line. */
function cell(text: string): string {
	return text.replace(/\s+/g, ' ').replace(/[\\`*_{}[\]()#+\-.!|<>~$&]/g, '\\$&');
}
