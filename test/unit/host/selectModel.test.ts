import assert from 'node:assert/strict';
import { ModelMemory } from '../../../src/host/models/modelMemory.ts';
import { modelView } from '../../../src/host/models/modelView.ts';
import { selectModel } from '../../../src/host/models/selectModel.ts';
import type { Listing } from '../../../src/openrouter/catalogue/catalogue.ts';
import { translate } from '../../fakes/translate.ts';
import { listedModel, listedModels } from '../openrouter/catalogue/listedModels.ts';

const NOW = Date.parse('2026-08-08');
const listing: Listing = { models: listedModels, source: 'live', at: NOW, unreadable: 0, providers: {} };

describe('selectModel', () => {
	const select = (written: string, models = listedModels) => {
		const selection = selectModel(written, { ...listing, models }, NOW, translate);
		assert.ok(selection.type === 'listed');
		return selection;
	};

	it('finds the model in every form that an id has', () => {
		for (const written of ['z-ai/glm-4.7', 'openrouter/z-ai/glm-4.7', 'GLM-4.7']) {
			assert.deepEqual(select(written), { type: 'listed', id: 'z-ai/glm-4.7', model: listedModel('z-ai/glm-4.7') });
		}
		assert.deepEqual(select('@preset/mine'), { type: 'listed', id: '@preset/mine' });
	});

	it('takes the default by rule where none is named', () => {
		const { id, model, error } = select('');
		assert.equal(model?.id, id);
		assert.equal(error, undefined);
		assert.equal(select('', []).error?.kind, 'modelNotFound');
	});

	it('says what is wrong with an unknown id, and what is near', () => {
		const { id, error } = select('openai/claude-sonnet-4.5');
		assert.equal(id, 'openai/claude-sonnet-4.5');
		assert.equal(error?.kind, 'modelNotFound');
		assert.equal(error?.message, "claude-sonnet-4.5 is Anthropic's: anthropic/claude-sonnet-4.5.");
		assert.deepEqual(error?.fields.alternatives, ['anthropic/claude-sonnet-4.5']);
		assert.equal(select('foo/bar').error?.message, 'OpenRouter lists no model "foo/bar".');
	});

	it('refuses a model without tools, and names two of its vendor that have them and cost about as much', () => {
		const { error, model } = select('cohere/command-a');
		assert.equal(model?.supportsTools, false);
		assert.equal(error?.kind, 'unsupported');
		assert.equal(error?.message, 'Cohere: Command A cannot call tools, which the agent works with.');
		const alternatives = error?.fields.alternatives ?? [];
		assert.equal(alternatives.length, 2);
		assert.equal(alternatives[0], 'cohere/command-r-plus-08-2024');
		assert.ok(alternatives.every(id => listedModel(id).supportsTools));
	});
});

describe('modelView', () => {
	const view = (id: string, map = {}) => modelView({ type: 'listed', id, model: listedModel(id) }, map, translate);

	it('shows name, price, the effort in force, and whether it takes images', () => {
		assert.deepEqual(view('openai/gpt-5'), {
			id: 'openai/gpt-5',
			name: 'GPT-5',
			isBuiltIn: false,
			price: '$1.25/$10',
			effort: { value: 'medium', label: 'Medium' },
			takesImages: true,
		});
		assert.deepEqual(view('openai/gpt-5', { 'openai/*': { reasoningEffort: 'max' } }).effort, {
			value: 'high',
			label: 'High',
		});
	});

	it('says default where the model does not tell its own effort, and nothing where there is no choice', () => {
		assert.deepEqual(view('anthropic/claude-sonnet-4.5').effort, { value: 'default', label: 'Default' });
		assert.equal(view('openai/gpt-4o').effort, undefined);
		assert.equal(view('openrouter/auto').price, undefined);
	});

	it('takes the id for a name where nothing is known', () => {
		assert.deepEqual(modelView({ type: 'listed', id: 'a/unknown' }, {}, translate), {
			id: 'a/unknown',
			name: 'unknown',
			isBuiltIn: false,
		});
		assert.equal(modelView({ type: 'builtIn' }, {}, translate).isBuiltIn, true);
	});
});

describe('ModelMemory', () => {
	function memory(values: Record<string, unknown> = {}): ModelMemory {
		return new ModelMemory({
			get: (key: string) => values[key],
			async update(key: string, value: unknown) {
				values[key] = value;
			},
		} as ConstructorParameters<typeof ModelMemory>[0]); // `get` has an overload with a default, which is not used.
	}

	it('keeps favourites in the order they were marked, until they are marked again', async () => {
		const models = memory();
		await models.toggleFavourite('a/1');
		await models.toggleFavourite('a/2');
		assert.deepEqual(models.favourites, ['a/1', 'a/2']);
		await models.toggleFavourite('a/1');
		assert.deepEqual(models.favourites, ['a/2']);
	});

	it('keeps the last five used, the newest first', async () => {
		const models = memory();
		for (const id of ['a', 'b', 'c', 'a', 'd', 'e', 'f']) {
			await models.used(id);
		}
		assert.deepEqual(models.recent, ['f', 'e', 'd', 'a', 'c']);
	});

	it('takes what is not a list of ids as none', () => {
		assert.deepEqual(memory({ favouriteModels: 'a' }).favourites, []);
		assert.deepEqual(memory({ recentModels: ['a', 3, null] }).recent, ['a']);
	});
});
