import { closestModels } from './closestModels.ts';
import { mistakeIn } from './modelIdMistakes.ts';
import type { CatalogueModel } from './models.ts';

export type ModelIdResult =
	| {
			readonly type: 'found';
			/** As the service wants it. */
			readonly id: string;
			/** The row with its size and price; absent for a preset, whose model only the account knows. */
			readonly model?: CatalogueModel;
			/** Without the colon. */
			readonly variant?: string;
	  }
	| {
			readonly type: 'unknown';
			/** Ids that are meant perhaps, the likeliest first; three at most. */
			readonly closest: readonly string[];
			/** One sentence, where the mistake has a name. */
			readonly reason?: string;
	  };

/** They are no rows of the list: each changes only how a provider of the model is found. */
const VIRTUAL_VARIANTS: ReadonlySet<string> = new Set(['nitro', 'floor', 'online', 'exacto']);
/** Models of their own, in the list where they exist. */
const LISTED_VARIANTS: ReadonlySet<string> = new Set(['free', 'thinking', 'extended']);

const PRESET = /^@preset\/[\w-]+$/;

/**
 * Finds the model a user means. Takes ids with and without `openrouter/` in front or as an address of the site, in any
 * case; the name of a model alone where one vendor has it; aliases, dated ids, variants and presets.
 */
export function resolveModelId(input: string, models: readonly CatalogueModel[]): ModelIdResult {
	const text = cleaned(input);
	const [written = '', preset] = splitPreset(text);
	if (written === '') {
		return preset === undefined
			? { type: 'unknown', closest: [], reason: 'No model is named.' }
			: { type: 'found', id: preset };
	}
	const found = findModel(written, models);
	if (found.type === 'unknown' || preset === undefined) {
		return found;
	}
	return { ...found, id: `${found.id}${preset}` };
}

/** An id without what stands around the name of its model: the gateway in front, a virtual variant, a preset. */
export function plainModelId(id: string): string {
	const [written = ''] = splitPreset(cleaned(id));
	const { base, variant } = splitVariant(written);
	return variant !== undefined && VIRTUAL_VARIANTS.has(variant) ? base : written;
}

function findModel(written: string, models: readonly CatalogueModel[]): ModelIdResult {
	const listed = lookUp(written, models);
	if (listed.length === 1 && listed[0] !== undefined) {
		const { variant } = splitVariant(listed[0].id);
		return { type: 'found', id: listed[0].id, model: listed[0], ...(variant !== undefined && { variant }) };
	}
	if (listed.length > 1) {
		const reason = `"${written}" is offered by ${listed.length} vendors; the vendor belongs in front.`;
		return { type: 'unknown', closest: listed.slice(0, 3).map(({ id }) => id), reason };
	}
	const { base, variant } = splitVariant(written);
	if (variant !== undefined) {
		return findVariant(base, variant, models);
	}
	const reason = mistakeIn(written, models);
	const closest = reason?.meant ?? closestModels(written, models);
	return { type: 'unknown', closest, ...(reason !== undefined && { reason: reason.text }) };
}

function findVariant(base: string, variant: string, models: readonly CatalogueModel[]): ModelIdResult {
	const found = findModel(base, models);
	if (found.type === 'unknown') {
		return found;
	}
	if (VIRTUAL_VARIANTS.has(variant)) {
		return { ...found, id: `${found.id}:${variant}`, variant };
	}
	const others = models.filter(({ id }) => id.endsWith(`:${variant}`)).map(({ id }) => id);
	const closest = [
		found.id,
		...closestModels(
			base,
			models.filter(({ id }) => others.includes(id)),
		),
	].slice(0, 3);
	if (variant === 'batch') {
		return { type: 'unknown', closest, reason: 'Batch models answer within a day, not in a chat.' };
	}
	return {
		type: 'unknown',
		closest,
		reason: LISTED_VARIANTS.has(variant)
			? `${found.id} has no variant ":${variant}".`
			: `There is no variant ":${variant}"; those are ${variantNames()}.`,
	};
}

/** Rows that an id names: one, or for a name without its vendor as many as have it. */
function lookUp(written: string, models: readonly CatalogueModel[]): readonly CatalogueModel[] {
	const exact = models.find(({ id }) => id.toLowerCase() === written);
	if (exact !== undefined) {
		return [exact];
	}
	if (written.includes('/')) {
		// A free variant has the same dated id as the model it is one of.
		const dated = models.filter(({ canonicalId }) => canonicalId?.toLowerCase() === written);
		return dated.filter(({ id }) => !id.includes(':') || dated.length === 1).slice(0, 1);
	}
	return models.filter(({ id }) => id.slice(id.indexOf('/') + 1).toLowerCase() === written);
}

/** Lower case, without spaces and what comes before the vendor. */
function cleaned(input: string): string {
	return input
		.trim()
		.toLowerCase()
		.replace(/^https?:\/\/(?:www\.)?openrouter\.ai\/(?:models\/)?/, '')
		.replace(/[?#].*$/, '')
		.replace(/\s*([/:@])\s*/g, '$1')
		.replace(/\s+/g, '-')
		.replace(/^openrouter\/(?=[^/]+\/|~|@)/, '')
		.replace(/\/+$/, '');
}

function splitPreset(text: string): readonly [written: string, preset?: string] {
	const at = text.indexOf('@preset/');
	return at === -1 || !PRESET.test(text.slice(at)) ? [text] : [text.slice(0, at), text.slice(at)];
}

function splitVariant(written: string): { readonly base: string; readonly variant?: string } {
	const colon = written.lastIndexOf(':');
	return colon === -1 ? { base: written } : { base: written.slice(0, colon), variant: written.slice(colon + 1) };
}

function variantNames(): string {
	return [...LISTED_VARIANTS, ...VIRTUAL_VARIANTS].map(name => `:${name}`).join(' ');
}
