import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { plainModelId, resolveModelId } from '../../../../src/openrouter/catalogue/modelIds.ts';
import { listedModel, listedModels } from './listedModels.ts';

function found(input: string) {
	const result = resolveModelId(input, listedModels);
	return result.type === 'found' ? result.id : undefined;
}

function unknown(input: string) {
	const result = resolveModelId(input, listedModels);
	return result.type === 'unknown' ? { reason: result.reason, closest: result.closest } : undefined;
}

describe('resolveModelId', () => {
	it('finds every model of the list by its id, with and without openrouter/ in front, in any case', () => {
		for (const { id } of listedModels) {
			assert.equal(found(id), id);
			assert.equal(found(` ${id.toUpperCase()}\n`), id);
			assert.equal(found(`openrouter/${id}`), id);
		}
	});

	it('finds every model by its name alone, since no two vendors share one', () => {
		for (const { id } of listedModels) {
			assert.equal(found(id.slice(id.indexOf('/') + 1)), id);
		}
	});

	it('finds a model by its dated id, and takes the one that is not free', () => {
		for (const { id, canonicalId } of listedModels) {
			if (canonicalId !== undefined && !id.includes(':')) {
				assert.equal(found(canonicalId), id);
			}
		}
	});

	const forms: Readonly<Record<string, string>> = {
		'z-ai/glm-4.7': 'z-ai/glm-4.7',
		'openrouter/z-ai/glm-4.7': 'z-ai/glm-4.7',
		'Claude Sonnet 4.5': 'anthropic/claude-sonnet-4.5',
		'z-ai / glm-4.7': 'z-ai/glm-4.7',
		'https://openrouter.ai/anthropic/claude-sonnet-4.5?tab=api': 'anthropic/claude-sonnet-4.5',
		auto: 'openrouter/auto',
		'openrouter/auto': 'openrouter/auto',
		'openrouter/openrouter/auto': 'openrouter/auto',
		'~openai/gpt-latest': '~openai/gpt-latest',
		'openrouter/~openai/gpt-latest': '~openai/gpt-latest',
		'gpt-latest': '~openai/gpt-latest',
		'@preset/my-team': '@preset/my-team',
		'openrouter/@preset/my-team': '@preset/my-team',
		'z-ai/glm-4.7@preset/my-team': 'z-ai/glm-4.7@preset/my-team',
		'z-ai/glm-4.7:nitro': 'z-ai/glm-4.7:nitro',
		'glm-4.7:FLOOR@preset/x': 'z-ai/glm-4.7:floor@preset/x',
		'openrouter/openai/gpt-5:online': 'openai/gpt-5:online',
		'openai/gpt-5:exacto': 'openai/gpt-5:exacto',
		'openai/gpt-oss-20b:free': 'openai/gpt-oss-20b:free',
		'qwen/qwen-plus-2025-07-28:thinking': 'qwen/qwen-plus-2025-07-28:thinking',
		'openai/gpt-oss-20b:free:nitro': 'openai/gpt-oss-20b:free:nitro',
	};
	for (const [input, id] of Object.entries(forms)) {
		it(`takes ${input}`, () => assert.equal(found(input), id));
	}

	it('gives the row of a model for its variants and presets, and none for a preset alone', () => {
		const model = listedModel('z-ai/glm-4.7');
		assert.deepEqual(resolveModelId('z-ai/glm-4.7:nitro', listedModels), {
			type: 'found',
			id: 'z-ai/glm-4.7:nitro',
			model,
			variant: 'nitro',
		});
		const preset = resolveModelId('z-ai/glm-4.7@preset/x', listedModels);
		assert.equal(preset.type === 'found' && preset.model, model);
		assert.deepEqual(resolveModelId('@preset/x', listedModels), { type: 'found', id: '@preset/x' });
	});

	const mistakes: Readonly<Record<string, readonly [reason: string, closest: string]>> = {
		'anthropic/claude-sonnet-4-5': ['OpenRouter writes it anthropic/claude-sonnet-4.5.', 'anthropic/claude-sonnet-4.5'],
		'claude-sonnet-4-5-20250929': ['OpenRouter writes it anthropic/claude-sonnet-4.5.', 'anthropic/claude-sonnet-4.5'],
		gpt5: ['OpenRouter writes it openai/gpt-5.', 'openai/gpt-5'],
		'openai/claude-sonnet-4.5': [
			"claude-sonnet-4.5 is Anthropic's: anthropic/claude-sonnet-4.5.",
			'anthropic/claude-sonnet-4.5',
		],
		'openai/claude-sonnet-99': ["claude is Anthropic's: anthropic/claude-sonnet-5.", 'anthropic/claude-sonnet-5'],
		'google_genai/gemini-2.5-pro': [
			'"google_genai/" is how other tools write it; here "google/" comes first: google/gemini-2.5-pro.',
			'google/gemini-2.5-pro',
		],
		'vertex_ai/gemini-2.5-pro': [
			'"vertex_ai/" is how other tools write it; here "google/" comes first: google/gemini-2.5-pro.',
			'google/gemini-2.5-pro',
		],
		'bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0': [
			`"bedrock/" is how other tools write it; here the model's vendor comes first: anthropic/claude-sonnet-4.5.`,
			'anthropic/claude-sonnet-4.5',
		],
		'azure/gpt-4o': [
			'"azure/" is how other tools write it; here "openai/" comes first: openai/gpt-4o.',
			'openai/gpt-4o',
		],
		'mistral/mistral-large': [
			'"mistral/" is how other tools write it; here "mistralai/" comes first: mistralai/mistral-large.',
			'mistralai/mistral-large',
		],
		'antropic/claude-sonnet-4.5': [
			'There is no vendor "antropic": anthropic/claude-sonnet-4.5.',
			'anthropic/claude-sonnet-4.5',
		],
		'claude-sonnet': [
			'Anthropic has no model "claude-sonnet" here; its ids look like anthropic/claude-sonnet-5.',
			'anthropic/claude-sonnet-5',
		],
		'openai/gpt-oss-20b:batch': ['Batch models answer within a day, not in a chat.', 'openai/gpt-oss-20b'],
		'openai/gpt-5:free': ['openai/gpt-5 has no variant ":free".', 'openai/gpt-5'],
		'openai/gpt-5:fast': [
			'There is no variant ":fast"; those are :free :thinking :extended :nitro :floor :online :exacto.',
			'openai/gpt-5',
		],
	};
	for (const [input, [reason, closest]] of Object.entries(mistakes)) {
		it(`says what is wrong with ${input}`, () => {
			assert.equal(unknown(input)?.reason, reason);
			assert.equal(unknown(input)?.closest[0], closest);
		});
	}

	it('names a model that two vendors have, in place of taking one', () => {
		const other = { ...listedModel('z-ai/glm-4.7'), id: 'other/glm-4.7' };
		assert.deepEqual(resolveModelId('glm-4.7', [...listedModels, other]), {
			type: 'unknown',
			closest: ['z-ai/glm-4.7', 'other/glm-4.7'],
			reason: '"glm-4.7" is offered by 2 vendors; the vendor belongs in front.',
		});
	});

	it('says nothing of what resembles nothing', () => {
		assert.deepEqual(unknown('nonsense'), { reason: undefined, closest: [] });
		assert.deepEqual(unknown('foo/bar'), { reason: undefined, closest: [] });
		assert.deepEqual(unknown('  '), { reason: 'No model is named.', closest: [] });
		assert.deepEqual(resolveModelId('openai/gpt-5', []), { type: 'unknown', closest: [] });
	});

	it('has the meant model among the closest after one typing error, for every model', () => {
		const plain = listedModels.filter(({ id }) => !/[:~]/.test(id) && id.length - id.indexOf('/') > 6);
		const typed = fc.constantFrom(...plain).chain(({ id }) =>
			fc.record({
				id: fc.constant(id),
				at: fc.integer({ min: id.indexOf('/') + 1, max: id.length - 1 }),
				letter: fc.constantFrom(...'aeioz'),
			}),
		);
		let runs = 0;
		let hits = 0;
		fc.assert(
			fc.property(typed, ({ id, at, letter }) => {
				const result = resolveModelId(`${id.slice(0, at)}${letter}${id.slice(at + 1)}`, listedModels);
				runs++;
				hits += result.type === 'found' || result.closest.includes(id) ? 1 : 0;
				assert.ok(result.type === 'found' || result.closest.length > 0);
			}),
			{ numRuns: 100, seed: 1 },
		);
		assert.ok(hits >= runs * 0.95, `${hits} of ${runs}`);
	});

	it('never throws, and finds only what can be sent', () => {
		fc.assert(
			fc.property(fc.string(), text => {
				const result = resolveModelId(text, listedModels);
				assert.ok(result.type === 'unknown' || /^[\w~@:./-]+$/.test(result.id));
			}),
		);
	});
});

describe('plainModelId', () => {
	const cases: Readonly<Record<string, string>> = {
		'openrouter/z-ai/glm-4.7:nitro@preset/x': 'z-ai/glm-4.7',
		'openai/gpt-oss-20b:free': 'openai/gpt-oss-20b:free',
		'~openai/gpt-latest': '~openai/gpt-latest',
	};
	for (const [id, plain] of Object.entries(cases)) {
		it(`is ${plain} of ${id}`, () => assert.equal(plainModelId(id), plain));
	}
});
