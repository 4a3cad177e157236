import { createHash } from 'node:crypto';
import type { Charge } from './billing.ts';
import { dollarsOf } from './prices.ts';

const DAY_MS = 86_400_000;

export interface KeyOptions {
	readonly label?: string;
	/** US dollars that may be spent with this key. */
	readonly limit?: number;
}

interface Key extends KeyOptions {
	spent: bigint;
	byokSpent: bigint;
}

/** The account that is billed: its credit, its keys, and today's free requests. */
export class Account {
	/** US dollars bought so far. May be changed at any time. */
	credit: number;
	readonly #now: () => number;
	readonly #freeDailyLimit: number;
	readonly #keys = new Map<string, Key>();
	/** Free requests by UTC day. */
	readonly #freeRequests = new Map<number, number>();
	#spent = 0n;
	#made = 0;

	/** @param now milliseconds since 1970. */
	constructor(credit: number, freeDailyLimit: number, now: () => number) {
		this.credit = credit;
		this.#freeDailyLimit = freeDailyLimit;
		this.#now = now;
	}

	get remaining(): number {
		return this.credit - dollarsOf(this.#spent);
	}

	/** A new key each time, the same ones in each run. */
	newKey(options: KeyOptions = {}): string {
		this.#made++;
		const key = `sk-or-v1-${createHash('sha256').update(`key ${this.#made}`).digest('hex')}`;
		this.addKey(key, options);
		return key;
	}

	addKey(key: string, options: KeyOptions = {}): void {
		this.#keys.set(key, { ...options, spent: 0n, byokSpent: 0n });
	}

	/** From now on the key is unknown. */
	revoke(key: string): void {
		this.#keys.delete(key);
	}

	has(key: string): boolean {
		return this.#keys.has(key);
	}

	isKeyLimitReached(key: string): boolean {
		const { limit, spent = 0n } = this.#keys.get(key) ?? {};
		return limit !== undefined && dollarsOf(spent) >= limit;
	}

	/** @returns false when today's free requests are used up; counts one otherwise. */
	takeFreeRequest(): boolean {
		if (this.#freeUsed >= this.#freeDailyLimit) {
			return false;
		}
		this.#freeRequests.set(this.#day, this.#freeUsed + 1);
		return true;
	}

	pay(key: string, { account, upstream }: Charge): void {
		this.#spent += account;
		const paying = this.#keys.get(key);
		if (paying !== undefined) {
			paying.spent += account;
			paying.byokSpent += upstream;
		}
	}

	/**
	 * What `/key` says of a key.
	 * @param recorded an answer of the service, for all that is not counted here.
	 */
	describe(key: string, recorded: Readonly<Record<string, unknown>>): object {
		const { label, limit, spent = 0n, byokSpent = 0n } = this.#keys.get(key) ?? {};
		const usage = dollarsOf(spent);
		const byok = dollarsOf(byokSpent);
		const used = this.#freeUsed;
		return {
			...recorded,
			label: label ?? `${key.slice(0, 12)}...${key.slice(-3)}`,
			limit: limit ?? null,
			limit_remaining: limit === undefined ? null : limit - usage,
			limit_reset: null,
			usage,
			usage_daily: usage,
			usage_weekly: usage,
			usage_monthly: usage,
			byok_usage: byok,
			byok_usage_daily: byok,
			byok_usage_weekly: byok,
			byok_usage_monthly: byok,
			free_model_daily_requests: {
				used,
				limit: this.#freeDailyLimit,
				remaining: this.#freeDailyLimit - used,
			},
		};
	}

	get #day(): number {
		return Math.floor(this.#now() / DAY_MS);
	}

	get #freeUsed(): number {
		return this.#freeRequests.get(this.#day) ?? 0;
	}
}
