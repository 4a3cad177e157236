import assert from 'node:assert/strict';
import type { Demand } from '../../../src/agent/tool.ts';
import { ToolError } from '../../../src/agent/toolError.ts';
import { patchTool } from '../../../src/tools/patch.ts';
import { MemoryWorkspace } from '../../fakes/memoryWorkspace.ts';
import { toolContext } from '../../fakes/toolContext.ts';
import { ToolBench } from './toolContext.ts';

let workspace: MemoryWorkspace;
let bench: ToolBench;

beforeEach(() => {
	workspace = new MemoryWorkspace({
		files: {
			'a.ts': 'a = 1\nb = 2\nc = 3\n',
			'b.ts': 'one\ntwo\nthree\n',
			'old.ts': 'gone\n',
		},
	});
	bench = new ToolBench(workspace);
});

const patch = (...lines: readonly string[]) => ({
	patch: ['*** Begin Patch', ...lines, '*** End Patch'].join('\n'),
});
const apply = (...lines: readonly string[]) => bench.text('apply_patch', patch(...lines));
const updateA = ['*** Update File: a.ts', '@@', ' a = 1', '-b = 2', '+b = 3'];
const updateB = ['*** Update File: b.ts', '@@', '-two', '+2'];

async function refusal(...lines: readonly string[]): Promise<string> {
	try {
		return assert.fail(`succeeded: ${await apply(...lines)}`);
	} catch (error) {
		assert.ok(error instanceof ToolError, String(error));
		return error.message;
	}
}

/** Everything is as it was in the beginning. */
function assertUntouched(): void {
	assert.deepEqual(bench.changes, []);
	assert.deepEqual(
		['a.ts', 'b.ts', 'old.ts', 'new.ts'].map(path => workspace.saved(path)),
		['a = 1\nb = 2\nc = 3\n', 'one\ntwo\nthree\n', 'gone\n', undefined],
	);
}

async function demandOf(...lines: readonly string[]): Promise<Demand | undefined> {
	return patchTool().demand?.(patch(...lines), toolContext({ workspace }));
}

