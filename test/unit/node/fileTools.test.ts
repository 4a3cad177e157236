/** The tools that look at files, on a real folder with things in it that must not happen. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, mkdir, open, readdir, symlink, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import type { FoundPaths } from '../../../src/agent/search.ts';
import { ToolError } from '../../../src/agent/toolError.ts';
import { createScanSearch } from '../../../src/files/scanSearch.ts';
import { createDiskTree } from '../../../src/node/diskTree.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { createRipgrep } from '../../../src/node/ripgrep.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { ToolBench } from '../tools/toolContext.ts';

const { signal } = new AbortController();
const folders = new TemporaryFolders();
const CANARY = 'canary-7f3a';

/** Reads the line behind the last line end of `large.log`, and prints the most memory that took. */
const READ_FAR = `
	import { openFileWorkspace } from './src/node/fileWorkspace.ts';
	const { signal } = new AbortController();
	const workspace = openFileWorkspace({ folder: process.argv[2] ?? '', platform: process.platform });
	const part = await workspace.readLines(await workspace.locate('large.log', signal), 5001, 2, signal);
	console.log(JSON.stringify({
		characters: part.lines[0]?.length,
		isEnd: part.totalLines === 5001,
		megabytes: Math.round(process.resourceUsage().maxRSS / 1024),
	}));
`;

