import * as vscode from 'vscode';
import { systemClock } from '../../agent/clock.ts';
import { type ModelClient, ModelError } from '../../agent/model.ts';
import type { ModelFacts } from '../../agent/modelFacts.ts';
import { fitSettings, settingsFor } from '../../agent/settings/modelSettingsFor.ts';
import { BUILT_IN_MODEL } from '../../agent/settings/settingDefaults.ts';
import type { ResolvedModel } from '../../agent/turn/resolvedModel.ts';
import { createBuiltInAssistant } from '../../offline/builtInAssistant.ts';
import { Catalogue } from '../../openrouter/catalogue/catalogue.ts';
import { chooseDefaultModel } from '../../openrouter/catalogue/defaultModel.ts';
import { factsOf } from '../../openrouter/catalogue/models.ts';
import type { ModelView } from '../../protocol/messages.ts';
import type { ApiKey } from '../account/apiKey.ts';
import { readSettings, writeSetting } from '../settings.ts';
import type { Translate } from '../translate.ts';
import { catalogueFile, readModelSnapshot } from './catalogueFiles.ts';
import { pickEffort } from './effortPicker.ts';
import { tellLeaving } from './leavingHint.ts';
import { ModelMemory } from './modelMemory.ts';
import { pickModel } from './modelPicker.ts';
import { modelView, shortName } from './modelView.ts';
import { type Selection, selectModel } from './selectModel.ts';

/** What a client is made with. */
export interface ClientPorts {
	/** With the version, without a slash at the end. */
	readonly baseUrl: string;
	/** What the catalogue knows of a model. */
	factsOf(model: string): ModelFacts | undefined;
}

export interface ModelChoiceOptions {
	readonly context: Pick<vscode.ExtensionContext, 'extensionUri' | 'globalStorageUri' | 'globalState'>;
	readonly apiKey: ApiKey;
	readonly log: vscode.LogOutputChannel;
	/** Makes the client that reaches OpenRouter and books what it spends: once, and again when the address changes. */
	readonly createClient: (ports: ClientPorts) => ModelClient;
}

/** Which model the next turn runs on, and the client that reaches it. */
export class ModelChoice implements vscode.Disposable {
	/** Also for the settings form, the status bar and whatever else wants names and prices. */
	readonly catalogue: Catalogue;
	readonly #options: ModelChoiceOptions;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable[];
	readonly #builtIn = createBuiltInAssistant();
	readonly #memory: ModelMemory;
	readonly #translate: Translate = (message, ...args) => vscode.l10n.t(message, ...args);
	#client: { readonly baseUrl: string; readonly client: ModelClient } | undefined;
	#view: ModelView;
	#hasKey = false;
	/** Counts refreshes: only the newest may set the view. */
	#refreshes = 0;

	readonly onDidChange = this.#changed.event;

