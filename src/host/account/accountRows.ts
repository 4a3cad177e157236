import type { KeyInfo, KeyUsage } from '../../openrouter/account/keyInfo.ts';
import { formatCost } from '../format.ts';
import type { Translate } from '../translate.ts';

/** One fact of the account: what it is, and how it stands. */
export interface AccountRow {
	readonly kind: 'key' | 'limit' | 'remaining' | 'used' | 'ownKeys' | 'free' | 'expiry' | 'regions';
	readonly label: string;
	readonly text: string;
	/** It keeps requests from being made, or soon will. */
	readonly isLow: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Below this share of a limit the user should know. */
const LOW_SHARE = 0.1;
const SOON_DAYS = 7;

/**
 * What the account view shows of a key. What the service did not tell is left out or called so.
 * @param now milliseconds since 1970.
 */
export function accountRows(info: KeyInfo, now: number, t: Translate): AccountRow[] {
	return [
		keyRow(info, t),
		limitRow(info, t),
		remainingRow(info, t),
		row('used', t('Used'), usageText(info.usage, t) ?? t('not told')),
		...ownKeysRows(info, t),
		...freeRows(info, t),
		...expiryRows(info, now, t),
		...regionRows(info, t),
	];
}

/** "$14.50 of its limit left", "no spending limit". */
export function remainingText({ limit, limitRemaining }: KeyInfo, t: Translate): string {
	if (limitRemaining === undefined) {
		return limit === undefined ? t('no spending limit') : t('limit of {0}', formatDollars(limit));
	}
	return t('{0} of its limit left', formatDollars(limitRemaining));
}

/** Little is left of what the key may spend. */
export function isLow({ limit, limitRemaining }: KeyInfo): boolean {
	return limitRemaining !== undefined && limitRemaining <= LOW_SHARE * (limit ?? 0);
}

/** Cents, or what is below a cent; a debt is nothing left. */
export function formatDollars(amount: number): string {
	return amount > 0 && amount < 0.01 ? formatCost(amount) : `$${Math.max(0, amount).toFixed(2)}`;
}

function row(kind: AccountRow['kind'], label: string, text: string, isLow = false): AccountRow {
	return { kind, label, text, isLow };
}

function keyRow(info: KeyInfo, t: Translate): AccountRow {
	const name = info.label || t('without a name');
	if (info.isManagementKey) {
		return row('key', t('Key'), t('{0} · administers other keys, cannot ask models', name), true);
	}
	return row('key', t('Key'), info.isFreeTier ? t('{0} · no credits bought yet', name) : name);
}

function limitRow({ limit, limitReset, isByokLimited }: KeyInfo, t: Translate): AccountRow {
	if (limit === undefined) {
		return row('limit', t('Limit'), t("none of its own; the account's credit counts"));
	}
	const text = spanText(formatDollars(limit), limitReset, t);
	return row('limit', t('Limit'), isByokLimited ? t('{0}, use of your own provider keys included', text) : text);
}

function spanText(amount: string, reset: string | undefined, t: Translate): string {
	switch (reset) {
		case undefined:
			return amount;
		case 'daily':
			return t('{0} a day', amount);
		case 'weekly':
			return t('{0} a week', amount);
		case 'monthly':
			return t('{0} a month', amount);
		default:
			return `${amount} (${reset})`;
	}
}

function remainingRow(info: KeyInfo, t: Translate): AccountRow {
	const { limit, limitRemaining } = info;
	if (limitRemaining === undefined) {
		return row('remaining', t('Remaining'), t('not told for a key without a limit; the credits page has it'));
	}
	const share = limit ? Math.round((100 * Math.max(0, limitRemaining)) / limit) : undefined;
	const text = formatDollars(limitRemaining);
	return row('remaining', t('Remaining'), share === undefined ? text : t('{0}, {1} %', text, share), isLow(info));
}

/** "$0.42 today · $3.10 this week"; undefined when nothing of it was told. */
function usageText({ day, week, month, total }: KeyUsage, t: Translate): string | undefined {
	const parts = [
		day !== undefined && t('{0} today', formatDollars(day)),
		week !== undefined && t('{0} this week', formatDollars(week)),
		month !== undefined && t('{0} this month', formatDollars(month)),
		total !== undefined && t('{0} in all', formatDollars(total)),
	].filter(part => part !== false);
	return parts.length === 0 ? undefined : parts.join(' · ');
}

/** Most users have no provider keys of their own: then there is no row. */
function ownKeysRows({ byokUsage }: KeyInfo, t: Translate): AccountRow[] {
	const text = Object.values(byokUsage).some(amount => amount > 0) ? usageText(byokUsage, t) : undefined;
	return text === undefined ? [] : [row('ownKeys', t('Through your own provider keys'), text)];
}

function freeRows({ freeRequests }: KeyInfo, t: Translate): AccountRow[] {
	if (freeRequests === undefined) {
		return [];
	}
	const { remaining, limit } = freeRequests;
	const text = t('{0} of {1} requests left, new ones at midnight UTC', Math.max(0, remaining), limit);
	return [row('free', t('Free models today'), text, remaining <= LOW_SHARE * limit)];
}

function expiryRows({ expiresAt }: KeyInfo, now: number, t: Translate): AccountRow[] {
	if (expiresAt === undefined) {
		return [];
	}
	const date = new Date(expiresAt).toISOString().slice(0, 10);
	const days = Math.floor((expiresAt - now) / DAY_MS);
	const text =
		days < 0 ? t('{0}, it is past', date) : days === 0 ? t('{0}, today', date) : t('{0}, in {1} days', date, days);
	return [row('expiry', t('Expires'), text, days < SOON_DAYS)];
}

function regionRows({ dataRegions }: KeyInfo, t: Translate): AccountRow[] {
	const isAnywhere = dataRegions.length === 0 || dataRegions.includes('global');
	return isAnywhere ? [] : [row('regions', t('Data stays in'), dataRegions.join(', '))];
}
