import type { Clock } from '../clock.ts';
import { type BudgetShortfall, type ModelClient, ModelError, type RequestPurpose, type Usage } from '../model.ts';
import type { ModelPrice } from '../modelFacts.ts';
import type { LedgerRecord, ReservedRecord, SettledRecord } from './ledgerRecords.ts';
import { dayOf, type LedgerEntry, LedgerState, monthOf, purposeOfDay, type SpendTotals } from './ledgerState.ts';
import { toDollars, toParts } from './money.ts';
import { listCost } from './requestPrice.ts';
import { hasLimits, type RequestLimits } from './spendBudget.ts';

/** Where the records are kept, in one order that all windows and processes of the user see. */
export interface LedgerStore {
	/**
	 * Appends, and reads what is new to this reader: at first what is there of this month and the one before, its own
	 * records included. What stands before an own record stands there for every reader, for good. The caller asks for
	 * one exchange after the other.
	 * @throws Error when the records cannot be kept. Then some may be there nevertheless.
	 */
	exchange(records: readonly LedgerRecord[]): Promise<readonly LedgerRecord[]>;
	/** Lines passed over so far, because they are torn or of another version. */
	readonly damagedLines: number;
}

/** The ledger's place on a platform, and who of those that share it is still there. */
export interface LedgerHome {
	readonly store: LedgerStore;
	/** Names this window or process among those that share the store. */
	readonly owner: string;
	/** @param since when it was seen at work, milliseconds since 1970. */
	isOwnerAlive(owner: string, since: number): boolean;
}

export interface SpendLedgerOptions extends LedgerHome {
	readonly clock: Clock;
	/** A new id, unique for good. */
	readonly newId: () => string;
	/** List price of a model, to estimate a cost that the service does not tell. */
	readonly priceOf: (model: string) => ModelPrice | undefined;
	/** Told when records cannot be kept: once, and again after it had worked meanwhile. Must not throw. */
	readonly onFailure: (error: unknown) => void;
}

/** What a request may cost. */
export interface SpendNeed {
	readonly sessionId: string;
	/** The session whose budget it counts against; `sessionId` when absent. */
	readonly account?: string;
	readonly purpose: RequestPurpose;
	readonly model: string;
	/** US dollars, worst case. */
	readonly amount: number;
	/** With less than this the request is not worth making; `amount` when absent. */
	readonly least?: number;
}

/** Who answered, as the service names them. */
export interface AnsweredBy {
	readonly model?: string;
	readonly provider?: string;
}

/** Money set aside for one request. It stays so until it is settled or released. */
export interface Reservation {
	/** US dollars; less than was needed, but not less than `least`, where a budget leaves no more. */
	readonly amount: number;
	/** The answer began: under this id its bill can be found, by anyone. */
	answering(generationId: string): Promise<void>;
	/** @param usage undefined when something was answered and nobody knows the bill. */
	settle(usage: Usage | undefined, by?: AnsweredBy): Promise<void>;
	release(): Promise<void>;
	/** Nothing more comes from the one who reserved: what is open is left to `settleBill` and `settleOrphans`. */
	leave(): void;
}

/**
 * What was spent today, this month, and in one session with the agents that work for it: in that too, what is older than
 * the month before is not counted.
 */
export interface SpendOverview {
	readonly session: SpendTotals;
	readonly day: SpendTotals;
	readonly month: SpendTotals;
}

/**
 * What all requests cost, and the budgets they must hold. A reservation is written first and judged then, by all that
 * stands before it in the order that every window sees: so no two of them can pass a budget together.
 */
export class SpendLedger {
	readonly #options: SpendLedgerOptions;
	readonly #state = new LedgerState();
	readonly #listeners = new Set<() => void>();
	/** Reservations whose requests are under way here. */
	readonly #running = new Set<string>();
	/** What the store did not take. It goes with the next exchange. */
	#unwritten: LedgerRecord[] = [];
	#exchanges: Promise<void> = Promise.resolve();
	#isFailing = false;

	constructor(options: SpendLedgerOptions) {
		this.#options = options;
	}

	/**
	 * Sets money aside before a request. Without limits it always succeeds.
	 * @throws ModelError of kind `budget` when a limit does not cover the need, or cannot be kept.
	 */
	async reserve(need: SpendNeed, limits: RequestLimits): Promise<Reservation> {
		const id = this.#options.newId();
		const at = this.#options.clock.now();
		const record: ReservedRecord = {
			type: 'reserved',
			id,
			at,
			day: dayOf(at),
			owner: this.#options.owner,
			...need,
			...(hasLimits(limits) && { limits }),
		};
		// Before it is written: `settleOrphans` must not take it for one.
		this.#running.add(id);
		if (!hasLimits(limits)) {
			// Nothing is decided by it, so the request does not wait until it is written.
			void this.#keep(record);
			return this.#reservation(record, record.amount);
		}
		try {
			await this.#write(record);
			const entry = this.#state.entry(id);
			if (entry === undefined) {
				throw new Error('The ledger did not give back what was written to it.');
			}
			if (entry.shortfall !== undefined) {
				throw new ModelError('budget', tooDear(entry.shortfall), { budget: entry.shortfall });
			}
			return this.#reservation(record, entry.reserved);
		} catch (error) {
			this.#running.delete(id);
			throw error;
		}
	}

