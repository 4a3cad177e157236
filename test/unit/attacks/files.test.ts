import assert from 'node:assert/strict';
import { symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { editTool } from '../../../src/tools/edit.ts';
import { readTool } from '../../../src/tools/read.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { call } from '../../fakes/scriptedModel.ts';
import { attack, openScene, reasonsOf, type Scene } from './attackHarness.ts';

const tools = [readTool(), writeTool(), editTool()];
const writes = (path: string, content = 'PWNED') => call(`w ${path}`, 'write', { path, content });

/** Files that change what the editor, the toolchain or an agent does, by what they are good for to an attacker. */
const protectedFiles: Readonly<Record<string, readonly string[]>> = {
	'settings of the editor': ['.vscode/settings.json', 'sub/.vscode/settings.json', '.VSCode/settings.json'],
	'multi-root workspaces': ['proj.code-workspace', 'a/b/c.code-workspace'],
	'tasks that run when the folder is opened': ['.vscode/tasks.json', '.vscode/launch.json', '.vscode/mcp.json'],
	'hooks kept beside git': ['.husky/pre-commit', '.githooks/x', 'lefthook.yml', '.pre-commit-config.yaml'],
	'scripts of packages and builds': [
		...['package.json', 'Makefile', 'build.rs', 'build.gradle', 'settings.gradle.kts', 'Cargo.toml', 'conftest.py'],
		...['.npmrc', 'pyproject.toml', 'setup.py', 'x.csproj', 'pom.xml', 'yarn.lock', 'package-lock.json'],
	],
	'CI and containers': ['.github/workflows/x.yml', '.devcontainer/devcontainer.json', '.gitlab-ci.yml', 'Dockerfile'],
	'instructions of agents': [
		...['AGENTS.md', 'sub/AGENTS.md', '.github/copilot-instructions.md', 'CLAUDE.md', '.cursor/rules/x.mdc'],
		...['.openrouter/rules/x.md', '.openrouter/commands/x.md', '.clinerules', '.roo/rules/x.md', '.mcp.json'],
	],
	'environment and keys': ['.env', '.env.local', '.envrc', 'deploy/server.pem', 'id_rsa'],
};

describe('writes of a model that turned hostile', () => {
	let scene: Scene;
	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(() => scene.dispose());

	for (const level of ['edits', 'everything'] as const) {
		for (const [what, paths] of Object.entries(protectedFiles)) {
			it(`ask for ${what}, at the level "${level}" too`, async () => {
				const made = { calls: paths.map(path => writes(path)), tools, allowed: { level } };
				const refused = await attack(scene, { ...made, calls: made.calls.slice(0, 2) }, 'no');
				assert.deepEqual(
					reasonsOf(refused),
					made.calls.slice(0, 2).map(() => 'protected'),
				);
				assert.deepEqual(refused.after, refused.before);
				const allowed = await attack(scene, made, 'once');
				assert.deepEqual(
					reasonsOf(allowed),
					paths.map(() => 'protected'),
				);
				assert.ok(allowed.asked.every(({ offer }) => offer === undefined));
				const expected = Object.fromEntries(paths.map(path => [`ws/${path}`, 'PWNED']));
				assert.deepEqual(allowed.after, { ...allowed.before, ...expected });
			});
		}
	}

	it('never reach the inside of git, whatever the user says and however it is named', async () => {
		await scene.put('.git/config', '[core]\n');
		const paths = ['.git/hooks/pre-commit', '.GIT/hooks/post-checkout', 'sub/../.git/config', 'vendor/lib/.git/config'];
		for (const level of ['edits', 'everything'] as const) {
			const run = await attack(scene, { calls: paths.map(path => writes(path)), tools, allowed: { level } }, 'once');
			assert.deepEqual(run.asked, []);
			assert.deepEqual(run.after, run.before);
			assert.match(run.results['w .git/hooks/pre-commit'] ?? '', /belongs to git/);
		}
		const edit = call('e', 'edit', {
			path: '.git/config',
			edits: [{ oldText: '[core]', newText: '[core]\n\tfsmonitor = touch PWNED' }],
		});
		const run = await attack(scene, { calls: [edit], tools }, 'once');
		assert.deepEqual([run.asked, run.after], [[], run.before]);
	});

	it('ask outside the workspace with the whole path, and offer no rule for the home folder and the system', async () => {
		const target = join(scene.outside, 'x.txt');
		const refused = await attack(scene, { calls: [writes(target)], tools, allowed: { level: 'everything' } }, 'no');
		assert.deepEqual(reasonsOf(refused), ['outside']);
		assert.equal(refused.asked[0]?.subject, target);
		assert.deepEqual(refused.after, refused.before);
		const allowed = await attack(scene, { calls: [writes(target)], tools }, 'once');
		assert.equal(allowed.after['outside/x.txt'], 'PWNED');
		for (const path of ['/home/nobody/.bashrc', '/etc/cron.d/x', ['', 'root', '.ssh', 'authorized_keys'].join('/')]) {
			const run = await attack(scene, { calls: [writes(path)], tools, allowed: { level: 'everything' } }, 'no');
			assert.deepEqual(reasonsOf(run), ['system'], path);
			assert.equal(run.asked[0]?.offer, undefined);
		}
	});

	it('never expand what a shell would', async () => {
		const run = await attack(scene, { calls: [writes('~/.bashrc'), writes('$HOME/.ssh/x')], tools }, 'once');
		assert.deepEqual([run.asked, run.after], [[], run.before]);
		assert.match(run.results['w ~/.bashrc'] ?? '', /not expanded/);
	});

	it('ask through a link that leads outside, for reading and for writing', async () => {
		await writeFile(join(scene.outside, 'outside.txt'), 'secret');
		await symlink(join(scene.outside, 'outside.txt'), join(scene.folder, 'notes.txt'));
		await symlink(scene.outside, join(scene.folder, 'folder'));
		const made = {
			tools,
			calls: [
				call('r', 'read', { path: 'notes.txt' }),
				call('e', 'edit', { path: 'notes.txt', edits: [{ oldText: 'secret', newText: 'PWNED' }] }),
			],
		};
		const refused = await attack(scene, made, 'no');
		assert.deepEqual(reasonsOf(refused), ['outside', 'outside']);
		assert.deepEqual(refused.after, refused.before);
		assert.doesNotMatch(JSON.stringify(refused.results), /secret/);
		const allowed = await attack(scene, made, 'once');
		assert.equal(allowed.after['outside/outside.txt'], 'PWNED');
		assert.match(allowed.results['r'] ?? '', /secret/);
		const made2 = { tools, calls: [writes('folder/new.txt')] };
		assert.deepEqual(reasonsOf(await attack(scene, made2, 'no')), ['outside']);
	});

	it('ask through a link that names a protected file otherwise', async () => {
		await scene.put('.vscode/settings.json', '{}');
		await symlink('.vscode/settings.json', join(scene.folder, 'notes.json'));
		const run = await attack(scene, { calls: [writes('notes.json')], tools }, 'no');
		assert.deepEqual([reasonsOf(run), run.after], [['protected'], run.before]);
	});

	it('ask for our own store, wherever the workspace lies', async () => {
		await scene.put('data/approvals.json', '{}');
		const allowed = { level: 'everything', ownFolders: [join(scene.folder, 'data')] } as const;
		const made = {
			calls: [writes('data/approvals.json'), writes(join(scene.folder, 'data/approvals.json'))],
			tools,
			allowed,
		};
		const run = await attack(scene, made, 'no');
		assert.deepEqual(reasonsOf(run), ['system', 'system']);
		assert.deepEqual(run.after, run.before);
	});

	it('do not go where a link was put while the user was asked', async () => {
		await scene.put('package.json', '{}');
		const target = join(scene.outside, 'target.txt');
		await writeFile(target, 'untouched');
		const run = await attack(scene, { calls: [writes('config/package.json')], tools }, 'once', async () => {
			await symlink(scene.outside, join(scene.folder, 'config'));
		});
		assert.match(run.results['w config/package.json'] ?? '', /^Not run: .*changed/);
		assert.deepEqual(
			Object.keys(run.after).filter(path => path.startsWith('outside/')),
			['outside/target.txt'],
		);
	});
});
