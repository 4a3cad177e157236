/** What every workspace promises: run against the fake and the command line's in unit tests, the editor's in host tests. */
import assert from 'node:assert/strict';
import { ToolError } from '../../src/agent/toolError.ts';
import {
	type FoundText,
	NotTextError,
	StaleTextError,
	type TextQuery,
	type Workspace,
} from '../../src/agent/workspace.ts';

/** A fresh workspace of one empty folder, and the hands of a user in it. */
export interface WorkspaceFixture {
	readonly workspace: Workspace;
	/** Puts a file on disk as another program would. */
	put(path: string, content: string | Uint8Array): Promise<void>;
	/** Removes it likewise. */
	delete(path: string): Promise<void>;
	/** Opens the file in an editor and leaves this text there unsaved. */
	typeInto(path: string, text: string): Promise<void>;
	/** Text on disk, byte-order mark included. */
	saved(path: string): Promise<string | undefined>;
	/** Text of the editor while it is unsaved. */
	unsaved(path: string): string | undefined;
}

const signal = new AbortController().signal;

/** @param hasEditors false for a workspace that knows the disk alone. */
export function describeWorkspace(
	name: string,
	open: () => Promise<WorkspaceFixture>,
	{ hasEditors = true }: { readonly hasEditors?: boolean } = {},
): void {
	describe(`workspace contract: ${name}`, () => {
		let fixture: WorkspaceFixture;
		let workspace: Workspace;
		const at = (path: string) => workspace.locate(path, signal);
		const text = async (path: string) => (await workspace.readText(await at(path), signal)).text;
		const change = async (path: string, after: string) => {
			const location = await at(path);
			const { stamp } = await workspace.readText(location, signal);
			return workspace.write(location, after, stamp, signal);
		};
		const search = async (pattern: string, rest: Partial<TextQuery> = {}): Promise<FoundText> =>
			workspace.findText(
				{
					pattern,
					isRegex: true,
					isCaseSensitive: true,
					glob: undefined,
					in: undefined,
					limit: 100,
					contextLines: 0,
					...rest,
				},
				signal,
			);
		const hits = ({ files }: FoundText) =>
			files.flatMap(({ path, lines }) =>
				lines.map(({ line, text: shown, isMatch }) => `${path}:${line}${isMatch ? ':' : '-'}${shown}`),
			);
		const files = async (glob: string, folder?: string) => {
			const found = await workspace.findFiles(
				{ glob, in: folder === undefined ? undefined : await at(folder), limit: 100 },
				signal,
			);
			return found.paths;
		};

		beforeEach(async () => {
			fixture = await open();
			workspace = fixture.workspace;
		});

		describe('locate', () => {
			it('takes relative, dotted and absolute paths for the same file', async () => {
				const location = await at('src/a.ts');
				assert.equal(location.path, 'src/a.ts');
				assert.equal(location.isOutside, false);
				assert.deepEqual(await at('./src/../src//a.ts'), location);
				assert.deepEqual(await at(new URL(location.uri).pathname), location);
			});
			it('marks what leads out of the folder', async () => {
				for (const path of ['../x', 'src/../../etc/passwd', '/etc/passwd']) {
					const location = await at(path);
					assert.equal(location.isOutside, true, path);
					assert.ok(location.path.startsWith('/'), location.path);
				}
			});
			it('takes percent signs literally', async () => {
				assert.equal((await at('a%2f..%2f..%2fetc')).isOutside, false);
			});
			it('refuses NUL and does not expand a home', async () => {
				await assert.rejects(at('a\0b'), ToolError);
				await assert.rejects(at('~/.bashrc'), ToolError);
			});
		});

		describe('reading', () => {
			it('gives what is saved', async () => {
				await fixture.put('a.txt', 'one\r\ntwo\r\n');
				assert.equal(await text('a.txt'), 'one\r\ntwo\r\n');
			});
			if (hasEditors) {
				it('gives unsaved text before the disk, and says so', async () => {
					await fixture.put('a.txt', 'disk\n');
					await fixture.typeInto('a.txt', 'typed\n');
					const { text: shown, isUnsaved } = await workspace.readText(await at('a.txt'), signal);
					assert.deepEqual([shown, isUnsaved], ['typed\n', true]);
				});
			}
			it('leaves the byte-order mark out', async () => {
				await fixture.put('a.txt', '\uFEFFone\n');
				assert.equal(await text('a.txt'), 'one\n');
			});
			it('gives equal stamps to equal texts only', async () => {
				await fixture.put('a.txt', 'x');
				await fixture.put('b.txt', 'x');
				await fixture.put('c.txt', 'y');
				const stamps = await Promise.all(
					['a.txt', 'b.txt', 'c.txt'].map(async path => (await workspace.readText(await at(path), signal)).stamp),
				);
				assert.equal(stamps[0], stamps[1]);
				assert.notEqual(stamps[0], stamps[2]);
			});
			it('gives a range of lines with their total', async () => {
				await fixture.put('a.txt', '1\n2\n3\n4\n5\n');
				const location = await at('a.txt');
				assert.deepEqual(await workspace.readLines(location, 2, 2, signal), {
					lines: ['2', '3'],
					from: 2,
					totalLines: 5,
					isUnsaved: false,
				});
				assert.deepEqual((await workspace.readLines(location, 9, 2, signal)).lines, []);
			});
			it('refuses binary files by their kind', async () => {
				await fixture.put('a.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]));
				await fixture.put('b.bin', new Uint8Array([65, 0, 66]));
				await assert.rejects(workspace.readText(await at('a.png'), signal), /PNG image/);
				await assert.rejects(workspace.readLines(await at('b.bin'), 1, 10, signal), /binary file/);
			});
			it('takes a NUL in the first 8 KB for binary, and no word that a text may begin with', async () => {
				await fixture.put('nul.txt', new Uint8Array([...new TextEncoder().encode('x'.repeat(8000)), 0]));
				await fixture.put('id3.txt', 'ID3 tags explained\n');
				await fixture.put('utf16.txt', new Uint8Array([0xff, 0xfe, 97, 0]));
				await assert.rejects(workspace.readText(await at('nul.txt'), signal), NotTextError);
				assert.equal(await text('id3.txt'), 'ID3 tags explained\n');
				assert.equal(await text('utf16.txt'), 'a');
			});
			it('gives the first bytes as they are saved', async () => {
				await fixture.put('a.bin', new Uint8Array([1, 0, 2, 255]));
				const location = await at('a.bin');
				const bytes = async (most: number) => [...(await workspace.readBytes(location, most, signal))];
				assert.deepEqual(await bytes(100), [1, 0, 2, 255]);
				assert.deepEqual(await bytes(2), [1, 0]);
				await assert.rejects(workspace.readBytes(await at('none.bin'), 1, signal), ToolError);
				await assert.rejects(workspace.readBytes(location, 1, AbortSignal.abort()), { name: 'AbortError' });
			});
			it('gives another version with every change of the text, and the same without', async () => {
				await fixture.put('a.txt', 'one\n');
				const version = async () => (await workspace.stat(await at('a.txt'), signal))?.version;
				const first = await version();
				assert.ok(first !== undefined);
				assert.equal(await version(), first);
				const seen = new Set([first]);
				await change('a.txt', 'two\n');
				seen.add((await version()) ?? '');
				await change('a.txt', 'longer\n');
				seen.add((await version()) ?? '');
				if (hasEditors) {
					await fixture.typeInto('a.txt', 'typed\n');
					seen.add((await version()) ?? '');
				}
				assert.equal(seen.size, hasEditors ? 4 : 3);
			});
			it('tells files, folders and nothing apart', async () => {
				await fixture.put('src/a.ts', 'abc');
				assert.equal((await workspace.stat(await at('src'), signal))?.kind, 'folder');
				const stat = await workspace.stat(await at('src/a.ts'), signal);
				assert.deepEqual([stat?.kind, stat?.size], ['file', 3]);
				assert.equal(await workspace.stat(await at('src/b.ts'), signal), undefined);
				assert.equal(await workspace.stat(await at('src/a.ts/b'), signal), undefined);
			});
			it('stops at the signal', async () => {
				await fixture.put('a.txt', 'x');
				const location = await at('a.txt');
				await assert.rejects(workspace.readText(location, AbortSignal.abort()), { name: 'AbortError' });
			});
		});

		describe('writing', () => {
			it('creates a file and the folders above it', async () => {
				const outcome = await workspace.write(await at('new/deep/a.txt'), 'hello\n', 'absent', signal);
				assert.equal(outcome.isSaved, true);
				assert.equal(await fixture.saved('new/deep/a.txt'), 'hello\n');
			});
			it('does not create over a file', async () => {
				await fixture.put('a.txt', 'mine\n');
				await assert.rejects(workspace.write(await at('a.txt'), 'x', 'absent', signal), StaleTextError);
				assert.equal(await fixture.saved('a.txt'), 'mine\n');
			});
			it('changes and saves a file that nobody works on', async () => {
				await fixture.put('a.txt', 'one\ntwo\n');
				const outcome = await change('a.txt', 'one\n2\n');
				assert.equal(outcome.isSaved, true);
				assert.equal(await fixture.saved('a.txt'), 'one\n2\n');
				assert.equal((await workspace.readText(await at('a.txt'), signal)).stamp, outcome.stamp);
			});
			it('refuses when the file changed since it was read', async () => {
				await fixture.put('a.txt', 'one\n');
				const location = await at('a.txt');
				const { stamp } = await workspace.readText(location, signal);
				await fixture.put('a.txt', 'other\n');
				await assert.rejects(workspace.write(location, 'mine\n', stamp, signal), StaleTextError);
				assert.equal(await fixture.saved('a.txt'), 'other\n');
			});
			if (hasEditors) {
				it("never saves the user's unsaved work, and keeps it", async () => {
					await fixture.put('a.txt', 'disk\n');
					await fixture.typeInto('a.txt', 'typed\nwords\n');
					const outcome = await change('a.txt', 'typed\nWORDS\n');
					assert.equal(outcome.isSaved, false);
					assert.equal(await fixture.saved('a.txt'), 'disk\n');
					assert.equal(fixture.unsaved('a.txt'), 'typed\nWORDS\n');
				});
			}
			it('names a file that was deleted meanwhile', async () => {
				await fixture.put('a.txt', 'one\n');
				const location = await at('a.txt');
				const { stamp } = await workspace.readText(location, signal);
				await fixture.delete('a.txt');
				await assert.rejects(workspace.write(location, 'x', stamp, signal), /a\.txt.*deleted/);
				assert.equal(await fixture.saved('a.txt'), undefined);
			});
			for (const [what, before, after] of [
				['CRLF', 'a\r\nb\r\nc\r\n', 'a\r\nB\r\nc\r\n'],
				['mixed line ends', 'a\r\nb\nc\r\nd\n', 'a\r\nB\nc\r\nd\n'],
				['a missing final line end', 'a\nb', 'a\nB'],
			] as const) {
				it(`keeps ${what}`, async () => {
					await fixture.put('a.txt', before);
					await change('a.txt', after);
					assert.equal(await fixture.saved('a.txt'), after);
				});
			}
			it('keeps the byte-order mark', async () => {
				await fixture.put('a.txt', '\uFEFFone\n');
				await change('a.txt', 'two\n');
				assert.equal(await fixture.saved('a.txt'), '\uFEFFtwo\n');
			});
			it('lets only one of two writes from the same text through', async () => {
				await fixture.put('a.txt', 'one\n');
				const location = await at('a.txt');
				const { stamp } = await workspace.readText(location, signal);
				const results = await Promise.allSettled(
					['A\n', 'B\n'].map(after => workspace.write(location, after, stamp, signal)),
				);
				assert.deepEqual(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
			});
			it('removes a file that still has its text', async () => {
				await fixture.put('a.txt', 'one\n');
				const location = await at('a.txt');
				const { stamp } = await workspace.readText(location, signal);
				await fixture.put('a.txt', 'two\n');
				await assert.rejects(workspace.remove(location, stamp, signal), StaleTextError);
				await workspace.remove(location, (await workspace.readText(location, signal)).stamp, signal);
				assert.equal(await fixture.saved('a.txt'), undefined);
			});
		});

		describe('looking around', () => {
			beforeEach(async () => {
				await fixture.put('.gitignore', 'dist/\n*.log\n');
				await fixture.put('src/a.ts', 'alpha\nneedle one\nomega\n');
				await fixture.put('src/deep/b.tsx', 'needle two\n');
				await fixture.put('src/deep/.gitignore', '!kept.log\n');
				await fixture.put('src/deep/kept.log', 'needle kept\n');
				await fixture.put('dist/out.js', 'needle built\n');
				await fixture.put('trace.log', 'needle log\n');
				await fixture.put('.hidden/c.md', 'Needle three\n');
			});

			it('lists a folder and marks what is hidden', async () => {
				const entries = await workspace.list(await at('.'), signal);
				assert.deepEqual(
					entries.map(({ name, kind, isIgnored }) => `${name} ${kind}${isIgnored ? ' ignored' : ''}`).sort(),
					['.gitignore file', '.hidden folder', 'dist folder ignored', 'src folder', 'trace.log file ignored'],
				);
				const deep = await workspace.list(await at('src/deep'), signal);
				assert.ok(deep.every(({ isIgnored }) => !isIgnored));
			});
			it('finds files by name at any depth, without what is hidden', async () => {
				assert.deepEqual(await files('*.ts*'), ['src/a.ts', 'src/deep/b.tsx']);
				assert.deepEqual(await files('**/*.log'), ['src/deep/kept.log']);
				assert.deepEqual(await files('**/*'), [
					'.gitignore',
					'.hidden/c.md',
					'src/a.ts',
					'src/deep/.gitignore',
					'src/deep/b.tsx',
					'src/deep/kept.log',
				]);
			});
			it('takes a glob relative to the folder given', async () => {
				assert.deepEqual(await files('*/*.{ts,tsx}', 'src'), ['src/deep/b.tsx']);
				assert.deepEqual(await files('src/*.ts'), ['src/a.ts']);
				assert.deepEqual(await files('!**/*.ts', 'src'), [
					'src/deep/.gitignore',
					'src/deep/b.tsx',
					'src/deep/kept.log',
				]);
			});
			it('searches a hidden folder that is named', async () => {
				assert.deepEqual(await files('*', 'dist'), ['dist/out.js']);
				assert.deepEqual(hits(await search('needle', { in: await at('dist') })), ['dist/out.js:1:needle built']);
			});
			it('stops at the limit and says so', async () => {
				const found = await workspace.findFiles({ glob: '**/*', in: undefined, limit: 2 }, signal);
				assert.deepEqual([found.paths.length, found.isPartial, found.total], [2, true, 6]);
				const text = await search('needle', { limit: 2 });
				assert.deepEqual([hits(text).length, text.isPartial], [2, true]);
				const all = await search('needle', { limit: 3 });
				assert.deepEqual([hits(all).length, all.isPartial], [3, false]);
			});
			it('finds text by file and line', async () => {
				assert.deepEqual(hits(await search('needle')), [
					'src/a.ts:2:needle one',
					'src/deep/b.tsx:1:needle two',
					'src/deep/kept.log:1:needle kept',
				]);
				assert.deepEqual(hits(await search('NEEDLE (one|three)', { isCaseSensitive: false })), [
					'.hidden/c.md:1:Needle three',
					'src/a.ts:2:needle one',
				]);
			});
			it('takes a pattern literally on demand', async () => {
				await fixture.put('src/regex.ts', 'a.*b\naxxb\n');
				assert.deepEqual(hits(await search('a.*b', { isRegex: false })), ['src/regex.ts:1:a.*b']);
			});
			it('takes a pattern like an option for a pattern', async () => {
				await fixture.put('src/flags.txt', '--files --pre=./x.sh\n');
				assert.deepEqual(hits(await search('--pre=./x.sh', { isRegex: false })), [
					'src/flags.txt:1:--files --pre=./x.sh',
				]);
				assert.deepEqual(await files('--files'), []);
			});
			it('shows lines around a match', async () => {
				assert.deepEqual(hits(await search('needle one', { contextLines: 1 })), [
					'src/a.ts:1-alpha',
					'src/a.ts:2:needle one',
					'src/a.ts:3-omega',
				]);
			});
			it('shows every line of a match that spans lines', async () => {
				await fixture.put('src/span.ts', 'call(\r\n\tone,\r\n)\r\ncall(two)\r\nend\r\n');
				const glob = 'span.ts';
				assert.deepEqual(hits(await search('call\\(.*?\\)', { glob, isMultiline: true })), [
					'src/span.ts:1:call(',
					'src/span.ts:2:\tone,',
					'src/span.ts:3:)',
					'src/span.ts:4:call(two)',
				]);
				assert.deepEqual(hits(await search('one,\\n\\)$', { glob, contextLines: 1 })), [
					'src/span.ts:1-call(',
					'src/span.ts:2:\tone,',
					'src/span.ts:3:)',
					'src/span.ts:4-call(two)',
				]);
				assert.deepEqual(hits(await search('(two)\nend', { glob, isRegex: false })), [
					'src/span.ts:4:call(two)',
					'src/span.ts:5:end',
				]);
			});
			it('takes CRLF for a line end', async () => {
				await fixture.put('src/crlf.ts', 'needle!\r\nneedle! more\r\n');
				assert.deepEqual(hits(await search('needle!$')), ['src/crlf.ts:1:needle!']);
			});
			it('counts without limit where only numbers are wanted', async () => {
				await fixture.put('src/many.ts', 'needle needle\nx\nneedle\n');
				const { files: counted, isPartial } = await search('needle', { isCountOnly: true, limit: 1 });
				assert.deepEqual(
					[isPartial, ...counted.map(({ path, count, lines }) => `${path} ${count} ${lines.length}`)],
					[false, 'src/a.ts 1 0', 'src/deep/b.tsx 1 0', 'src/deep/kept.log 1 0', 'src/many.ts 2 0'],
				);
				const spanning = await search('x\\nneedle', { isCountOnly: true });
				assert.deepEqual(
					spanning.files.map(({ count }) => count),
					[1],
				);
			});
			it('narrows by glob and by place', async () => {
				assert.deepEqual(hits(await search('needle', { glob: '*.tsx' })), ['src/deep/b.tsx:1:needle two']);
				assert.deepEqual(hits(await search('needle', { glob: 'deep/**', in: await at('src') })), [
					'src/deep/b.tsx:1:needle two',
					'src/deep/kept.log:1:needle kept',
				]);
				assert.deepEqual(hits(await search('needle', { in: await at('src/a.ts') })), ['src/a.ts:2:needle one']);
			});
			if (hasEditors) {
				it('searches unsaved text in place of the file below it', async () => {
					await fixture.typeInto('src/a.ts', 'nothing\nfresh needle\n');
					assert.deepEqual(hits(await search('needle', { glob: '*.ts' })), ['src/a.ts:2:fresh needle']);
					assert.deepEqual(hits(await search('alpha')), []);
				});
			}
			it('shows the part of a long line that matches', async () => {
				await fixture.put('src/min.js', `${'x'.repeat(5000)}needle!${'y'.repeat(5000)}\n`);
				const [hit = ''] = hits(await search('needle!'));
				assert.ok(hit.includes('needle!') && hit.length < 500, `${hit.length} characters`);
			});
			it('passes over binary files', async () => {
				await fixture.put('src/blob.bin', new Uint8Array([...new TextEncoder().encode('needle'), 0, 1, 2]));
				assert.deepEqual(hits(await search('needle', { glob: '*.bin' })), []);
			});
			it('explains a pattern that is not valid', async () => {
				await assert.rejects(search('a('), ToolError);
				await assert.rejects(search('(?<=a)b'), /Look-around/i);
				await assert.rejects(search('(a)\\1'), /back-references/i);
			});
			it('ends soon on a pattern that makes others run away', async () => {
				await fixture.put('src/evil.txt', `${'a'.repeat(50)}!\n`);
				assert.deepEqual(hits(await search('(a+)+$', { glob: 'evil.txt' })), []);
				assert.deepEqual(hits(await search('(.*){50}x', { glob: 'evil.txt' })), []);
			});
			it('stops a search at the signal', async () => {
				await assert.rejects(
					workspace.findText(
						{
							pattern: 'x',
							isRegex: false,
							isCaseSensitive: true,
							glob: undefined,
							in: undefined,
							limit: 1,
							contextLines: 0,
						},
						AbortSignal.abort(),
					),
					{ name: 'AbortError' },
				);
			});
		});
	});
}
