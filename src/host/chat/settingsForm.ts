import type * as z from 'zod';
import {
	type ModelSettings,
	type ModelSettingsMap,
	modelParameters,
	modelSettings,
} from '../../agent/settings/modelSettings.ts';
import type { FormChoice, FormField, FormGroup, SettingsForm } from '../../protocol/messages.ts';
import type { Translate } from '../translate.ts';
import { type FieldGroup, fieldGroups, type ParameterName } from './settingsFields.ts';

type Plain = Readonly<Record<string, unknown>>;
export type FormFaults = SettingsForm['faults'];

export interface SettingsFormSources {
	/** The model in use; its id and its name. */
	readonly model: FormChoice;
	/** Model id or pattern the settings are kept under. */
	readonly target: string;
	readonly map: ModelSettingsMap;
	/** What the model in use takes; undefined when nobody knows, and everything is offered. */
	readonly takes: ReadonlySet<ParameterName> | undefined;
	/** How long it can think; undefined for all there are. */
	readonly efforts: readonly string[] | undefined;
	/** "$3/$15", told beside the price limits. */
	readonly price: string | undefined;
	/** Who offers the model: slug and name. */
	readonly providers: readonly FormChoice[];
	/** What may stand in for it. */
	readonly models: readonly FormChoice[];
	/** What was wrong with `sent`. */
	readonly faults: FormFaults;
	/** What was sent last and not stored; shown in place of what is stored. */
	readonly sent: Plain | undefined;
}

/** The form for one target, from what is stored and what is known of the model. Pure. */
export function settingsForm(sources: SettingsFormSources, t: Translate): SettingsForm {
	const { model, target, map, faults, sent } = sources;
	const inherited = inheritedSettings(target, map);
	return {
		target,
		targets: targetsFor(model, target, t),
		groups: groupsFor(sources, t),
		settings: sent ?? expand(map[target] ?? {}),
		...(Object.keys(inherited).length > 0 && { inherited }),
		faults,
	};
}

export type AppliedForm = { readonly map: ModelSettingsMap } | { readonly faults: FormFaults };

/**
 * What the settings file holds once the form is stored: the target's settings replaced, or removed when they say nothing.
 * @param settings as the page sent them; not to be trusted.
 */
export function applyForm(target: string, settings: Plain, map: ModelSettingsMap, t: Translate): AppliedForm {
	if (!isTarget(target)) {
		return { faults: { '': t('“{0}” names no model and no group of models.', target) } };
	}
	const cleaned = withoutEmpty(settings);
	const parsed = modelSettings.safeParse(cleaned);
	if (!parsed.success) {
		return { faults: faultsOf(parsed.error.issues, t) };
	}
	const { [target]: _before, ...others } = map;
	const stored = collapse(parsed.data);
	return { map: Object.keys(stored).length === 0 ? others : { ...others, [target]: stored } };
}

function targetsFor(model: FormChoice, target: string, t: Translate): SettingsForm['targets'] {
	const vendor = model.value.split('/')[0];
	const targets = [
		{ value: model.value, label: t('This model: {0}', model.label) },
		...(vendor !== undefined && model.value.includes('/')
			? [{ value: `${vendor}/*`, label: t('All models of {0}', vendor) }]
			: []),
		{ value: '*', label: t('All models') },
	];
	return targets.some(({ value }) => value === target) ? targets : [{ value: target, label: target }, ...targets];
}

/** What the model does not take stands at the end, folded: it is kept, and not sent. */
function groupsFor(sources: SettingsFormSources, t: Translate): readonly FormGroup[] {
	const { takes } = sources;
	const isTaken = ({ path }: FormField) => takes === undefined || !isParameter(path) || takes.has(path);
	const groups = fieldGroups.map(group => ({ ...group, fields: group.fields.filter(isTaken) }));
	const rest: FieldGroup = {
		title: 'Not taken by this model',
		isFolded: true,
		fields: fieldGroups.flatMap(({ fields }) => fields.filter(field => !isTaken(field))),
	};
	return [...groups, rest]
		.filter(({ fields }) => fields.length > 0)
		.map(({ title, isFolded, fields }) => ({
			title: t(title),
			...(isFolded && { isFolded }),
			fields: fields.map(field => translated(completed(field, sources, t), t)),
		}));
}

/** A field with what is known of the model in it. */
function completed(field: FormField, sources: SettingsFormSources, t: Translate): FormField {
	const { providers, models, efforts, price } = sources;
	switch (field.path) {
		case 'reasoningEffort': {
			const isOffered = (value: string) => efforts === undefined || efforts.includes(value);
			return field.kind === 'choice'
				? { ...field, choices: field.choices.filter(({ value }) => isOffered(value)) }
				: field;
		}
		case 'routing.order':
		case 'routing.only':
		case 'routing.ignore':
			return { ...field, kind: 'names', suggestions: providers };
		case 'fallbackModels':
			return { ...field, kind: 'names', suggestions: models.filter(({ value }) => value !== sources.model.value) };
		case 'routing.maxPrice.prompt':
		case 'routing.maxPrice.completion':
			return price === undefined
				? field
				: { ...field, help: t('{0} {1} costs {2}.', t(field.help), sources.model.label, price) };
		default:
			return field;
	}
}

function translated(field: FormField, t: Translate): FormField {
	const texts = { label: t(field.label), help: t(field.help) };
	switch (field.kind) {
		case 'choice':
		case 'choices':
			return { ...field, ...texts, choices: field.choices.map(({ value, label }) => ({ value, label: t(label) })) };
		case 'number':
			return { ...field, ...texts, ...(field.unit !== undefined && { unit: t(field.unit) }) };
		case 'flag':
		case 'text':
		case 'names':
			return { ...field, ...texts };
	}
}

