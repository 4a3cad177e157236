import type { BudgetShortfall, RequestPurpose } from '../model.ts';
import type { LedgerRecord, ReservedRecord, SettledRecord, TokenCounts } from './ledgerRecords.ts';
import { toDollars, toParts } from './money.ts';

/** How far a request is, as the ledger knows it. */
export type LedgerEntryState =
	/** Asked, or about to be: it counts with all that was reserved. */
	| 'open'
	/** Its cost is known, or known to stay unknown. */
	| 'settled'
	/** It cost nothing. */
	| 'released'
	/** A budget did not cover it: it was not made. */
	| 'refused';

/** One request. Amounts in US dollars. */
export interface LedgerEntry {
	readonly id: string;
	readonly state: LedgerEntryState;
	/** Milliseconds since 1970. */
	readonly at: number;
	/** `2026-11-21`. */
	readonly day: string;
	readonly owner: string;
	readonly sessionId: string;
	/** The session whose budget it counts against: another one's, for an agent that works for that. */
	readonly account: string;
	readonly purpose: RequestPurpose;
	/** Who was asked. */
	readonly model: string;
	/** Who answered, as the service names it. */
	readonly servedModel?: string;
	readonly provider?: string;
	/** What it holds, or held, until its cost is known: the wish, or less where that fitted a budget. */
	readonly reserved: number;
	readonly generationId?: string;
	/** Absent: unknown, which is not 0. */
	readonly cost?: number;
	/** The cost is ours, from tokens and list prices. */
	readonly isEstimated: boolean;
	readonly usage?: TokenCounts;
	/** With state `refused`: the budget that leaves the least. */
	readonly shortfall?: BudgetShortfall;
}

/** Spending in US dollars. */
export interface SpendTotals {
	readonly known: number;
	/** Answered requests whose cost nobody knows. They are in none of the sums, but count against a budget. */
	readonly unknownRequests: number;
	/** Held for requests under way. */
	readonly reserved: number;
}

export type SpendScope =
	/** A session, with the agents that work for it. */
	| 'session'
	/** One such agent, by its own session. */
	| 'task'
	| 'day'
	| 'month'
	| 'model'
	| 'purpose'
	/** What one day went on for one purpose: see `purposeOfDay`. */
	| 'purposeOfDay';

/** The narrowest first: of two budgets that leave equally little, it is the one that is told. */
const JUDGED_SCOPES = [
	'request',
	'task',
	'session',
	'day',
	'month',
] as const satisfies readonly BudgetShortfall['scope'][];

/** In whole 1e-12 dollars. */
interface Sum {
	known: number;
	unknownRequests: number;
	/** What was reserved for those: their cost as far as budgets go. */
	unknownAmount: number;
	reserved: number;
}

/** An entry, and the sums it is part of. */
interface Tracked {
	entry: LedgerEntry;
	readonly sums: readonly Sum[];
}

const nothing: Readonly<Sum> = { known: 0, unknownRequests: 0, unknownAmount: 0, reserved: 0 };

/**
 * The ledger as its records make it, one after the other, each in the same short time however many there are. Readers
 * that were given the same records in the same order agree on everything, the verdict on each reservation included.
 */
