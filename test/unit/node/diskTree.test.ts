import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdir, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createDiskTree } from '../../../src/node/diskTree.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';

const folders = new TemporaryFolders();

describe('disk tree', () => {
	let folder: string;
	let root: string;

	beforeEach(async () => {
		folder = await folders.make();
		root = pathToFileURL(folder).href;
	});
	after(() => folders.remove());

	it('tells files, folders and links apart', async () => {
		await writeFile(join(folder, 'a b%.txt'), 'x');
		await mkdir(join(folder, 'sub'));
		await symlink('.', join(folder, 'loop'));
		const entries = await createDiskTree().entries(root, '');
		assert.deepEqual(entries.map(({ name, kind }) => `${name} ${kind}`).sort(), [
			'a b%.txt file',
			'loop other',
			'sub folder',
		]);
	});
	it('gives the bytes of small and large files, up to the limit', async () => {
		const tree = createDiskTree();
		for (const size of [0, 1, 65_535, 65_536, 200_000]) {
			const bytes = new Uint8Array(size).map((_, index) => index % 251);
			await writeFile(join(folder, 'file'), bytes);
			assert.deepEqual(new Uint8Array((await tree.bytes(root, 'file', 300_000)) ?? []), bytes, `${size} bytes`);
			assert.equal((await tree.bytes(root, 'file', Math.max(0, size - 1))) === undefined, size > 0);
		}
	});
	it('keeps the bytes of a file while others are read', async () => {
		const tree = createDiskTree();
		await Promise.all(['a', 'b', 'c'].map(name => writeFile(join(folder, name), name.repeat(9))));
		const all = await Promise.all(['a', 'b', 'c'].map(name => tree.bytes(root, name, 100)));
		assert.deepEqual(
			all.map(bytes => new TextDecoder().decode(bytes)),
			['a'.repeat(9), 'b'.repeat(9), 'c'.repeat(9)],
		);
	});
	it('passes over what is gone, what is a folder, and a pipe that nobody writes to', async () => {
		const tree = createDiskTree();
		execFileSync('mkfifo', [join(folder, 'pipe')]);
		assert.equal(await tree.bytes(root, 'gone', 100), undefined);
		assert.equal(await tree.bytes(root, '.', 100), undefined);
		assert.equal((await tree.bytes(root, 'pipe', 100))?.length ?? 0, 0);
		assert.deepEqual(await tree.entries(root, 'gone'), []);
		await assert.rejects(tree.entries(pathToFileURL(join(folder, 'gone')).href, ''));
	});
});
