import assert from 'node:assert/strict';
import {
	type PickerSources,
	pickerSections,
	pickerTitle,
	speedText,
	typedRows,
} from '../../../src/host/models/pickerRows.ts';
import type { Endpoint } from '../../../src/openrouter/catalogue/endpoints.ts';
import { translate } from '../../fakes/translate.ts';
import { listedModel, listedModels } from '../openrouter/catalogue/listedModels.ts';

const sources: PickerSources = {
	models: listedModels,
	filters: { tools: true, images: false, reasoning: false, free: false },
	favourites: [],
	recent: [],
	current: '',
	locale: 'en-GB',
	translate,
};

const sectionsOf = (changes: Partial<PickerSources> = {}) => pickerSections({ ...sources, ...changes });
const rowsOf = (changes: Partial<PickerSources> = {}) => sectionsOf(changes).flatMap(({ rows }) => rows);
const rowOf = (id: string, changes: Partial<PickerSources> = {}) => rowsOf(changes).find(row => row.id === id);
const filtersOff = { tools: false, images: false, reasoning: false, free: false };

describe('pickerSections', () => {
	it('puts favourites and recent ones first, then tiers, each model once and the newest first', () => {
		const sections = sectionsOf({
			favourites: ['z-ai/glm-4.7', 'a/gone'],
			recent: ['openai/gpt-5', 'z-ai/glm-4.7'],
		});
		assert.deepEqual(
			sections.map(({ title }) => title),
			['Favourites', 'Recent', 'Premium', 'Standard', 'Fast', 'Economy', 'Free, with daily limits', 'Routers'],
		);
		assert.deepEqual(
			sections[0]?.rows.map(({ id, isFavourite }) => [id, isFavourite]),
			[['z-ai/glm-4.7', true]],
		);
		assert.deepEqual(
			sections[1]?.rows.map(({ id }) => id),
			['openai/gpt-5'],
		);
		const ids = sections.flatMap(({ rows }) => rows.map(({ id }) => id));
		assert.equal(new Set(ids).size, ids.length);
		assert.equal(ids.length, listedModels.filter(({ supportsTools }) => supportsTools).length);
		for (const { rows } of sections.slice(2)) {
			const dates = rows.map(({ id }) => listedModel(id).created);
			assert.deepEqual(
				dates,
				dates.toSorted((a, b) => b - a),
			);
		}
	});

	it('says in a row what counts for the choice', () => {
		assert.deepEqual(rowOf('anthropic/claude-sonnet-4.6'), {
			id: 'anthropic/claude-sonnet-4.6',
			label: 'Anthropic: Claude Sonnet 4.6',
			description: 'anthropic/claude-sonnet-4.6',
			detail: '1M · $3/$15 · cached $0.3 · images · reasoning',
			isFavourite: false,
			isCurrent: false,
		});
		assert.equal(rowOf('openai/gpt-oss-20b:free')?.detail, '131k · free · reasoning');
		assert.match(rowOf('openrouter/auto')?.detail ?? '', /price set by the router/);
		assert.match(rowOf('openai/gpt-5.3-chat')?.detail ?? '', /leaves on 10 Aug 2026$/);
		assert.doesNotMatch(rowOf('z-ai/glm-5-turbo')?.detail ?? '', /leaves/);
		assert.equal(rowOf('openai/gpt-5', { current: 'openai/gpt-5' })?.label, '$(check) OpenAI: GPT-5');
	});

	it('marks models without tools, once they are wanted at all', () => {
		assert.equal(rowOf('perplexity/sonar'), undefined);
		assert.match(rowOf('perplexity/sonar', { filters: filtersOff })?.detail ?? '', /no tools/);
	});

	it('filters by what a model can do', () => {
		const ids = (filters: Partial<PickerSources['filters']>) =>
			rowsOf({ filters: { ...filtersOff, ...filters } }).map(({ id }) => id);
		assert.equal(ids({}).length, 340);
		assert.ok(ids({ images: true }).every(id => listedModel(id).inputs.includes('image')));
		assert.ok(ids({ reasoning: true }).every(id => listedModel(id).reasoning !== undefined));
		assert.ok(ids({ free: true }).every(id => listedModel(id).price?.prompt === 0));
		assert.ok(ids({ free: true, tools: true, images: true }).length > 0);
	});

	it('has no empty section', () => {
		assert.deepEqual(sectionsOf({ models: [] }), []);
	});
});

