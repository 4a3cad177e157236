import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installOnce } from '../../workbench/cache.mjs';

/** Beyond what any system gives out. */
const DEAD_PROCESS = 2 ** 30;

const silent = () => undefined;

describe('installOnce', () => {
	let root: string;

	beforeEach(() => {
		root = mkdtempSync(join(tmpdir(), 'openrouter-agent-cache-'));
	});
	afterEach(() => rmSync(root, { recursive: true, force: true }));

	it('installs once, however many ask at the same time', async () => {
		let installations = 0;
		const install = async (folder: string) => {
			installations++;
			writeFileSync(join(folder, 'file'), 'installed');
		};
		const folders = await Promise.all([1, 2, 3].map(() => installOnce(root, 'editor', install, silent)));
		assert.equal(installations, 1);
		assert.deepEqual(new Set(folders), new Set([join(root, 'editor')]));
		assert.equal(readFileSync(join(root, 'editor/file'), 'utf8'), 'installed');
	});

	it('leaves no folder that could be taken for a good one when the installation fails', async () => {
		const fail = async (folder: string) => {
			writeFileSync(join(folder, 'half'), '');
			throw new Error('no network');
		};
		await assert.rejects(installOnce(root, 'editor', fail, silent), /no network/);
		assert.ok(!existsSync(join(root, 'editor')));
		await installOnce(root, 'editor', async folder => writeFileSync(join(folder, 'whole'), ''), silent);
		assert.deepEqual(readdirSync(join(root, 'editor')), ['whole']);
	});

	it('passes by the lock of a process that died', async () => {
		writeFileSync(join(root, 'editor.lock'), String(DEAD_PROCESS));
		await installOnce(root, 'editor', async () => undefined, silent);
		assert.deepEqual(readdirSync(root), ['editor']);
	});
});
