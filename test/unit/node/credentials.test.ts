import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
	CredentialsError,
	cleanKey,
	forgetKey,
	keyEnd,
	readKey,
	readKeys,
	storeKey,
} from '../../../src/node/credentials.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';

const KEY = 'sk-or-v1-0123456789abcdef';

describe('credentials', () => {
	const folders = new TemporaryFolders();
	let path: string;
	beforeEach(async () => {
		path = join(await folders.make(), 'deep', 'credentials.json');
	});
	after(() => folders.remove());

	it("are the owner's alone, and replaced whole", async () => {
		await storeKey(path, 'sk-or-v1-older-older');
		await storeKey(path, KEY);
		assert.deepEqual(await readKey(path, {}), { key: KEY, source: path });
		assert.deepEqual(
			[(await stat(path)).mode & 0o777, (await stat(dirname(path))).mode & 0o777, await readdir(dirname(path))],
			[0o600, 0o700, ['credentials.json']],
		);
	});
	it('of the environment come first, and the file is not looked at', async () => {
		await storeKey(path, KEY);
		await chmod(path, 0o644);
		const environment = { OPENROUTER_API_KEY: ' sk-or-v1-from-environment\n' };
		assert.deepEqual(await readKey(path, environment), {
			key: 'sk-or-v1-from-environment',
			source: 'OPENROUTER_API_KEY',
		});
		await assert.rejects(readKeys(path, environment), CredentialsError);
		await chmod(path, 0o600);
		assert.deepEqual(
			(await readKeys(path, environment)).map(({ source }) => source),
			['OPENROUTER_API_KEY', path],
		);
		assert.equal((await readKey(path, { OPENROUTER_API_KEY: '  ' }))?.key, KEY);
	});
	for (const mode of [0o644, 0o640, 0o604, 0o660]) {
		it(`are refused with mode ${mode.toString(8)}, with the command that mends it`, async () => {
			await storeKey(path, KEY);
			await chmod(path, mode);
			await assert.rejects(readKey(path, {}), new RegExp(`mode 0${mode.toString(8)}.*chmod 600`));
		});
	}
	for (const text of ['', '{', `{"openrouter": "${KEY}"}`, `{"openrouter": {"key": "two words"}}`, `"${KEY}"`]) {
		it(`are refused as ${text.replace(KEY, 'KEY') || 'nothing'}, without a word of what is in the file`, async () => {
			await storeKey(path, KEY);
			await writeFile(path, text);
			await assert.rejects(readKey(path, {}), (error: Error) => {
				assert.ok(error instanceof CredentialsError && !error.message.includes(KEY));
				return /auth login/.test(error.message);
			});
		});
	}
	it('need not exist, and are forgotten', async () => {
		assert.equal(await readKey(path, {}), undefined);
		assert.equal(await forgetKey(path), false);
		await storeKey(path, KEY);
		assert.equal(await forgetKey(path), true);
		await assert.rejects(readFile(path));
	});
	it('take a key without the blanks around it, and nothing that can be none', () => {
		assert.deepEqual(
			[cleanKey(` ${KEY}\n`), cleanKey('two words'), cleanKey('clé'), cleanKey('')],
			[KEY, undefined, undefined, undefined],
		);
	});
	it('show four characters at most, and none of a short one', () => {
		assert.deepEqual([keyEnd(KEY), keyEnd('short')], ['…cdef', '…']);
	});
});
