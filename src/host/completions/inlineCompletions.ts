import * as vscode from 'vscode';
import { type Clock, systemClock } from '../../agent/clock.ts';
import { Completer } from '../../agent/completion/completer.ts';
import { billedClient } from '../../agent/ledger/billedClient.ts';
import { settingsFor } from '../../agent/settings/modelSettingsFor.ts';
import type { ApiKey } from '../account/apiKey.ts';
import { SETTINGS_SECTION } from '../ids.ts';
import type { Services } from '../services.ts';
import { readSettings } from '../settings.ts';
import type { Translate } from '../translate.ts';
import { askCompletion } from './askCompletion.ts';
import { completionPath, completionPlace } from './completionDocument.ts';
import { type CompletionState, completionStatus, type StatusWords } from './completionStatus.ts';

export interface InlineCompletionsOptions {
	readonly services: Pick<Services, 'models' | 'ledger'>;
	readonly apiKey: ApiKey;
	readonly log: vscode.LogOutputChannel;
	/** Told what the status bar shows, whenever that may have changed. */
	readonly onStatus: (words: StatusWords) => void;
	/** The system's when absent. */
	readonly clock?: Clock;
}

/** Suggests code at the cursor. What goes wrong is told in the state alone: nobody wants a message for each key. */
export class InlineCompletions implements vscode.InlineCompletionItemProvider, vscode.Disposable {
	readonly #options: InlineCompletionsOptions;
	readonly #completer: Completer;
	readonly #life = new AbortController();
	readonly #subscriptions: vscode.Disposable;
	readonly #translate: Translate = (message, ...args) => vscode.l10n.t(message, ...args);
	/** Undefined until the key store was read. */
	#hasKey: boolean | undefined;
	/** Id of the one asked last. */
	#model: string | undefined;

	constructor(options: InlineCompletionsOptions) {
		this.#options = options;
		const { services, apiKey, log, clock = systemClock } = options;
		const asker = {
			client: () =>
				billedClient(services.models.openRouter(), {
					signal: this.#life.signal,
					onFailure: error => log.debug(`The bill of a completion: ${String(error)}`),
				}),
			models: async () => (await services.models.catalogue.get()).models,
			written: () => readSettings()['completions.model'],
			settingsOf: (model: string) => settingsFor(model, readSettings().modelSettings),
			sessionId: `completions-${crypto.randomUUID()}`,
			now: () => clock.now(),
			translate: this.#translate,
			onModel: (id: string) => {
				this.#model = id;
			},
		};
		this.#completer = new Completer({
			clock,
			ask: (messages, extent, signal) => askCompletion(asker, messages, extent, signal),
			onState: () => this.#tell(),
		});
		this.#subscriptions = vscode.Disposable.from(
			apiKey.onDidChange(() => void this.#keyChanged()),
			vscode.workspace.onDidGrantWorkspaceTrust(() => this.#tell()),
			new vscode.Disposable(services.ledger.onDidChange(() => this.#tell())),
			vscode.workspace.onDidChangeConfiguration(event => {
				if (event.affectsConfiguration(SETTINGS_SECTION)) {
					this.#settingsChanged(event);
				}
			}),
		);
		void this.#keyChanged();
		void this.#readSpending();
	}

	async provideInlineCompletionItems(
		document: vscode.TextDocument,
		position: vscode.Position,
		{ triggerKind, selectedCompletionInfo }: vscode.InlineCompletionContext,
		token: vscode.CancellationToken,
	): Promise<vscode.InlineCompletionItem[] | undefined> {
		const { version } = document;
		const { 'completions.languages': languages } = readSettings();
		const isOn = languages[document.languageId] ?? languages['*'] ?? true;
		// While the list of the language server has a row chosen, only what begins with that row would be shown.
		if (!isOn || selectedCompletionInfo !== undefined || !vscode.workspace.isTrusted) {
			return undefined;
		}
		const path = await completionPath(document);
		if (this.#hasKey === undefined) {
			await this.#keyChanged();
		}
		// Somebody else, such as an agent, may change the document without a key of the user.
		const isStale = () => token.isCancellationRequested || document.version !== version;
		if (path === undefined || !this.#hasKey || isStale()) {
			return undefined;
		}
		const typing = new AbortController();
		const stop = token.onCancellationRequested(() => typing.abort());
		try {
			const isExplicit = triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
			const signal = AbortSignal.any([typing.signal, this.#life.signal]);
			const text = await this.#completer.complete(completionPlace(document, position, path), isExplicit, signal);
			return text === undefined || isStale()
				? undefined
				: [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
		} catch (error) {
			this.#options.log.error(error instanceof Error ? error : String(error));
			return undefined;
		} finally {
			stop.dispose();
		}
	}

	dispose(): void {
		this.#life.abort();
		this.#completer.dispose();
		this.#subscriptions.dispose();
	}

	/** A model by another name suggests something else; a budget or an address may have been what stood in the way. */
	#settingsChanged(event: vscode.ConfigurationChangeEvent): void {
		if (event.affectsConfiguration(`${SETTINGS_SECTION}.completions.model`)) {
			this.#completer.forget();
		}
		this.#completer.resume();
	}

	async #keyChanged(): Promise<void> {
		try {
			this.#hasKey = (await this.#options.apiKey.get()) !== undefined;
		} catch (error) {
			this.#hasKey = false;
			this.#options.log.warn(`Completions: ${String(error)}`);
		}
		this.#completer.resume();
	}

	/** What other windows spent today, and this one before it was reloaded. */
	async #readSpending(): Promise<void> {
		try {
			await this.#options.services.ledger.refresh();
			this.#tell();
		} catch (error) {
			this.#options.log.warn(`Completions: ${String(error)}`);
		}
	}

	#tell(): void {
		if (this.#life.signal.aborted) {
			return;
		}
		const { services, onStatus } = this.#options;
		const model = this.#model && (services.models.nameOf(this.#model) ?? this.#model);
		const facts = { state: this.#state(), model, today: services.ledger.today('completion') };
		onStatus(completionStatus(facts, this.#translate));
	}

	#state(): CompletionState {
		if (!vscode.workspace.isTrusted) {
			return { type: 'restricted' };
		}
		return this.#hasKey === false ? { type: 'noKey' } : this.#completer.state;
	}
}
