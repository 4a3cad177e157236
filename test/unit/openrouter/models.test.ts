import assert from 'node:assert/strict';
import * as z from 'zod';
import { chooseDefaultModel } from '../../../src/openrouter/defaultModel.ts';
import { type CatalogueModel, formatPrice, parseModels } from '../../../src/openrouter/models.ts';
import { readJsonFixture } from './fixtures.ts';

const NOW = Date.parse('2026-08-08T00:00:00Z');
const rows = z.object({ data: z.array(z.unknown()) }).parse(readJsonFixture('models.json')).data;

describe('parseModels', () => {
	const models = parseModels(rows);
	const byId = (id: string) => models.find(model => model.id === id);

	it('reads every row of the real list but those that the chat endpoint does not serve', () => {
		assert.equal(rows.length, 400);
		assert.equal(models.length, 340);
		assert.ok(!models.some(({ id }) => id.endsWith(':batch')));
	});

	it('gives size, price, tools and benchmark', () => {
		assert.deepEqual(byId('openai/gpt-4o-mini'), {
			id: 'openai/gpt-4o-mini',
			name: 'OpenAI: GPT-4o-mini',
			created: 1_721_260_800,
			canonicalId: 'openai/gpt-4o-mini',
			contextLength: 128_000,
			maxOutputTokens: 16_384,
			price: { prompt: 1.5e-7, completion: 6e-7 },
			supportsTools: true,
			codingIndex: 11.4,
		});
	});

	it('has no price where a router sets it', () => {
		assert.equal(byId('openrouter/auto')?.price, undefined);
	});

	it('leaves out a row of an unknown form, and takes one with the id alone', () => {
		assert.deepEqual(parseModels([{ id: 5 }, null, { id: 'a/b', pricing: 'free', architecture: 3 }]), [
			{ id: 'a/b', name: 'a/b', created: 0, supportsTools: false },
		]);
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
		id: 'a/base',
		name: 'Base',
		created: 100,
		contextLength: 200_000,
		price: { prompt: 3e-7, completion: 1.2e-6 },
		supportsTools: true,
		codingIndex: 70,
	};
	const choose = (...models: CatalogueModel[]) => chooseDefaultModel(models, NOW)?.id;

	it('takes a good, cheap, tool-capable model from the real list', () => {
		const chosen = chooseDefaultModel(parseModels(rows), NOW);
		assert.ok(chosen?.supportsTools && chosen.price);
		assert.ok(chosen.price.prompt < 1e-6 && chosen.price.completion < 3e-6);
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
