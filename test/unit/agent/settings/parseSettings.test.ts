import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { modelSettings } from '../../../../src/agent/settings/modelSettings.ts';
import { parseBudget, parseModelSettings } from '../../../../src/agent/settings/parseSettings.ts';

describe('parseModelSettings', () => {
	const parse = (value: unknown) => {
		const { settings, faults } = parseModelSettings(value);
		return { settings, faults: faults.map(({ path, message }) => `${path}: ${message}`) };
	};

	it('keeps what is right of every entry, and names the rest by its place', () => {
		const written = {
			'*': { temperature: 'hot', seed: 4, routing: { sort: 'cheapest', only: ['azure'] } },
			'openai/*': { temprature: 0.3, topP: 0.4 },
			'z-ai/glm-4.7': { stop: ['a', ''], maxOutputTokens: 100, routing: { maxPrice: { prompt: -1, image: 2 } } },
		};
		const { settings, faults } = parse(written);
		assert.deepEqual(settings, {
			'*': { seed: 4, routing: { only: ['azure'] } },
			'openai/*': { topP: 0.4 },
			'z-ai/glm-4.7': { maxOutputTokens: 100, routing: { maxPrice: { image: 2 } } },
		});
		assert.deepEqual(faults, [
			'*.temperature: expected number, received string',
			'*.routing.sort: expected one of "price"|"throughput"|"latency"|"exacto"',
			'openai/*.temprature: there is no such setting; did you mean "temperature"?',
			'z-ai/glm-4.7.stop.1: too small: expected string to have >=1 characters',
			'z-ai/glm-4.7.routing.maxPrice.prompt: too small: expected number to be >=0',
		]);
	});

	it('names a setting that does not exist, also inside routing, and what is meant', () => {
		const { settings, faults } = parse({ 'a/b': { routing: { ordre: ['x'], zebra: 1 } } });
		assert.deepEqual(settings, { 'a/b': { routing: {} } });
		assert.deepEqual(faults, [
			'a/b.routing.ordre: there is no such setting; did you mean "order"?',
			'a/b.routing.zebra: there is no such setting',
		]);
	});

	it('names an entry that is no object, and a star in the middle', () => {
		const { settings, faults } = parse({ 'a/b': 5, 'a/*-mini': { seed: 1 }, 'c/d': { seed: 2 } });
		assert.deepEqual(settings, { 'a/b': {}, 'c/d': { seed: 2 } });
		assert.deepEqual(faults, [
			'a/b: expected an object of settings, such as { "temperature": 0.2 }',
			'a/*-mini: an asterisk may stand at the end only',
		]);
	});

	it('takes nothing as nothing, and says so of what is no object at all', () => {
		assert.deepEqual(parse(undefined), { settings: {}, faults: [] });
		assert.deepEqual(parse({}), { settings: {}, faults: [] });
		for (const value of [null, 'deny', [], 3]) {
			assert.equal(parse(value).faults.length, 1);
		}
	});

	it('gives valid settings for whatever was written, and all of them where nothing is wrong', () => {
		fc.assert(
			fc.property(fc.dictionary(fc.string(), fc.object({ key: fc.constantFrom(...KEYS), maxDepth: 2 })), written => {
				const { settings, faults } = parseModelSettings(written);
				for (const entry of Object.values(settings)) {
					assert.ok(modelSettings.safeParse(entry).success);
				}
				const isRight = Object.entries(written).every(
					([key, entry]) => modelSettings.safeParse(entry).success && !key.slice(0, -1).includes('*'),
				);
				assert.equal(faults.length === 0, isRight);
			}),
		);
	});
});

const KEYS = ['temperature', 'stop', 'routing', 'order', 'sort', 'maxPrice', 'prompt', 'minThroughput', 'p50', 'other'];

describe('parseBudget', () => {
	it('keeps the limits that are right', () => {
		assert.deepEqual(parseBudget({ day: 2, session: -1, week: 3 }), {
			budget: { day: 2 },
			faults: [
				{ path: 'session', message: 'too small: expected number to be >0' },
				{ path: 'week', message: 'there is no such setting' },
			],
		});
		assert.deepEqual(parseBudget(undefined), { budget: {}, faults: [] });
		assert.equal(parseBudget('10').faults.length, 1);
	});
});
