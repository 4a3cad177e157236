/** The models of the command line: list, settings, ledger and client put together. */

import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemClock } from '../../agent/clock.ts';
import { SpendLedger } from '../../agent/ledger/ledger.ts';
import { type MeterOptions, meterClient } from '../../agent/ledger/meteredClient.ts';
import { type ModelClient, ModelError } from '../../agent/model.ts';
import type { Spender } from '../../agent/session/sessionOptions.ts';
import type { ReasoningEffort } from '../../agent/settings/modelSettings.ts';
import { fitSettings, settingsFor } from '../../agent/settings/modelSettingsFor.ts';
import { BUILT_IN_MODEL } from '../../agent/settings/settingDefaults.ts';
import type { ResolvedModel } from '../../agent/turn/resolvedModel.ts';
import type { SearchClient } from '../../agent/webPort.ts';
import { Catalogue, type CatalogueCache, type Listing } from '../../openrouter/catalogue/catalogue.ts';
import { chooseDefaultModel } from '../../openrouter/catalogue/defaultModel.ts';
import { resolveModelId } from '../../openrouter/catalogue/modelIds.ts';
import { type CatalogueModel, factsOf } from '../../openrouter/catalogue/models.ts';
import { createOpenRouterClient } from '../../openrouter/openRouterClient.ts';
import { DEFAULT_MAX_TOKENS } from '../../openrouter/request/answerLimit.ts';
import { createWebSearch, withSearchPrice } from '../../openrouter/webSearch.ts';
import { readFileIfThere } from '../fileLock.ts';
import { openLedgerFolder } from '../ledgerFile.ts';
import type { Places } from './places.ts';
import type { CliSettings } from './settingsFile.ts';

export interface ModelSetupOptions {
	readonly places: Places;
	readonly packageFolder: URL;
	readonly settings: CliSettings;
	/** Absent: only the built-in assistant answers. */
	readonly key: string | undefined;
	/** US dollars for the session, in place of the settings. */
	readonly budget?: number;
	/** In place of the settings. */
	readonly effort?: ReasoningEffort;
	/** Takes what went wrong beside the work, for those who look for it. */
	onFault(what: string, error: unknown): void;
}

export class ModelSetup {
	readonly catalogue: Catalogue;
	readonly #options: ModelSetupOptions;
	#client: ModelClient | undefined;
	#ledger: SpendLedger | undefined;

	constructor(options: ModelSetupOptions) {
		const { places, packageFolder, settings, key, onFault } = options;
		this.#options = options;
		this.catalogue = new Catalogue({
			connect: async () => ({ baseUrl: settings.baseUrl, key }),
			cache: cacheFile(join(places.cache, 'models.json')),
			readSnapshot: () => readFile(new URL('media/models.json', packageFolder), 'utf8'),
			clock: systemClock,
			onFault: error => onFault('The list of models could not be refreshed.', error),
		});
	}

	/**
	 * The model to ask, ready.
	 * @param id in any form a user writes it; empty for the default by rule.
	 * @throws ModelError `auth` without a key, `modelNotFound` with the ids that are near, `unsupported` for a model
	 * that cannot call tools.
	 */
	async resolve(id: string): Promise<ResolvedModel> {
		if (id.trim().toLowerCase() === BUILT_IN_MODEL) {
			const { createBuiltInAssistant } = await import('../../offline/builtInAssistant.ts');
			const model = { id: BUILT_IN_MODEL, name: 'Built-in assistant', isBuiltIn: true };
			return { client: createBuiltInAssistant(), model, facts: {}, settings: {}, leftOut: [] };
		}
		if (this.#options.key === undefined) {
			throw new ModelError('auth', 'There is no OpenRouter key.');
		}
		const { id: found, model } = await this.#find(id);
		if (model?.supportsTools === false) {
			throw new ModelError('unsupported', `${found} cannot call tools, which an agent needs.`);
		}
		const { modelSettings } = this.#options.settings;
		const { effort } = this.#options;
		const wanted = { ...settingsFor(found, modelSettings), ...(effort !== undefined && { reasoningEffort: effort }) };
		return {
			client: this.#openRouter(),
			model: { id: found, name: model?.name ?? found, isBuiltIn: false },
			facts: model === undefined ? {} : factsOf(model),
			...fitSettings(wanted, model),
		};
	}

