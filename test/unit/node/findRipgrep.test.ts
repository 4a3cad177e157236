import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { findRipgrep } from '../../../src/node/findRipgrep.ts';

let folder: string;

beforeEach(async () => {
	folder = await mkdtemp(join(tmpdir(), 'find-ripgrep-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function install(...path: string[]): Promise<string> {
	const file = join(folder, ...path);
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, '', { mode: 0o755 });
	return file;
}

const find = (searchPath = '') =>
	findRipgrep({ appRoot: join(folder, 'app'), searchPath, platform: 'linux', architecture: 'x64' });

describe('findRipgrep', () => {
	for (const modules of ['node_modules', 'node_modules.asar.unpacked']) {
		it(`finds the editor's own in ${modules}, new place before old`, async () => {
			const old = await install('app', modules, '@vscode', 'ripgrep', 'bin', 'rg');
			assert.equal(await find(), old);
			const universal = await install('app', modules, '@vscode', 'ripgrep-universal', 'bin', 'linux-x64', 'rg');
			assert.equal(await find(), universal);
		});
	}
	it('looks on PATH last, in absolute folders alone', async () => {
		const onPath = await install('bin', 'rg');
		assert.equal(await find(['.', '', 'bin', join(folder, 'bin')].join(delimiter)), onPath);
		assert.equal(await find(['.', 'bin'].join(delimiter)), undefined);
	});
});
