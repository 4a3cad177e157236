import * as vscode from 'vscode';
import type { ModelRef } from '../../agent/events.ts';
import { type ModelClient, ModelError } from '../../agent/model.ts';
import { createBuiltInAssistant } from '../../offline/builtInAssistant.ts';
import { chooseDefaultModel } from '../../openrouter/defaultModel.ts';
import { type CatalogueModel, formatPrice, readModels } from '../../openrouter/models.ts';
import { createOpenRouterClient } from '../../openrouter/openRouterClient.ts';
import type { ModelView } from '../../protocol/messages.ts';
import type { ApiKey } from '../account/apiKey.ts';
import { readSettings, writeSetting } from '../settings.ts';
import { BUILT_IN_MODEL } from '../settingsSchema.ts';

/** How long a listing is used before it is asked for again, in milliseconds. */
const LISTING_AGE = 24 * 60 * 60 * 1000;
const LISTING_TIMEOUT = 20_000;

/** Which model the next turn runs on, and the client that reaches it. */
export class ModelChoice implements vscode.Disposable {
	readonly #apiKey: ApiKey;
	readonly #log: vscode.LogOutputChannel;
	readonly #changed = new vscode.EventEmitter<void>();
	readonly #subscriptions: vscode.Disposable[];
	readonly #builtIn = createBuiltInAssistant();
	#listing: { readonly models: readonly CatalogueModel[]; readonly at: number } | undefined;
	#view: ModelView = builtInView();
	#hasKey = false;
	/** Counts refreshes: only the newest may set the view. */
	#refreshes = 0;

	readonly onDidChange = this.#changed.event;