describe('tools on a real folder', () => {
	let folder: string;
	let bench: ToolBench;
	const file = (path: string) => join(folder, path);
	const put = async (path: string, content: string) => {
		await mkdir(join(file(path), '..'), { recursive: true });
		await writeFile(file(path), content);
	};
	const failure = async (name: string, input: unknown) => {
		try {
			return assert.fail(`succeeded: ${(await bench.run(name, input)).text}`);
		} catch (error) {
			assert.ok(error instanceof ToolError, String(error));
			return error.message;
		}
	};

	before(function () {
		if (process.platform === 'win32') {
			this.skip();
		}
	});
	beforeEach(async () => {
		folder = await folders.make();
		bench = new ToolBench(openFileWorkspace({ folder, platform: process.platform }));
	});
	after(() => folders.remove());

	describe('paths', () => {
		it('lead outside by dots, by URI and by a link, and are marked so before anything is read', async () => {
			const outside = await folders.make();
			await writeFile(join(outside, 'secret.txt'), CANARY);
			await symlink(join(outside, 'secret.txt'), file('notes.txt'));
			await mkdir(file('sub'));
			const given = ['sub/../../etc/passwd', './././../x', 'file:///etc/passwd', '/etc/passwd', 'notes.txt'];
			for (const path of given) {
				assert.equal((await bench.workspace.locate(path, signal)).isOutside, true, path);
			}
		});
		it('are literal: percent signs and backslashes lead nowhere', async () => {
			for (const path of ['a%2f..%2f..%2fetc/passwd', 'sub\\..\\..\\x']) {
				const location = await bench.workspace.locate(path, signal);
				assert.deepEqual([location.isOutside, location.path], [false, path]);
				assert.match(await failure('read', { path }), /There is no/);
			}
		});
		it('with a NUL are refused', async () => {
			for (const name of ['read', 'list']) {
				assert.match(await failure(name, { path: 'a\0b' }), /control characters/);
			}
		});
		it('that look like options are names of files', async () => {
			await put('-f', 'needle\n');
			await put('--files', 'needle\n');
			assert.equal(await bench.text('read', { path: '-f' }), 'needle');
			assert.equal(await bench.text('grep', { pattern: 'needle', path: '--files' }), '--files\n1:needle');
			assert.equal(await bench.text('grep', { pattern: 'needle', glob: '--files' }), '--files\n1:needle');
			assert.equal(await bench.text('grep', { pattern: '--pre=./x.sh' }), 'No match.');
		});
	});

	describe('special files', () => {
		it('are refused at once, whatever tool looks: pipes, devices, files of the kernel', async () => {
			process.env['OPENROUTER_AGENT_TEST_CANARY'] = CANARY;
			try {
				execFileSync('mkfifo', [file('pipe')]);
				await symlink('/dev/zero', file('zero'));
				await symlink('/proc/self/environ', file('environ'));
				await symlink('gone', file('broken'));
				const special = ['pipe', 'zero', 'environ', '/dev/zero', '/proc/self/environ', '/proc/self/../self/environ'];
				for (const path of special) {
					for (const [name, input] of [
						['read', { path }],
						['read', { path, offset: 2, limit: 1 }],
						['grep', { pattern: 'canary', path }],
					] as const) {
						const text = await failure(name, input);
						assert.match(text, /special file/, `${name} ${path}`);
						assert.ok(!text.includes(CANARY));
					}
				}
				assert.match(await failure('read', { path: 'broken' }), /There is no/);
			} finally {
				delete process.env['OPENROUTER_AGENT_TEST_CANARY'];
			}
		});
		it('are passed over by a search and named by a list', async () => {
			execFileSync('mkfifo', [file('pipe')]);
			await symlink('/dev/zero', file('zero'));
			await put('a.txt', 'needle\n');
			assert.equal(await bench.text('grep', { pattern: 'needle' }), 'a.txt\n1:needle');
			assert.equal(await bench.text('glob', { pattern: '*' }), 'a.txt');
			assert.equal(await bench.text('list', {}), 'a.txt\npipe (special file)\nzero (special file)');
		});
	});

	describe('links', () => {
		it('in a circle are not followed, and no file is found twice', async () => {
			await put('sub/a.txt', 'needle\n');
			await symlink('.', file('loop'));
			await symlink('..', file('sub/up'));
			assert.equal(await bench.text('glob', { pattern: '**/a.txt' }), 'sub/a.txt');
			assert.equal(await bench.text('grep', { pattern: 'needle' }), 'sub/a.txt\n1:needle');
			assert.equal(await bench.text('list', {}), 'loop/\nsub/');
		});
		it('out of the folder bring nothing into a search', async () => {
			const outside = await folders.make();
			await writeFile(join(outside, 'secret.txt'), CANARY);
			await symlink(outside, file('out'));
			await symlink(join(outside, 'secret.txt'), file('notes.txt'));
			assert.equal(await bench.text('grep', { pattern: CANARY }), 'No match.');
			assert.equal(await bench.text('glob', { pattern: '**/*.txt' }), 'No file matches.');
		});
	});

	describe('large trees', () => {
		it('of two thousand folders in one another are walked to the end', async () => {
			// As deep as a path of the system may be long.
			const depth = Math.min(2000, Math.floor((4000 - folder.length) / 2));
			await put(`${'d/'.repeat(depth)}deep.txt`, 'needle\n');
			const path = `${'d/'.repeat(depth)}deep.txt`;
			assert.equal(await bench.text('glob', { pattern: 'deep.txt' }), path);
			assert.equal(await bench.text('grep', { pattern: 'needle' }), `${path}\n1:needle`);
		});
		it('are cut with their number, without what is ignored', async () => {
			await put('.gitignore', 'ignored/\n');
			for (const [name, count] of [
				['many', 1000],
				['ignored', 300],
				['node_modules', 300],
			] as const) {
				await mkdir(file(name));
				await Promise.all(Array.from({ length: count }, (_, index) => writeFile(file(`${name}/${index}.txt`), '')));
			}
			const text = await bench.text('glob', { pattern: '**/*' });
			assert.ok(text.endsWith('\n[200 of 1001 files: narrow the pattern, or give a path]'), text.slice(-100));
			assert.ok(!/^(?:ignored|node_modules)/m.test(text));
			assert.equal(text.split('\n').length, 201);
			assert.equal(await bench.text('list', {}), 'ignored/ (ignored)\nmany/\nnode_modules/ (ignored)\n.gitignore');
			assert.match(await bench.text('list', { path: 'many' }), /\n\[500 more entries; use glob to find names\]$/);
		});
		it('are left soon when the search is stopped on the way', async () => {
			await Promise.all(Array.from({ length: 300 }, (_, index) => put(`f${index}/a.txt`, 'x')));
			const tree = createDiskTree();
			const controller = new AbortController();
			let looked = 0;
			let lookedWhenStopped = 0;
			const watched = createScanSearch({
				...tree,
				entries(root, below) {
					looked++;
					if (looked === 40) {
						lookedWhenStopped = looked;
						controller.abort();
					}
					return tree.entries(root, below);
				},
			});
			const scope = {
				...{ root: pathToFileURL(folder).href, below: '', excludes: [], includeIgnored: false },
				...{ nameGlob: undefined, accepts: () => true },
			};
			const search: Promise<FoundPaths> = watched.findFiles(scope, { paths: 9, counted: 9999 }, controller.signal);
			await assert.rejects(search, { name: 'AbortError' });
			// What was under way at that moment, and nothing after it.
			assert.ok(looked <= lookedWhenStopped + 32, `${looked} folders`);
		});
	});

	describe('patterns', () => {
		it('that make other engines run away end, and what is not supported is explained', async () => {
			await put('evil.txt', `${'a'.repeat(50)}!\n`);
			assert.equal(await bench.text('grep', { pattern: '(a+)+$' }), 'No match.');
			assert.equal(await bench.text('grep', { pattern: '(.*){50}x' }), 'No match.');
			assert.match(await failure('grep', { pattern: '(?<=a)b' }), /Look-around/i);
			assert.match(await failure('grep', { pattern: '(a)\\1' }), /back-references/i);
		});
		it('start no program that lies in the folder', async () => {
			await put('x.sh', '#!/bin/sh\ntouch "$(dirname "$0")/PWNED"\ncat\n');
			await chmod(file('x.sh'), 0o755);
			const rg = createRipgrep('');
			const workspace = openFileWorkspace({ folder, platform: process.platform, search: rg });
			for (const tried of [bench, new ToolBench(workspace)]) {
				await tried.run('grep', { pattern: '--pre=./x.sh' });
				await tried.run('grep', { pattern: 'touch', glob: '--pre=./x.sh' });
				await tried.run('glob', { pattern: '--pre=./x.sh' });
			}
			assert.deepEqual(await readdir(folder), ['x.sh']);
		});
	});

	describe('a file of a gigabyte', () => {
		const GIGABYTE = 1_000_000_000;
		/** The beginning is text, and the rest a hole of zeros in one line without end: it takes no room on the disk. */
		const makeLarge = async (beginning: string, bytes = GIGABYTE) => {
			await put('large.log', beginning);
			await truncate(file('large.log'), bytes);
		};
		const lines = Array.from({ length: 5000 }, (_, index) => `line ${index + 1} of a log that goes on and on\n`).join(
			'',
		);

		it('is read by range from its first bytes, with the way on', async () => {
			await makeLarge(lines);
			assert.equal(
				await bench.text('read', { path: 'large.log', offset: 5, limit: 2 }),
				'[lines 5-6]\nline 5 of a log that goes on and on\nline 6 of a log that goes on and on\n[more lines: continue with offset=7]',
			);
			const whole = await bench.text('read', { path: 'large.log' });
			assert.ok(whole.length < 51_000 && /\[more lines: continue with offset=\d+\]$/.test(whole));
		});
		it('is never held: far into it too, a process stays small, and a line without end comes cut', async () => {
			await makeLarge(lines, 300_000_000);
			const program = join(await folders.make(), 'readFar.mjs');
			await build({
				stdin: { contents: READ_FAR, resolveDir: process.cwd(), loader: 'ts' },
				bundle: true,
				platform: 'node',
				format: 'esm',
				outfile: program,
				logLevel: 'warning',
			});
			const output = execFileSync(process.execPath, [program, folder], { encoding: 'utf8' });
			const { characters, isEnd, megabytes } = JSON.parse(output);
			assert.deepEqual([characters, isEnd], [200_000, true]);
			assert.ok(megabytes < 200, `${megabytes} MB`);
		});
		it('of another kind is named after its first bytes', async () => {
			await writeFile(file('disk.img'), new Uint8Array([1, 0, 2]));
			await truncate(file('disk.img'), GIGABYTE);
			assert.match(
				await failure('read', { path: 'disk.img', offset: 5, limit: 5 }),
				/^"disk\.img" is a binary file \(1,000,000,000 bytes\), not text/,
			);
			assert.match(await failure('edit', { path: 'disk.img', edits: [{ oldText: 'a', newText: 'b' }] }), /too large/);
		});
		it('is passed over by the search of our own', async () => {
			await makeLarge('needle\n');
			await put('a.txt', 'needle\n');
			assert.equal(await bench.text('grep', { pattern: 'needle' }), 'a.txt\n1:needle');
		});
	});

	it('gives the text of a picture’s kind from the disk, and the picture', async () => {
		const handle = await open(file('a.gif'), 'w');
		await handle.writeFile(new Uint8Array([...new TextEncoder().encode('GIF89a'), 3, 0, 2, 0, 0x80, 0, 0]));
		await handle.close();
		const { text, images } = await bench.run('read', { path: 'a.gif' });
		assert.equal(text, '"a.gif" is a GIF image, 3 × 2 pixels, 13 bytes.');
		assert.equal(images?.[0]?.data.length, 13);
	});
});
