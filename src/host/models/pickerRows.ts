import type { Listing } from '../../openrouter/catalogue/catalogue.ts';
import type { Endpoint } from '../../openrouter/catalogue/endpoints.ts';
import { resolveModelId } from '../../openrouter/catalogue/modelIds.ts';
import { formatPrice, perMillion } from '../../openrouter/catalogue/modelPrice.ts';
import { type CatalogueModel, takesImages } from '../../openrouter/catalogue/models.ts';
import { TIERS, type Tier, tierOf } from '../../openrouter/catalogue/tiers.ts';
import type { Translate } from '../translate.ts';

/** What a model must have to be listed. */
export interface PickerFilters {
	readonly tools: boolean;
	readonly images: boolean;
	readonly reasoning: boolean;
	readonly free: boolean;
}

export interface PickerSources {
	readonly models: readonly CatalogueModel[];
	readonly filters: PickerFilters;
	readonly favourites: readonly string[];
	readonly recent: readonly string[];
	/** The id in use. */
	readonly current: string;
	/** BCP 47, for dates. */
	readonly locale: string;
	readonly translate: Translate;
}

export interface PickerSection {
	readonly title: string;
	readonly rows: readonly PickerRow[];
}

export interface PickerRow {
	readonly id: string;
	readonly label: string;
	readonly description: string;
	readonly detail: string;
	readonly isFavourite: boolean;
	readonly isCurrent: boolean;
}

/** What is offered besides the list for what the user typed. */
export interface TypedRow {
	/** Absent: nothing to take, only to read. */
	readonly id?: string;
	readonly label: string;
	readonly detail: string;
}

/** The list in sections: favourites, recent, then by tier. Each model stands in the first that it belongs to. */
export function pickerSections(sources: PickerSources): readonly PickerSection[] {
	const { translate } = sources;
	const left = new Map(sources.models.filter(model => passes(model, sources.filters)).map(model => [model.id, model]));
	const take = (models: readonly CatalogueModel[]) =>
		models.flatMap(model => (left.delete(model.id) ? [pickerRow(model, sources)] : []));
	const byId = (ids: readonly string[]) => ids.flatMap(id => left.get(id) ?? []);
	const newest = [...left.values()].sort((a, b) => b.created - a.created);
	return [
		{ title: translate('Favourites'), rows: take(byId(sources.favourites)) },
		{ title: translate('Recent'), rows: take(byId(sources.recent)) },
		...[...TIERS, undefined].map(tier => ({
			title: tierTitle(tier, translate),
			rows: take(newest.filter(model => tierOf(model) === tier)),
		})),
	].filter(({ rows }) => rows.length > 0);
}

/**
 * For a text that no listed row shows: the id it stands for, else what is near, with the reason. Without the newest
 * list an id may be right that is not on it, so it can be taken all the same.
 */
export function typedRows(
	text: string,
	listing: Pick<Listing, 'models' | 'source'>,
	sections: readonly PickerSection[],
	translate: Translate,
): readonly TypedRow[] {
	const wanted = text.trim().toLowerCase();
	const rows = sections.flatMap(section => section.rows);
	if (wanted === '' || rows.some(({ label, id }) => `${label}\n${id}`.toLowerCase().includes(wanted))) {
		return [];
	}
	const result = resolveModelId(text, listing.models);
	if (result.type === 'found') {
		return [{ id: result.id, label: translate('Use {0}', result.id), detail: result.model?.name ?? '' }];
	}
	const near = result.closest.map(id => ({
		id,
		label: translate('Use {0}', id),
		detail: listing.models.find(model => model.id === id)?.name ?? '',
	}));
	// Not while somebody types words to search for.
	const isId = /^~?[\w.-]+\/[\w.:-]+$/.test(text.trim());
	const reason = result.reason === undefined ? [] : [{ label: translate('No such model'), detail: result.reason }];
	const asWritten =
		isId && listing.source !== 'live'
			? [
					{
						id: text.trim(),
						label: translate('Use {0}', text.trim()),
						detail: translate('Not on this list, which is not the newest.'),
					},
				]
			: [];
	return [...(isId ? reason : []), ...near, ...asWritten];
}

