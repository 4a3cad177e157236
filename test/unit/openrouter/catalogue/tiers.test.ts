import assert from 'node:assert/strict';
import { TIERS, tierOf } from '../../../../src/openrouter/catalogue/tiers.ts';
import { listedModel, listedModels } from './listedModels.ts';

describe('tierOf', () => {
	const cases: Readonly<Record<string, string>> = {
		'anthropic/claude-opus-5': 'premium',
		'openai/gpt-5.6-sol': 'premium',
		'anthropic/claude-sonnet-5': 'standard',
		'google/gemini-3.1-pro-preview': 'standard',
		'openai/gpt-5': 'standard',
		'anthropic/claude-haiku-4.5': 'fast',
		'openai/gpt-5.4-mini': 'fast',
		'moonshotai/kimi-k2.6': 'fast',
		'deepseek/deepseek-v4-flash-0731': 'economy',
		'openai/gpt-5-nano': 'economy',
		'openai/gpt-oss-20b:free': 'free',
	};
	for (const [id, tier] of Object.entries(cases)) {
		it(`puts ${id} into ${tier}`, () => assert.equal(tierOf(listedModel(id)), tier));
	}

	it('has none where a router sets the price', () => {
		assert.equal(tierOf(listedModel('openrouter/auto')), undefined);
	});

	it('gives every tier enough of the real list to choose from', () => {
		for (const tier of TIERS) {
			const members = listedModels.filter(model => model.supportsTools && tierOf(model) === tier);
			assert.ok(members.length >= 10, `${tier}: ${members.length}`);
		}
	});
});
