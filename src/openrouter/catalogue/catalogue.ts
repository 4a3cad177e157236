import type { Clock } from '../../agent/clock.ts';
import type { ModelFacts } from '../../agent/modelFacts.ts';
import type { ApiCall } from '../apiJson.ts';
import type { Connection } from '../connection.ts';
import { type Endpoint, fetchEndpoints } from './endpoints.ts';
import { fetchListing } from './listing.ts';
import { type ListingFile, readListingFile, writeListingFile } from './listingFile.ts';
import { plainModelId } from './modelIds.ts';
import { type CatalogueModel, factsOf, parseModels } from './models.ts';
import { fetchProviders, slugOf } from './providers.ts';

/** Where the last listing is kept: one text. */
export interface CatalogueCache {
	/** Undefined where there is none. */
	read(): Promise<string | undefined>;
	/** Replaces it, at once or not at all. */
	write(text: string): Promise<void>;
}

export interface CatalogueOptions {
	/** Asked at each request, so that a changed key or address counts at once. */
	readonly connect: () => Promise<Connection>;
	readonly cache: CatalogueCache;
	/** The text of `media/models.json`. */
	readonly readSnapshot: () => Promise<string>;
	readonly clock: Clock;
	/** Takes what went wrong behind the user's back: a refresh, or the cache. Never holds a key. */
	readonly onFault?: (error: unknown) => void;
}

/** A list of models, and how far it can be trusted. */
export interface Listing {
	readonly models: readonly CatalogueModel[];
	readonly source: 'live' | 'cache' | 'snapshot';
	/** When the service gave it, milliseconds since 1970. */
	readonly at: number;
	/** Rows that could not be read and are not in `models`. */
	readonly unreadable: number;
	/** Provider slugs by name. */
	readonly providers: Readonly<Record<string, string>>;
}

/** A listing is asked for again when it is older. */
const MAX_AGE_MS = 24 * 60 * 60 * 1000;
/** After a refresh failed, the next one by itself waits this long; and a list that is younger is the newest. */
const PAUSE_MS = 5 * 60 * 1000;
const ENDPOINTS_AGE_MS = 10 * 60 * 1000;
const TIMEOUT_MS = 20_000;

/** A listing of one account at one address. */
interface Owned {
	readonly owner: string;
	readonly listing: Listing;
}

/**
 * The models that can be asked. `get` gives what is at hand, the kept list or the one of the package, and brings a newer
 * one in behind it; so nothing waits for the network that need not.
 */
export class Catalogue {
	readonly #options: CatalogueOptions;
	readonly #listeners = new Set<() => void>();
	readonly #endpoints = new Map<string, { readonly until: number; readonly endpoints: Promise<readonly Endpoint[]> }>();
	#hashed: { readonly text: string; readonly owner: Promise<string> } | undefined;
	#owner: string | undefined;
	#current: Owned | undefined;
	#loading: { readonly owner: string; readonly listing: Promise<Listing> } | undefined;
	#refreshing: { readonly owner: string; readonly listing: Promise<Listing> } | undefined;
	/** On the monotonic clock. */
	#failure: { readonly error: unknown; readonly at: number } | undefined;

	constructor(options: CatalogueOptions) {
		this.#options = options;
	}

	/** What `get` gave last, for those who cannot wait. May be that of the account before. */
	get current(): Listing | undefined {
		return this.#current?.listing;
	}

	/** Why the newest refresh failed; undefined once one succeeded. */
	get error(): Error | undefined {
		const error = this.#failure?.error;
		return error === undefined || error instanceof Error ? error : new Error(String(error));
	}

