import * as vscode from 'vscode';
import { BUILT_IN_MODEL } from '../../agent/settings/settingDefaults.ts';
import type { Catalogue, Listing } from '../../openrouter/catalogue/catalogue.ts';
import { resolveModelId } from '../../openrouter/catalogue/modelIds.ts';
import type { Translate } from '../translate.ts';
import type { ModelMemory } from './modelMemory.ts';
import {
	type PickerFilters,
	type PickerSection,
	pickerSections,
	pickerTitle,
	speedText,
	typedRows,
} from './pickerRows.ts';

export interface ModelPickerOptions {
	readonly catalogue: Catalogue;
	readonly memory: ModelMemory;
	/** The id in use. */
	readonly current: string;
}

interface ModelItem extends vscode.QuickPickItem {
	/** Absent: only to read. */
	readonly modelId?: string;
	readonly isListed?: boolean;
}

interface FilterButton extends vscode.QuickInputButton {
	readonly filter: keyof PickerFilters;
}

/** How long a row must be looked at before its providers are asked for. */
const LOOK_MS = 300;

const FILTER_ICONS: Readonly<Record<keyof PickerFilters, string>> = {
	tools: 'tools',
	images: 'file-media',
	reasoning: 'lightbulb',
	free: 'gift',
};

/** Lets the user pick a model. @returns its id, empty for the default by rule; undefined when they leave. */
export async function pickModel(options: ModelPickerOptions): Promise<string | undefined> {
	const picker = new ModelPicker(options);
	try {
		return await picker.pick();
	} finally {
		picker.dispose();
	}
}

class ModelPicker {
	readonly #options: ModelPickerOptions;
	readonly #picker = vscode.window.createQuickPick<ModelItem>();
	readonly #translate: Translate = (message, ...args) => vscode.l10n.t(message, ...args);
	readonly #speeds = new Map<string, string>();
	#filters: PickerFilters = { tools: true, images: false, reasoning: false, free: false };
	#listing: Listing | undefined;
	#sections: readonly PickerSection[] = [];
	#lookTimer: ReturnType<typeof setTimeout> | undefined;
	#typed = '';
	#isClosed = false;

	constructor(options: ModelPickerOptions) {
		this.#options = options;
	}

	pick(): Promise<string | undefined> {
		const picker = this.#picker;
		const { catalogue, memory } = this.#options;
		picker.placeholder = vscode.l10n.t(
			'Search by name or id, or type an id. Prices: dollars per million tokens in/out',
		);
		picker.matchOnDescription = true;
		picker.matchOnDetail = true;
		picker.keepScrollPosition = true;
		picker.busy = true;
		const picked = new Promise<string | undefined>(done => {
			picker.onDidAccept(() => {
				const id = this.#accepted();
				if (id !== undefined) {
					done(id);
				}
			});
			picker.onDidHide(() => done(undefined));
		});
		picker.onDidChangeValue(() => this.#showTyped());
		picker.onDidChangeActive(([item]) => this.#look(item));
		picker.onDidTriggerButton(button => this.#toggle(button));
		picker.onDidTriggerItemButton(({ item }) => {
			if (item.modelId !== undefined) {
				memory.toggleFavourite(item.modelId).then(
					() => this.#show(),
					error => this.#showFault(error),
				);
			}
		});
		const stop = catalogue.onDidChange(() => this.#useListing(catalogue.current));
		picker.onDidHide(stop);
		this.#show();
		picker.show();
		catalogue.get().then(
			listing => this.#useListing(listing),
			error => this.#showFault(error),
		);
		return picked;
	}

	dispose(): void {
		this.#isClosed = true;
		clearTimeout(this.#lookTimer);
		this.#picker.dispose();
	}

	/** The row that is looked at; where a list that changed while somebody typed left none, what the text says. */
	#accepted(): string | undefined {
		const [item] = this.#picker.activeItems;
		if (item !== undefined) {
			return item.modelId;
		}
		const result = resolveModelId(this.#picker.value, this.#listing?.models ?? []);
		return result.type === 'found' ? result.id : undefined;
	}

	#useListing(listing: Listing | undefined): void {
		if (listing === undefined || this.#isClosed) {
			return;
		}
		this.#listing = listing;
		this.#picker.busy = false;
		this.#show();
	}

	#showFault(error: unknown): void {
		if (!this.#isClosed) {
			this.#picker.busy = false;
			this.#picker.title = error instanceof Error ? error.message : String(error);
		}
	}

	/** Makes the list anew. */
	#show(): void {
		if (this.#isClosed) {
			return;
		}
		const { memory, current } = this.#options;
		const locale = vscode.env.language;
		this.#sections = pickerSections({
			models: this.#listing?.models ?? [],
			filters: this.#filters,
			favourites: memory.favourites,
			recent: memory.recent,
			current,
			locale,
			translate: this.#translate,
		});
		const title = pickerTitle(this.#listing, this.#filters, { locale, translate: this.#translate });
		const { error } = this.#options.catalogue;
		this.#picker.title = error ? vscode.l10n.t('{0} · could not be refreshed: {1}', title, error.message) : title;
		this.#picker.buttons = filterButtons(this.#filters);
		this.#draw();
	}

	/** Keeps the row that somebody went to. Not the first one: what is typed meanwhile chooses another. */
	#draw(): void {
		const picker = this.#picker;
		const [active] = picker.activeItems;
		const kept = active === picker.items[0] ? undefined : active?.modelId;
		const items = [...this.#typedItems(), ...fixedItems(), ...this.#sections.flatMap(section => this.#items(section))];
		this.#typed = typedKey(items);
		picker.items = items;
		const again = kept === undefined ? undefined : items.find(({ modelId }) => modelId === kept);
		if (again !== undefined) {
			picker.activeItems = [again];
		}
	}

	/** The rows are drawn again only when what is offered for the text differs: drawing moves the list. */
	#showTyped(): void {
		if (typedKey(this.#typedItems()) !== this.#typed) {
			this.#draw();
		}
	}

	#typedItems(): readonly ModelItem[] {
		if (this.#listing === undefined) {
			return [];
		}
		return typedRows(this.#picker.value, this.#listing, this.#sections, this.#translate).map(
			({ id, label, detail }) => ({
				label,
				detail,
				alwaysShow: true,
				...(id !== undefined && { modelId: id }),
			}),
		);
	}