export class LedgerState {
	readonly #tracked = new Map<string, Tracked>();
	readonly #idOfGeneration = new Map<string, string>();
	readonly #sums: Readonly<Record<SpendScope, Map<string, Sum>>> = {
		session: new Map(),
		task: new Map(),
		day: new Map(),
		month: new Map(),
		model: new Map(),
		purpose: new Map(),
		purposeOfDay: new Map(),
	};

	/** Takes the next record. One that comes again changes nothing. */
	apply(record: LedgerRecord): void {
		const tracked = this.#tracked.get(record.id);
		if (record.type === 'reserved') {
			if (tracked === undefined) {
				const entry = this.#judge(record);
				const sums = this.#sumsOf(entry);
				count(entry, sums, 1);
				this.#tracked.set(record.id, { entry, sums });
			}
			return;
		}
		if (tracked === undefined) {
			// Of a month that is not read any more.
			return;
		}
		const { entry } = tracked;
		switch (record.type) {
			case 'answering':
				this.#idOfGeneration.set(record.generationId, entry.id);
				return replace(tracked, { ...entry, generationId: record.generationId });
			case 'settled':
				return replace(tracked, settle(entry, record));
			case 'released':
				return entry.state === 'open' ? replace(tracked, { ...entry, state: 'released' }) : undefined;
			default:
				record satisfies never;
		}
	}

	/** What was spent in a session or a task, on a day (`2026-11-21`), in a month (`2026-11`), with a model or for a purpose. */
	totals(scope: SpendScope, key: string): SpendTotals {
		const { known, unknownRequests, reserved } = this.#sums[scope].get(key) ?? nothing;
		return { known: toDollars(known), unknownRequests, reserved: toDollars(reserved) };
	}

	/** What there are totals of. */
	keys(scope: SpendScope): Iterable<string> {
		return this.#sums[scope].keys();
	}

	entry(id: string): LedgerEntry | undefined {
		return this.#tracked.get(id)?.entry;
	}

	/** The request whose answer has this id. */
	entryOf(generationId: string): LedgerEntry | undefined {
		const id = this.#idOfGeneration.get(generationId);
		return id === undefined ? undefined : this.entry(id);
	}

	/** In the order in which they were reserved. */
	*entries(): Generator<LedgerEntry> {
		for (const { entry } of this.#tracked.values()) {
			yield entry;
		}
	}

	/** Whether the budgets cover a reservation, after all that stands before it. */
	#judge(record: ReservedRecord): LedgerEntry {
		const { id, at, day, owner, sessionId, account = sessionId, purpose, model } = record;
		const wish = toParts(record.amount);
		const tightest = this.#tightest(record);
		const held = Math.min(wish, tightest?.room ?? wish);
		const who = { owner, sessionId, account, purpose, model };
		const entry = { id, at, day, ...who, reserved: toDollars(held), isEstimated: false };
		if (tightest === undefined || held >= Math.min(wish, toParts(record.least ?? record.amount))) {
			return { ...entry, state: 'open' };
		}
		const { scope, limit, spent } = tightest;
		return { ...entry, state: 'refused', shortfall: { scope, limit, spent: toDollars(spent), needed: record.amount } };
	}

	/** Of the budgets the reservation must hold, the one that leaves the least. `spent` and `room` in 1e-12 dollars. */
	#tightest(record: ReservedRecord) {
		let tightest: { scope: BudgetShortfall['scope']; limit: number; spent: number; room: number } | undefined;
		for (const scope of JUDGED_SCOPES) {
			const limit = record.limits?.[scope];
			if (limit !== undefined) {
				const spent = this.#spent(scope, record);
				const room = Math.max(0, toParts(limit) - spent);
				tightest = tightest === undefined || room < tightest.room ? { scope, limit, spent, room } : tightest;
			}
		}
		return tightest;
	}

	#spent(scope: BudgetShortfall['scope'], { sessionId, account = sessionId, day }: ReservedRecord): number {
		if (scope === 'request') {
			return 0;
		}
		const key = { task: sessionId, session: account, day, month: monthOf(day) }[scope];
		const { known, unknownAmount, reserved } = this.#sums[scope].get(key) ?? nothing;
		return known + unknownAmount + reserved;
	}

	/** The sums an entry is part of. */
	#sumsOf({ sessionId, account, day, model, purpose }: LedgerEntry): readonly Sum[] {
		const sum = (scope: SpendScope, key: string) => {
			const there = this.#sums[scope].get(key);
			if (there !== undefined) {
				return there;
			}
			const created = { ...nothing };
			this.#sums[scope].set(key, created);
			return created;
		};
		return [
			sum('session', account),
			...(account === sessionId ? [] : [sum('task', sessionId)]),
			sum('day', day),
			sum('month', monthOf(day)),
			sum('model', model),
			sum('purpose', purpose),
			sum('purposeOfDay', purposeOfDay(purpose, day)),
		];
	}
}

/** The day of the user's clock, `2026-11-21`. */
export function dayOf(at: number): string {
	const date = new Date(at);
	const two = (number: number) => `${number}`.padStart(2, '0');
	return `${`${date.getFullYear()}`.padStart(4, '0')}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The key of the totals of a purpose on a day. */
export function purposeOfDay(purpose: RequestPurpose, day: string): string {
	return `${day} ${purpose}`;
}

/** `2026-11` of `2026-11-21`. */
export function monthOf(day: string): string {
	return day.slice(0, 7);
}

function replace(tracked: Tracked, entry: LedgerEntry): void {
	count(tracked.entry, tracked.sums, -1);
	count(entry, tracked.sums, 1);
	tracked.entry = entry;
}

function count(entry: LedgerEntry, sums: readonly Sum[], sign: 1 | -1): void {
	if (entry.state !== 'open' && entry.state !== 'settled') {
		return;
	}
	const parts = sign * toParts(entry.state === 'open' ? entry.reserved : (entry.cost ?? entry.reserved));
	for (const sum of sums) {
		if (entry.state === 'open') {
			sum.reserved += parts;
		} else if (entry.cost !== undefined) {
			sum.known += parts;
		} else {
			sum.unknownRequests += sign;
			sum.unknownAmount += parts;
		}
	}
}

/** Takes over what is better known than before. */
function settle(entry: LedgerEntry, record: SettledRecord): LedgerEntry {
	const isEstimated = record.estimated === true;
	if (entry.state === 'settled' && certainty(entry.cost, entry.isEstimated) >= certainty(record.cost, isEstimated)) {
		return entry;
	}
	const { cost, usage, provider, model } = record;
	return {
		...entry,
		state: 'settled',
		isEstimated,
		...(cost !== undefined && { cost }),
		...(usage && { usage }),
		...(provider !== undefined && { provider }),
		...(model !== undefined && { servedModel: model }),
	};
}

/** A bill is better than an estimate, that is better than nothing. */
function certainty(cost: number | undefined, isEstimated: boolean): number {
	if (cost === undefined) {
		return 0;
	}
	return isEstimated ? 1 : 2;
}
