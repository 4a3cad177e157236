import assert from 'node:assert/strict';
import { lockFaults, manifestFaults, textFaults } from '../../checks/repositoryFaults.mjs';

/** Built of parts, so that this file does not hold what it plants. */
const planted = {
	registry: ['https://registry.', 'npmjs.org/zod'].join(''),
	path: ['see ', '/work', '/clone/src'].join(''),
	issue: ['// fixes', ' #12'].join(''),
	author: ['Generated', ' with Claude'].join(''),
	unfinished: ['// ', 'TODO: later'].join(''),
};

describe('repository', () => {
	it('reports proposed API', () => {
		assert.match(
			manifestFaults(JSON.stringify({ enabledApiProposals: [] })).join(),
			/^package\.json: enabledApiProposals/,
		);
	});

	it('reports a version that is not exact, and a dependency that would have to ship', () => {
		assert.match(manifestFaults(JSON.stringify({ devDependencies: { zod: '^4.0.0' } })).join(), /zod is "\^4\.0\.0"/);
		assert.match(
			manifestFaults(JSON.stringify({ dependencies: { zod: '4.0.0' } })).join(),
			/everything is a devDependency/,
		);
		assert.deepEqual(manifestFaults(JSON.stringify({ devDependencies: { zod: '4.0.0' } })), []);
	});

	it('reports addresses in the lock file', () => {
		assert.match(locking({ 'node_modules/zod': { resolved: 'x' } }).join(), /"resolved" addresses/);
		assert.deepEqual(locking({ 'node_modules/zod': { version: '4.0.0' } }), []);
	});

	it('reports a build for another platform that the lock file lost', () => {
		const parent = { 'node_modules/esbuild': { optionalDependencies: { '@esbuild/darwin-arm64': '1.0.0' } } };
		assert.deepEqual(locking(parent), [
			'package-lock.json: lacks @esbuild/darwin-arm64 1.0.0, which node_modules/esbuild wants on some platform.',
		]);
		assert.deepEqual(locking({ ...parent, 'node_modules/@esbuild/darwin-arm64': { version: '1.0.0' } }), []);
	});

	for (const [name, text] of Object.entries(planted)) {
		it(`reports the line of a planted ${name}`, () => {
			assert.match(textFaults('src/agent/plant.ts', `one\n${text}\n`).join(), /^src\/agent\/plant\.ts:2: /);
		});
	}

	it('takes ordinary text', () => {
		const text = "const colour = '#123456';\n/** Work on the root/relative path. */\nconst note = 'TODO';\n";
		assert.deepEqual(textFaults('src/agent/plant.ts', text), []);
	});
});

function locking(packages: object): string[] {
	return lockFaults(JSON.stringify({ packages }));
}