	#items({ title, rows }: PickerSection): readonly ModelItem[] {
		return [
			{ label: title, kind: vscode.QuickPickItemKind.Separator },
			...rows.map(({ id, label, description, detail, isFavourite }) => ({
				label,
				description,
				detail: [detail, this.#speeds.get(id)].filter(part => part !== undefined).join(' · '),
				modelId: id,
				isListed: true,
				buttons: [favouriteButton(isFavourite)],
			})),
		];
	}

	#toggle(button: vscode.QuickInputButton): void {
		if (isFilterButton(button)) {
			this.#filters = { ...this.#filters, [button.filter]: !this.#filters[button.filter] };
			this.#show();
		}
	}

	/** Asks who offers the row, once it was looked at for a moment. */
	#look(item: ModelItem | undefined): void {
		clearTimeout(this.#lookTimer);
		const id = item?.isListed ? item.modelId : undefined;
		if (id === undefined || this.#speeds.has(id)) {
			return;
		}
		this.#lookTimer = setTimeout(() => {
			this.#options.catalogue.endpoints(id).then(
				endpoints => this.#showSpeed(id, speedText(endpoints, this.#translate)),
				// The row is whole without it, and a later look asks again.
				() => undefined,
			);
		}, LOOK_MS);
	}

	#showSpeed(id: string, text: string): void {
		this.#speeds.set(id, text);
		if (!this.#isClosed && this.#picker.activeItems[0]?.modelId === id) {
			this.#draw();
		}
	}
}

function typedKey(items: readonly ModelItem[]): string {
	return items
		.filter(({ alwaysShow }) => alwaysShow)
		.map(({ label, detail }) => `${label}\n${detail}`)
		.join('\n');
}

function fixedItems(): readonly ModelItem[] {
	return [
		{
			modelId: '',
			label: vscode.l10n.t('Default'),
			description: vscode.l10n.t('a good and cheap one, chosen from the live list'),
		},
		{
			modelId: BUILT_IN_MODEL,
			label: vscode.l10n.t('Built-in assistant'),
			description: vscode.l10n.t('follows rules, no model'),
		},
	];
}

function filterButtons(filters: PickerFilters): readonly FilterButton[] {
	const names: Readonly<Record<keyof PickerFilters, string>> = {
		tools: vscode.l10n.t('With tools only'),
		images: vscode.l10n.t('With images only'),
		reasoning: vscode.l10n.t('With reasoning only'),
		free: vscode.l10n.t('Free only'),
	};
	// The keys are those of the table.
	return (Object.keys(names) as (keyof PickerFilters)[]).map(filter => ({
		filter,
		iconPath: new vscode.ThemeIcon(filters[filter] ? 'pass-filled' : FILTER_ICONS[filter]),
		tooltip: filters[filter] ? vscode.l10n.t('{0}: on', names[filter]) : vscode.l10n.t('{0}: off', names[filter]),
	}));
}

function isFilterButton(button: vscode.QuickInputButton): button is FilterButton {
	return 'filter' in button;
}

function favouriteButton(isFavourite: boolean): vscode.QuickInputButton {
	return {
		iconPath: new vscode.ThemeIcon(isFavourite ? 'star-full' : 'star-empty'),
		tooltip: isFavourite ? vscode.l10n.t('Remove from favourites') : vscode.l10n.t('Add to favourites'),
	};
}
