import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { build } from 'esbuild';
import { type Message, ModelError } from '../../../src/agent/model.ts';
import type { ModelSettings } from '../../../src/agent/settings/modelSettings.ts';
import { askCompletion } from '../../../src/host/completions/askCompletion.ts';
import { chooseCompletionModel, completionSettings } from '../../../src/host/completions/completionModel.ts';
import {
	type CompletionState,
	completionStatus,
	type StatusWords,
} from '../../../src/host/completions/completionStatus.ts';
import { plainMarkdown } from '../../../src/host/plainMarkdown.ts';
import { readListingFile } from '../../../src/openrouter/catalogue/listingFile.ts';
import { blendedPrice } from '../../../src/openrouter/catalogue/modelPrice.ts';
import { parseModels } from '../../../src/openrouter/catalogue/models.ts';
import { says, scriptedModel } from '../../fakes/scriptedModel.ts';
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

describe('what is asked for a completion', () => {
	const { models } = parseModels([row('a/m'), row('a/dear', priced('0.00001')), row('a/auto', { pricing: {} })]);
	/** @param written the model of the setting. */
	async function ask(written: string, settings: ModelSettings = {}) {
		const client = scriptedModel(says('<insert>1;</insert>'));
		const named: string[] = [];
		const asker = {
			client: () => client,
			models: async () => models,
			written: () => written,
			settingsOf: () => settings,
			sessionId: 'completions-1',
			now: () => NOW,
			translate,
			onModel: (id: string) => named.push(id),
		};
		const messages: Message[] = [{ role: 'user', text: 'code' }];
		const failure = await askCompletion(asker, messages, 'line', new AbortController().signal).then(
			() => undefined,
			(error: unknown) => error,
		);
		return { requests: client.requests, named, failure };
	}

	it('goes to the cheap model of the rule, is short, and is booked as a completion', async () => {
		const { requests, named } = await ask('');
		assert.deepEqual(
			requests.map(({ model, purpose, maxOutputTokens, tools }) => ({ model, purpose, maxOutputTokens, tools })),
			[{ model: 'a/m', purpose: 'completion', maxOutputTokens: 120, tools: [] }],
		);
		assert.deepEqual(named, ['a/m']);
	});
	it('goes to the model that the user named, and to no other in its place', async () => {
		const { requests } = await ask('a/dear', {
			fallbackModels: ['a/m'],
			preset: 'mine',
			routing: { dataCollection: 'deny' },
		});
		assert.deepEqual(
			requests.map(({ model, fallbacks, preset, routing }) => ({ model, fallbacks, preset, routing })),
			[{ model: 'a/dear', fallbacks: undefined, preset: undefined, routing: { dataCollection: 'deny' } }],
		);
	});
	for (const [written, kind] of [
		['a/auto', 'unsupported'],
		['@preset/mine', 'unsupported'],
		['a/gone', 'modelNotFound'],
	] as const) {
		it(`is not sent to ${written}`, async () => {
			const { requests, failure, named } = await ask(written);
			assert.deepEqual([requests.length, named.length], [0, 0]);
			assert.ok(failure instanceof ModelError && failure.kind === kind, String(failure));
		});
	}
});

describe('what the status bar shows of completions', () => {
	const today = { known: 0.0123, unknownRequests: 0, reserved: 0 };
	const show = (state: CompletionState, model?: string, spent = today) =>
		completionStatus({ state, model, today: spent }, translate);
	const commandsOf = ({ links }: StatusWords) => links.map(({ command }) => command);

	it('names the model that suggests, and what all of it cost today', () => {
		const words = show({ type: 'ready' }, 'Small One');
		assert.equal(words.text, '$(sparkle) Completions');
		assert.deepEqual(words.lines, ['Inline completions are on, by Small One.', 'Spent on completions today: $0.012']);
		assert.deepEqual(commandsOf(words), ['openrouterAgent.toggleCompletions', 'workbench.action.openSettings']);
	});
	it('never takes a cost that is unknown for none', () => {
		const { lines } = show({ type: 'ready' }, undefined, { known: 0, unknownRequests: 2, reserved: 0 });
		assert.equal(lines.at(-1), 'Spent on completions today: $0.00, and 2 requests of unknown cost');
	});
	it('shows that it works, that a key is missing, and that the folder is not trusted, with what helps', () => {
		assert.equal(show({ type: 'working' }).text, '$(loading~spin) Completions');
		assert.equal(show({ type: 'noKey' }).text, '$(key) Completions: no key');
		assert.ok(commandsOf(show({ type: 'noKey' })).includes('openrouterAgent.signIn'));
		assert.equal(show({ type: 'restricted' }).text, '$(shield) Completions: restricted');
		assert.equal(commandsOf(show({ type: 'restricted' }))[0], 'workbench.trust.manage');
	});
	it('says why it pauses, and when it goes on', () => {
		const budget = new ModelError('budget', 'The budget of today does not cover the request.', {
			budget: { scope: 'day', limit: 1, spent: 0.99, needed: 0.02 },
		});
		const words = show({ type: 'paused', failure: budget }, 'Small One');
		assert.equal(words.text, '$(debug-pause) Completions: paused by budget');
		assert.match(words.lines[0] ?? '', /^Budget reached\. .*\$1\.00/);
		assert.match(words.lines[1] ?? '', /^Tried again in a while/);
		assert.equal(commandsOf(words)[0], 'openrouterAgent.setBudget');
		const offline = show({ type: 'paused', failure: new ModelError('network', 'No answer from the service.') });
		assert.deepEqual(
			[offline.text, offline.lines[0]],
			['$(debug-pause) Completions: paused', 'No answer from the service.'],
		);
	});
	it('speaks of no turn or conversation, whatever failed', () => {
		const kinds = [
			'auth',
			'credits',
			'keyLimit',
			'freeQuota',
			'rateLimit',
			'unavailable',
			'network',
			'cut',
			'silent',
			'modelNotFound',
			'noRoute',
			'unsupported',
			'forbidden',
			'notAnAnswer',
			'malformed',
		] as const;
		for (const kind of kinds) {
			const { lines } = show({ type: 'paused', failure: new ModelError(kind, 'It failed.', { status: 400 }) });
			assert.doesNotMatch(lines.join(' '), /turn|conversation|built-in|above/i, kind);
		}
	});
});

describe('at the start of the extension', () => {
	it('nothing of completions, commit messages and reviews loads but what registers them', async () => {
		const { metafile } = await build({
			entryPoints: ['src/host/activate.ts'],
			bundle: true,
			splitting: true,
			format: 'esm',
			outdir: 'out/never-written',
			write: false,
			metafile: true,
			packages: 'external',
			logLevel: 'silent',
		});
		const outputs = Object.values(metafile.outputs);
		const loaded = new Set(outputs.filter(({ entryPoint }) => entryPoint === 'src/host/activate.ts'));
		for (const { imports } of loaded) {
			for (const { path, kind } of imports) {
				const imported = kind === 'import-statement' ? metafile.outputs[path] : undefined;
				if (imported !== undefined) {
					loaded.add(imported);
				}
			}
		}
		const shipped = [...loaded].flatMap(({ inputs }) =>
			Object.entries(inputs).flatMap(([path, { bytesInOutput }]) => (bytesInOutput > 0 ? [path] : [])),
		);
		const ours = /^src\/(?:host|agent)\/(?:completions?|git|commit|uncommitted)\//;
		assert.deepEqual(shipped.filter(path => ours.test(path)).toSorted(), [
			'src/host/completions/completionItem.ts',
			'src/host/completions/registerCompletions.ts',
		]);
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
