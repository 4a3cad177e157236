import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readListingFile, writeListingFile } from '../../../../src/openrouter/catalogue/listingFile.ts';
import { parseModels } from '../../../../src/openrouter/catalogue/models.ts';
import { slugOf } from '../../../../src/openrouter/catalogue/providers.ts';
import { writeSnapshot } from '../../../workbench/writeSnapshot.ts';
import { readJsonFixture } from '../fixtures.ts';
import { listedModels, listedRows } from './listedModels.ts';

describe('a listing in a file', () => {
	const text = writeListingFile({ at: 5, rows: listedRows, providers: { 'Z.ai': 'z-ai' }, owner: 'me' });

	it('gives back every model as the service listed it, but for the order of what a model takes', () => {
		const read = readListingFile(text);
		const sorted = (models: typeof listedModels) =>
			models.map(model => ({ ...model, inputs: model.inputs.toSorted() }));
		assert.deepEqual(sorted(parseModels(read?.rows ?? []).models), sorted(listedModels));
		assert.deepEqual([read?.at, read?.owner, read?.providers], [5, 'me', { 'Z.ai': 'z-ai' }]);
	});

	it('leaves out rows that cannot be read', () => {
		const rows = [null, { id: 3 }, { id: 'a/b' }, { id: 'a/b', name: 'twice' }, { id: 'a/b:batch' }];
		const read = readListingFile(writeListingFile({ at: 1, rows, providers: {} }));
		assert.deepEqual(
			parseModels(read?.rows ?? []).models.map(({ id, name }) => [id, name]),
			[['a/b', 'a/b']],
		);
		assert.equal(read?.owner, undefined);
	});

	it('is none when it is cut, of another version, or something else', () => {
		for (const other of ['', 'null', '[]', '{}', text.slice(0, 5000), text.replace('"version":1', '"version":2')]) {
			assert.equal(readListingFile(other), undefined);
		}
	});
});

describe('media/models.json', () => {
	const snapshot = readFileSync('media/models.json', 'utf8');

	it('is what the generator makes of the recorded listing', () => {
		const sources = {
			listing: readJsonFixture('models.json'),
			providers: readJsonFixture('providers.json'),
			date: '2026-08-08',
		};
		assert.ok(snapshot === writeSnapshot(sources), 'Run test/workbench/modelSnapshot.mjs.');
		assert.equal(writeSnapshot(sources), writeSnapshot(sources));
	});

	it('has the day of the newest model unless told the day of the listing', () => {
		const read = readListingFile(writeSnapshot({ listing: readJsonFixture('models.json') }));
		assert.equal(new Date(read?.at ?? 0).toISOString().slice(0, 10), '2026-08-06');
	});

	it('is small enough to ship', () => {
		assert.ok(Buffer.byteLength(snapshot) < 110_000);
	});
});

describe('slugOf', () => {
	const slugs = readListingFile(readFileSync('media/models.json', 'utf8'))?.providers ?? {};
	const cases: Readonly<Record<string, string>> = {
		'Claude Platform on AWS': 'claude-on-aws',
		'Google Vertex (Global)': 'google-vertex',
		'amazon bedrock': 'amazon-bedrock',
		'Z.ai': 'z-ai',
		'Some New Cloud': 'some-new-cloud',
	};
	for (const [name, slug] of Object.entries(cases)) {
		it(`is ${slug} for ${name}`, () => assert.equal(slugOf(name, slugs), slug));
	}
});
