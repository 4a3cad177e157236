import assert from 'node:assert/strict';
import * as z from 'zod';
import { type ModelSettings, type ModelSettingsMap, modelSettings } from '../../../src/agent/settings/modelSettings.ts';
import { fieldGroups } from '../../../src/host/chat/settingsFields.ts';
import { applyForm, type SettingsFormSources, settingsForm } from '../../../src/host/chat/settingsForm.ts';
import type { FormField } from '../../../src/protocol/messages.ts';

const t = (message: string, ...args: (string | number)[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));

const sources: SettingsFormSources = {
	model: { value: 'a/b', label: 'B' },
	target: 'a/b',
	map: {},
	takes: undefined,
	efforts: undefined,
	price: undefined,
	providers: [{ value: 'p', label: 'Provider P' }],
	models: [
		{ value: 'a/b', label: 'B' },
		{ value: 'c/d', label: 'D' },
	],
	faults: {},
	sent: undefined,
};

const fieldsOf = (changes: Partial<SettingsFormSources>) =>
	settingsForm({ ...sources, ...changes }, t).groups.flatMap(({ fields }) => fields);
const field = (path: string, changes: Partial<SettingsFormSources> = {}): FormField => {
	const found = fieldsOf(changes).find(candidate => candidate.path === path);
	assert.ok(found, path);
	return found;
};

interface JsonSchema {
	readonly type?: string;
	readonly properties?: Readonly<Record<string, JsonSchema>>;
	readonly anyOf?: readonly JsonSchema[];
	readonly enum?: readonly string[];
	readonly items?: JsonSchema;
	readonly minimum?: number;
	readonly maximum?: number;
}

/** Every setting of the schema, by its path; of the two forms of a speed limit the one with percentiles. */
function settingsOf(schema: JsonSchema, path: readonly string[] = []): Map<string, JsonSchema> {
	const object = schema.anyOf?.find(({ type }) => type === 'object') ?? schema;
	return object.properties === undefined
		? new Map([[path.join('.'), schema]])
		: new Map(Object.entries(object.properties).flatMap(([name, part]) => [...settingsOf(part, [...path, name])]));
}

