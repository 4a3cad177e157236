import { ModelError } from '../../agent/model.ts';
import type { KeyInfo } from '../../openrouter/account/keyInfo.ts';

/** What the service said, and when: milliseconds since 1970. */
export interface KnownAccount {
	readonly info: KeyInfo;
	readonly at: number;
}

/** What is known of the account behind the stored key. */
export type AccountReading =
	| { readonly type: 'noKey' }
	| ({ readonly type: 'known' } & KnownAccount)
	/** It could not be asked. `last` is of the same key. */
	| { readonly type: 'failed'; readonly error: ModelError; readonly last?: KnownAccount };

export interface AccountStateOptions {
	getKey(): Promise<string | undefined>;
	/** @throws ModelError when the service refuses the key or cannot be asked. */
	readInfo(key: string): Promise<KeyInfo>;
	/** Milliseconds since 1970. */
	now(): number;
}

/** The account as far as it was asked for. Nothing is asked by itself, and what belongs to an earlier key is forgotten. */
export class AccountState {
	readonly #options: AccountStateOptions;
	readonly #listeners = new Set<() => void>();
	#reading: AccountReading | undefined;
	#readAt = Number.NEGATIVE_INFINITY;
	#asking: Promise<AccountReading> | undefined;

	constructor(options: AccountStateOptions) {
		this.#options = options;
	}

	/** Undefined until it was asked for. */
	get reading(): AccountReading | undefined {
		return this.#reading;
	}

	/** The newest numbers, maybe old ones; undefined when nobody knows any of this key. */
	get known(): KnownAccount | undefined {
		return knownOf(this.#reading);
	}

	onDidChange(listener: () => void): { dispose(): void } {
		this.#listeners.add(listener);
		return { dispose: () => this.#listeners.delete(listener) };
	}

	/**
	 * Asks, unless that was done within `maxAgeMs` or is being done.
	 * @throws Error when the key store cannot be read.
	 */
	refresh(maxAgeMs = 0): Promise<AccountReading> {
		if (this.#asking !== undefined) {
			return this.#asking;
		}
		// An age below 0 is a clock that was set back.
		const age = this.#options.now() - this.#readAt;
		if (this.#reading !== undefined && age >= 0 && age < maxAgeMs) {
			return Promise.resolve(this.#reading);
		}
		const asking: Promise<AccountReading> = this.#ask().then(
			reading => this.#settle(asking, reading),
			(error: unknown) => {
				this.#asking = this.#asking === asking ? undefined : this.#asking;
				throw error;
			},
		);
		this.#asking = asking;
		return asking;
	}

	/** Drops everything, for the key or the service is another one now. */
	forget(): void {
		this.#asking = undefined;
		this.#show(undefined);
	}

	async #ask(): Promise<AccountReading> {
		const key = await this.#options.getKey();
		if (key === undefined) {
			return { type: 'noKey' };
		}
		const last = this.known;
		try {
			return { type: 'known', info: await this.#options.readInfo(key), at: this.#options.now() };
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			return { type: 'failed', error, ...(last && { last }) };
		}
	}

	/** An answer that was asked for an earlier key is told to who asked, and not kept. */
	#settle(asking: Promise<AccountReading>, reading: AccountReading): AccountReading {
		if (this.#asking === asking) {
			this.#asking = undefined;
			this.#show(reading);
		}
		return reading;
	}

	#show(reading: AccountReading | undefined): void {
		this.#reading = reading;
		this.#readAt = reading === undefined ? Number.NEGATIVE_INFINITY : this.#options.now();
		for (const listener of this.#listeners) {
			listener();
		}
	}
}

function knownOf(reading: AccountReading | undefined): KnownAccount | undefined {
	switch (reading?.type) {
		case 'known':
			return { info: reading.info, at: reading.at };
		case 'failed':
			return reading.last;
		default:
			return undefined;
	}
}
