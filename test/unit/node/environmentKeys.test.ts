import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findKeys, type KeySurroundings } from '../../../src/node/environmentKeys.ts';

const KEY = 'sk-or-v1-0123456789abcdef';

describe('findKeys', () => {
	let home: string;
	const look = (more: Partial<KeySurroundings> = {}) =>
		findKeys({ environment: {}, home, platform: 'linux', folders: [], ...more });
	const put = async (path: string, content: string) => {
		await mkdir(dirname(join(home, path)), { recursive: true });
		await writeFile(join(home, path), content);
		return join(home, path);
	};
	const config = (apiKey: string) => JSON.stringify({ provider: { openrouter: { options: { apiKey } } } });

	beforeEach(async () => {
		home = await mkdtemp(join(tmpdir(), 'keys-'));
	});
	afterEach(() => rm(home, { recursive: true }));

	it('finds nothing on a bare machine, and says where it looked', async () => {
		const { keys, lookedAt, unreadable } = await look();
		assert.deepEqual([keys, unreadable], [[], []]);
		assert.ok(lookedAt.includes('OPENROUTER_API_KEY'));
		assert.ok(lookedAt.includes(join(home, '.config', 'opencode', 'opencode.json')));
		assert.ok(lookedAt.includes(join(home, '.local', 'share', 'opencode', 'auth.json')));
	});

	it('finds the variable, trimmed', async () => {
		const { keys } = await look({ environment: { OPENROUTER_API_KEY: ` ${KEY}\n` } });
		assert.deepEqual(keys, [{ key: KEY, source: 'OPENROUTER_API_KEY' }]);
	});

	it('finds the key of a configuration with comments and trailing commas', async () => {
		const source = await put(
			'.config/opencode/opencode.jsonc',
			`{ // mine\n"provider": { "openrouter": { "options": { "apiKey": "${KEY}", }, }, }, /* end */ }`,
		);
		assert.deepEqual((await look()).keys, [{ key: KEY, source }]);
	});

	it('follows references to a variable and to a file beside the configuration', async () => {
		const byVariable = await put('.config/opencode/opencode.json', config('{env:MY_KEY}'));
		assert.deepEqual((await look({ environment: { MY_KEY: KEY } })).keys, [{ key: KEY, source: byVariable }]);
		await put('.config/opencode/opencode.json', config('{file:secret.txt}'));
		await put('.config/opencode/secret.txt', `${KEY}\n`);
		assert.deepEqual((await look()).keys, [{ key: KEY, source: byVariable }]);
		await put('.config/opencode/opencode.json', config('{file:~/elsewhere.txt}'));
		await put('elsewhere.txt', KEY);
		assert.deepEqual((await look()).keys, [{ key: KEY, source: byVariable }]);
	});

	it('finds what opencode stored at its own sign-in, and no key of another provider', async () => {
		const source = await put(
			'.local/share/opencode/auth.json',
			JSON.stringify({ anthropic: { type: 'api', key: 'sk-ant-1' }, openrouter: { type: 'api', key: KEY } }),
		);
		assert.deepEqual((await look()).keys, [{ key: KEY, source }]);
	});

	it('looks where the XDG variables and the system put the files', async () => {
		const config1 = await put('xdg/opencode/opencode.json', config(KEY));
		assert.deepEqual((await look({ environment: { XDG_CONFIG_HOME: join(home, 'xdg') } })).keys, [
			{ key: KEY, source: config1 },
		]);
		const roaming = await put('roaming/opencode/opencode.json', config(KEY));
		const windows = await look({ platform: 'win32', environment: { APPDATA: join(home, 'roaming') } });
		assert.deepEqual(windows.keys, [{ key: KEY, source: roaming }]);
		const named = await put('named.json', config(KEY));
		assert.deepEqual((await look({ environment: { OPENCODE_CONFIG: named } })).keys, [{ key: KEY, source: named }]);
	});

	it('looks into the folders it is given, and offers each key once', async () => {
		const source = await put('project/opencode.json', config(KEY));
		await put('.config/opencode/opencode.json', config(KEY));
		assert.deepEqual((await look({ folders: [join(home, 'project')] })).keys, [{ key: KEY, source }]);
	});

	it('gives out no other secret that a configuration points at', async () => {
		await put('project/opencode.json', config('{env:AWS_SECRET}'));
		await put('.config/opencode/opencode.json', config('{file:~/id_rsa}'));
		await put('id_rsa', '-----BEGIN PRIVATE KEY-----');
		const { keys } = await look({ folders: [join(home, 'project')], environment: { AWS_SECRET: 'aws-1' } });
		assert.deepEqual(keys, []);
	});

	it('names a file that cannot be read without a word of what is in it', async () => {
		const broken = await put('.config/opencode/opencode.json', `{"apiKey": "${KEY}" oops`);
		await put('.config/opencode/opencode.jsonc', config('{file:.}'));
		const { keys, unreadable } = await look();
		assert.deepEqual(keys, []);
		assert.equal(unreadable[0], `${broken} (line 1: expected "," or "}")`);
		assert.match(unreadable[1] ?? '', /no file of a sane size/);
		assert.ok(!JSON.stringify(unreadable).includes(KEY));
	});
});
