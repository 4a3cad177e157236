import assert from 'node:assert/strict';
import { packageFaults } from '../../checks/packageFaults.mjs';

const FILES = [
	'package.json',
	'package.nls.json',
	'README.md',
	'CHANGELOG.md',
	'LICENSE',
	'dist/desktop/extension.mjs',
	'dist/desktop/chunk-ABC.mjs',
	'dist/web/extension.js',
	'dist/page/page.js',
	'dist/page/chat.css',
	'dist/page/form.css',
	'dist/page/codicon.ttf',
	'media/icon.svg',
	'media/models.json',
];

describe('package', () => {
	it('accepts what users need', () => {
		assert.deepEqual(packageFaults(FILES, 1_000_000), []);
	});

	for (const file of [
		'dist/desktop/extension.mjs.map',
		'src/extension.ts',
		'media/chat.css',
		'test/run.mjs',
		'.env',
		'out/meta/page.json',
	]) {
		it(`reports ${file}`, () => {
			assert.match(packageFaults([...FILES, file], 1).join(), /^The package holds .* which is not for users/);
		});
	}

	it('reports what is missing', () => {
		const files = FILES.filter(file => file !== 'dist/web/extension.js');
		assert.deepEqual(packageFaults(files, 1), ['The package lacks dist/web/extension.js.']);
	});

	it('reports a package that has become too large', () => {
		assert.deepEqual(packageFaults(FILES, 1_500_001), ['The package has 1500001 bytes, 1500000 are allowed.']);
	});
});
