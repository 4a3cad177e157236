import * as vscode from 'vscode';
import { systemClock } from '../agent/clock.ts';
import type { SimilarityModel } from '../agent/codeSearch.ts';
import { type LedgerHome, SpendLedger } from '../agent/ledger/ledger.ts';
import { meterClient, unpricedError } from '../agent/ledger/meteredClient.ts';
import { hasLimits } from '../agent/ledger/spendBudget.ts';
import type { ModelClient } from '../agent/model.ts';
import type { Spender } from '../agent/session/sessionOptions.ts';
import { settingsFor } from '../agent/settings/modelSettingsFor.ts';
import type { SearchClient } from '../agent/webPort.ts';
import { createEmbeddingSimilarity } from '../files/codeIndex/embeddingSimilarity.ts';
import type { Connection } from '../openrouter/connection.ts';
import { createEmbeddings } from '../openrouter/embeddings.ts';
import { createOpenRouterClient } from '../openrouter/openRouterClient.ts';
import { DEFAULT_MAX_TOKENS } from '../openrouter/request/answerLimit.ts';
import { createWebSearch, withSearchPrice } from '../openrouter/webSearch.ts';
import { Account } from './account/account.ts';
import type { ApiKey } from './account/apiKey.ts';
import { type ClientPorts, ModelChoice } from './models/modelChoice.ts';
import { modelMemoryKeys } from './models/modelMemory.ts';
import type { Platform } from './platform.ts';
import { readSettings, watchSettings } from './settings.ts';
import { VectorFiles } from './workspace/vectorFiles.ts';

/** In the ledger, in the place of a session. */
const CODE_SEARCH = 'code-search';

export interface ServiceOptions {
	readonly context: vscode.ExtensionContext;
	readonly platform: Platform;
	readonly apiKey: ApiKey;
	/** Where what is spent is written down, for all windows. */
	readonly ledgerHome: LedgerHome;
	readonly log: vscode.LogOutputChannel;
}

/** What every feature that asks a model shares: the models, the account, and the one ledger of what is spent. */
export class Services implements vscode.Disposable {
	readonly models: ModelChoice;
	readonly account: Account;
	readonly ledger: SpendLedger;
	readonly #options: ServiceOptions;
	readonly #subscriptions: vscode.Disposable;
	readonly #life = new AbortController();
	#similarity: { readonly model: string; readonly judge: SimilarityModel } | undefined;

	constructor(options: ServiceOptions) {
		const { context, platform, apiKey, ledgerHome, log } = options;
		this.#options = options;
		this.ledger = new SpendLedger({
			...ledgerHome,
			clock: systemClock,
			newId: () => crypto.randomUUID(),
			priceOf: model => this.models.catalogue.factsOf(model)?.price,
			onFailure: error => this.#tellUnwritten(error),
		});
		this.models = new ModelChoice({ context, apiKey, log, createClient: ports => this.#createClient(ports) });
		this.account = new Account({ apiKey, platform, extensionId: context.extension.id, log });
		this.#subscriptions = vscode.Disposable.from(this.models, this.account, watchSettings());
		context.globalState.setKeysForSync(Object.values(modelMemoryKeys));
	}

	/** Resolves when what was spent is written down. */
	async close(): Promise<void> {
		await this.ledger.whenWritten();
	}

	dispose(): void {
		this.#life.abort();
		this.#subscriptions.dispose();
	}

	/** Searches the web for the tools of one agent; the model that it takes is the default one. */
	search(spender: Spender): SearchClient {
		const { sessionId, account } = spender;
		return createWebSearch({
			connect: () => this.#connect(),
			chooseModel: () => this.models.helperModel(),
			routing: model => settingsFor(model, readSettings().modelSettings).routing,
			meter: client => this.#meter(client, model => withSearchPrice(this.models.catalogue.factsOf(model))),
			account: () => {
				const sessionBudget = spender.sessionBudget();
				return { sessionId, account, ...(sessionBudget !== undefined && { sessionBudget }) };
			},
		});
	}

	/** Puts what a search for code found in order by meaning; undefined where the user named no model for it. */
	similarity(): SimilarityModel | undefined {
		const model = readSettings()['codeSearch.embeddings'];
		if (model === '') {
			return undefined;
		}
		if (this.#similarity?.model !== model) {
			const { context, log } = this.#options;
			this.#similarity = {
				model,
				judge: createEmbeddingSimilarity({
					client: createEmbeddings({
						connect: () => this.#connect(),
						routing: id => settingsFor(id, readSettings().modelSettings).routing,
					}),
					model,
					store: new VectorFiles(vscode.Uri.joinPath(context.globalStorageUri, 'embeddings')),
					reserve: need => this.#reserveEmbedding(need),
					onStoreFailure: error => log.warn(`Code search: ${String(error)}`),
				}),
			};
		}
		return this.#similarity.judge;
	}

	/** The index is the window's, not a session's: what it costs counts against the budgets of day and month. */
	async #reserveEmbedding({ model, amount }: { readonly model: string; readonly amount: number | undefined }) {
		const { session: _, ...limits } = readSettings().budget;
		if (amount === undefined && hasLimits(limits)) {
			throw unpricedError(model);
		}
		return this.ledger.reserve({ sessionId: CODE_SEARCH, purpose: 'search', model, amount: amount ?? 0 }, limits);
	}

	async #connect(): Promise<Connection> {
		return { baseUrl: readSettings().baseUrl, key: await this.#options.apiKey.get() };
	}

	#createClient({ baseUrl, factsOf }: ClientPorts): ModelClient {
		const { apiKey } = this.#options;
		const direct = createOpenRouterClient({ baseUrl, getKey: () => apiKey.get(), limitsOf: factsOf });
		void this.#settleOrphans(direct);
		return this.#meter(direct, factsOf);
	}

	#meter(client: ModelClient, factsOf: ClientPorts['factsOf']): ModelClient {
		return meterClient(client, {
			ledger: this.ledger,
			limits: () => readSettings().budget,
			factsOf,
			defaultOutputTokens: DEFAULT_MAX_TOKENS,
		});
	}

	/** Books what a window that crashed had asked for. Beside the work: what cannot be had now is tried another day. */
	async #settleOrphans({ bill }: ModelClient): Promise<void> {
		try {
			if (bill !== undefined) {
				await this.ledger.settleOrphans({ bill }, this.#life.signal);
			}
		} catch (error) {
			if (!this.#life.signal.aborted) {
				this.#options.log.warn(`Open bills: ${String(error)}`);
			}
		}
	}

	#tellUnwritten(error: unknown): void {
		this.#options.log.error(error instanceof Error ? error : String(error));
		void vscode.window.showWarningMessage(
			vscode.l10n.t('What is spent cannot be written down, so budgets cannot be kept: {0}', String(error)),
		);
	}
}
