import assert from 'node:assert/strict';
import { chmod, link, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ToolCall } from '../../../src/agent/model.ts';
import { openFileWorkspace } from '../../../src/node/fileWorkspace.ts';
import { editTool } from '../../../src/tools/edit.ts';
import { readTool } from '../../../src/tools/read.ts';
import { SeenFiles } from '../../../src/tools/seenFiles.ts';
import { writeTool } from '../../../src/tools/write.ts';
import { call, calls, says, scriptedModel } from '../../fakes/scriptedModel.ts';
import { runToEnd } from '../../fakes/turnHarness.ts';
import { attack, openScene, type Scene } from '../attacks/attackHarness.ts';
import { type LimitedProcess, prepareLimitedProcess } from './limitedProcess.ts';

const seen = new SeenFiles();
const tools = [readTool(seen), editTool(undefined, seen), writeTool(undefined, seen)];

function edit(path: string, oldText: string, newText: string): ToolCall {
	return call(`e ${path}`, 'edit', { path, edits: [{ oldText, newText }] });
}

describe('edits of files on disk', () => {
	let scene: Scene;
	beforeEach(async () => {
		scene = await openScene();
	});
	afterEach(() => scene.dispose());

	const at = (path: string) => join(scene.folder, path);
	const make = (...made: readonly ToolCall[]) => attack(scene, { calls: made, tools }, 'once');

	describe('whose file is not what the model read', () => {
		/** Reads, lets something happen to the file, then makes the call. */
		async function afterRead(happens: () => Promise<void>, then: ToolCall) {
			const run = await runToEnd({
				client: scriptedModel(
					calls(call('r', 'read', { path: 'a.ts' })),
					async function* () {
						await happens();
						yield* calls(then);
					},
					says('ok'),
				),
				tools,
				workspace: openFileWorkspace({ folder: scene.folder, platform: process.platform }),
				allowed: { level: 'edits' },
			});
			assert.deepEqual(run.bugs, []);
			return { ...run, after: await scene.snapshot() };
		}

		it('change nothing where the place itself was changed, and say to read again', async () => {
			await scene.put('a.ts', 'one\ntwo\nthree\n');
			const run = await afterRead(
				() => scene.put('a.ts', 'one\nTWO by the user\nthree\n'),
				edit('a.ts', 'two\n', '2\n'),
			);
			assert.equal(run.after['ws/a.ts'], 'one\nTWO by the user\nthree\n');
			assert.match(run.results['e a.ts'] ?? '', /^Nothing was changed\. .*Read the file again/s);
		});

		it('keep what was changed elsewhere in the file', async () => {
			await scene.put('a.ts', 'one\ntwo\nthree\n');
			const run = await afterRead(
				() => scene.put('a.ts', 'new first\none\ntwo\nthree\n'),
				edit('a.ts', 'two\n', '2\n'),
			);
			assert.equal(run.after['ws/a.ts'], 'new first\none\n2\nthree\n');
		});

		it('change nothing where what they quote stands in two places by now', async () => {
			await scene.put('a.ts', 'one\ntwo\n');
			const run = await afterRead(() => scene.put('a.ts', 'two\none\ntwo\n'), edit('a.ts', 'two\n', '2\n'));
			assert.equal(run.after['ws/a.ts'], 'two\none\ntwo\n');
		});

		it('put no whole new text over what the model has not seen', async () => {
			await scene.put('a.ts', 'one\ntwo\n');
			const whole = call('w', 'write', { path: 'a.ts', content: 'one\n2\n' });
			const run = await afterRead(() => scene.put('a.ts', 'one\ntwo\nthree by the user\n'), whole);
			assert.equal(run.after['ws/a.ts'], 'one\ntwo\nthree by the user\n');
			assert.match(run.results['w'] ?? '', /changed|read/i);
		});

		for (const [what, happens] of [
			['deleted', () => rm(at('a.ts'))],
			['renamed', () => rename(at('a.ts'), at('b.ts'))],
		] as const) {
			it(`do not bring a file back that was ${what}, and name it`, async () => {
				await scene.put('a.ts', 'one\ntwo\n');
				const run = await afterRead(happens, edit('a.ts', 'two\n', '2\n'));
				assert.equal(run.after['ws/a.ts'], undefined);
				assert.match(run.results['e a.ts'] ?? '', /a\.ts/);
			});
		}
	});

	describe('keep every byte that they do not name', () => {
		const bom = (...bytes: number[]) => Uint8Array.from(bytes);
		const utf16 = (text: string, isBig: boolean) => {
			const bytes = Buffer.from(text, 'utf16le');
			return Buffer.concat([isBig ? bom(0xfe, 0xff) : bom(0xff, 0xfe), isBig ? bytes.swap16() : bytes]);
		};
		const written: Readonly<Record<string, (word: string) => Uint8Array>> = {
			'CRLF alone': word => Buffer.from(`one\r\n${word}\r\nthree\r\n`),
			'line ends of both kinds': word => Buffer.from(`one\r\n${word}\nthree\r\nfour\n`),
			'a lone carriage return': word => Buffer.from(`a\rb\n${word}\n`),
			'no final line end': word => Buffer.from(`one\n${word}`),
			'many final line ends': word => Buffer.from(`${word}\n\n\n`),
			'UTF-8 with a byte-order mark': word =>
				Buffer.concat([bom(0xef, 0xbb, 0xbf), Buffer.from(`caf\u00e9 ${word}\n`)]),
			'UTF-16, little end first': word => utf16(`caf\u00e9\r\n${word} \ud83d\ude00\r\n`, false),
			'UTF-16, big end first': word => utf16(`caf\u00e9\n${word} \ud83d\ude00`, true),
			'characters that hide': word => Buffer.from(`a\u200bb\u202ec ${word}\n`),
		};
		for (const [what, bytes] of Object.entries(written)) {
			it(`in a file with ${what}`, async () => {
				await writeFile(at('a.txt'), bytes('WORD'));
				const run = await make(edit('a.txt', 'WORD', 'other words'));
				assert.deepEqual(await readFile(at('a.txt')), Buffer.from(bytes('other words')), run.results['e a.txt']);
			});
		}

		const uncertain: Readonly<Record<string, readonly number[]>> = {
			'Latin-1': [0x63, 0x61, 0x66, 0xe9],
			'Shift JIS': [0x93, 0xfa, 0x96, 0x7b],
			GBK: [0xd6, 0xd0, 0xce, 0xc4],
			'UTF-8 with one broken byte': [0xc3, 0xa9, 0xff],
		};
		for (const [what, letters] of Object.entries(uncertain)) {
			it(`by refusing a file in ${what}, whose encoding is not certain`, async () => {
				const bytes = Buffer.concat([Uint8Array.from(letters), Buffer.from(' WORD\n')]);
				await writeFile(at('a.txt'), bytes);
				const run = await make(edit('a.txt', 'WORD', 'other'), call('w', 'write', { path: 'a.txt', content: 'new\n' }));
				assert.deepEqual(await readFile(at('a.txt')), bytes);
				assert.match(run.results['e a.txt'] ?? '', /encoding of "a\.txt" is not certain/);
				assert.match(run.results['w'] ?? '', /encoding of "a\.txt" is not certain/);
			});
		}

		it('by refusing what is no text, and a notebook', async () => {
			const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
			const notebook = JSON.stringify({ cells: [], metadata: { unknown: 1 }, nbformat: 4, nbformat_minor: 5 });
			await writeFile(at('a.png'), png);
			await scene.put('a.ipynb', notebook);
			const run = await make(
				edit('a.png', 'PNG', 'GIF'),
				edit('a.ipynb', '"cells"', '"bells"'),
				call('w', 'write', { path: 'a.ipynb', content: '{}' }),
			);
			assert.deepEqual(await readFile(at('a.png')), png);
			assert.equal(run.after['ws/a.ipynb'], notebook);
			assert.match(run.results['e a.ipynb'] ?? '', /notebook/);
			assert.match(run.results['w'] ?? '', /notebook/);
		});

		it('while a whole new text ends as it was sent', async () => {
			await make(
				call('w1', 'write', { path: 'with.txt', content: 'one\n' }),
				call('w2', 'write', { path: 'without.txt', content: 'one' }),
			);
			assert.equal(await readFile(at('with.txt'), 'utf8'), 'one\n');
			assert.equal(await readFile(at('without.txt'), 'utf8'), 'one');
		});
	});

	describe('that do not fit the file', () => {
		for (const [what, oldText, newText, told] of [
			['standing in two places', 'same\n', 'x\n', /2/],
			['standing nowhere, with the nearest line', 'functoin one() {', 'x', /function one\(\) \{/],
			['differing in white space alone', '  return  1;', 'x', /white space|return 1;/],
			['empty for a file that has text', '', 'x', /empty|quote|oldText/],
			['equal to the new text', 'function one() {', 'function one() {', /change|same/],
		] as const) {
			it(`are refused with what helps: a quote ${what}`, async () => {
				const text = 'function one() {\n\treturn 1;\n}\nsame\nsame\n';
				await scene.put('a.ts', text);
				const run = await make(edit('a.ts', oldText, newText));
				assert.equal(run.after['ws/a.ts'], text);
				assert.match(run.results['e a.ts'] ?? '', told);
			});
		}
	});

	describe('that the system refuses', () => {
		let limited: LimitedProcess;
		before(async function () {
			if (process.platform === 'win32') {
				this.skip();
			}
			limited = await prepareLimitedProcess();
		});
		after(() => limited?.dispose());

		const long = `${'x'.repeat(100)}\n`.repeat(50);
		const grown = long.repeat(10);

		it('leave the file whole and nothing beside it when the disk is full', async () => {
			await scene.put('a.txt', long);
			const toolCalls = [
				call('w', 'write', { path: 'a.txt', content: grown }),
				edit('a.txt', long.slice(0, 150), grown),
			];
			const { outcomes, bugs } = await limited.run(scene.folder, toolCalls, { fileKilobytes: 20 });
			assert.deepEqual([outcomes.map(({ outcome }) => outcome), bugs], [['error', 'error'], []], outcomes[0]?.text);
			assert.match(outcomes[0]?.text ?? '', /"a\.txt"/);
			assert.deepEqual(await readdir(scene.folder), ['a.txt']);
			assert.ok((await readFile(at('a.txt'), 'utf8')) === long, 'the former text stands');
		});

		it('leave no part of a new file when the disk is full', async () => {
			const toolCalls = [call('w', 'write', { path: 'new.txt', content: grown })];
			const { outcomes } = await limited.run(scene.folder, toolCalls, { fileKilobytes: 20 });
			assert.equal(outcomes[0]?.outcome, 'error');
			assert.deepEqual(await readdir(scene.folder), []);
		});

		it('leave a file with two names whole when the disk is full', async () => {
			await scene.put('a.txt', long);
			await link(at('a.txt'), at('b.txt'));
			const toolCalls = [call('w', 'write', { path: 'a.txt', content: `y${grown}` })];
			const { outcomes } = await limited.run(scene.folder, toolCalls, { fileKilobytes: 20 });
			assert.equal(outcomes[0]?.outcome, 'error');
			assert.ok((await readFile(at('b.txt'), 'utf8')) === long, 'the former text stands');
			assert.deepEqual((await readdir(scene.folder)).sort(), ['a.txt', 'b.txt']);
		});

		it('say so, and leave all as it was, where file or folder may not be written', async () => {
			await chmod(join(scene.folder, '..'), 0o755);
			await scene.put('only/read.txt', 'one\n');
			await scene.put('only/free.txt', 'one\n');
			await chmod(at('only/read.txt'), 0o444);
			await chmod(at('only/free.txt'), 0o666);
			await chmod(at('only'), 0o555);
			await chmod(scene.folder, 0o555);
			const toolCalls = [
				edit('only/read.txt', 'one', 'two'),
				call('w', 'write', { path: 'only/read.txt', content: 'two\n' }),
				call('n', 'write', { path: 'only/new.txt', content: 'two\n' }),
				call('f', 'write', { path: 'folder/new.txt', content: 'two\n' }),
				edit('only/free.txt', 'one', 'two'),
			];
			const { outcomes, bugs } = await limited.run(scene.folder, toolCalls, { isPlainUser: true });
			await chmod(at('only'), 0o755);
			await chmod(scene.folder, 0o755);
			assert.deepEqual(bugs, []);
			assert.deepEqual(
				outcomes.map(({ outcome }) => outcome),
				['error', 'error', 'error', 'error', 'ok'],
			);
			for (const { text } of outcomes.slice(0, 4)) {
				assert.match(text, /read-only|permission denied/);
			}
			assert.deepEqual((await readdir(scene.folder, { recursive: true })).sort(), [
				'only',
				'only/free.txt',
				'only/read.txt',
			]);
			assert.equal(await readFile(at('only/read.txt'), 'utf8'), 'one\n');
			assert.equal(await readFile(at('only/free.txt'), 'utf8'), 'two\n');
		});
	});
});
