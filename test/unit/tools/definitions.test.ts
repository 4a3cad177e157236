import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { estimateTokenCount } from 'tokenx';
import { toolDefinition, tools } from '../../../src/tools/index.ts';

const SNAPSHOT = 'test/unit/tools/definitions.snapshot.txt';
const definitions = tools.map(toolDefinition);

describe('tool definitions', () => {
	it('are what was reviewed (UPDATE_SNAPSHOTS=1 writes them anew)', () => {
		const text = `${JSON.stringify(definitions, undefined, '\t')}\n`;
		if (process.env['UPDATE_SNAPSHOTS'] === '1') {
			writeFileSync(SNAPSHOT, text);
		}
		assert.equal(text, readFileSync(SNAPSHOT, 'utf8'));
	});

	it('take at most 1,000 tokens of every request', () => {
		const tokens = estimateTokenCount(JSON.stringify(definitions));
		assert.ok(tokens <= 1000, `${tokens} tokens`);
	});

	it('keep to the schema words that every provider takes', () => {
		const allowed = [
			'type',
			'properties',
			'required',
			'description',
			'enum',
			'items',
			'minimum',
			'maximum',
			'minLength',
			'minItems',
		];
		const check = (schema: unknown): void => {
			assert.ok(typeof schema === 'object' && schema !== null);
			for (const [key, value] of Object.entries(schema)) {
				assert.ok(allowed.includes(key), key);
				if (key === 'properties') {
					Object.values(value).forEach(check);
				} else if (key === 'items') {
					check(value);
				} else if (key === 'type') {
					assert.equal(typeof value, 'string');
				}
			}
		};
		for (const { parameters } of definitions) {
			check(parameters);
		}
	});
});
