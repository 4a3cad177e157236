import type { ReasoningEffort } from './modelSettings.ts';
import { type ModelParameters, type ModelSettings, type ModelSettingsMap, reasoningEffort } from './modelSettings.ts';

export type ParameterName = keyof ModelParameters;

/** What can be set of a model's thinking. */
export interface ReasoningAbility {
	/** Efforts it tells apart, the least first. Empty: it thinks, or not, as it likes. */
	readonly efforts: readonly ReasoningEffort[];
	/** What it does when nothing is asked of it. */
	readonly defaultEffort?: ReasoningEffort;
	/** It cannot answer without. */
	readonly isMandatory: boolean;
}

/** Which settings mean something to a model. */
export interface ModelAbilities {
	readonly parameters: ReadonlySet<ParameterName>;
	/** Absent: it does not think. */
	readonly reasoning?: ReasoningAbility;
}

export interface FittedSettings {
	readonly settings: ModelSettings;
	/** Names of what was left out, and what was changed as "reasoningEffort max → high". */
	readonly leftOut: readonly string[];
}

const EFFORTS = reasoningEffort.options;

/** From the least to the most. */
export function compareEfforts(a: ReasoningEffort, b: ReasoningEffort): number {
	return EFFORTS.indexOf(a) - EFFORTS.indexOf(b);
}

/**
 * What the user set for a model: all entries that match its id, merged. The longer pattern counts more, and the id
 * itself most; routing is merged field by field. An entry for a model holds for its variants too, such as `:nitro`.
 * @param id in any form the `model` setting takes.
 */
export function settingsFor(id: string, map: ModelSettingsMap): ModelSettings {
	const full = plainId(id);
	const base = full.replace(/[:@].*$/, '');
	const matching = Object.entries(map)
		.map(([key, settings]) => ({ weight: weigh(plainId(key), full, base), settings }))
		.filter(({ weight }) => weight > 0)
		// Sorting is stable: of two spellings of one key the later entry counts more.
		.sort((a, b) => a.weight - b.weight);
	return matching.reduce<ModelSettings>((merged, { settings }) => merge(merged, settings), {});
}

/** The key of the map that stands for exactly this model, in the user's own spelling. */
export function keyOf(id: string, map: Readonly<Record<string, unknown>>): string | undefined {
	const wanted = plainId(id);
	return Object.keys(map).findLast(key => plainId(key) === wanted);
}

/**
 * Leaves out what a model does not take, and brings the effort to the nearest it knows.
 * @param model undefined where nothing is known of it: then all stays.
 */
export function fitSettings(settings: ModelSettings, model: ModelAbilities | undefined): FittedSettings {
	if (model === undefined) {
		return { settings, leftOut: [] };
	}
	const leftOut: string[] = [];
	const kept = Object.entries(settings).filter(([name]) => {
		const isTaken = !isParameter(name) || model.parameters.has(name);
		if (!isTaken) {
			leftOut.push(name);
		}
		return isTaken;
	});
	// Only entries were taken away, and each of them may be missing.
	const fitted = Object.fromEntries(kept) as ModelSettings;
	const { reasoningEffort: wanted, reasoningTokens } = fitted;
	// A number of tokens goes in place of the effort.
	if (wanted === undefined || reasoningTokens !== undefined || model.reasoning === undefined) {
		return { settings: fitted, leftOut };
	}
	const nearest = nearestEffort(wanted, model.reasoning.efforts);
	if (nearest === wanted) {
		return { settings: fitted, leftOut };
	}
	if (nearest === undefined) {
		const { reasoningEffort: _, ...others } = fitted;
		return { settings: others, leftOut: [...leftOut, 'reasoningEffort'] };
	}
	return {
		settings: { ...fitted, reasoningEffort: nearest },
		leftOut: [...leftOut, `reasoningEffort ${wanted} → ${nearest}`],
	};
}

/** Of two equally near the lesser, which costs less; but who wants thinking gets some where that is as near as none. */
function nearestEffort(wanted: ReasoningEffort, efforts: readonly ReasoningEffort[]): ReasoningEffort | undefined {
	const distance = (effort: ReasoningEffort) =>
		Math.abs(compareEfforts(effort, wanted)) + (effort === 'none' && wanted !== 'none' ? 0.5 : 0);
	return efforts.toSorted((a, b) => distance(a) - distance(b) || compareEfforts(a, b))[0];
}

/** What is no parameter of the request itself stays with every model. */
const BESIDE_PARAMETERS: ReadonlySet<string> = new Set(['routing', 'fallbackModels', 'preset', 'pinProvider']);

function isParameter(name: string): name is ParameterName {
	return !BESIDE_PARAMETERS.has(name);
}

function merge(below: ModelSettings, above: ModelSettings): ModelSettings {
	const routing = below.routing && above.routing ? { ...below.routing, ...above.routing } : undefined;
	return { ...below, ...above, ...(routing && { routing }) };
}

/** 0 where the key does not match. The id with its variant outweighs the id, and that every pattern. */
function weigh(key: string, full: string, base: string): number {
	if (key === full) {
		return Number.POSITIVE_INFINITY;
	}
	if (key === base) {
		return Number.MAX_SAFE_INTEGER;
	}
	return key.endsWith('*') && full.startsWith(key.slice(0, -1)) ? key.length : 0;
}

/** Without what the user may put in front: the gateway's name, and the mark of an alias. */
function plainId(id: string): string {
	return id
		.trim()
		.toLowerCase()
		.replace(/^openrouter\/(?=[^/]+\/)/, '')
		.replace(/^~/, '');
}