	constructor(apiKey: ApiKey, log: vscode.LogOutputChannel) {
		this.#apiKey = apiKey;
		this.#log = log;
		this.#subscriptions = [
			this.#changed,
			apiKey.onDidChange(() => {
				this.#listing = undefined;
				void this.refresh();
			}),
			vscode.workspace.onDidChangeConfiguration(event => {
				if (event.affectsConfiguration('openrouterAgent')) {
					void this.refresh();
				}
			}),
		];
	}

	/** What the panel shows; follows key and settings with a delay of one listing. */
	get view(): ModelView {
		return this.#view;
	}

	get hasKey(): boolean {
		return this.#hasKey;
	}

	/** Brings `view` up to date. Never fails: a listing that cannot be had leaves the id as name. */
	async refresh(): Promise<void> {
		const refresh = ++this.#refreshes;
		const hasKey = (await this.#apiKey.get()) !== undefined;
		const show = (view: ModelView) => {
			if (refresh === this.#refreshes) {
				this.#hasKey = hasKey;
				this.#view = view;
				this.#changed.fire();
			}
		};
		const { model } = readSettings();
		const isBuiltIn = model === BUILT_IN_MODEL || (model === '' && !hasKey);
		if (!isBuiltIn && this.#listing === undefined) {
			// What is known at once, until the listing has the name and the price.
			show(idView(model || vscode.l10n.t('Default model')));
		}
		try {
			show(await this.#resolveView());
		} catch (error) {
			this.#log.warn(String(error));
		}
	}

	/**
	 * The model and client of a turn that starts now. When a model must be chosen from a listing that cannot be had, the
	 * client fails with that reason, so that the turn shows it with its buttons.
	 */
	async resolve(): Promise<{ client: ModelClient; model: ModelRef }> {
		try {
			const { id, name, isBuiltIn } = await this.#resolveView();
			return { client: isBuiltIn ? this.#builtIn : this.#openRouter(), model: { id, name, isBuiltIn } };
		} catch (error) {
			if (!(error instanceof ModelError)) {
				throw error;
			}
			const model = { id: '', name: vscode.l10n.t('Default model'), isBuiltIn: false };
			return { client: failingClient(error), model };
		}
	}

	/** Lets the user pick a model; undefined when they leave. */
	async choose(): Promise<void> {
		const picker = vscode.window.createQuickPick<vscode.QuickPickItem & { readonly id: string }>();
		picker.title = vscode.l10n.t('Choose a model');
		picker.placeholder = vscode.l10n.t('Search by name or id');
		picker.matchOnDescription = true;
		picker.busy = true;
		picker.items = fixedChoices();
		picker.show();
		try {
			const picked = new Promise<string | undefined>(done => {
				picker.onDidAccept(() => done(picker.selectedItems[0]?.id));
				picker.onDidHide(() => done(undefined));
			});
			this.#list().then(
				models => {
					picker.items = [...fixedChoices(), ...models.filter(({ supportsTools }) => supportsTools).map(pickItem)];
					picker.busy = false;
				},
				error => {
					picker.title = vscode.l10n.t('The list of models could not be loaded: {0}', String(error.message ?? error));
					picker.busy = false;
				},
			);
			const id = await picked;
			if (id !== undefined) {
				await writeSetting('model', id);
			}
		} finally {
			picker.dispose();
		}
	}

	useBuiltIn(): Thenable<void> {
		return writeSetting('model', BUILT_IN_MODEL);
	}

	use(id: string): Thenable<void> {
		return writeSetting('model', id);
	}

	dispose(): void {
		vscode.Disposable.from(...this.#subscriptions).dispose();
	}

	#openRouter(): ModelClient {
		return createOpenRouterClient({
			baseUrl: readSettings().baseUrl,
			getKey: () => this.#apiKey.get(),
			limitsOf: id => this.#listing?.models.find(model => model.id === id),
		});
	}

	async #resolveView(): Promise<ModelView> {
		const { model } = readSettings();
		if (model === BUILT_IN_MODEL || (model === '' && (await this.#apiKey.get()) === undefined)) {
			return builtInView();
		}
		if (model === '') {
			const chosen = chooseDefaultModel(await this.#list(), Date.now());
			if (chosen === undefined) {
				throw new ModelError('modelNotFound', vscode.l10n.t('The account offers no model that can call tools.'));
			}
			return infoView(chosen);
		}
		const info = await this.#list().then(
			models => models.find(({ id }) => id === model),
			// The list is for the name and price only here; the id itself is good enough to ask with.
			() => undefined,
		);
		return info === undefined ? idView(model) : infoView(info);
	}

	async #list(): Promise<readonly CatalogueModel[]> {
		if (this.#listing === undefined || Date.now() - this.#listing.at > LISTING_AGE) {
			const key = await this.#apiKey.get();
			const models = await readModels({
				baseUrl: readSettings().baseUrl,
				key,
				signal: AbortSignal.timeout(LISTING_TIMEOUT),
			});
			this.#listing = { models, at: Date.now() };
		}
		return this.#listing.models;
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

function builtInView(): ModelView {
	return { id: BUILT_IN_MODEL, name: vscode.l10n.t('Built-in, no model'), isBuiltIn: true };
}

function idView(id: string): ModelView {
	return { id, name: id.slice(id.indexOf('/') + 1), isBuiltIn: false };
}

function infoView(info: CatalogueModel): ModelView {
	return {
		id: info.id,
		name: shortName(info.name),
		isBuiltIn: false,
		...(info.price && { price: formatPrice(info.price) }),
	};
}

/** Listed names begin with the vendor, "DeepSeek: DeepSeek V4": there is no room for it twice. */
function shortName(name: string): string {
	return name.slice(name.indexOf(': ') + 1).trim();
}

function fixedChoices() {
	return [
		{
			id: '',
			label: vscode.l10n.t('Default'),
			description: vscode.l10n.t('a good and cheap one, chosen from the live list'),
		},
		{
			id: BUILT_IN_MODEL,
			label: vscode.l10n.t('Built-in assistant'),
			description: vscode.l10n.t('follows rules, no model'),
		},
	];
}

function pickItem(info: CatalogueModel) {
	const context = info.contextLength && `${Math.round(info.contextLength / 1000)}k`;
	const price = info.price ? formatPrice(info.price) : vscode.l10n.t('price set by the router');
	return { id: info.id, label: info.name, description: info.id, detail: [context, price].filter(Boolean).join(' · ') };
}