describe('typedRows', () => {
	const typed = (text: string, source: 'live' | 'snapshot' = 'live', changes: Partial<PickerSources> = {}) =>
		typedRows(text, { models: listedModels, source }, sectionsOf(changes), translate);

	it('adds nothing to what the list shows by itself', () => {
		for (const text of ['', '  ', 'sonnet', 'GLM 4.7', 'z-ai/glm-4.7']) {
			assert.deepEqual(typed(text), []);
		}
	});

	it('offers an id that is no row: with a prefix, a variant, a preset, or filtered out', () => {
		const use = (text: string) => typed(text).map(({ id, label }) => [id, label]);
		assert.deepEqual(use('openrouter/z-ai/glm-4.7'), [['z-ai/glm-4.7', 'Use z-ai/glm-4.7']]);
		assert.deepEqual(use('z-ai/glm-4.7:nitro'), [['z-ai/glm-4.7:nitro', 'Use z-ai/glm-4.7:nitro']]);
		assert.deepEqual(use('@preset/mine'), [['@preset/mine', 'Use @preset/mine']]);
		assert.deepEqual(use('perplexity/sonar-pro'), [['perplexity/sonar-pro', 'Use perplexity/sonar-pro']]);
	});

	it('says why an id is unknown, and offers what is near', () => {
		assert.deepEqual(typed('anthropic/claude-sonnet-4-5'), [
			{ label: 'No such model', detail: 'OpenRouter writes it anthropic/claude-sonnet-4.5.' },
			{
				id: 'anthropic/claude-sonnet-4.5',
				label: 'Use anthropic/claude-sonnet-4.5',
				detail: 'Anthropic: Claude Sonnet 4.5',
			},
		]);
	});

	it('lets an id be taken that only a newer list can have', () => {
		const last = (source: 'live' | 'snapshot') => typed('newcomer/model-1', source).at(-1)?.id;
		assert.equal(last('snapshot'), 'newcomer/model-1');
		assert.notEqual(last('live'), 'newcomer/model-1');
	});
});

describe('speedText', () => {
	const endpoint: Endpoint = { provider: 'A', tag: 'a', isUp: true };

	it('gives the medians over the providers that answer', () => {
		const endpoints = [
			{ ...endpoint, throughput: 40, latencyMs: 500 },
			{ ...endpoint, throughput: 61.6, latencyMs: 800 },
			{ ...endpoint, throughput: 200 },
			{ ...endpoint, latencyMs: 1900 },
			{ ...endpoint, throughput: 1, latencyMs: 90_000, isUp: false },
		];
		assert.equal(speedText(endpoints, translate), '62 tok/s · 0.8 s · 4 providers');
		assert.equal(speedText(endpoints.slice(0, 2), translate), '51 tok/s · 0.7 s · 2 providers');
	});

	it('gives the number of providers where nothing is measured', () => {
		assert.equal(speedText([endpoint], translate), '1 provider');
		assert.equal(speedText([], translate), '0 providers');
	});
});

describe('pickerTitle', () => {
	const at = Date.parse('2026-08-08');
	const title = (source: 'live' | 'cache' | 'snapshot' | undefined, filters = sources.filters) =>
		pickerTitle(source && { source, at }, filters, sources);

	it('says how old the list is, and what it leaves out', () => {
		assert.equal(title('live'), 'Choose a model · live list · with tools');
		assert.equal(title('cache', filtersOff), 'Choose a model · list of 8 Aug 2026');
		assert.equal(
			title('snapshot', { tools: true, images: true, reasoning: true, free: true }),
			'Choose a model · offline list of 8 Aug 2026 · with tools, with images, with reasoning, free',
		);
		assert.equal(title(undefined), 'Choose a model · with tools');
	});
});
