import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { PlaceFacts } from '../../../src/agent/shell/commandPlace.ts';
import { gitlinksOf } from '../../../src/node/shell/gitIndex.ts';
import { createPlaceFacts } from '../../../src/node/shell/placeFacts.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { describePlaceFacts } from '../../contracts/placeFactsContract.ts';
import { memoryPlaceFacts } from '../../fakes/memoryPlaceFacts.ts';
import { ripgrepStandIn } from '../../fakes/ripgrepStandIn.ts';

const signal = new AbortController().signal;
const folders = new TemporaryFolders();

async function put(folder: string, path: string, text = ''): Promise<string> {
	const file = join(folder, path);
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, text);
	return file;
}

/** PATH with a script in the place of ripgrep. */
async function withRipgrep(): Promise<string> {
	const bin = await folders.make();
	await chmod(await put(bin, 'rg', ripgrepStandIn), 0o755);
	return `${bin}${delimiter}${process.env['PATH']}`;
}

const factsOf = (root: string, environment: Readonly<Record<string, string | undefined>> = process.env) =>
	createPlaceFacts({ workspaceFolders: () => [root], environment, allowedVariables: [] });

describePlaceFacts('in memory', async (files, links) => {
	const absolute = (path: string) => `/ws/${path}`;
	const facts = memoryPlaceFacts({
		files: files.map(absolute),
		links: Object.fromEntries(Object.entries(links).map(([path, target]) => [absolute(path), absolute(target)])),
	});
	return { facts, root: '/ws' };
});

