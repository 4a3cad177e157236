import type { Endpoint } from '../../openrouter/catalogue/endpoints.ts';
import type { SettingsForm } from '../../protocol/messages.ts';
import type { ModelChoice } from '../models/modelChoice.ts';
import { changeModelSettings, readSettings } from '../settings.ts';
import type { Translate } from '../translate.ts';
import { applyForm, type FormFaults, settingsForm } from './settingsForm.ts';

type Plain = Readonly<Record<string, unknown>>;

export interface FormPanelOptions {
	readonly models: Pick<ModelChoice, 'view' | 'catalogue'>;
	readonly translate: Translate;
	/** Puts the form on screen, or brings it up to date. */
	show(form: SettingsForm): void;
	/** Nobody asked for the endpoints: a failure is for the log. */
	onFault(error: unknown): void;
}

/** The form for what can be set of a model, between the page and the user's settings. */
export class FormPanel {
	readonly #options: FormPanelOptions;
	#target = '';
	/** Who offers the model in use, once it is known. */
	#endpoints: readonly Endpoint[] = [];

	constructor(options: FormPanelOptions) {
		this.#options = options;
	}

	/** @param target model id or pattern; the model in use when absent. */
	async open(target = this.#options.models.view.id): Promise<void> {
		this.#target = target;
		this.#endpoints = [];
		await this.#show({}, undefined);
		// Who offers the model is asked for behind it, for the suggestions.
		const { catalogue, view } = this.#options.models;
		try {
			this.#endpoints = await catalogue.endpoints(view.id);
		} catch (error) {
			this.#options.onFault(error);
			return;
		}
		if (this.#target === target) {
			await this.#show({}, undefined);
		}
	}

	/** Shows it to a page that came anew. */
	async again(): Promise<void> {
		await this.#show({}, undefined);
	}

	/** @returns whether it was stored; with faults the form stays, and shows them. */
	async save(target: string, sent: Plain): Promise<boolean> {
		this.#target = target;
		const applied = applyForm(target, sent, readSettings().modelSettings, this.#options.translate);
		if ('faults' in applied) {
			await this.#show(applied.faults, sent);
			return false;
		}
		// Entry by entry, so that what is wrong in other entries stays for the user to mend.
		await changeModelSettings(target, () => applied.map[target]);
		this.#target = '';
		return true;
	}

	close(): void {
		this.#target = '';
	}

	async #show(faults: FormFaults, sent: Plain | undefined): Promise<void> {
		const { models, translate, show } = this.#options;
		const { catalogue, view } = models;
		const listing = await catalogue.get();
		const model = catalogue.find(view.id);
		const providers = this.#endpoints.map(({ tag, provider }) => ({ value: tag, label: provider }));
		show(
			settingsForm(
				{
					model: { value: view.id, label: view.name },
					target: this.#target,
					map: readSettings().modelSettings,
					takes: model?.parameters,
					efforts: model?.reasoning?.efforts,
					price: view.price,
					providers:
						providers.length > 0
							? providers
							: Object.entries(listing.providers).map(([label, value]) => ({ value, label })),
					models: listing.models
						.filter(({ supportsTools }) => supportsTools)
						.map(({ id, name }) => ({ value: id, label: name })),
					faults,
					sent,
				},
				translate,
			),
		);
	}
}
