import assert from 'node:assert/strict';
import { decideCommand } from '../../../../src/agent/shell/commandDecision.ts';
import { commandPlaces } from '../../../../src/agent/shell/commandPlace.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import type { Workspace } from '../../../../src/agent/workspace.ts';
import { type MemoryPlace, memoryPlaceFacts } from '../../../fakes/memoryPlaceFacts.ts';

const { signal } = new AbortController();

const place: MemoryPlace = {
	files: [
		...['/ws/a.ts', '/ws/src/b.ts', '/ws/src/.env.local', '/ws/keys/c.pem', '/ws/.git/config', '/ws/store/own/x'],
		...['/out/d.ts', '/home/ada/.profile', '/ws/many/1.ts', '/ws/many/2.ts'],
	],
	links: { '/ws/link.ts': '/out/d.ts', '/ws/away': '/out', '/ws/key.txt': '/ws/keys/c.pem', '/ws/loop': '/ws/loop' },
	programs: { ls: 'outside', cat: 'outside', grep: 'outside', rg: 'outside', git: 'outside', wc: 'inside' },
	plainRepositories: ['/ws'],
};

/** Only resolves paths: what is not below `/ws` is outside. */
const workspace = {
	async locate(path: string) {
		if (path.includes('%')) {
			throw new ToolError('No such path.');
		}
		return { path, uri: `file://${path}`, isOutside: path !== '/ws' && !path.startsWith('/ws/') };
	},
	// Safe: nothing else of a workspace is asked for here.
} as unknown as Workspace;

async function decide(command: string, cwd = '/ws', more: Partial<MemoryPlace> = {}): Promise<string> {
	const findPlace = commandPlaces({ facts: memoryPlaceFacts({ ...place, ...more }), ownFolders: ['/ws/store/own'] });
	const found = await findPlace(command, { cwd, language: 'bash' }, { workspace, signal });
	const decision = decideCommand(command, { ...found, rules: [], isHeld: false });
	return decision.kind === 'ask' ? decision.reasons.map(({ code }) => code).join(', ') : decision.kind;
}

async function assertDecided(expected: Readonly<Record<string, string>>, cwd?: string): Promise<void> {
	const lines = Object.keys(expected);
	const decided = await Promise.all(lines.map(async line => [line, await decide(line, cwd)] as const));
	assert.deepEqual(Object.fromEntries(decided), expected);
}

describe('the place of a command', () => {
	it('has files that are free, and others that are private, elsewhere or nowhere', async () => {
		await assertDecided({
			'cat a.ts src/b.ts ./src/../a.ts new.ts': 'allow',
			'cat /ws/a.ts': 'allow',
			'cat keys/c.pem': 'path',
			'cat src/.env.local': 'path',
			'cat new/.env': 'path',
			'cat /out/d.ts': 'path',
			'cat ../out/d.ts': 'path',
			'cat loop': 'path',
			"cat 'a%2f..'": 'path',
			"cat ''": 'path',
		});
	});

	it('is looked at behind links, and as the system goes through them', async () => {
		await assertDecided({
			'cat link.ts': 'path',
			'cat away/new.ts': 'path',
			'cat key.txt': 'path',
			'cat away/../a.ts': 'path',
			'cat away/../ws/a.ts': 'allow',
			'cat src/../a.ts': 'allow',
		});
	});

	it('is where the shell stands, which may be anywhere', async () => {
		await assertDecided({ 'cat b.ts ../a.ts': 'allow', 'cat ../../out/d.ts': 'path' }, '/ws/src');
		await assertDecided({ ls: 'folder', 'cat d.ts': 'folder' }, '/out');
		await assertDecided({ ls: 'folder' }, '/ws/away');
		await assertDecided({ ls: 'folder' }, '/ws/gone');
	});

	it('has patterns that stand for many files', async () => {
		await assertDecided({
			'ls *.ts': 'path',
			'ls src/*.ts': 'allow',
			'cat ./keys/*.pem': 'path',
			'cat new/*.ts': 'allow',
		});
		const links = {};
		assert.equal(await decide('ls *.ts', '/ws', { links }), 'allow');
		const files = Array.from({ length: 501 }, (_, at) => `/ws/many/${at}.ts`);
		assert.equal(await decide('cat many/*.ts', '/ws', { files }), 'path');
		assert.equal(await decide('cat many/*.ts', '/ws', { files: files.slice(2) }), 'allow');
	});

	it('has trees with private files in them, which are opened or left out', async () => {
		await assertDecided({
			'grep -r x src': 'path',
			'grep -r x many': 'allow',
			'grep x src/b.ts': 'allow',
			'rg x src': 'allow',
			'rg --hidden x src': 'path',
			'rg x keys': 'path',
			'rg x': 'path',
			'grep -r x store': 'path',
			'grep -r x .': 'path',
		});
		assert.equal(await decide('grep -r x many', '/ws', { limit: 1 }), 'path');
		assert.equal(await decide('rg x many', '/ws', { limit: 1 }), 'path');
	});

	it('has programs of its own, and lacks others', async () => {
		await assertDecided({ 'wc a.ts': 'shadowed', 'tree src': 'missing', 'ls | wc -l': 'shadowed', pwd: 'allow' });
	});

	it('has a repository or none', async () => {
		assert.equal(await decide('git status'), 'allow');
		assert.equal(await decide('git status', '/ws/src'), 'allow');
		assert.equal(await decide('git status', '/ws', { plainRepositories: [] }), 'gitConfig');
	});

	it('is not looked at for what nobody asks, and unknown for what was not asked', async () => {
		const facts = memoryPlaceFacts(place);
		const findPlace = commandPlaces({ facts: { ...facts, isGitPlain: () => assert.fail('asked') }, ownFolders: [] });
		const found = await findPlace('ls src', { cwd: '/ws', language: 'bash' }, { workspace, signal });
		assert.equal(found.isGitPlain, false);
		assert.equal(found.resolve('ls'), 'outside');
		assert.equal(found.resolve('cat'), 'inside');
		assert.equal(found.readPath('src', 'file'), 'free');
		assert.equal(found.readPath('src', 'tree'), 'ask');
		assert.equal(found.readPath('a.ts', 'file'), 'ask');
	});

	it('is not looked at for a shell that reads lines otherwise', async () => {
		const facts = { ...memoryPlaceFacts(place), findProgram: () => assert.fail('asked') };
		const findPlace = commandPlaces({ facts, ownFolders: [] });
		const found = await findPlace('ls', { cwd: '/ws', language: 'powershell' }, { workspace, signal });
		assert.equal(found.isOtherLanguage, true);
		assert.equal(decideCommand('echo x', { ...found, rules: [], isHeld: false }).kind, 'ask');
	});

	it('is not told once the turn is stopped', async () => {
		const findPlace = commandPlaces({ facts: memoryPlaceFacts(place), ownFolders: [] });
		const stopped = { workspace, signal: AbortSignal.abort() };
		await assert.rejects(findPlace('ls', { cwd: '/ws', language: 'bash' }, stopped), { name: 'AbortError' });
	});
});
