import assert from 'node:assert/strict';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { MemoryWorkspace } from '../../../fakes/memoryWorkspace.ts';
import { ToolBench } from '../toolContext.ts';

const cell = (kind: string, ...source: string[]) => ({
	cell_type: kind,
	...(kind === 'code' && { execution_count: 1 }),
	metadata: {},
	...(kind === 'code' && { outputs: [{ name: 'stdout', output_type: 'stream', text: ['x\n'] }] }),
	source,
});
const json = `${JSON.stringify(
	{
		cells: [cell('markdown', '# T'), cell('code', 'a = 1\n', 'print(a)')],
		metadata: {},
		nbformat: 4,
		nbformat_minor: 4,
	},
	undefined,
	1,
)}\n`;

let workspace: MemoryWorkspace;
let bench: ToolBench;

beforeEach(() => {
	workspace = new MemoryWorkspace({ files: { 'n.ipynb': json, 'a.ts': 'x\n' } });
	bench = new ToolBench(workspace);
});

const edit = (...edits: readonly unknown[]) => ({ path: 'n.ipynb', edits });

describe('edit of a notebook', () => {
	it('changes the source of a cell by the number that read shows, and no other byte', async () => {
		assert.match(await bench.text('read', { path: 'n.ipynb' }), /\[cell 2 code\]\na = 1\nprint\(a\)/);
		const { text, view } = await bench.run('edit', edit({ cell: 2, oldText: 'a = 1', newText: 'a = 2' }));
		assert.equal(text, 'Changed "n.ipynb": cell 2.');
		assert.equal(workspace.saved('n.ipynb'), json.replace('"a = 1\\n"', '"a = 2\\n"'));
		assert.deepEqual(
			bench.changes.map(({ before, after }) => [before, after]),
			[[json, workspace.saved('n.ipynb')]],
		);
		assert.ok(view?.kind === 'diff');
		assert.deepEqual(
			view.hunks.flatMap(({ lines }) => lines),
			[' [markdown]', ' # T', ' [code]', '-a = 1', '+a = 2', ' print(a)'],
		);
	});
	it('adds and removes cells', async () => {
		const text = await bench.text(
			'edit',
			edit({ cell: 1, oldText: '# T', newText: '' }, { cell: 2, oldText: '', newText: '[markdown]\nend' }),
		);
		assert.equal(
			text,
			'Changed "n.ipynb": cell 1 removed, cell 2, new cell after cell 2.'.replace('cell 2, new', 'new'),
		);
		const cells = JSON.parse(workspace.saved('n.ipynb') ?? '').cells;
		assert.deepEqual(
			cells.map((found: { source: unknown; cell_type: unknown }) => [found.cell_type, found.source]),
			[
				['code', ['a = 1\n', 'print(a)']],
				['markdown', ['end']],
			],
		);
	});
	it('keeps what the user typed into another cell meanwhile', async () => {
		bench.beforeWrite = () => {
			bench.beforeWrite = undefined;
			workspace.put('n.ipynb', json.replace('# T', '# Typed'));
		};
		await bench.run('edit', edit({ oldText: 'a = 1', newText: 'a = 2' }));
		assert.equal(workspace.saved('n.ipynb'), json.replace('# T', '# Typed').replace('a = 1', 'a = 2'));
	});
	it('refuses what is no notebook, cells of other files, and a new notebook', async () => {
		workspace.put('old.ipynb', '{"nbformat":3,"worksheets":[]}');
		const one = [{ cell: 1, oldText: 'x', newText: 'y' }];
		await assert.rejects(bench.run('edit', { path: 'old.ipynb', edits: one }), /no notebook of format 4/);
		await assert.rejects(bench.run('edit', { path: 'a.ts', edits: one }), /"a\.ts" is no notebook/);
		await assert.rejects(bench.run('edit', { path: 'new.ipynb', edits: [{ oldText: '', newText: 'x' }] }), ToolError);
		assert.deepEqual(bench.changes, []);
	});
});
