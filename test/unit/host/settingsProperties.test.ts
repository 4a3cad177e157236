import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { settingsProperties } from '../../workbench/settingsProperties.ts';

describe('settings that are objects', () => {
	it('are described in package.json as their schemas have them: see test/workbench/settingsSchema.mjs', () => {
		const { properties } = JSON.parse(readFileSync('package.json', 'utf8')).contributes.configuration;
		for (const [name, property] of Object.entries(settingsProperties())) {
			assert.deepEqual(properties[name], property, name);
		}
	});
});
