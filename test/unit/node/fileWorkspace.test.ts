import assert from 'node:assert/strict';
import {
	chmod,
	link,
	mkdir,
	readdir,
	readFile,
	rm,
	stat,
	symlink,
	truncate,
	utimes,
	writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ToolError } from '../../../src/agent/toolError.ts';
import { StaleTextError, type Workspace } from '../../../src/agent/workspace.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { openFileFixture, TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { describeWorkspace } from '../../contracts/workspaceContract.ts';

const { signal } = new AbortController();
const folders = new TemporaryFolders();

describe('file workspace', () => {
	after(() => folders.remove());

	describeWorkspace('on disk, with the search of our own', () => openFileFixture(folders), { hasEditors: false });

	describe('on disk', () => {
		let folder: string;
		let workspace: Workspace;
		const file = (path: string) => join(folder, path);
		const at = (path: string) => workspace.locate(path, signal);
		const read = async (path: string) => workspace.readText(await at(path), signal);
		const change = async (path: string, edit: (text: string) => string) => {
			const location = await at(path);
			const { text, stamp } = await workspace.readText(location, signal);
			return workspace.write(location, edit(text), stamp, signal);
		};

		beforeEach(async () => {
			folder = await folders.make();
			workspace = openFileWorkspace({ folder, platform: process.platform });
		});

		for (const [name, mark, encoding] of [
			['little', [0xff, 0xfe], 'utf16le'],
			['big', [0xfe, 0xff], 'utf16be'],
		] as const) {
			it(`reads, searches and changes UTF-16 of ${name} end, and keeps it`, async () => {
				const bytes = (text: string) => {
					const body = Buffer.from(text, 'utf16le');
					return Buffer.concat([Buffer.from(mark), encoding === 'utf16be' ? body.swap16() : body]);
				};
				await writeFile(file('a.txt'), bytes('één\r\n😀 two\n'));
				assert.equal((await read('a.txt')).text, 'één\r\n😀 two\n');
				assert.equal((await workspace.readLines(await at('a.txt'), 2, 1, signal)).lines[0], '😀 two');
				await change('a.txt', text => text.replace('two', 'zwei'));
				assert.deepEqual(await readFile(file('a.txt')), bytes('één\r\n😀 zwei\n'));
			});
		}

		it('shows a file whose encoding is not certain, and refuses to write it', async () => {
			const latin1 = new Uint8Array([99, 97, 102, 0xe9, 10]);
			await writeFile(file('a.txt'), latin1);
			assert.equal((await read('a.txt')).text, 'caf\uFFFD\n');
			await assert.rejects(
				change('a.txt', text => text.replace('caf', 'CAF')),
				/encoding of "a\.txt" is not certain/,
			);
			assert.deepEqual(new Uint8Array(await readFile(file('a.txt'))), latin1);
		});

		it('keeps the mode, and leaves nothing beside the file', async () => {
			await writeFile(file('run.sh'), 'one\n');
			await chmod(file('run.sh'), 0o750);
			await change('run.sh', () => 'two\n');
			assert.equal((await stat(file('run.sh'))).mode & 0o7777, 0o750);
			assert.deepEqual(await readdir(folder), ['run.sh']);
		});

		it('replaces the file in one step: who has the old one open reads it to the end', async () => {
			await writeFile(file('a.txt'), 'old\n');
			const before = await stat(file('a.txt'));
			await change('a.txt', () => 'new\n');
			assert.notEqual((await stat(file('a.txt'))).ino, before.ino);
		});

		it('keeps two names of one file together', async () => {
			await writeFile(file('a.txt'), 'a long first text\n');
			await link(file('a.txt'), file('b.txt'));
			await change('a.txt', () => 'new\n');
			assert.equal(await readFile(file('b.txt'), 'utf8'), 'new\n');
		});

		it('writes through a link to the file it leads to, and leaves the link', async () => {
			await mkdir(file('src'));
			await writeFile(file('src/a.txt'), 'one\n');
			await symlink('src/a.txt', file('link.txt'));
			await change('link.txt', () => 'two\n');
			assert.equal(await readFile(file('src/a.txt'), 'utf8'), 'two\n');
			assert.equal((await at('link.txt')).realPath, 'src/a.txt');
		});

		it('marks links out of the folder, also to what is missing, and names where they lead', async () => {
			const outside = await folders.make();
			await symlink(join(outside, 'missing.txt'), file('new.txt'));
			await symlink(outside, file('out'));
			await symlink('loop', file('loop'));
			const missing = await at('new.txt');
			assert.deepEqual([missing.isOutside, missing.realPath], [true, join(outside, 'missing.txt')]);
			assert.equal((await at('out/deep/x.txt')).isOutside, true);
			assert.equal((await at('loop')).isOutside, true);
		});

		it('does not write where a folder became a link after the path was looked at', async () => {
			const outside = await folders.make();
			await mkdir(file('src'));
			const location = await at('src/new.txt');
			await rm(file('src'), { recursive: true });
			await symlink(outside, file('src'));
			await assert.rejects(workspace.write(location, 'x', 'absent', signal), /leads to another file/);
			assert.deepEqual(await readdir(outside), []);
		});

		it('serves a folder that is itself reached by a link', async () => {
			const outside = await folders.make();
			await symlink(folder, join(outside, 'link'));
			await writeFile(file('a.txt'), 'x');
			const linked = openFileWorkspace({ folder: join(outside, 'link'), platform: process.platform });
			const location = await linked.locate('a.txt', signal);
			assert.deepEqual([location.path, location.isOutside], ['a.txt', false]);
		});

		it('takes file URIs and refuses others', async () => {
			assert.equal((await at(pathToFileURL(file('a b#c%.txt')).href)).path, 'a b#c%.txt');
			await assert.rejects(at('https://example.org/a.txt'), ToolError);
			await assert.rejects(at('file://elsewhere/%2f'), ToolError);
		});

		it('notices a change of the same length within the same second', async () => {
			await writeFile(file('a.txt'), 'one\n');
			await utimes(file('a.txt'), 1, 1);
			const location = await at('a.txt');
			const { stamp } = await workspace.readText(location, signal);
			await writeFile(file('a.txt'), 'two\n');
			await utimes(file('a.txt'), 1, 1);
			await assert.rejects(workspace.write(location, 'mine\n', stamp, signal), StaleTextError);
		});

		it('refuses special files, folders and what is too large to hold', async () => {
			for (const path of ['/dev/zero', '.']) {
				const location = await at(path);
				await assert.rejects(workspace.readText(location, signal), ToolError);
				await assert.rejects(workspace.readLines(location, 1, 1, signal), ToolError);
			}
			await writeFile(file('huge.log'), '');
			await truncate(file('huge.log'), 60_000_000);
			await assert.rejects(read('huge.log'), /60,000,000 bytes: too large/);
		});

		it('reads a part of a large file without counting its lines', async () => {
			await writeFile(file('large.txt'), `${'x'.repeat(99)}\n`.repeat(50_000));
			const location = await at('large.txt');
			const end = await workspace.readLines(location, 49_999, 5, signal);
			assert.deepEqual([end.lines.length, end.totalLines], [2, 50_000]);
			assert.equal((await workspace.readLines(location, 5, 1, signal)).totalLines, undefined);
		});

		it('leaves out what the editor hides by default, unless it is named', async () => {
			await mkdir(file('node_modules/pkg'), { recursive: true });
			await writeFile(file('node_modules/pkg/index.js'), 'x');
			await writeFile(file('a.js'), 'x');
			const find = async (scope?: string) =>
				(
					await workspace.findFiles(
						{ glob: '*.js', in: scope === undefined ? undefined : await at(scope), limit: 9 },
						signal,
					)
				).paths;
			assert.deepEqual(await find(), ['a.js']);
			assert.deepEqual(await find('node_modules/pkg'), ['node_modules/pkg/index.js']);
		});

		it('searches a folder outside under its own paths', async () => {
			const outside = await folders.make();
			await writeFile(join(outside, 'a.txt'), 'needle\n');
			const query = {
				pattern: 'needle',
				isRegex: false,
				isCaseSensitive: true,
				glob: undefined,
				limit: 9,
				contextLines: 0,
			};
			for (const path of [outside, join(outside, 'a.txt')]) {
				const { files } = await workspace.findText({ ...query, in: await at(path) }, signal);
				assert.deepEqual(
					files.map(found => found.path),
					[join(outside, 'a.txt')],
				);
			}
		});
	});
});
