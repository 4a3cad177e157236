import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { CodeQuery } from '../../../../src/agent/codeSearch.ts';
import { ModelError } from '../../../../src/agent/model.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { Breather } from '../../../../src/files/breather.ts';
import { CodeIndex } from '../../../../src/files/codeIndex/codeIndex.ts';
import type { CodeSource } from '../../../../src/files/codeIndex/codeSource.ts';
import { workspaceSource } from '../../../../src/files/codeIndex/workspaceSource.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';

const { signal } = new AbortController();
const query = (text: string, rest: Partial<CodeQuery> = {}): CodeQuery => ({ text, below: '', limit: 5, ...rest });

/** Files in memory; counts what is read of them. */
class MemorySource implements CodeSource {
	readonly texts = new Map<string, string>();
	readonly reads: string[] = [];

	async files() {
		return [...this.texts].map(([path, text]) => ({ path, stamp: text }));
	}

	async read(path: string) {
		this.reads.push(path);
		return this.texts.get(path);
	}
}

describe('code index', () => {
	let source: MemorySource;
	const found = async (index: CodeIndex, text: string, rest: Partial<CodeQuery> = {}) =>
		(await index.search(query(text, rest), signal)).hits.map(({ path, from, to }) => `${path}:${from}-${to}`);

	beforeEach(() => {
		source = new MemorySource();
		source.texts.set(
			'src/retry.ts',
			'/** Waits. */\nexport function retryDelay(attempt: number) {\n\treturn attempt * BACKOFF;\n}\n',
		);
		source.texts.set('src/fileLock.ts', 'export class FileLock {\n\tacquire() {}\n}\n');
		source.texts.set('docs/errors.md', '# Errors\n\nA request that fails is tried again after a delay.\n');
	});

	it('finds by any form of the words, in the text, the names and the path', async () => {
		const index = new CodeIndex(source);
		assert.deepEqual((await found(index, 'how are retries delayed'))[0], 'src/retry.ts:1-4');
		assert.deepEqual(await found(index, 'backoff'), ['src/retry.ts:1-4']);
		assert.deepEqual(await found(index, 'lockingFiles'), ['src/fileLock.ts:1-3']);
		assert.deepEqual(await found(index, 'nonsense'), []);
	});
	it('shows the telling lines, and what is declared', async () => {
		const { hits, searched, total, missing } = await new CodeIndex(source).search(query('attempt'), signal);
		assert.deepEqual(hits[0], {
			path: 'src/retry.ts',
			from: 1,
			to: 4,
			names: ['retryDelay'],
			lines: [
				{ line: 2, text: 'export function retryDelay(attempt: number) {' },
				{ line: 3, text: '\treturn attempt * BACKOFF;' },
			],
		});
		assert.deepEqual([searched, total, missing], [3, 3, undefined]);
	});
	it('keeps to a folder', async () => {
		const index = new CodeIndex(source);
		assert.deepEqual(await found(index, 'delay', { below: 'docs' }), ['docs/errors.md:1-3']);
		assert.deepEqual(await found(index, 'delay', { below: 'doc' }), []);
		assert.deepEqual(await found(index, 'delay', { below: 'src/retry.ts' }), ['src/retry.ts:1-4']);
	});
	it('prefers the code to its tests, unless these are asked for', async () => {
		source.texts.set('test/lock.test.ts', "it('acquires a lock', () => acquire(lock, lock));\n");
		source.texts.set('src/lock.ts', 'function acquire(lock) { return held(lock); }\n');
		const index = new CodeIndex(source);
		assert.equal((await found(index, 'acquire lock'))[0], 'src/lock.ts:1-1');
		assert.equal((await found(index, 'test acquire lock'))[0], 'test/lock.test.ts:1-1');
	});
	it('gives no file more than two places', async () => {
		const method = (name: string) => `function ${name}Token() {\n${'\ttoken();\n'.repeat(12)}}\n`;
		source.texts.set('src/many.ts', ['a', 'b', 'c', 'd'].map(method).join(''));
		source.texts.set('src/one.ts', 'token();\n');
		const paths = (await found(new CodeIndex(source), 'token')).map(place => place.split(':')[0]);
		assert.deepEqual([paths.length, paths.filter(path => path === 'src/many.ts').length], [3, 2]);
	});
	it('reads anew only what changed, and forgets what is gone', async () => {
		const index = new CodeIndex(source);
		await index.update();
		source.reads.length = 0;
		source.texts.set('src/fileLock.ts', 'export class Mutex {}\n');
		source.texts.delete('src/retry.ts');
		await index.update();
		assert.deepEqual(source.reads, ['src/fileLock.ts']);
		assert.deepEqual(await found(index, 'mutex'), ['src/fileLock.ts:1-1']);
		assert.deepEqual(await found(index, 'acquire'), []);
		assert.deepEqual(await found(index, 'backoff'), []);
	});
	it('finds after any changes what an index made anew finds', async () => {
		const text = fc
			.array(fc.constantFrom('alpha', 'beta', 'gamma()', 'delta = 1', 'function beta() {', ''), { maxLength: 30 })
			.map(lines => lines.join('\n'));
		const change = fc.record({ path: fc.constantFrom('a.ts', 'b.ts', 'c/d.ts', 'e.md'), text: fc.option(text) });
		await fc.assert(
			fc.asyncProperty(fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 5 }), async rounds => {
				const files = new MemorySource();
				const index = new CodeIndex(files);
				for (const round of rounds) {
					for (const { path, text: content } of round) {
						if (content === null) {
							files.texts.delete(path);
						} else {
							files.texts.set(path, content);
						}
					}
					await index.update();
				}
				for (const word of ['alpha', 'beta gamma', 'delta']) {
					const old = await found(index, word, { limit: 50 });
					assert.deepEqual(old.sort(), (await found(new CodeIndex(files), word, { limit: 50 })).sort());
				}
			}),
			{ numRuns: 50 },
		);
	});
	it('begins anew when most of what it holds is gone', async () => {
		const index = new CodeIndex(source);
		for (let round = 0; round < 40; round++) {
			source.texts.set('src/big.ts', `function round${round}() {}\n${'x\n'.repeat(3000)}`);
			await index.update();
		}
		const again = source.reads.filter(path => path === 'src/retry.ts').length;
		assert.ok(again > 1 && again < 10, `read ${again} times`);
		assert.deepEqual(await found(index, 'backoff'), ['src/retry.ts:1-4']);
		assert.deepEqual(await found(index, 'round'), ['src/big.ts:1-60']);
	});
	it('answers with what there is when the files take long, and goes on', async () => {
		const clock = manualClock();
		let release: (() => void) | undefined;
		const slow: CodeSource = {
			files: () => source.files(),
			read: async path => {
				if (path === 'src/late.ts' && release === undefined) {
					await new Promise<void>(resolve => {
						release = resolve;
						clock.advance(8000);
					});
				}
				return source.read(path);
			},
		};
		for (let number = 0; number < 20; number++) {
			source.texts.set(`src/more${number}.ts`, 'more();\n');
		}
		source.texts.set('src/late.ts', 'late();\n');
		const index = new CodeIndex(slow, { clock });
		const early = await index.search(query('backoff'), signal);
		assert.deepEqual([early.hits.length, early.total, early.missing], [1, 24, 'building']);
		assert.ok(early.searched >= 3 && early.searched < 24, `${early.searched} files`);
		const whole = index.update();
		release?.();
		await whole;
		assert.deepEqual(await found(index, 'late'), ['src/late.ts:1-1']);
	});
	it('gives others their turn while it reads', async () => {
		let time = 0;
		let rests = 0;
		const breather = new Breather(
			() => (time += 15),
			async () => {
				rests++;
			},
		);
		source.texts.set('src/long.ts', 'function f() {\n\tx();\n}\n'.repeat(500));
		await new CodeIndex(source, { breather }).update();
		assert.ok(rests >= 20, `${rests} rests`);
	});
	it('stops waiting at the signal, and working when disposed', async () => {
		const index = new CodeIndex(source);
		await assert.rejects(index.search(query('backoff'), AbortSignal.abort()), { name: 'AbortError' });
		const update = index.update();
		index.dispose();
		await assert.rejects(update, { name: 'AbortError' });
	});
	it('holds no more than it may, and says so', async () => {
		const index = new CodeIndex(source, { maxEntries: 5 });
		const { searched, total, missing } = await index.search(query('backoff'), signal);
		assert.deepEqual([searched, total, missing], [1, 3, 'full']);
	});
	it('passes over generated text', async () => {
		source.texts.set('src/bundle.js', 'needle();\n'.repeat(60_000));
		source.texts.set('src/data.js', `const data = "${'needle '.repeat(200)}";\n`);
		assert.deepEqual(await found(new CodeIndex(source), 'needle'), []);
	});
	it('lets a judge of meaning change the order, and does without where it cannot tell', async () => {
		source.texts.set('src/delay.ts', 'delay delay delay delay\n');
		const before = await found(new CodeIndex(source), 'delay');
		const similarity = (nearest: string | undefined) => () => ({
			similarities: async (_query: string, texts: readonly string[]) => {
				if (nearest === undefined) {
					throw new ModelError('network', 'No connection.');
				}
				return texts.map(text => (text.startsWith(nearest) ? 1 : 0));
			},
		});
		assert.equal(before.indexOf('docs/errors.md:1-3'), 2);
		const after = await found(new CodeIndex(source, { similarity: similarity('docs/errors.md') }), 'delay');
		assert.ok(after.indexOf('docs/errors.md:1-3') < 2, `${after}`);
		const failing = new CodeIndex(source, { similarity: similarity(undefined) });
		assert.deepEqual(await found(failing, 'delay'), before);
		assert.equal((await failing.search(query('delay'), signal)).unjudged, 'No connection.');
	});
	it('asks for words where there are none, and shows a failure of the files', async () => {
		const index = new CodeIndex({ files: () => Promise.reject(new Error('gone')), read: async () => undefined });
		await assert.rejects(index.search(query('?!'), signal), ToolError);
		await assert.rejects(index.search(query('backoff'), signal), /gone/);
	});

	describe('over a workspace', () => {
		it('sees unsaved text, and neither secrets nor what is hidden or no text', async () => {
			const workspace = new MemoryWorkspace({
				files: {
					'.gitignore': 'dist\n',
					'a.ts': 'const stale = 1;\n',
					'dist/a.js': 'needle();\n',
					'.env': 'NEEDLE=abc\n',
					'b.min.js': 'needle();\n',
					'c.png': new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0, 1]),
					'd.ts': 'needle();\n',
				},
			});
			const index = new CodeIndex(workspaceSource(workspace));
			assert.deepEqual(await found(index, 'needle'), ['d.ts:1-1']);
			workspace.typeInto('a.ts', 'const fresh = needle();\n');
			assert.deepEqual((await found(index, 'needle')).sort(), ['a.ts:1-1', 'd.ts:1-1']);
			assert.deepEqual(await found(index, 'stale'), []);
		});
	});
});