	constructor(options: ModelChoiceOptions) {
		const { context, apiKey, log } = options;
		this.#options = options;
		this.#memory = new ModelMemory(context.globalState);
		this.#view = modelView({ type: 'builtIn' }, {}, this.#translate);
		this.catalogue = new Catalogue({
			connect: async () => ({ baseUrl: readSettings().baseUrl, key: await this.#readKey() }),
			cache: catalogueFile(context.globalStorageUri),
			readSnapshot: () => readModelSnapshot(context.extensionUri),
			clock: systemClock,
			onFault: error => log.warn(String(error)),
		});
		const stop = this.catalogue.onDidChange(() => void this.refresh());
		this.#subscriptions = [
			this.#changed,
			new vscode.Disposable(stop),
			apiKey.onDidChange(() => void this.refresh()),
			vscode.workspace.onDidChangeConfiguration(event => {
				if (event.affectsConfiguration('openrouterAgent')) {
					void this.refresh();
				}
			}),
		];
	}

	/** What the panel shows; follows key, settings and catalogue. */
	get view(): ModelView {
		return this.#view;
	}

	/** What a model is called in the panel; undefined for one that the list does not have. */
	nameOf(id: string): string | undefined {
		const model = this.catalogue.find(id);
		return model && shortName(model.name);
	}

	get hasKey(): boolean {
		return this.#hasKey;
	}

	/** Brings `view` up to date. Never fails: what cannot be known leaves the id as name. */
	async refresh(): Promise<void> {
		const refresh = ++this.#refreshes;
		const { model: written, modelSettings } = readSettings();
		try {
			const hasKey = (await this.#readKey()) !== undefined;
			const selection = await this.#select(written);
			if (refresh === this.#refreshes) {
				this.#hasKey = hasKey;
				this.#view = modelView(selection, modelSettings, this.#translate);
				this.#changed.fire();
			}
		} catch (error) {
			this.#options.log.warn(String(error));
		}
	}

	/** Asks the service for its models now, and says what came of it. */
	async refreshModels(): Promise<void> {
		const { models, unreadable } = await vscode.window.withProgress(
			{ location: vscode.ProgressLocation.Notification, title: vscode.l10n.t('Loading the list of models…') },
			() => this.catalogue.refresh(),
		);
		void vscode.window.showInformationMessage(
			unreadable === 0
				? vscode.l10n.t('The list is up to date: {0} models.', models.length)
				: vscode.l10n.t('The list is up to date: {0} models; {1} rows could not be read.', models.length, unreadable),
		);
	}

	/**
	 * The model and client of a turn that starts now. Where there is no such model, or it cannot call tools, the client
	 * fails with that reason before anything is sent, so that the turn shows it with its buttons.
	 * @param id in the place of the one that is set: a fallback model, or that of a session.
	 */
	async resolve(id?: string): Promise<ResolvedModel> {
		const selection = await this.#selectSurely(id ?? readSettings().model);
		if (selection.type === 'builtIn') {
			const { id: builtIn, name } = modelView(selection, {}, this.#translate);
			return {
				client: this.#builtIn,
				model: { id: builtIn, name, isBuiltIn: true },
				facts: {},
				settings: {},
				leftOut: [],
			};
		}
		const { id: chosen, model } = selection;
		const ref = { id: chosen, name: model === undefined ? shortName(chosen) : shortName(model.name), isBuiltIn: false };
		if (selection.error !== undefined) {
			return { client: failingClient(selection.error), model: ref, facts: {}, settings: {}, leftOut: [] };
		}
		if (model !== undefined) {
			const { context, log } = this.#options;
			tellLeaving(model, systemClock.now(), context.globalState, () => this.choose()).catch(error =>
				log.warn(String(error)),
			);
		}
		const { settings, leftOut } = fitSettings(settingsFor(chosen, readSettings().modelSettings), model);
		return { client: this.openRouter(), model: ref, facts: model ? factsOf(model) : {}, settings, leftOut };
	}

	/**
	 * Id of the model for small work beside a turn, such as a search of the web: the good and cheap one that is the default.
	 * @throws ModelError when the list names none that will do.
	 */
	async helperModel(): Promise<string> {
		const { models } = await this.catalogue.get();
		const model = chooseDefaultModel(models, systemClock.now());
		if (model === undefined) {
			throw new ModelError('modelNotFound', this.#translate('No model of the list suits as a default.'));
		}
		return model.id;
	}

	/** The client that reaches OpenRouter, for what chooses its model by itself. */
	openRouter(): ModelClient {
		const { baseUrl } = readSettings();
		if (this.#client?.baseUrl !== baseUrl) {
			const client = this.#options.createClient({ baseUrl, factsOf: this.catalogue.factsOf });
			this.#client = { baseUrl, client };
		}
		return this.#client.client;
	}

	/** Lets the user pick a model. @returns whether they did. */
	async choose(): Promise<boolean> {
		const { catalogue } = this;
		const id = await pickModel({ catalogue, memory: this.#memory, current: this.#view.id });
		return id === undefined ? false : this.use(id);
	}

	/** Lets the user choose how long the model in use thinks. */
	async chooseEffort(): Promise<void> {
		const { model: written, modelSettings } = readSettings();
		const selection = await this.#select(written);
		if (selection.type === 'builtIn' || selection.model === undefined) {
			void vscode.window.showInformationMessage(
				vscode.l10n.t('How long a model thinks can be chosen for models of the list.'),
			);
			return;
		}
		const { settings } = fitSettings(settingsFor(selection.id, modelSettings), selection.model);
		await pickEffort(selection.model, settings.reasoningEffort);
	}

	useBuiltIn(): Promise<boolean> {
		return this.use(BUILT_IN_MODEL);
	}

	/** @returns whether the next turn runs on it: the settings of a workspace count more than those of the user. */
	async use(id: string): Promise<boolean> {
		await writeSetting('model', id);
		if (id !== '' && id !== BUILT_IN_MODEL) {
			await this.#memory.used(id);
		}
		const { model } = readSettings();
		if (model === id) {
			return true;
		}
		// Nobody waits for the user to read it.
		void this.#tellOverridden(model);
		return false;
	}

	async #tellOverridden(model: string): Promise<void> {
		const open = vscode.l10n.t('Open workspace settings');
		const text = vscode.l10n.t('The settings of this workspace name the model "{0}", which counts more here.', model);
		if ((await vscode.window.showWarningMessage(text, open)) === open) {
			await vscode.commands.executeCommand('workbench.action.openWorkspaceSettingsFile');
		}
	}

	dispose(): void {
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	async #select(written: string): Promise<Selection> {
		if (written === BUILT_IN_MODEL || (written === '' && (await this.#readKey()) === undefined)) {
			return { type: 'builtIn' };
		}
		return selectModel(written, await this.catalogue.get(), systemClock.now(), this.#translate);
	}

	/** Before an id counts as unknown, the newest list is asked for; where it cannot be had, the service decides. */
	async #selectSurely(written: string): Promise<Selection> {
		try {
			const selection = await this.#select(written);
			if (selection.type === 'builtIn' || selection.error?.kind !== 'modelNotFound') {
				return selection;
			}
			return await this.#selectConfirmed(written, selection);
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			return { type: 'listed', id: written, error };
		}
	}

	async #selectConfirmed(written: string, selection: Selection): Promise<Selection> {
		try {
			return selectModel(written, await this.catalogue.confirm(), systemClock.now(), this.#translate);
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			// An id of the service's form may be one that is newer than the list.
			return /^~?[\w.-]+\/[\w.:@/-]+$/.test(written) ? { type: 'listed', id: written } : selection;
		}
	}

	/** @throws ModelError when the system's key store cannot be read. */
	async #readKey(): Promise<string | undefined> {
		try {
			return await this.#options.apiKey.get();
		} catch (error) {
			throw new ModelError('auth', vscode.l10n.t('The stored API key cannot be read.'), {}, { cause: error });
		}
	}
}

function failingClient(error: ModelError): ModelClient {
	return {
		// biome-ignore lint/correctness/useYield: it ends before there is anything to tell.
		async *stream() {
			throw error;
		},
	};
}
