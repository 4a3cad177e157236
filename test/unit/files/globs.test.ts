import assert from 'node:assert/strict';
import fc from 'fast-check';
import picomatch from 'picomatch';
import { ToolError } from '../../../src/agent/toolError.ts';
import { excluder, pathGlob } from '../../../src/files/globs.ts';

describe('pathGlob', () => {
	const matches = (glob: string, path: string) => pathGlob(glob).matches(path);

	it('matches at any depth without a slash, and from the folder with one', () => {
		assert.ok(matches('*.ts', 'a.ts') && matches('*.ts', 'src/deep/a.ts'));
		assert.ok(matches('src/*.ts', 'src/a.ts') && !matches('src/*.ts', 'lib/src/a.ts'));
		assert.ok(matches('./src/', 'src/deep/a.ts') && matches('/src/**', 'src/a.ts'));
	});
	it('matches names that begin with a dot', () => {
		assert.ok(matches('**/*', '.github/x.yml') && matches('*', '.env'));
	});
	it('is turned round by an exclamation mark', () => {
		assert.ok(matches('!*.test.ts', 'src/a.ts') && !matches('!*.test.ts', 'src/a.test.ts'));
	});
	it('gives the name part only where every engine reads it alike', () => {
		const names = ['*.ts', 'src/**/*.{ts,tsx}', '{a,b}/c.ts', '**/*', '@(a|b).ts', '!*.ts', 'a[0-9].ts'].map(
			glob => pathGlob(glob).nameGlob,
		);
		assert.deepEqual(names, ['*.ts', '*.{ts,tsx}', undefined, undefined, undefined, undefined, undefined]);
	});
	it('means what picomatch means where it is tested without it', () => {
		const names = ['a', '.ts', 'ts', 'b.ts', 'b.tsx', '.env', 'x.env', '...ts', 'a-b_c', 'b.test.ts', '..a'];
		const globs = [
			'**/*',
			'*',
			'*.ts',
			'**/.env',
			'*.{ts,tsx}',
			'b.{ts,tsx}',
			'*{a,ts}',
			'a-b_c',
			'*.test.ts',
			'{a,ts}',
			'*..',
			'{.,..}',
		];
		const paths = fc.array(fc.constantFrom(...names), { minLength: 1, maxLength: 4 }).map(parts => parts.join('/'));
		fc.assert(
			fc.property(fc.constantFrom(...globs), paths, (glob, path) => {
				const anywhere = glob.includes('/') ? glob : `**/${glob}`;
				assert.equal(matches(glob, path), picomatch(anywhere, { dot: true })(path), `${glob} ${path}`);
			}),
			{ numRuns: 2000 },
		);
	});
	it('refuses what is no glob', () => {
		assert.throws(() => pathGlob('x'.repeat(600)), ToolError);
		assert.throws(() => pathGlob('!'), ToolError);
	});
});

describe('excluder', () => {
	it('reads globs as the exclude settings do', () => {
		const isExcluded = excluder(['**/node_modules', 'build', '**/*.map']);
		const paths = ['node_modules', 'a/node_modules', 'build', 'a/build', 'a/b.map', 'a/b.ts'];
		assert.deepEqual(paths.filter(isExcluded), ['node_modules', 'a/node_modules', 'build', 'a/b.map']);
	});
});
