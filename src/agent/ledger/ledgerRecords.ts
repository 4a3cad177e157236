/** The lines of the ledger of costs: what every window and every process of the user writes into one common order. */
import type { RequestPurpose, Usage } from '../model.ts';
import type { RequestLimits } from './spendBudget.ts';

/** Before a request goes out: what it may cost at most. Counts as spent until it is settled or released. */
export interface ReservedRecord {
	readonly type: 'reserved';
	readonly id: string;
	/** Milliseconds since 1970. */
	readonly at: number;
	/** `2026-11-21`, by the clock of the one who spends: so all readers count it to the same day and month. */
	readonly day: string;
	/** The window or process that asks. */
	readonly owner: string;
	readonly sessionId: string;
	/** The session whose budget it counts against; `sessionId` when absent. */
	readonly account?: string;
	readonly purpose: RequestPurpose;
	readonly model: string;
	/** US dollars, worst case. */
	readonly amount: number;
	/** With less than this the request is not worth making; `amount` when absent. Between the two, it gets what is left. */
	readonly least?: number;
	/** Budgets it must hold. Recorded, so that each reader comes to the same verdict without asking. */
	readonly limits?: RequestLimits;
}

/** An answer began; under this id its bill is found, also after a crash. */
export interface AnsweringRecord {
	readonly type: 'answering';
	readonly id: string;
	readonly generationId: string;
}

export type TokenCounts = Omit<Usage, 'cost'>;

/** What it did cost. */
export interface SettledRecord {
	readonly type: 'settled';
	readonly id: string;
	/** US dollars. Absent: unknown, which is not 0. */
	readonly cost?: number;
	readonly usage?: TokenCounts;
	readonly provider?: string;
	/** Who answered, as the service names it. */
	readonly model?: string;
	/** The cost is ours, from tokens and list prices; a bill that comes later replaces it. */
	readonly estimated?: true;
}

/** Nothing was asked, or nothing was answered: it cost nothing. */
export interface ReleasedRecord {
	readonly type: 'released';
	readonly id: string;
}

export type LedgerRecord = ReservedRecord | AnsweringRecord | SettledRecord | ReleasedRecord;

/** @returns undefined for a line that is no record, or one of a newer version. */
export function parseLedgerLine(line: string): LedgerRecord | undefined {
	if (!line.startsWith('{')) {
		return undefined;
	}
	let value: unknown;
	try {
		value = JSON.parse(line);
	} catch {
		return undefined;
	}
	return isLedgerRecord(value) ? value : undefined;
}

/** Checks what sums and order depend on; the rest was written by us. One bad number would spoil every sum. */
function isLedgerRecord(value: unknown): value is LedgerRecord {
	if (typeof value !== 'object' || value === null || !('type' in value) || !('id' in value)) {
		return false;
	}
	const fields: Readonly<Record<string, unknown>> = { ...value };
	if (!isName(fields['id'])) {
		return false;
	}
	switch (fields['type']) {
		case 'reserved':
			return (
				typeof fields['at'] === 'number' &&
				['owner', 'sessionId', 'purpose', 'model'].every(name => typeof fields[name] === 'string') &&
				typeof fields['day'] === 'string' &&
				/^\d{4}-\d{2}-\d{2}$/.test(fields['day']) &&
				isNameOrAbsent(fields['account']) &&
				isAmount(fields['amount']) &&
				isAmountOrAbsent(fields['least']) &&
				areLimits(fields['limits'])
			);
		case 'answering':
			return isName(fields['generationId']);
		case 'settled':
			return isAmountOrAbsent(fields['cost']);
		case 'released':
			return true;
		default:
			return false;
	}
}

function areLimits(value: unknown): boolean {
	return (
		value === undefined || (typeof value === 'object' && value !== null && Object.values(value).every(isAmountOrAbsent))
	);
}

function isName(value: unknown): boolean {
	return typeof value === 'string' && value !== '';
}

function isNameOrAbsent(value: unknown): boolean {
	return value === undefined || isName(value);
}

function isAmountOrAbsent(value: unknown): boolean {
	return value === undefined || isAmount(value);
}

function isAmount(value: unknown): boolean {
	return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