describe('the settings form', () => {
	const settings = settingsOf(z.toJSONSchema(modelSettings) as JsonSchema);

	it('has exactly one field for every setting there is', () => {
		const paths = fieldGroups.flatMap(({ fields }) => fields.map(({ path }) => path));
		assert.deepEqual(paths.toSorted(), [...settings.keys()].toSorted());
	});

	it('offers the choices and the bounds of the schema, no others', () => {
		for (const { path, ...offered } of fieldGroups.flatMap(({ fields }) => fields)) {
			const schema = settings.get(path);
			const offers = 'choices' in offered ? offered.choices.map(({ value }) => value).toSorted() : undefined;
			assert.deepEqual(offers, (schema?.enum ?? schema?.items?.enum)?.toSorted(), path);
			if (offered.kind === 'number') {
				assert.ok(schema?.type === 'number' || schema?.type === 'integer', path);
				assert.equal(offered.max, schema.maximum === Number.MAX_SAFE_INTEGER ? undefined : schema.maximum, path);
			}
		}
	});

	it('shows what the model takes first, and folds the rest away', () => {
		const form = settingsForm({ ...sources, takes: new Set(['temperature']) }, t);
		const rest = form.groups.at(-1);
		assert.equal(rest?.title, 'Not taken by this model');
		assert.equal(rest?.isFolded, true);
		assert.ok(rest?.fields.some(({ path }) => path === 'reasoningEffort'));
		assert.ok(form.groups.some(({ title, fields }) => title === 'Answer' && fields[0]?.path === 'temperature'));
		// Routing is OpenRouter's, whatever the model takes.
		assert.ok(!rest?.fields.some(({ path }) => path.startsWith('routing.') || path === 'fallbackModels'));
		assert.equal(fieldsOf({ takes: new Set(['temperature']) }).length, fieldsOf({}).length);
	});

	it('offers the efforts, providers and models there are', () => {
		const effort = field('reasoningEffort', { efforts: ['low', 'high'] });
		assert.deepEqual(effort.kind === 'choice' && effort.choices.map(({ value }) => value), ['low', 'high']);
		const order = field('routing.order');
		assert.deepEqual(order.kind === 'names' && order.suggestions, [{ value: 'p', label: 'Provider P' }]);
		const fallbacks = field('fallbackModels');
		assert.deepEqual(fallbacks.kind === 'names' && fallbacks.suggestions, [{ value: 'c/d', label: 'D' }]);
		assert.match(field('routing.maxPrice.prompt', { price: '$3/$15' }).help, /B costs \$3\/\$15\.$/);
	});

	it('can be for this model, its vendor, all models, or whatever else is stored', () => {
		const targets = (target: string) => settingsForm({ ...sources, target }, t).targets.map(({ value }) => value);
		assert.deepEqual(targets('a/b'), ['a/b', 'a/*', '*']);
		assert.deepEqual(targets('a/b*'), ['a/b*', 'a/b', 'a/*', '*']);
	});

	it('tells what is set for more models than the target, the longer pattern first', () => {
		const map: ModelSettingsMap = {
			'*': { temperature: 0.2, routing: { sort: 'price', maxPrice: { prompt: 3 } } },
			'a/*': { temperature: 0.5, routing: { maxPrice: { completion: 9 } } },
			'c/*': { seed: 1 },
			'a/b': { topP: 1 },
		};
		const form = settingsForm({ ...sources, map }, t);
		assert.deepEqual(form.settings, { topP: 1 });
		assert.deepEqual(form.inherited, {
			temperature: 0.5,
			routing: { sort: 'price', maxPrice: { prompt: 3, completion: 9 } },
		});
		assert.equal(settingsForm({ ...sources, map, target: '*' }, t).inherited, undefined);
	});

	it('stores what it shows: every setting comes back as it was', () => {
		const stored: ModelSettings = {
			reasoningEffort: 'high',
			stop: ['END'],
			parallelToolCalls: false,
			pinProvider: false,
			fallbackModels: ['c/d', 'e/f'],
			preset: 'mine',
			routing: {
				order: ['p', 'q'],
				zeroDataRetention: true,
				quantizations: ['fp8'],
				maxPrice: { prompt: 0.5 },
				minThroughput: 40,
				maxLatency: { p50: 1, p99: 3 },
			},
		};
		const map = { 'a/b': stored, '*': { seed: 1 } };
		assert.deepEqual(applyForm('a/b', settingsForm({ ...sources, map }, t).settings, map, t), { map });
	});

	it('shows a speed limit in the field of its median', () => {
		const form = settingsForm({ ...sources, map: { 'a/b': { routing: { minThroughput: 40 } } } }, t);
		assert.deepEqual(form.settings, { routing: { minThroughput: { p50: 40 } } });
	});

	it('leaves out what says nothing, and removes a target without settings', () => {
		const map = { 'a/b': { seed: 1 }, '*': { topP: 1 } };
		const empty = { preset: '', stop: [], routing: { order: [], maxPrice: {} } };
		assert.deepEqual(applyForm('a/b', empty, map, t), { map: { '*': { topP: 1 } } });
		assert.deepEqual(applyForm('a/*', { seed: 2, ...empty }, map, t), { map: { ...map, 'a/*': { seed: 2 } } });
	});

	it('says at each field what is wrong, and stores nothing', () => {
		const wrong = {
			temperature: 3,
			topK: 1.5,
			seed: 'abc',
			maxOutputTokens: 0,
			verbosity: 'chatty',
			preset: 'no spaces',
			stop: ['a', 'b', 'c', 'd', 'e'],
			fallbackModels: ['ok', ''],
			routing: { maxPrice: { prompt: -1 }, minThroughput: { p50: 0 } },
		};
		assert.deepEqual(applyForm('a/b', wrong, {}, t), {
			faults: {
				temperature: 'This must be at most 2.',
				topK: 'This must be a whole number.',
				seed: 'This must be a number.',
				maxOutputTokens: 'This must be at least 1.',
				verbosity: 'This is not one of the choices.',
				preset: 'Only letters, digits, “_” and “-”.',
				stop: 'At most 4 of them.',
				fallbackModels: 'This cannot be empty.',
				'routing.maxPrice.prompt': 'This must be at least 0.',
				'routing.minThroughput.p50': 'This must be more than 0.',
			},
		});
	});

	it('tells of what no field shows, and takes no target that is none', () => {
		const unknown = { topp: 1, routing: { colour: 'red' } };
		assert.deepEqual(applyForm('a/b', unknown, {}, t), {
			faults: {
				'': 'The settings file has what nobody knows here: routing.colour, topp. Reset removes it.',
			},
		});
		for (const target of ['', 'a b', '*x', '__proto__:\n']) {
			assert.deepEqual(Object.keys(applyForm(target, {}, {}, t)), ['faults'], target);
		}
	});

	it('shows what was sent, not what is stored, beside its faults', () => {
		const form = settingsForm({ ...sources, sent: { seed: 'abc' }, faults: { seed: 'This must be a number.' } }, t);
		assert.deepEqual(form.settings, { seed: 'abc' });
		assert.deepEqual(form.faults, { seed: 'This must be a number.' });
	});
});
