import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { ModelError } from '../../../src/agent/model.ts';
import { chooseCompletionModel, completionSettings } from '../../../src/host/completions/completionModel.ts';
import { completionStatus } from '../../../src/host/completions/completionStatus.ts';
import { plainMarkdown } from '../../../src/host/uncommitted/plainMarkdown.ts';
import { readListingFile } from '../../../src/openrouter/catalogue/listingFile.ts';
import { blendedPrice } from '../../../src/openrouter/catalogue/modelPrice.ts';
import { parseModels } from '../../../src/openrouter/catalogue/models.ts';
import { translate } from '../../fakes/translate.ts';

const NOW = Date.parse('2026-08-08');

function row(id: string, fields: object = {}) {
	return {
		id,
		created: 1_750_000_000,
		context_length: 128_000,
		supported_parameters: ['temperature', 'stop', 'tools'],
		pricing: { prompt: '0.0000002', completion: '0.0000004' },
		benchmarks: { artificial_analysis: { coding_index: 60 } },
		...fields,
	};
}

const choose = (...rows: readonly object[]) => chooseCompletionModel(parseModels(rows).models, NOW)?.id;
const priced = (prompt: string) => ({ pricing: { prompt, completion: prompt } });
const skilled = (coding_index: number) => ({ benchmarks: { artificial_analysis: { coding_index } } });
const thinking = (reasoning: object) => ({ supported_parameters: ['reasoning', 'stop'], reasoning });

describe('the model for completions', () => {
	it('is the cheapest of those that are about as good as the best', () => {
		assert.equal(
			choose(
				row('a/good', priced('0.0000004')),
				row('a/cheap', { ...priced('0.0000001'), ...skilled(55) }),
				row('a/cheapest', { ...priced('0.00000006'), ...skilled(20) }),
			),
			'a/cheap',
		);
	});
	it('is none that always thinks, is free, dear, a variant, an alias, a router or about to go', () => {
		assert.equal(
			choose(
				row('a/thinks', thinking({ mandatory: true, supported_efforts: ['low'] })),
				row('a/free', priced('0')),
				row('a/dear', priced('0.000005')),
				row('a/plain:nitro'),
				row('~a/latest'),
				row('openrouter/auto', priced('-1')),
				row('a/leaves', { expiration_date: '2026-08-20' }),
				row('a/speaks', { architecture: { output_modalities: ['text', 'audio'] } }),
			),
			undefined,
		);
		assert.equal(choose(row('a/may', thinking({ supported_efforts: ['none', 'low'] }))), 'a/may');
	});
	it('is one of the list that comes with the package', () => {
		const listing = readListingFile(readFileSync('media/models.json', 'utf8'));
		const { models } = parseModels(listing?.rows ?? []);
		const model = chooseCompletionModel(models, NOW);
		assert.ok(model?.price !== undefined && blendedPrice(model.price) < 0.5);
	});
	it('is asked not to think, to answer alike, and to end with the element', () => {
		const [model] = parseModels([row('a/m', thinking({ supported_efforts: ['low'] }))]).models;
		const settings = { routing: { dataCollection: 'deny' }, reasoningTokens: 900, temperature: 1, topK: 3 } as const;
		assert.deepEqual(completionSettings(settings, '</insert>', model), {
			settings: { routing: { dataCollection: 'deny' }, stop: ['</insert>'], reasoningEffort: 'none' },
			thinkingTokens: 0,
		});
	});
	it('gets room to think where it cannot answer without', () => {
		const [model] = parseModels([row('a/m', thinking({ mandatory: true, supported_efforts: ['low'] }))]).models;
		assert.ok(completionSettings({}, '</insert>', model).thinkingTokens > 0);
	});
});

describe('what the status bar shows of completions', () => {
	it('names the model that suggests', () => {
		assert.deepEqual(completionStatus({ type: 'ready' }, 'a/m', translate), {
			text: '$(sparkle) Completions',
			tooltip: 'Inline completions by a/m. Click to turn them off.',
		});
	});
	it('shows that it works, that a key is missing, and that the folder is not trusted', () => {
		assert.equal(completionStatus({ type: 'working' }, 'a/m', translate).text, '$(loading~spin) Completions');
		assert.equal(completionStatus({ type: 'noKey' }, undefined, translate).text, '$(key) Completions: no key');
		assert.equal(
			completionStatus({ type: 'restricted' }, undefined, translate).text,
			'$(shield) Completions: restricted',
		);
	});
	it('says why it pauses', () => {
		const budget = new ModelError('budget', 'The budget of today does not cover the request.', {
			budget: { scope: 'day', limit: 1, spent: 0.99, needed: 0.02 },
		});
		const { text, tooltip } = completionStatus({ type: 'paused', failure: budget }, 'a/m', translate);
		assert.equal(text, '$(debug-pause) Completions: paused by budget');
		assert.match(tooltip, /^Budget reached\. .*\$1\.00.* Click to turn them off\.$/);
		const offline = new ModelError('network', 'No answer from the service.');
		assert.equal(
			completionStatus({ type: 'paused', failure: offline }, 'a/m', translate).text,
			'$(debug-pause) Completions: paused',
		);
	});
});

describe('what a model wrote, in a comment', () => {
	it('shows code as code, and draws no picture, link or heading', () => {
		assert.equal(
			plainMarkdown('Use `a[0]`, not ![x](http://e/?s).'),
			'Use `a[0]`, not \\!\\[x\\]\\(http\\://e/?s\\)\\.',
		);
		assert.equal(plainMarkdown('# <img src=x>'), '\\# \\<img src=x\\>');
		assert.equal(plainMarkdown('an open ` tick'), 'an open \\` tick');
		assert.equal(plainMarkdown('``![x](y)`'), '\\`\\`\\!\\[x\\]\\(y\\)\\`');
	});
});
