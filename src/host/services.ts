import * as vscode from 'vscode';
import { systemClock } from '../agent/clock.ts';
import { type LedgerHome, SpendLedger } from '../agent/ledger/ledger.ts';
import { meterClient } from '../agent/ledger/meteredClient.ts';
import type { ModelClient } from '../agent/model.ts';
import { createOpenRouterClient } from '../openrouter/openRouterClient.ts';
import { DEFAULT_MAX_TOKENS } from '../openrouter/request/answerLimit.ts';
import { Account } from './account/account.ts';
import type { ApiKey } from './account/apiKey.ts';
import { type ClientPorts, ModelChoice } from './models/modelChoice.ts';
import { modelMemoryKeys } from './models/modelMemory.ts';
import type { Platform } from './platform.ts';
import { readSettings, watchSettings } from './settings.ts';

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

	#createClient({ baseUrl, factsOf }: ClientPorts): ModelClient {
		const { apiKey } = this.#options;
		const direct = createOpenRouterClient({ baseUrl, getKey: () => apiKey.get(), limitsOf: factsOf });
		void this.#settleOrphans(direct);
		return meterClient(direct, {
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