/** "62 tok/s · 0.8 s · 5 providers": medians over the providers that answer now. */
export function speedText(endpoints: readonly Endpoint[], translate: Translate): string {
	const up = endpoints.filter(({ isUp }) => isUp);
	const throughput = median(up.flatMap(endpoint => endpoint.throughput ?? []));
	const latencyMs = median(up.flatMap(endpoint => endpoint.latencyMs ?? []));
	return joined([
		throughput === undefined ? '' : translate('{0} tok/s', Math.round(throughput)),
		latencyMs === undefined ? '' : translate('{0} s', (latencyMs / 1000).toFixed(1)),
		up.length === 1 ? translate('1 provider') : translate('{0} providers', up.length),
	]);
}

/** "Choose a model · list of 8 Aug 2026, offline · with tools". */
export function pickerTitle(
	listing: Pick<Listing, 'source' | 'at'> | undefined,
	filters: PickerFilters,
	{ locale, translate }: Pick<PickerSources, 'locale' | 'translate'>,
): string {
	const names = [
		filters.tools ? translate('with tools') : '',
		filters.images ? translate('with images') : '',
		filters.reasoning ? translate('with reasoning') : '',
		filters.free ? translate('free') : '',
	].filter(name => name !== '');
	return joined([translate('Choose a model'), listing ? sourceText(listing, locale, translate) : '', names.join(', ')]);
}

/** How old the list is, where it is not of now. */
function sourceText({ source, at }: Pick<Listing, 'source' | 'at'>, locale: string, translate: Translate): string {
	switch (source) {
		case 'live':
			return translate('live list');
		case 'cache':
			return translate('list of {0}', day(at, locale));
		case 'snapshot':
			return translate('offline list of {0}', day(at, locale));
	}
}

/** "8 Aug 2026", in UTC: the service's days are. */
export function day(at: number, locale: string): string {
	return new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeZone: 'UTC' }).format(at);
}

function pickerRow(model: CatalogueModel, sources: PickerSources): PickerRow {
	const isCurrent = model.id === sources.current;
	return {
		id: model.id,
		label: isCurrent ? `$(check) ${model.name}` : model.name,
		description: model.id,
		detail: detailText(model, sources),
		isFavourite: sources.favourites.includes(model.id),
		isCurrent,
	};
}

function detailText(model: CatalogueModel, { locale, translate }: PickerSources): string {
	const { price, contextLength, expires } = model;
	const leaves = expires === undefined ? undefined : Date.parse(expires);
	return joined([
		contextLength === undefined ? '' : contextText(contextLength),
		price === undefined ? translate('price set by the router') : formatPrice(price),
		price?.cacheRead ? translate('cached {0}', perMillion(price.cacheRead)) : '',
		model.supportsTools ? '' : `$(circle-slash) ${translate('no tools')}`,
		takesImages(model) ? translate('images') : '',
		model.reasoning === undefined ? '' : translate('reasoning'),
		leaves !== undefined && leaves < FAR_FUTURE ? `$(warning) ${translate('leaves on {0}', day(leaves, locale))}` : '',
	]);
}

/** Dates of 2098 stand for none. */
const FAR_FUTURE = Date.parse('2090-01-01');

/** "200k", "1M". */
function contextText(tokens: number): string {
	return tokens < 1_000_000 ? `${Math.round(tokens / 1000)}k` : `${Number((tokens / 1e6).toFixed(1))}M`;
}

function passes(model: CatalogueModel, filters: PickerFilters): boolean {
	return (
		(!filters.tools || model.supportsTools) &&
		(!filters.images || takesImages(model)) &&
		(!filters.reasoning || model.reasoning !== undefined) &&
		(!filters.free || tierOf(model) === 'free')
	);
}

function tierTitle(tier: Tier | undefined, translate: Translate): string {
	switch (tier) {
		case 'premium':
			return translate('Premium');
		case 'standard':
			return translate('Standard');
		case 'fast':
			return translate('Fast');
		case 'economy':
			return translate('Economy');
		case 'free':
			return translate('Free, with daily limits');
		case undefined:
			return translate('Routers');
	}
}

function joined(parts: readonly string[]): string {
	return parts.filter(part => part !== '').join(' · ');
}

function median(numbers: readonly number[]): number | undefined {
	const sorted = numbers.toSorted((a, b) => a - b);
	const middle = sorted.length / 2;
	const [low, high] = [sorted[Math.ceil(middle) - 1], sorted[Math.floor(middle)]];
	return low === undefined || high === undefined ? undefined : (low + high) / 2;
}
