import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { type ModelSettings, modelSettings, reasoningEffort } from '../../../../src/agent/settings/modelSettings.ts';
import {
	compareEfforts,
	fitSettings,
	keyOf,
	type ModelAbilities,
	type ParameterName,
	settingsFor,
} from '../../../../src/agent/settings/modelSettingsFor.ts';

describe('settingsFor', () => {
	const map = {
		'openai/gpt-5*': { temperature: 0.5, routing: { order: ['azure'], sort: 'price' } },
		'*': { temperature: 1, seed: 7, routing: { dataCollection: 'deny' } },
		'openai/*': { temperature: 0.7 },
		'openai/gpt-5.5': { temperature: 0.2, routing: { order: ['openai'] } },
		'openai/gpt-5.5:nitro': { topP: 0.9 },
	} as const;

	it('merges from the general to the particular, whatever the order they are written in', () => {
		assert.deepEqual(settingsFor('openai/gpt-5.5', map), {
			temperature: 0.2,
			seed: 7,
			routing: { dataCollection: 'deny', order: ['openai'], sort: 'price' },
		});
		assert.deepEqual(settingsFor('openai/gpt-4o', map).temperature, 0.7);
		assert.deepEqual(settingsFor('z-ai/glm-4.7', map), map['*']);
	});

	it('takes the entry of a model for its variants and presets, and lets that of the variant count more', () => {
		assert.equal(settingsFor('openai/gpt-5.5:floor', map).temperature, 0.2);
		assert.equal(settingsFor('openai/gpt-5.5@preset/mine', map).temperature, 0.2);
		assert.deepEqual(settingsFor('openai/gpt-5.5:nitro', map), { ...settingsFor('openai/gpt-5.5', map), topP: 0.9 });
	});

	it('takes ids and keys in every form', () => {
		const written = { 'OpenRouter/Anthropic/Claude-Sonnet-4.5': { seed: 1 }, 'openrouter/google/*': { seed: 2 } };
		assert.deepEqual(settingsFor('anthropic/claude-sonnet-4.5', written), { seed: 1 });
		assert.deepEqual(settingsFor('openrouter/anthropic/claude-sonnet-4.5', written), { seed: 1 });
		assert.deepEqual(settingsFor('~google/gemini-flash-latest', written), { seed: 2 });
		assert.equal(keyOf('anthropic/claude-sonnet-4.5', written), 'OpenRouter/Anthropic/Claude-Sonnet-4.5');
		assert.equal(keyOf('google/gemini-3-pro', written), undefined);
	});

	it('knows no pattern but a star at the end', () => {
		assert.deepEqual(settingsFor('openai/gpt-5', { 'openai/gpt-': { seed: 1 }, openai: { seed: 2 } }), {});
	});
});

describe('fitSettings', () => {
	const abilities = (
		parameters: readonly ParameterName[],
		reasoning?: ModelAbilities['reasoning'],
	): ModelAbilities => ({
		parameters: new Set(parameters),
		...(reasoning && { reasoning }),
	});
	const thinking = abilities(['reasoningEffort', 'maxOutputTokens'], {
		efforts: ['none', 'low', 'high'],
		isMandatory: false,
	});

	it('leaves out what the model does not take, and names it in our words', () => {
		const wanted: ModelSettings = { temperature: 0.2, topK: 5, maxOutputTokens: 100, pinProvider: false, preset: 'a' };
		assert.deepEqual(fitSettings(wanted, thinking), {
			settings: { maxOutputTokens: 100, pinProvider: false, preset: 'a' },
			leftOut: ['temperature', 'topK'],
		});
	});

	it('keeps all where nothing is known of the model', () => {
		const wanted: ModelSettings = { temperature: 0.2, reasoningEffort: 'max' };
		assert.deepEqual(fitSettings(wanted, undefined), { settings: wanted, leftOut: [] });
	});

	const efforts: readonly (readonly [ModelSettings['reasoningEffort'] & string, string | undefined])[] = [
		['max', 'high'],
		['xhigh', 'high'],
		['high', undefined],
		['medium', 'low'],
		['minimal', 'low'],
		['none', undefined],
	];
	for (const [effort, expected] of efforts) {
		it(`brings the effort ${effort} to ${expected ?? 'itself'}`, () => {
			const { settings, leftOut } = fitSettings({ reasoningEffort: effort }, thinking);
			assert.deepEqual(settings, { reasoningEffort: expected ?? effort });
			assert.deepEqual(leftOut, expected === undefined ? [] : [`reasoningEffort ${effort} → ${expected}`]);
		});
	}

	it('drops the effort where there is nothing to choose, and leaves it alone beside a number of tokens', () => {
		const none = abilities(['reasoningEffort'], { efforts: [], isMandatory: true });
		assert.deepEqual(fitSettings({ reasoningEffort: 'high' }, none), { settings: {}, leftOut: ['reasoningEffort'] });
		const both = abilities(['reasoningEffort', 'reasoningTokens'], { efforts: ['low'], isMandatory: true });
		const wanted: ModelSettings = { reasoningEffort: 'max', reasoningTokens: 2000 };
		assert.deepEqual(fitSettings(wanted, both), { settings: wanted, leftOut: [] });
	});

	it('always gives settings that the model takes, and tells of every one it changed', () => {
		const anyAbilities = fc.record({
			parameters: fc.subarray([...PARAMETERS]).map(names => new Set(names)),
			reasoning: fc.record({
				efforts: fc.subarray(reasoningEffort.options).map(list => list.toSorted(compareEfforts)),
				isMandatory: fc.boolean(),
			}),
		});
		const anySettings = fc.record(
			{
				reasoningEffort: fc.constantFrom(...reasoningEffort.options),
				temperature: fc.constantFrom(0, 1),
				stop: fc.constant(['a']),
				serviceTier: fc.constant('flex' as const),
				pinProvider: fc.boolean(),
			},
			{ requiredKeys: [] },
		);
		fc.assert(
			fc.property(anySettings, anyAbilities, (wanted, model) => {
				const { settings, leftOut } = fitSettings(wanted, model);
				assert.ok(modelSettings.safeParse(settings).success);
				const changed = Object.entries(wanted).filter(([name, value]) => settingOf(settings, name) !== value);
				assert.deepEqual(changed.map(([name]) => name).sort(), leftOut.map(text => text.replace(/ .*/, '')).sort());
				const { reasoningEffort: effort } = settings;
				assert.ok(effort === undefined || model.reasoning.efforts.includes(effort));
			}),
		);
	});
});

const PARAMETERS: readonly ParameterName[] = ['reasoningEffort', 'temperature', 'stop', 'serviceTier'];

function settingOf(settings: ModelSettings, name: string): unknown {
	return Object.entries(settings).find(([other]) => other === name)?.[1];
}