	/** @returns what ends it. The listener is called when another listing is there, or a refresh failed. */
	onDidChange(listener: () => void): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/**
	 * The best list at hand. One older than a day, or from the future (the clock was set back), is refreshed behind it.
	 * @throws ModelError where there is no list at all and none can be had; Error when the key store cannot be read.
	 */
	async get(): Promise<Listing> {
		const connection = await this.#options.connect();
		const owner = this.#adopt(await this.#ownerOf(connection));
		const loaded = this.#current?.owner === owner ? this.#current.listing : await this.#load(owner, connection);
		// While the stored one was read, a refresh may have brought a newer.
		const listing = this.#current?.owner === owner ? this.#current.listing : loaded;
		if (this.#isDue(listing)) {
			// Its failure is kept in `error` and told to `onFault`.
			this.#refresh(owner, connection).catch(() => undefined);
		}
		return listing;
	}

	/**
	 * Asks the service now; calls that come meanwhile share the answer. Until there is a good one the old list stays.
	 * @throws ModelError as `fetchListing` does.
	 */
	async refresh(): Promise<Listing> {
		const connection = await this.#options.connect();
		return this.#refresh(this.#adopt(await this.#ownerOf(connection)), connection);
	}

	/**
	 * The newest list, for when one at hand lacks what it should have: asked for again unless it came just now.
	 * @throws ModelError as `fetchListing` does.
	 */
	async confirm(): Promise<Listing> {
		const listing = await this.get();
		const age = this.#options.clock.now() - listing.at;
		return listing.source === 'live' && age >= 0 && age < PAUSE_MS ? listing : this.refresh();
	}

	/** The row of an id, in the list at hand: the id itself, that of a virtual variant, or its dated form. */
	find(id: string): CatalogueModel | undefined {
		const { models = [] } = this.current ?? {};
		const base = plainModelId(id);
		return (
			models.find(model => model.id === id) ??
			models.find(model => model.id === base) ??
			models.find(model => model.canonicalId === base && !model.id.includes(':'))
		);
	}

	/** What is known of the size and price of a model. A function of its own, to be handed on. */
	readonly factsOf = (id: string): ModelFacts | undefined => {
		const model = this.find(id);
		return model && factsOf(model);
	};

	/** The slug of a provider, which the routing settings want, by its name in an answer. */
	readonly providerSlug = (name: string): string => slugOf(name, this.current?.providers ?? {});

	/**
	 * Who offers a model. Kept for ten minutes; a failure is not.
	 * @throws ModelError as `fetchEndpoints` does.
	 */
	async endpoints(id: string): Promise<readonly Endpoint[]> {
		const connection = await this.#options.connect();
		this.#adopt(await this.#ownerOf(connection));
		const model = this.find(id);
		const path = model?.aliasOf ?? model?.id ?? plainModelId(id);
		const { clock } = this.#options;
		const now = clock.monotonic();
		const known = this.#endpoints.get(path);
		if (known !== undefined && known.until > now) {
			return known.endpoints;
		}
		const endpoints = fetchEndpoints({ ...connection, clock, signal: AbortSignal.timeout(TIMEOUT_MS) }, path);
		const entry = { until: now + ENDPOINTS_AGE_MS, endpoints };
		this.#endpoints.set(path, entry);
		try {
			return await endpoints;
		} catch (error) {
			if (this.#endpoints.get(path) === entry) {
				this.#endpoints.delete(path);
			}
			throw error;
		}
	}

