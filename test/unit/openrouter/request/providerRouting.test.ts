import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import * as z from 'zod';
import type { Routing } from '../../../../src/agent/settings/modelSettings.ts';
import { providerSlug } from '../../../../src/openrouter/catalogue/providerNames.ts';
import { buildBody } from '../../../../src/openrouter/request/requestBody.ts';
import { request } from '../asking.ts';
import { readFixture, readJsonFixture } from '../fixtures.ts';

const directory = z
	.object({ data: z.array(z.object({ name: z.string(), slug: z.string() })) })
	.parse(readJsonFixture('providers.json')).data;

function provider(routing: Routing, pinnedProvider?: string): unknown {
	return buildBody(request({ routing, ...(pinnedProvider !== undefined && { pinnedProvider }) }))['provider'];
}

describe('providerSlug', () => {
	it('gives the slug of every provider in the directory, and leaves slugs alone', () => {
		assert.ok(directory.length >= 80);
		for (const { name, slug } of directory) {
			assert.equal(providerSlug(name), slug, name);
			assert.equal(providerSlug(slug), slug);
		}
	});

	it('gives a slug of the directory for every name under which a recorded stream was answered', () => {
		/** Providers that have left the directory since. */
		const gone = ['hyperbolic', 'kluster'];
		const slugs = [...directory.map(({ slug }) => slug), ...gone];
		const names = new Set(
			readdirSync('test/fixtures/openrouter/streams').flatMap(file => {
				const text = new TextDecoder().decode(readFixture(`streams/${file}`));
				return [...text.matchAll(/"provider(?:_name)?":\s*"([^"]+)"/g)].map(match => match[1] ?? '');
			}),
		);
		assert.ok(names.size >= 15);
		for (const name of names) {
			assert.ok(slugs.includes(providerSlug(name)), `${name} → ${providerSlug(name)}`);
		}
	});

	it('gives the tag of every recorded endpoint, or the provider that it belongs to', () => {
		const endpoints = z.object({
			data: z.object({ endpoints: z.array(z.object({ provider_name: z.string(), tag: z.string() })) }),
		});
		for (const file of readdirSync('test/fixtures/openrouter/endpoints')) {
			for (const { provider_name: name, tag } of endpoints.parse(readJsonFixture(`endpoints/${file}`)).data.endpoints) {
				// The tag of this one is no slug of the directory.
				const slug = name === 'Claude Platform on AWS' ? 'claude-on-aws' : tag;
				assert.ok(slug === providerSlug(name) || slug.startsWith(`${providerSlug(name)}/`), `${name} → ${tag}`);
			}
		}
	});
});

describe('the provider object', () => {
	it('is not there when nothing is wished', () => {
		assert.equal(provider({}), undefined);
		assert.equal(provider({ order: [], only: [], ignore: [], quantizations: [], maxPrice: {} }), undefined);
	});

	it('has every wish under its own name', () => {
		const all = provider({
			order: ['Amazon Bedrock', 'deepinfra/turbo'],
			only: ['Anthropic', 'deepinfra'],
			ignore: ['azure'],
			allowFallbacks: false,
			requireParameters: true,
			dataCollection: 'deny',
			zeroDataRetention: true,
			distillableOnly: true,
			quantizations: ['fp8'],
			sort: 'throughput',
			maxPrice: { prompt: 3, completion: 15 },
			minThroughput: { p90: 50 },
			maxLatency: 2,
		});
		assert.deepEqual(all, {
			order: ['amazon-bedrock', 'deepinfra/turbo'],
			only: ['anthropic', 'deepinfra'],
			ignore: ['azure'],
			allow_fallbacks: false,
			require_parameters: true,
			data_collection: 'deny',
			zdr: true,
			enforce_distillable_text: true,
			quantizations: ['fp8'],
			sort: 'throughput',
			max_price: { prompt: 3, completion: 15 },
			preferred_min_throughput: { p90: 50 },
			preferred_max_latency: 2,
		});
	});

	it('sorts across the fallback models when that is wished', () => {
		assert.deepEqual(provider({ sort: 'price', sortAcrossModels: true }), { sort: { by: 'price', partition: 'none' } });
		assert.deepEqual(provider({ sort: 'price', sortAcrossModels: false }), { sort: 'price' });
		assert.equal(provider({ sortAcrossModels: true }), undefined);
	});

	it('asks the pinned provider first and allows the others', () => {
		assert.deepEqual(provider({}, 'Amazon Bedrock'), { order: ['amazon-bedrock'] });
		assert.deepEqual(provider({ sort: 'price' }, 'NovitaAI'), { order: ['novita'], sort: 'price' });
	});

	const rules: readonly (readonly [routing: Routing, order: readonly string[] | undefined])[] = [
		[{ order: ['azure'] }, ['azure']],
		[{ ignore: ['DeepInfra'] }, undefined],
		[{ ignore: ['deepinfra/turbo'] }, ['deepinfra']],
		[{ only: ['azure', 'openai'] }, undefined],
		[{ only: ['azure', 'DeepInfra'] }, ['deepinfra']],
		[{ only: ['azure', 'deepinfra/turbo', 'deepinfra/base'] }, ['deepinfra/turbo', 'deepinfra/base']],
		[{ only: ['deep'] }, undefined],
	];
	for (const [routing, order] of rules) {
		it(`pins within ${JSON.stringify(routing)}`, () => {
			const { order: sent } = z
				.object({ order: z.array(z.string()).optional() })
				.parse(provider(routing, 'DeepInfra') ?? {});
			assert.deepEqual(sent, order);
		});
	}

	it('leaves the rules of a preset alone', () => {
		const pinned = { pinnedProvider: 'DeepInfra' };
		assert.equal(buildBody(request({ ...pinned, preset: 'private' }))['provider'], undefined);
		assert.equal(buildBody(request({ ...pinned, model: 'openai/gpt-5@preset/private' }))['provider'], undefined);
	});
});
