import type { Memento } from 'vscode';

/** Keys in the global state; the list of those to be synchronised names them too. */
export const modelMemoryKeys = { favourites: 'favouriteModels', recent: 'recentModels' } as const;

const MAX_RECENT = 5;

/** Models the user marked or used, for the picker. */
export class ModelMemory {
	readonly #state: Pick<Memento, 'get' | 'update'>;

	constructor(state: Pick<Memento, 'get' | 'update'>) {
		this.#state = state;
	}

	/** In the order they were marked. */
	get favourites(): readonly string[] {
		return this.#ids(modelMemoryKeys.favourites);
	}

	/** The newest first. */
	get recent(): readonly string[] {
		return this.#ids(modelMemoryKeys.recent);
	}

	async toggleFavourite(id: string): Promise<void> {
		const { favourites } = this;
		const next = favourites.includes(id) ? favourites.filter(other => other !== id) : [...favourites, id];
		await this.#state.update(modelMemoryKeys.favourites, next);
	}

	async used(id: string): Promise<void> {
		const next = [id, ...this.recent.filter(other => other !== id)].slice(0, MAX_RECENT);
		await this.#state.update(modelMemoryKeys.recent, next);
	}

	/** The state may come from another version, over synchronisation. */
	#ids(key: string): readonly string[] {
		const value = this.#state.get<unknown>(key);
		return Array.isArray(value) ? value.filter(id => typeof id === 'string') : [];
	}
}