if (process.platform !== 'win32') {
	describePlaceFacts('on disk', async (files, links) => {
		const root = await folders.make();
		for (const path of files) {
			await put(root, path);
		}
		for (const [path, target] of Object.entries(links)) {
			await symlink(join(root, target), join(root, path));
		}
		return { facts: factsOf(root, { PATH: await withRipgrep() }), root };
	});

	describe('what this machine tells of the place of a command', () => {
		let root: string;
		let facts: PlaceFacts;
		beforeEach(async () => {
			root = await folders.make();
			facts = factsOf(root);
		});
		after(() => folders.remove());

		it('finds programs where commands do: never in the workspace, nor by a relative way', async () => {
			const bin = await folders.make();
			for (const [folder, name] of [
				[root, 'ls'],
				[root, 'ours'],
				[bin, 'theirs'],
			] as const) {
				await chmod(await put(folder, name, '#!/bin/sh\n'), 0o755);
			}
			await symlink(join(root, 'ours'), join(bin, 'linked'));
			const path = ['.', root, './node_modules/.bin', bin, process.env['PATH']].join(delimiter);
			const { findProgram } = factsOf(root, { PATH: path });
			assert.deepEqual(await Promise.all(['ls', 'ours', 'theirs', 'linked', '', '../ls'].map(findProgram)), [
				...['outside', 'missing', 'outside', 'inside', 'missing', 'missing'],
			]);
		});

		it('knows what is neither file nor folder, and gives up where there is too much', async () => {
			execFileSync('mkfifo', [join(root, 'pipe')]);
			assert.equal(await facts.kindOf(join(root, 'pipe')), 'other');
			const options = { workspaceFolders: () => [root], environment: {}, allowedVariables: [] };
			const few = createPlaceFacts({ ...options, maxWalked: 3 });
			for (const path of ['many/a', 'many/b']) {
				await put(root, path);
			}
			assert.equal(await few.someBelow(root, () => false, signal), undefined);
			assert.equal(await few.someBelow(join(root, 'many'), () => false, signal), false);
			assert.equal(await few.someBelow(root, path => path.endsWith('pipe'), signal), true);
		});

		it('stops looking at the signal', async () => {
			const stopped = AbortSignal.abort();
			const search = { path: root, filters: [], cwd: root };
			await put(root, 'a');
			await assert.rejects(
				facts.someBelow(root, () => false, stopped),
				{ name: 'AbortError' },
			);
			await assert.rejects(
				facts.someSearched(search, () => false, stopped),
				{ name: 'AbortError' },
			);
		});

		it('does not know what ripgrep opens where it refuses to say', async () => {
			await put(root, 'a');
			const search = { path: root, filters: ['--type=nothing-of-the-kind'], cwd: root };
			const asking = factsOf(root, { PATH: await withRipgrep() });
			assert.equal(await asking.someSearched({ ...search, filters: [] }, () => false, signal), false);
			assert.equal(await asking.someSearched(search, () => false, signal), undefined);
			const { someSearched } = factsOf(root, { PATH: root });
			assert.equal(await someSearched({ path: root, filters: [], cwd: root }, () => false, signal), undefined);
		});
	});

	describe('plain settings of git', () => {
		let root: string;
		const plain = (folder = '.') => factsOf(root).isGitPlain(join(root, folder));
		const git = (folder: string, ...words: string[]) =>
			execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com', ...words], {
				cwd: join(root, folder),
				env: { PATH: process.env['PATH'], HOME: root, GIT_CONFIG_NOSYSTEM: '1' },
				stdio: 'pipe',
			});
		const makeRepository = async (folder: string) => {
			await put(root, `${folder}/a.txt`, 'a');
			git(folder, 'init', '--quiet', '--initial-branch=main');
			git(folder, 'add', '--all');
			git(folder, 'commit', '--quiet', '--message=first');
		};

		beforeEach(async () => {
			root = await folders.make();
			await makeRepository('.');
		});

		it('are those of a fresh repository, seen from any folder below it', async () => {
			await mkdir(join(root, 'a/b'), { recursive: true });
			assert.deepEqual([await plain(), await plain('a/b'), await plain('nothing')], [true, true, true]);
		});

		it('are none where a program is named, where there is no repository, or where its file is unusual', async () => {
			git('.', 'config', 'core.fsmonitor', './x.sh');
			assert.equal(await plain(), false);
			git('.', 'config', '--unset', 'core.fsmonitor');
			assert.equal(await plain(), true);
			await rm(join(root, '.git/config'));
			assert.equal(await plain(), false);
			await mkdir(join(root, '.git/config'));
			assert.equal(await plain(), false);
			const bare = await folders.make();
			assert.equal(await factsOf(bare).isGitPlain(bare), false);
		});

		it('are none below a folder that git takes for a bare repository', async () => {
			for (const name of ['sub/objects/x', 'sub/refs/x', 'sub/HEAD']) {
				assert.equal(await plain('sub'), true);
				await put(root, name, 'ref: refs/heads/main\n');
			}
			assert.equal(await plain('sub'), false);
			assert.equal(await plain('sub/objects'), false);
			assert.equal(await plain(), true);
			await put(root, 'common/commondir', '../.git');
			await put(root, 'common/HEAD', 'ref: refs/heads/main\n');
			assert.equal(await plain('common'), false);
		});

		it('are followed through a linked worktree to the repository', async () => {
			git('.', 'worktree', 'add', '--quiet', 'tree');
			assert.equal(await plain('tree'), true);
			git('.', 'config', 'diff.external', './x.sh');
			assert.equal(await plain('tree'), false);
		});

		it('are followed where a `.git` file leads, wherever that is', async () => {
			await makeRepository('evil');
			git('evil', 'config', 'core.fsmonitor', './x.sh');
			await put(root, 'sub/.git', 'gitdir: ../evil/.git\n');
			assert.equal(await plain('sub'), false);
			await put(root, 'sub/.git', 'nothing\n');
			assert.equal(await plain('sub'), false);
			await put(root, 'sub/.git', 'gitdir: ../.git\n');
			assert.equal(await plain('sub'), true);
		});

		it('are asked of the repositories linked in, old and new', async () => {
			await makeRepository('nested');
			git('.', '-c', 'advice.addEmbeddedRepo=false', 'add', 'nested');
			assert.equal(await plain(), true);
			git('nested', 'config', 'core.fsmonitor', './x.sh');
			assert.equal(await plain(), false);
			git('nested', 'config', '--unset', 'core.fsmonitor');
			git('.', 'config', '--file', '.gitmodules', 'submodule.nested.path', 'nested');
			git('.', 'config', '--file', '.gitmodules', 'submodule.nested.url', './nested');
			git('.', 'submodule', '--quiet', 'absorbgitdirs', 'nested');
			assert.equal(await plain(), true, await readFile(join(root, '.git/modules/nested/config'), 'utf8'));
			git('nested', 'config', 'core.worktree', '../../../elsewhere');
			assert.equal(await plain(), false);
		});

		it('are not looked for in a repository that is not part of this one', async () => {
			await makeRepository('nested');
			git('nested', 'config', 'core.fsmonitor', './x.sh');
			assert.equal(await plain(), true);
			assert.equal(await plain('nested'), false);
		});
	});

	describe('the index of git', () => {
		let root: string;
		const git = (...words: string[]) => execFileSync('git', words, { cwd: root, stdio: 'pipe' });
		const index = () => readFile(join(root, '.git/index'));
		const link = (path: string) => `160000,${'1'.repeat(40)},${path}`;

		beforeEach(async () => {
			root = await folders.make();
			git('init', '--quiet');
			for (const path of ['a', 'dir/b.txt', 'dir/long name ä.txt', 'dir/sub/c', 'z'.repeat(200)]) {
				await put(root, path, path);
			}
			git('add', '--all');
			for (const path of ['dir/link', 'dir/sub/link2', 'y']) {
				git('update-index', '--add', '--cacheinfo', link(path));
			}
		});

		for (const version of [2, 3, 4]) {
			it(`names what is linked in, in version ${version}`, async () => {
				git('update-index', `--index-version=${version}`);
				if (version === 3) {
					// Nothing less has flags that need it.
					git('update-index', '--skip-worktree', 'a', 'dir/sub/c');
				}
				const bytes = await index();
				assert.equal(bytes.readUInt32BE(4), version);
				assert.deepEqual(gitlinksOf(bytes), ['dir/link', 'dir/sub/link2', 'y']);
			});
		}

		it('is not read when it is cut, of another form, or shared', async () => {
			const bytes = await index();
			for (const end of [0, 5, 11, 40, 100, 300]) {
				assert.equal(gitlinksOf(bytes.subarray(0, end)), undefined, String(end));
			}
			const other = Buffer.from(bytes);
			other.writeUInt32BE(5, 4);
			assert.equal(gitlinksOf(other), undefined);
			git('update-index', '--split-index');
			assert.equal(gitlinksOf(await index()), undefined);
		});
	});
}