describe('apply_patch', () => {
	it('changes, adds, moves and deletes files in one call, each recorded before it is made', async () => {
		workspace.put('from.ts', 'x = 1\ny = 2\n');
		const text = await apply(
			...updateA,
			'*** Add File: new.ts',
			'+fresh();',
			'*** Update File: from.ts',
			'*** Move to: to/there.ts',
			'@@',
			'-x = 1',
			'+x = 10',
			'*** Delete File: old.ts',
		);
		assert.equal(
			text,
			[
				'Changed "a.ts": line 2 (+1 -1).',
				'Created "new.ts" with 1 line.',
				'Moved "from.ts" to "to/there.ts". Changed "to/there.ts": line 1 (+1 -1).',
				'Deleted "old.ts".',
			].join('\n'),
		);
		assert.deepEqual(
			['a.ts', 'new.ts', 'from.ts', 'to/there.ts', 'old.ts'].map(path => workspace.saved(path)),
			['a = 1\nb = 3\nc = 3\n', 'fresh();\n', undefined, 'x = 10\ny = 2\n', undefined],
		);
		assert.deepEqual(
			bench.changes.map(({ location, before, after }) => [location.path, before, after]),
			[
				['a.ts', 'a = 1\nb = 2\nc = 3\n', 'a = 1\nb = 3\nc = 3\n'],
				['new.ts', undefined, 'fresh();\n'],
				['to/there.ts', undefined, 'x = 10\ny = 2\n'],
				['from.ts', 'x = 1\ny = 2\n', undefined],
				['old.ts', 'gone\n', undefined],
			],
		);
	});
	it('moves a file as it is', async () => {
		assert.equal(await apply('*** Update File: b.ts', '*** Move to: c.ts'), 'Moved "b.ts" to "c.ts".');
		assert.deepEqual([workspace.saved('b.ts'), workspace.saved('c.ts')], [undefined, 'one\ntwo\nthree\n']);
	});
	it('keeps CRLF and says how a hunk matched that is not in the file letter for letter', async () => {
		workspace.put('crlf.ts', 'if (a) {\r\n\t\tone();\r\n\t\ttwo();\r\n}\r\n');
		const text = await apply('*** Update File: crlf.ts', '@@', '     one();', '-    two();', '+    2();');
		assert.match(text, /^Changed "crlf\.ts": line 3 \(\+1 -1\)\. It matched with other indentation\.$/);
		assert.equal(workspace.saved('crlf.ts'), 'if (a) {\r\n\t\tone();\r\n\t\t2();\r\n}\r\n');
	});
	it('takes the place that a header names', async () => {
		const body = (name: string) => `function ${name}() {\n\treturn 1;\n}\n${'// …\n'.repeat(20)}`;
		workspace.put('two.ts', body('f') + body('g'));
		await apply('*** Update File: two.ts', '@@ function g() {', '-\treturn 1;', '+\treturn 2;');
		assert.equal(workspace.saved('two.ts'), body('f') + body('g').replace('1', '2'));
	});

	describe('changes nothing at all', () => {
		it('where one of several hunks does not fit; it names file and hunk and shows the nearest text', async () => {
			workspace.put('long.ts', 'first();\nconst total = sum(prices, taxes);\n');
			const message = await refusal(
				...updateA,
				...['*** Update File: long.ts', '@@', '-first();', '+1', '@@', '-const total = add(prices);', '+3'],
			);
			assert.match(message, /^Nothing was changed\. "long\.ts", hunk 2 of 2: its old text is not in the file/);
			assert.match(message, /\. The nearest text, line 2:\n2\|const total = sum\(prices, taxes\);$/);
			assertUntouched();
		});
		it('where a hunk fits several places', async () => {
			workspace.put('same.ts', 'x\ny\nx\n');
			assert.match(
				await refusal(...updateB, '*** Update File: same.ts', '@@', '-x', '+z'),
				/"same\.ts", the hunk: its old text stands in 2 places \(lines 1, 3\); give more lines of context\.$/,
			);
			assertUntouched();
		});
		for (const [what, lines, expected] of [
			['a file is not there', ['*** Update File: nowhere.ts', '@@', '-a', '+b'], /There is no "nowhere\.ts"/],
			['a file to delete is not there', ['*** Delete File: nowhere.ts'], /There is no "nowhere\.ts"/],
			['a file to add is there', ['*** Add File: b.ts', '+x'], /"b\.ts": it exists already\. Use "\*\*\* Update File"/],
			['the target of a move is there', ['*** Update File: old.ts', '*** Move to: b.ts'], /"b\.ts": it exists already/],
			['a file is moved to where it is', ['*** Update File: b.ts', '*** Move to: ./b.ts'], /moved to where it is/],
			[
				'two names are one file',
				['*** Update File: ./a.ts', '@@', '-c = 3', '+c'],
				/"a\.ts": the patch names this file twice/,
			],
			[
				'a line is no line of a patch',
				['*** Update File: b.ts', '@@', '-two', 'x2'],
				/Line 10 of the patch: "x2" begins with none/,
			],
			['a file to change is a folder', ['*** Delete File: src'], /"src" is a folder/],
		] as const) {
			it(`where ${what}`, async () => {
				workspace.put('src/x.ts', '');
				assert.match(await refusal(...updateA, ...lines), expected);
				assertUntouched();
			});
		}
		it('where a file is read-only, a notebook, or has unsaved work that a move would split', async () => {
			workspace.makeReadOnly('b.ts');
			assert.match(await refusal(...updateA, ...updateB), /"b\.ts" is read-only/);
			workspace.put('n.ipynb', '{"cells":[]}');
			assert.match(await refusal('*** Update File: n.ipynb', '@@', '-x', '+y'), /Use edit with the cell/);
			workspace.put('typed.ts', 'x\n');
			workspace.typeInto('typed.ts', 'typed\nx\n');
			assert.match(await refusal('*** Update File: typed.ts', '*** Move to: t.ts'), /unsaved work of the user/);
			assertUntouched();
		});
		it('where there is no patch in it', async () => {
			await assert.rejects(
				bench.run('apply_patch', { patch: 'please change a.ts' }),
				/Nothing was changed\. Line 1 of the patch: a file is to come first/,
			);
		});
		it('where the file to delete was changed since the agent read it', async () => {
			await bench.run('read', { path: 'old.ts' });
			workspace.put('old.ts', 'theirs\n');
			assert.match(await refusal('*** Delete File: old.ts'), /has changed since you read it\. Read it again/);
			assert.equal(workspace.saved('old.ts'), 'theirs\n');
		});
	});

	describe('beside others', () => {
		it('carries over what the user types at the very moment, and leaves it unsaved', async () => {
			bench.beforeWrite = () => {
				bench.beforeWrite = undefined;
				workspace.typeInto('a.ts', 'typed\na = 1\nb = 2\nc = 3\n');
			};
			const text = await apply(...updateA, ...updateB);
			assert.match(text, /^Changed "a\.ts": line 3 \(\+1 -1\)\. Not saved\. .*\nChanged "b\.ts"/);
			assert.equal(workspace.unsaved('a.ts'), 'typed\na = 1\nb = 3\nc = 3\n');
			assert.equal(workspace.saved('b.ts'), 'one\n2\nthree\n');
		});
		it('tells what was done and what was not when a later file changes in the same lines', async () => {
			bench.beforeWrite = () => {
				if (bench.changes.at(-1)?.location.path === 'b.ts') {
					workspace.typeInto('b.ts', 'one\nTWO\nthree\n');
				}
			};
			const message = await refusal(...updateA, ...updateB, '*** Delete File: old.ts');
			assert.match(message, /^Only a part was done\. Done: a\.ts\. Not done: b\.ts, delete old\.ts\. /);
			assert.match(message, /send a patch for the rest\.$/);
			assert.deepEqual(
				[workspace.saved('a.ts'), workspace.unsaved('b.ts'), workspace.saved('old.ts')],
				['a = 1\nb = 3\nc = 3\n', 'one\nTWO\nthree\n', 'gone\n'],
			);
			// The newest record is the one that was not made.
			assert.equal(bench.changes.at(-1)?.location.path, 'b.ts');
		});
		it('is no failure when a later change could not even be recorded: that would take back the one before', async () => {
			const text = await patchTool().run(
				patch(...updateA, ...updateB),
				toolContext({
					workspace,
					recordChange: async ({ location }) => {
						if (location.path === 'b.ts') {
							throw new ToolError('Not changed: the disk is full.');
						}
					},
				}),
			);
			assert.match(text.text, /Changed "a\.ts".*\nOnly a part was done\. Done: a\.ts\. Not done: b\.ts\. Not changed/);
		});
		it('does not delete what changed at the moment', async () => {
			bench.beforeWrite = () => workspace.put('old.ts', 'theirs\n');
			assert.match(await refusal('*** Delete File: old.ts'), /changed since it was read/);
			assert.equal(workspace.saved('old.ts'), 'theirs\n');
		});
		it('knows that the agent has seen what it wrote itself, and what it deleted', async () => {
			await apply('*** Add File: new.ts', '+x', '*** Delete File: old.ts');
			await bench.run('write', { path: 'new.ts', content: 'y\n' });
			await bench.run('write', { path: 'old.ts', content: 'again\n' });
			assert.deepEqual([workspace.saved('new.ts'), workspace.saved('old.ts')], ['y\n', 'again\n']);
		});
	});

	describe('before it runs', () => {
		it('demands every path, also those of moves, also where it does not fit yet', async () => {
			const lines = [...updateA, '*** Update File: b.ts', '*** Move to: ../out.ts', '*** Delete File: .git/config'];
			assert.deepEqual(await demandOf(...lines), {
				kind: 'paths',
				paths: ['a.ts', 'b.ts', '../out.ts', '.git/config'],
			});
			assert.deepEqual(patchTool().paths(patch(...lines)), ['a.ts', 'b.ts', '../out.ts', '.git/config']);
			assert.deepEqual(await demandOf('*** Add File: a\0b', '+x'), { kind: 'paths', paths: ['a\0b'] });
		});
		it('tells the addresses of schemas that it adds', async () => {
			const added = await demandOf('*** Add File: x.json', '+{ "$schema": "https://evil.test/s.json" }');
			assert.ok(added?.kind === 'paths');
			assert.deepEqual(added.remoteSchemas, ['https://evil.test/s.json']);
		});
		it('refuses what is no patch at once', async () => {
			await assert.rejects(async () => demandOf('*** Frobnicate'), ToolError);
			assert.deepEqual(patchTool().paths({ patch: 'nothing' }), []);
		});
		it('names its files', () => {
			const subject = (...lines: readonly string[]) => patchTool().subject(patch(...lines));
			assert.equal(subject(...updateA), 'a.ts');
			assert.equal(subject('*** Update File: a.ts', '*** Move to: b/a.ts'), 'a.ts → b/a.ts');
			assert.equal(subject(...updateA, '*** Delete File: old.ts'), '2 files: a.ts, old.ts');
		});
		it('shows one file as edit does, and more of them each with its diff', async () => {
			assert.deepEqual(await bench.preview('apply_patch', patch(...updateB)), {
				kind: 'diff',
				path: 'b.ts',
				hunks: [{ oldStart: 1, newStart: 1, lines: [' one', '-two', '+2', ' three'] }],
				added: 1,
				removed: 1,
				isNew: false,
			});
			const view = await bench.preview(
				'apply_patch',
				patch(
					...updateB,
					'*** Add File: new.ts',
					'+x',
					'*** Update File: a.ts',
					'*** Move to: c.ts',
					'*** Delete File: old.ts',
				),
			);
			assert.ok(view?.kind === 'diffs');
			assert.deepEqual(
				view.files.map(({ hunks, ...file }) => [file, hunks.flatMap(({ lines }) => lines).length]),
				[
					[{ path: 'b.ts', added: 1, removed: 1, isNew: false }, 4],
					[{ path: 'new.ts', added: 1, removed: 0, isNew: true }, 1],
					[{ path: 'c.ts', added: 0, removed: 0, isNew: false, movedFrom: 'a.ts' }, 0],
					[{ path: 'old.ts', added: 0, removed: 1, isNew: false, isRemoved: true }, 1],
				],
			);
			assertUntouched();
		});
		it('quotes nothing of a file that nobody allowed to be read', async () => {
			workspace.put('.env', 'TOKEN=abc\n');
			for (const hunk of [
				['@@', '-TOKEN=abd', '+TOKEN=x'],
				['@@ TOKEN=abd', '+MORE=1'],
			]) {
				const message = await refusal('*** Update File: .env', ...hunk);
				assert.match(message, /does not fit "\.env", which is not quoted unread/);
			}
		});
	});
});
