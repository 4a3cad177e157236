import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { fitSettings } from '../../../../src/agent/settings/modelSettingsFor.ts';
import { chooseDefaultModel } from '../../../../src/openrouter/catalogue/defaultModel.ts';
import { formatPrice, readPrice } from '../../../../src/openrouter/catalogue/modelPrice.ts';
import { type CatalogueModel, factsOf, parseModels } from '../../../../src/openrouter/catalogue/models.ts';
import { tierOf } from '../../../../src/openrouter/catalogue/tiers.ts';
import { listedModel, listedModels, listedRows } from './listedModels.ts';

const NOW = Date.parse('2026-08-08T00:00:00Z');

describe('parseModels', () => {
	it('reads every row of the real list but those that the chat endpoint does not serve', () => {
		assert.equal(listedRows.length, 400);
		assert.equal(listedModels.length, 340);
		assert.equal(parseModels(listedRows).unreadable, 0);
		assert.ok(!listedModels.some(({ id }) => id.endsWith(':batch')));
	});

	it('gives all that is used of a row', () => {
		const { parameters, agenticIndex, ...model } = listedModel('anthropic/claude-sonnet-4.6');
		assert.equal(agenticIndex, 42.1);
		assert.deepEqual(model, {
			id: 'anthropic/claude-sonnet-4.6',
			name: 'Anthropic: Claude Sonnet 4.6',
			created: 1_771_342_990,
			canonicalId: 'anthropic/claude-4.6-sonnet-20260217',
			contextLength: 1_000_000,
			maxOutputTokens: 128_000,
			price: { prompt: 3e-6, completion: 1.5e-5, cacheRead: 3e-7, cacheWrite: 3.75e-6, cacheWriteHour: 6e-6 },
			supportsTools: true,
			takesSchema: true,
			reasoning: {
				efforts: ['none', 'low', 'medium', 'high', 'max'],
				defaultEffort: 'medium',
				isMandatory: false,
			},
			inputs: ['text', 'image', 'file'],
			outputs: ['text'],
			isModerated: true,
			codingIndex: 63,
		});
		assert.deepEqual([...parameters].sort(), [
			'cacheLifetime',
			'maxOutputTokens',
			'parallelToolCalls',
			'reasoningEffort',
			'serviceTier',
			'stop',
			'temperature',
			'topK',
			'topP',
			'verbosity',
		]);
	});

	it('takes a day far in the future for none', () => {
		assert.equal(
			listedRows.some(row => JSON.stringify(row).includes('"2098-12-31"')),
			true,
		);
		assert.deepEqual(
			listedModels.filter(({ expires = '' }) => expires > '2030').map(({ id }) => id),
			[],
		);
	});

	it('has no price where a router sets it', () => {
		assert.equal(listedModel('openrouter/auto').price, undefined);
		assert.ok(listedModels.every(({ price }) => price === undefined || (price.prompt >= 0 && price.completion >= 0)));
	});

	it('tells what an alias stands for', () => {
		assert.equal(listedModel('~anthropic/claude-opus-latest').aliasOf, 'anthropic/claude-opus-5');
	});

	it('offers the efforts that are listed, and the three usual ones for models that think by a budget', () => {
		const efforts = (id: string) => listedModel(id).reasoning?.efforts.join(' ');
		assert.equal(efforts('anthropic/claude-sonnet-4.5'), 'none low medium high');
		assert.equal(efforts('google/gemini-2.5-pro'), 'low medium high');
		assert.equal(efforts('openai/gpt-5'), 'minimal low medium high');
		assert.equal(efforts('openai/gpt-4o'), undefined);
		assert.ok(listedModel('anthropic/claude-sonnet-4.5').parameters.has('reasoningTokens'));
		assert.ok(!listedModel('openai/gpt-5').parameters.has('reasoningTokens'));
	});

	it('takes null for all efforts', () => {
		const row = { id: 'a/b', supported_parameters: ['reasoning'], reasoning: { supported_efforts: null } };
		const [model] = parseModels([row]).models;
		assert.deepEqual(model?.reasoning?.efforts, ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max']);
	});

	it('leaves out a row of an unknown form and counts it, and takes one with the id alone', () => {
		const { models, unreadable } = parseModels([
			{ id: 5 },
			null,
			{ id: 'a/b', pricing: 'free', architecture: 3, reasoning: 'yes', context_length: -1, created: 'now' },
		]);
		assert.equal(unreadable, 2);
		assert.deepEqual(models, [
			{
				id: 'a/b',
				name: 'a/b',
				created: 0,
				supportsTools: false,
				takesSchema: false,
				parameters: new Set(['serviceTier']),
				inputs: ['text'],
				outputs: ['text'],
				isModerated: false,
			},
		]);
	});

	it('takes the first of two rows with one id', () => {
		const { models, unreadable } = parseModels([
			{ id: 'a/b', name: 'First' },
			{ id: 'a/b', name: 'Second' },
		]);
		assert.deepEqual([models.map(({ name }) => name), unreadable], [['First'], 0]);
	});

	it('never throws, whatever the fields hold', () => {
		const fields = [
			'name',
			'created',
			'context_length',
			'pricing',
			'architecture',
			'top_provider',
			'supported_parameters',
			'reasoning',
			'benchmarks',
			'expiration_date',
			'alias_target',
			'something_new',
		];
		const row = fc
			.dictionary(fc.constantFrom(...fields), fc.anything({ maxDepth: 2 }))
			.map(others => ({ ...others, id: 'a/b' }));
		fc.assert(fc.property(row, value => assert.equal(parseModels([value]).models.length, 1)));
	});
});

describe('factsOf', () => {
	it('is what the agent works with', () => {
		assert.deepEqual(factsOf(listedModel('openai/gpt-4o-mini')), {
			contextLength: 128_000,
			maxOutputTokens: 16_384,
			price: { prompt: 1.5e-7, completion: 6e-7, cacheRead: 7.5e-8 },
			takesImages: true,
		});
		assert.deepEqual(factsOf(listedModel('openrouter/auto')).price, undefined);
	});

	it('fits settings to real models', () => {
		const wanted = { temperature: 0.2, reasoningEffort: 'xhigh', cacheLifetime: '1h' } as const;
		assert.deepEqual(fitSettings(wanted, listedModel('anthropic/claude-sonnet-5')).leftOut, ['temperature']);
		assert.deepEqual(fitSettings(wanted, listedModel('z-ai/glm-4.7')).leftOut, [
			'cacheLifetime',
			'reasoningEffort xhigh → high',
		]);
		assert.deepEqual(fitSettings(wanted, listedModel('openai/gpt-4o')).leftOut, ['reasoningEffort', 'cacheLifetime']);
	});
});

describe('readPrice', () => {
	it('reads overrides by the size of the prompt and by the time of day', () => {
		const pricing = {
			prompt: '0.000001',
			completion: 0.000002,
			overrides: [
				{ min_prompt_tokens: 200_000, prompt: '0.000002', input_cache_read: '0.0000002' },
				{ utc_start: '1630', utc_end: '0030', prompt: '0.0000005' },
				{ utc_start: 30, utc_end: 830, completion: '0.000001' },
				{ min_prompt_tokens: 'many', prompt: '1' },
				{ utc_start: '2561', utc_end: '0030', prompt: '1' },
				{ utc_start: '1630', prompt: '1' },
				{ min_prompt_tokens: 5, audio: '1' },
				'soon',
			],
		};
		assert.deepEqual(readPrice(pricing), {
			prompt: 1e-6,
			completion: 2e-6,
			overrides: [
				{ abovePromptTokens: 200_000, prompt: 2e-6, cacheRead: 2e-7 },
				{ minutes: { from: 990, to: 30 }, prompt: 5e-7 },
				{ minutes: { from: 30, to: 510 }, completion: 1e-6 },
			],
		});
	});

	it('is undefined for "-1", and where one of the two is missing or no number', () => {
		for (const pricing of [{ prompt: '-1', completion: '-1' }, { prompt: '1' }, { prompt: '', completion: '1' }, 3]) {
			assert.equal(readPrice(pricing), undefined);
		}
	});

	it('reads all of the real list that has overrides', () => {
		const withOverrides = listedModels.filter(({ price }) => price?.overrides !== undefined);
		assert.equal(withOverrides.length, 44);
		assert.ok(
			withOverrides.every(({ price }) => price?.overrides?.every(one => (one.abovePromptTokens ?? 0) >= 32_000)),
		);
	});
});

describe('formatPrice', () => {
	const cases: readonly [prompt: number, completion: number, text: string][] = [
		[3e-6, 15e-6, '$3/$15'],
		[1.5e-7, 6e-7, '$0.15/$0.6'],
		[2.1e-8, 6.3e-8, '$0.021/$0.063'],
		[0, 0, 'free'],
		[0, 1e-6, '$0/$1'],
	];
	for (const [prompt, completion, text] of cases) {
		it(`writes ${text}`, () => assert.equal(formatPrice({ prompt, completion }), text));
	}
});

describe('chooseDefaultModel', () => {
	const base: CatalogueModel = {
		...listedModel('openai/gpt-4o-mini'),
		id: 'a/base',
		created: 100,
		contextLength: 200_000,
		price: { prompt: 3e-7, completion: 1.2e-6 },
		codingIndex: 70,
	};
	const choose = (...models: CatalogueModel[]) => chooseDefaultModel(models, NOW)?.id;

	it('takes a good, cheap, tool-capable model from the real list', () => {
		const chosen = chooseDefaultModel(listedModels, NOW);
		assert.ok(chosen?.supportsTools && chosen.price);
		assert.ok(chosen.price.prompt < 1e-6 && chosen.price.completion < 3e-6);
		assert.ok(['economy', 'fast'].includes(tierOf(chosen) ?? ''));
		assert.ok((chosen.codingIndex ?? 0) > 60);
		assert.doesNotMatch(chosen.id, /:|~|^openrouter\//);
	});

	it('takes the newest of those about as good as the best', () => {
		const newer = { ...base, id: 'a/newer', created: 200, codingIndex: 65 };
		const weaker = { ...base, id: 'a/weaker', created: 300, codingIndex: 40 };
		const unknown = { ...base, id: 'a/unknown', created: 400 };
		const { codingIndex: _, ...unmeasured } = unknown;
		assert.equal(choose(base, newer, weaker, unmeasured), 'a/newer');
	});

	it('takes the newest where nothing is measured', () => {
		const { codingIndex: _, ...unmeasured } = base;
		assert.equal(choose(unmeasured, { ...unmeasured, id: 'a/new', created: 500 }), 'a/new');
	});

	const unfit: Readonly<Record<string, Partial<CatalogueModel>>> = {
		'free ones': { id: 'a/b:free', price: { prompt: 0, completion: 0 } },
		variants: { id: 'a/b:thinking' },
		aliases: { id: '~a/b-latest' },
		routers: { id: 'openrouter/auto' },
		'models without tools': { supportsTools: false },
		'models that speak': { outputs: ['text', 'audio'] },
		'expensive ones': { price: { prompt: 3e-6, completion: 15e-6 } },
		'small contexts': { contextLength: 32_000 },
		'models about to go': { expires: '2026-08-20' },
	};
	for (const [name, overrides] of Object.entries(unfit)) {
		it(`never takes ${name}`, () => {
			assert.equal(choose({ ...base, ...overrides }), undefined);
			assert.equal(choose({ ...base, created: 900, codingIndex: 99, ...overrides }, base), 'a/base');
		});
	}
});