function isParameter(path: string): path is ParameterName {
	return Object.hasOwn(modelParameters.unwrap().shape, path);
}

/** A model id, or a pattern with `*` at its end. */
function isTarget(target: string): boolean {
	return target === '*' || /^[\w@~][\w.:@~/-]*\*?$/.test(target);
}

/** What the less special patterns say of the models of a target. */
function inheritedSettings(target: string, map: ModelSettingsMap): Plain {
	const covering = Object.keys(map)
		.filter(pattern => pattern !== target && pattern.endsWith('*') && target.startsWith(pattern.slice(0, -1)))
		.toSorted((a, b) => a.length - b.length);
	return covering.reduce<Plain>((settings, pattern) => merge(settings, expand(map[pattern] ?? {})), {});
}

/** The later one counts, group by group. */
function merge(below: Plain, above: Plain): Plain {
	const merged: Record<string, unknown> = { ...below };
	for (const [name, value] of Object.entries(above)) {
		const base = merged[name];
		merged[name] = isPlain(base) && isPlain(value) ? merge(base, value) : value;
	}
	return merged;
}

/** Speed limits have two forms in the file; the form has fields for each percentile. */
function expand(settings: ModelSettings): Plain {
	const { routing, ...rest } = settings;
	if (routing === undefined) {
		return rest;
	}
	const { minThroughput, maxLatency } = routing;
	return {
		...rest,
		routing: {
			...routing,
			...(typeof minThroughput === 'number' && { minThroughput: { p50: minThroughput } }),
			...(typeof maxLatency === 'number' && { maxLatency: { p50: maxLatency } }),
		},
	};
}

/** The other way: the shorter form where it says all. */
function collapse(settings: ModelSettings): ModelSettings {
	const { routing, ...rest } = settings;
	if (routing === undefined) {
		return rest;
	}
	const { minThroughput, maxLatency } = routing;
	return {
		...rest,
		routing: {
			...routing,
			...(minThroughput !== undefined && { minThroughput: shortest(minThroughput) }),
			...(maxLatency !== undefined && { maxLatency: shortest(maxLatency) }),
		},
	};
}

type Percentiles = NonNullable<NonNullable<ModelSettings['routing']>['minThroughput']>;

function shortest(percentiles: Percentiles): Percentiles {
	if (typeof percentiles === 'number' || percentiles.p50 === undefined) {
		return percentiles;
	}
	return Object.keys(percentiles).length === 1 ? percentiles.p50 : percentiles;
}

/** Without empty texts, lists and groups: they say nothing, and the file stays short. */
function withoutEmpty(settings: Plain): Plain {
	const kept = Object.entries(settings)
		.map(([name, value]) => [name, isPlain(value) ? withoutEmpty(value) : value] as const)
		.filter(([, value]) => !isEmpty(value));
	return Object.fromEntries(kept);
}

function isEmpty(value: unknown): boolean {
	if (Array.isArray(value)) {
		return value.length === 0;
	}
	return value === undefined || value === '' || (isPlain(value) && Object.keys(value).length === 0);
}

function isPlain(value: unknown): value is Plain {
	return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One sentence for each field that has a fault, by the path of the field. */
function faultsOf(issues: readonly z.core.$ZodIssue[], t: Translate): FormFaults {
	const paths = fieldGroups.flatMap(({ fields }) => fields.map(({ path }) => path));
	const faults = new Map<string, string>();
	const unknown: string[] = [];
	for (const issue of issues.flatMap(inner)) {
		const at = issue.path.map(String).join('.');
		const path = paths.find(field => at === field || at.startsWith(`${field}.`)) ?? '';
		if (issue.code === 'unrecognized_keys') {
			unknown.push(...issue.keys.map(key => (at === '' ? key : `${at}.${key}`)));
		} else if (!faults.has(path)) {
			faults.set(path, faultText(issue, t));
		}
	}
	if (unknown.length > 0) {
		faults.set('', t('The settings file has what nobody knows here: {0}. Reset removes it.', unknown.join(', ')));
	}
	return Object.fromEntries(faults);
}

/** The faults of the form with percentiles, which is the one the fields are made for. */
function inner(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
	const deepest = issue.code === 'invalid_union' ? issue.errors.at(-1) : undefined;
	return deepest?.map(found => ({ ...found, path: [...issue.path, ...found.path] })) ?? [issue];
}

function faultText(issue: z.core.$ZodIssue, t: Translate): string {
	switch (issue.code) {
		case 'too_small':
			if (issue.origin === 'string') {
				return t('This cannot be empty.');
			}
			return issue.inclusive === false
				? t('This must be more than {0}.', String(issue.minimum))
				: t('This must be at least {0}.', String(issue.minimum));
		case 'too_big':
			return issue.origin === 'array'
				? t('At most {0} of them.', String(issue.maximum))
				: t('This must be at most {0}.', String(issue.maximum));
		case 'invalid_type':
			return issue.expected === 'int'
				? t('This must be a whole number.')
				: issue.expected === 'number'
					? t('This must be a number.')
					: t('This is no {0}.', issue.expected);
		case 'invalid_value':
			return t('This is not one of the choices.');
		case 'invalid_format':
			return t('Only letters, digits, “_” and “-”.');
		default:
			return issue.message;
	}
}