	/** Says whose list it is without holding the key: the address and the key, hashed. */
	#ownerOf({ baseUrl, key }: Connection): Promise<string> {
		const text = `${baseUrl}\n${key?.trim() ?? ''}`;
		if (this.#hashed?.text !== text) {
			this.#hashed = { text, owner: hash(text) };
		}
		return this.#hashed.owner;
	}

	#isDue(listing: Listing): boolean {
		const { clock } = this.#options;
		const age = clock.now() - listing.at;
		const isOld = listing.source === 'snapshot' || age > MAX_AGE_MS || age < 0;
		return isOld && (this.#failure === undefined || clock.monotonic() - this.#failure.at >= PAUSE_MS);
	}

	/** The kept list of this account, else that of the package, else the service's. Loaded once, however many ask. */
	#load(owner: string, connection: Connection): Promise<Listing> {
		if (this.#loading?.owner !== owner) {
			const listing = this.#loadStored(owner).then(
				stored => {
					// A refresh may have been quicker.
					if (this.#current?.owner === owner) {
						return this.#current.listing;
					}
					if (owner === this.#owner) {
						this.#take(owner, stored);
					}
					return stored;
				},
				async error => {
					this.#options.onFault?.(error);
					return this.#refresh(owner, connection);
				},
			);
			this.#loading = { owner, listing };
			const forget = () => {
				if (this.#loading?.listing === listing) {
					this.#loading = undefined;
				}
			};
			listing.then(forget, forget);
		}
		return this.#loading.listing;
	}

	async #loadStored(owner: string): Promise<Listing> {
		const kept = await this.#readCache();
		if (kept?.owner === owner) {
			return listingOf(kept, 'cache');
		}
		const snapshot = readListingFile(await this.#options.readSnapshot());
		if (snapshot === undefined) {
			throw new Error('The list of models in the package cannot be read.');
		}
		return listingOf(snapshot, 'snapshot');
	}

	async #readCache(): Promise<ListingFile | undefined> {
		try {
			const text = await this.#options.cache.read();
			return text === undefined ? undefined : readListingFile(text);
		} catch (error) {
			this.#options.onFault?.(error);
			return undefined;
		}
	}

	#refresh(owner: string, connection: Connection): Promise<Listing> {
		if (this.#refreshing?.owner === owner) {
			return this.#refreshing.listing;
		}
		const listing = this.#fetch(owner, connection);
		this.#refreshing = { owner, listing };
		const forget = () => {
			if (this.#refreshing?.listing === listing) {
				this.#refreshing = undefined;
			}
		};
		listing.then(forget, forget);
		return listing;
	}

	async #fetch(owner: string, connection: Connection): Promise<Listing> {
		const { clock, onFault } = this.#options;
		try {
			const call = { ...connection, clock, signal: AbortSignal.timeout(TIMEOUT_MS) };
			const [rows, providers] = await Promise.all([fetchListing(call), this.#fetchProviders(call)]);
			const file: ListingFile = { at: clock.now(), rows, owner, providers };
			const listing = listingOf(file, 'live');
			if (owner === this.#owner) {
				this.#failure = undefined;
				this.#take(owner, listing);
				await this.#keep(file);
			}
			return listing;
		} catch (error) {
			onFault?.(error);
			if (owner === this.#owner) {
				this.#failure = { error, at: clock.monotonic() };
				this.#tell();
			}
			throw error;
		}
	}

	/** Where it cannot be kept, the list is there all the same until the window closes. */
	async #keep(file: ListingFile): Promise<void> {
		try {
			await this.#options.cache.write(writeListingFile(file));
		} catch (error) {
			this.#options.onFault?.(error);
		}
	}

	/** Notes whose lists are wanted from now on; those of another account that come late are not taken. */
	#adopt(owner: string): string {
		if (owner !== this.#owner) {
			this.#owner = owner;
			this.#failure = undefined;
			// Speeds are told to those with a key only.
			this.#endpoints.clear();
		}
		return owner;
	}

	/** The names of the providers change seldom: those known before do where the directory cannot be had. */
	async #fetchProviders(call: ApiCall): Promise<Readonly<Record<string, string>>> {
		try {
			return await fetchProviders(call);
		} catch (error) {
			this.#options.onFault?.(error);
			return this.current?.providers ?? {};
		}
	}

	#take(owner: string, listing: Listing): void {
		this.#current = { owner, listing };
		this.#tell();
	}

	#tell(): void {
		for (const listener of [...this.#listeners]) {
			listener();
		}
	}
}

function listingOf({ at, rows, providers }: ListingFile, source: Listing['source']): Listing {
	return { ...parseModels(rows), source, at, providers };
}

async function hash(text: string): Promise<string> {
	const bytes = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)));
	return Array.from(bytes.slice(0, 16), byte => byte.toString(16).padStart(2, '0')).join('');
}
