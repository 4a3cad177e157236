import assert from 'node:assert/strict';
import { mkdir, mkdtemp, realpath, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { sliceLines } from '../../../src/files/sliceLines.ts';
import { createLocalFiles } from '../../../src/node/localFiles.ts';

const files = createLocalFiles();
const signal = new AbortController().signal;
let folder: string;

before(async () => {
	folder = await realpath(await mkdtemp(join(tmpdir(), 'local-files-')));
});
after(() => rm(folder, { recursive: true }));

async function read(content: string | Uint8Array, from: number, count: number, maxCharacters = 1000) {
	const path = join(folder, 'file');
	await writeFile(path, content);
	return files.readLines(path, { from, count, maxCharacters }, signal);
}

describe('readLines', () => {
	it('gives a range and knows the end', async () => {
		assert.deepEqual(await read('1\n2\r\n3\n', 2, 1), { lines: ['2'], isEnd: false });
		assert.deepEqual(await read('1\n2\r\n3\n', 2, 5), { lines: ['2', '3'], isEnd: true });
		assert.deepEqual(await read('1\n2', 2, 5), { lines: ['2'], isEnd: true });
		assert.deepEqual(await read('1\n', 5, 5), { lines: [], isEnd: true });
	});
	it('keeps characters whole over the pieces it reads', async () => {
		const line = 'ü😀'.repeat(100_000);
		const { lines } = await read(`a${line}\nnext\n`, 1, 2, 1_000_000);
		assert.deepEqual(lines, [`a${line}`, 'next']);
	});
	it('stops at the number of characters, and cuts one line that is longer', async () => {
		assert.deepEqual(await read('aaaa\nbbbb\ncccc\n', 1, 3, 9), { lines: ['aaaa', 'bbbb'], isEnd: false });
		assert.deepEqual((await read(`${'x'.repeat(2000)}\ny\n`, 1, 1)).lines, ['x'.repeat(1000)]);
	});
	it('reads UTF-16 by its mark', async () => {
		const utf16 = new Uint8Array([0xff, 0xfe, ...[...'a\nb\n'].flatMap(c => [c.charCodeAt(0), 0])]);
		assert.deepEqual((await read(utf16, 2, 1)).lines, ['b']);
	});
	it('gives the same lines as a read of the whole text', async () => {
		const text = fc
			.array(fc.constantFrom('a', 'bb', '', 'é', '\r\n', '\n'), { maxLength: 30 })
			.map(parts => parts.join(''));
		await fc.assert(
			fc.asyncProperty(
				text,
				fc.integer({ min: 1, max: 12 }),
				fc.integer({ min: 1, max: 12 }),
				async (content, from, count) => {
					const { lines } = await read(content, from, count, 8);
					assert.deepEqual(lines, sliceLines(content, { from, count, maxCharacters: 8 }).lines);
				},
			),
			{ numRuns: 60 },
		);
	});
});

describe('readStart', () => {
	it('gives the whole of a small file and the beginning of a large one', async () => {
		const path = join(folder, 'start');
		const bytes = new Uint8Array(100_000).map((_, index) => index % 251);
		await writeFile(path, bytes);
		assert.deepEqual(await files.readStart(path, 1_000_000, signal), bytes);
		assert.deepEqual(await files.readStart(path, 10, signal), bytes.subarray(0, 10));
	});
});

describe('realPath', () => {
	it('resolves links above a file that does not exist yet', async () => {
		await mkdir(join(folder, 'real'));
		await symlink(join(folder, 'real'), join(folder, 'link'));
		assert.equal(await files.realPath(join(folder, 'link', 'new', 'a.ts')), join(folder, 'real', 'new', 'a.ts'));
	});
	it('follows a link whose target is missing', async () => {
		await symlink(join(folder, 'nowhere', 'x'), join(folder, 'dangling'));
		assert.equal(await files.realPath(join(folder, 'dangling')), join(folder, 'nowhere', 'x'));
	});
});