	/** As far as it is known here; `refresh` brings what other windows spent meanwhile. */
	totals(sessionId = ''): SpendOverview {
		const day = dayOf(this.#options.clock.now());
		return {
			session: this.#state.totals('session', sessionId),
			day: this.#state.totals('day', day),
			month: this.#state.totals('month', monthOf(day)),
		};
	}

	/** What today went on for one purpose, in all windows, as far as it is known here. */
	today(purpose: RequestPurpose): SpendTotals {
		return this.#state.totals('purposeOfDay', purposeOfDay(purpose, dayOf(this.#options.clock.now())));
	}

	/** The requests of this month and the one before, in their order; those that a budget refused are among them. */
	entries(): Iterable<LedgerEntry> {
		return this.#state.entries();
	}

	/**
	 * Reads what others wrote.
	 * @throws Error when the store cannot be read.
	 */
	async refresh(): Promise<void> {
		await this.#exchange([]);
	}

	/** Resolves when all that was booked so far is with the store, or was refused by it. */
	async whenWritten(): Promise<void> {
		await this.#exchanges;
	}

	/**
	 * Calls back when totals may have changed. The listener must not throw.
	 * @returns a function that ends it.
	 */
	onDidChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => void this.#listeners.delete(listener);
	}

	/** Books the bill of an answer that ended without one; undefined when there is none, and the cost stays unknown. */
	async settleBill(generationId: string, usage: Usage | undefined): Promise<void> {
		const entry = this.#state.entryOf(generationId);
		if (entry !== undefined) {
			await this.#keep(this.#settled(entry, usage));
		}
	}

	/**
	 * Closes what crashed or stopped requests left open: asks for the bills, and releases what was never answered. What
	 * cannot be asked for now stays open, and counts as spent.
	 * @param client metered or not.
	 * @throws ModelError that the first bill met which could not be asked for. Error when the store cannot be read.
	 */
	async settleOrphans(client: Pick<ModelClient, 'bill'>, signal: AbortSignal): Promise<void> {
		await this.refresh();
		const failures: unknown[] = [];
		for (const entry of [...this.#state.entries()].filter(entry => this.#isOrphan(entry))) {
			const { id, generationId } = entry;
			if (generationId === undefined) {
				await this.#keep({ type: 'released', id });
			} else if (client.bill !== undefined) {
				try {
					await this.#keep(this.#settled(entry, await client.bill(generationId, signal)));
				} catch (error) {
					signal.throwIfAborted();
					failures.push(error);
				}
			}
		}
		if (failures.length > 0) {
			throw failures[0];
		}
	}

	#isOrphan({ id, state, owner, at }: LedgerEntry): boolean {
		const isOver = owner === this.#options.owner ? !this.#running.has(id) : !this.#options.isOwnerAlive(owner, at);
		return state === 'open' && isOver;
	}

	#reservation(reserved: ReservedRecord, amount: number): Reservation {
		const { id } = reserved;
		const close = async (record: LedgerRecord) => {
			await this.#keep(record);
			this.#running.delete(id);
		};
		return {
			amount,
			answering: generationId => this.#keep({ type: 'answering', id, generationId }),
			settle: (usage, by) => close(this.#settled(reserved, usage, by)),
			release: () => close({ type: 'released', id }),
			leave: () => void this.#running.delete(id),
		};
	}

	#settled(
		{ id, model, at }: Pick<ReservedRecord, 'id' | 'model' | 'at'>,
		usage: Usage | undefined,
		by: AnsweredBy = {},
	): SettledRecord {
		if (usage === undefined) {
			return { type: 'settled', id, ...by };
		}
		const { cost, ...tokens } = usage;
		const price = this.#options.priceOf(model);
		const estimate = price && toDollars(toParts(listCost(tokens, price, at)));
		return {
			type: 'settled',
			id,
			...(cost !== undefined ? { cost } : estimate !== undefined && { cost: estimate, estimated: true }),
			usage: tokens,
			...by,
		};
	}

	/**
	 * Writes a reservation. Where the store refuses, it is kept here alone, unless it has a budget that others share.
	 * @throws ModelError of kind `budget` for that.
	 */
	async #write(record: ReservedRecord): Promise<void> {
		const { session, day, month } = record.limits ?? {};
		if (session === undefined && day === undefined && month === undefined) {
			await this.#keep(record);
			return;
		}
		try {
			await this.#exchange([record]);
		} catch (error) {
			// It may have been written in spite of the failure.
			this.#unwritten.push({ type: 'released', id: record.id });
			const reason = error instanceof Error ? error.message : String(error);
			throw new ModelError(
				'budget',
				`Costs cannot be recorded, so no budget can be kept: ${reason}`,
				{},
				{ cause: error },
			);
		}
	}

	/** Writes a record. While the store does not take it, it counts here alone and waits for the next exchange. */
	async #keep(record: LedgerRecord): Promise<void> {
		try {
			await this.#exchange([record]);
		} catch (error) {
			this.#unwritten.push(record);
			this.#apply([record]);
			if (!this.#isFailing) {
				this.#isFailing = true;
				this.#options.onFailure(error);
			}
		}
	}

	#exchange(records: readonly LedgerRecord[]): Promise<void> {
		const exchange = this.#exchanges.then(async () => {
			const waiting = this.#unwritten.length;
			const news = await this.#options.store.exchange([...this.#unwritten, ...records]);
			this.#unwritten = this.#unwritten.slice(waiting);
			this.#isFailing = false;
			this.#apply(news);
		});
		// The failure is the caller's; the next exchange starts all the same.
		this.#exchanges = exchange.catch(() => undefined);
		return exchange;
	}

	#apply(records: readonly LedgerRecord[]): void {
		if (records.length === 0) {
			return;
		}
		for (const record of records) {
			this.#state.apply(record);
		}
		for (const listener of this.#listeners) {
			listener();
		}
	}
}

const SCOPES: Readonly<Record<BudgetShortfall['scope'], string>> = {
	request: 'one request',
	task: 'one task',
	session: 'this session',
	day: 'today',
	month: 'this month',
};

function tooDear({ scope }: BudgetShortfall): string {
	return `The budget of ${SCOPES[scope]} does not cover the request.`;
}