	/**
	 * Asks for the bills that runs before this one left open because they were killed; until then these count as spent.
	 * To be run beside the work: what fails waits for the next time.
	 */
	async settleOrphans(signal: AbortSignal): Promise<void> {
		const bill = this.#client?.bill?.bind(this.#client);
		if (bill === undefined) {
			return;
		}
		try {
			await this.#ledger?.settleOrphans({ bill }, signal);
		} catch (error) {
			this.#options.onFault('Earlier bills could not be asked for.', error);
		}
	}

	/** Searches the web for the tools of an agent; undefined without a key. */
	search({ sessionId, account, sessionBudget }: Spender): SearchClient | undefined {
		const { settings, key } = this.#options;
		if (key === undefined) {
			return undefined;
		}
		return createWebSearch({
			connect: async () => ({ baseUrl: settings.baseUrl, key }),
			// Any model does that can call tools; the default one is cheap.
			chooseModel: async () => (await this.#find('')).id,
			routing: model => settingsFor(model, settings.modelSettings).routing,
			meter: client => this.#meter(client, model => withSearchPrice(this.catalogue.factsOf(model))),
			account: () => {
				const own = sessionBudget();
				return { sessionId, account, ...(own !== undefined && { sessionBudget: own }) };
			},
		});
	}

	/** Resolves when what was spent is written down. */
	async close(): Promise<void> {
		await this.#ledger?.whenWritten();
	}

	async #find(id: string): Promise<{ readonly id: string; readonly model?: CatalogueModel }> {
		const listing = await this.catalogue.get();
		if (id.trim() === '') {
			const model = chooseDefaultModel(listing.models, Date.now());
			if (model === undefined) {
				throw new ModelError(
					'modelNotFound',
					'The account offers no model that can call tools. Name one with --model.',
				);
			}
			return { id: model.id, model };
		}
		const known = resolveModelId(id, listing.models);
		if (known.type === 'found') {
			return known;
		}
		// It may be newer than the list at hand.
		const newer = listing.source === 'live' ? undefined : await this.#refresh();
		const found = newer === undefined ? known : resolveModelId(id, newer.models);
		if (found.type === 'found') {
			return found;
		}
		const { reason, closest } = found;
		const near = closest.length === 0 ? '' : ` Near are: ${closest.join(', ')}.`;
		const why = reason === undefined ? '' : ` ${reason}`;
		throw new ModelError('modelNotFound', `There is no model "${id}".${why}${near}`, { alternatives: closest });
	}

	/** Undefined when it cannot be had: the list at hand decides then. */
	async #refresh(): Promise<Listing | undefined> {
		try {
			return await this.catalogue.refresh();
		} catch (error) {
			if (error instanceof ModelError) {
				return undefined;
			}
			throw error;
		}
	}

	#openRouter(): ModelClient {
		if (this.#client !== undefined) {
			return this.#client;
		}
		const { settings, key } = this.#options;
		const { factsOf: known } = this.catalogue;
		const client = createOpenRouterClient({
			baseUrl: settings.baseUrl,
			getKey: async () => key,
			limitsOf: known,
		});
		this.#client = this.#meter(client, known);
		return this.#client;
	}

	#meter(client: ModelClient, known: MeterOptions['factsOf']): ModelClient {
		const { settings, budget } = this.#options;
		return meterClient(client, {
			ledger: this.#openLedger(),
			limits: () => ({ ...settings.budget, ...(budget !== undefined && { session: budget }) }),
			factsOf: known,
			defaultOutputTokens: DEFAULT_MAX_TOKENS,
		});
	}

	#openLedger(): SpendLedger {
		const { places, onFault } = this.#options;
		this.#ledger ??= new SpendLedger({
			...openLedgerFolder(places.ledger),
			clock: systemClock,
			newId: () => randomUUID(),
			priceOf: model => this.catalogue.factsOf(model)?.price,
			onFailure: error => onFault('Costs could not be recorded.', error),
		});
		return this.#ledger;
	}
}

/** The last list, replaced in one step. */
function cacheFile(path: string): CatalogueCache {
	return {
		read: () => readFileIfThere(path),
		async write(text) {
			await mkdir(dirname(path), { recursive: true, mode: 0o700 });
			const draft = `${path}.${randomUUID()}`;
			try {
				await writeFile(draft, text, { mode: 0o600 });
				await rename(draft, path);
			} finally {
				await rm(draft, { force: true });
			}
		},
	};
}
