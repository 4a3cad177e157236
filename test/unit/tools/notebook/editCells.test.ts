import assert from 'node:assert/strict';
import { type CellEdit, editCells } from '../../../../src/tools/notebook/editCells.ts';
import type { CellSource } from '../../../../src/tools/notebook/notebookText.ts';

const cells: readonly CellSource[] = [
	{ kind: 'markdown', source: '# Title' },
	{ kind: 'code', source: 'import os\nx = 1\n' },
	{ kind: 'code', source: '' },
	{ kind: 'code', source: 'x = 1\nprint(x)' },
];

function edited(...edits: CellEdit[]): {
	readonly cells: readonly (readonly [number | 'new', string, string])[];
	readonly what: string;
} {
	const result = editCells(cells, edits);
	assert.ok(result.ok, result.ok ? '' : result.reason);
	return {
		cells: result.cells.map(({ from, kind, source }) => [from === undefined ? 'new' : from + 1, kind, source] as const),
		what: result.what,
	};
}

function refused(...edits: CellEdit[]): string {
	const result = editCells(cells, edits);
	assert.ok(!result.ok);
	return result.reason;
}

const untouched = cells.map(({ kind, source }, index) => [index + 1, kind, source] as const);

describe('editCells', () => {
	it('replaces text in the cell that is named, whatever other cells have', () => {
		const { cells: after, what } = edited({ cell: 4, oldText: 'x = 1', newText: 'x = 2' });
		assert.deepEqual(after, [...untouched.slice(0, 3), [4, 'code', 'x = 2\nprint(x)']]);
		assert.equal(what, 'cell 4');
	});
	it('finds the only cell that has the text, and names those that could be meant', () => {
		assert.deepEqual(edited({ oldText: 'import os', newText: 'import sys' }).cells[1], [
			2,
			'code',
			'import sys\nx = 1\n',
		]);
		assert.match(refused({ oldText: 'x = 1', newText: 'x = 2' }), /in cells 2, 4; name the cell/);
		assert.match(refused({ oldText: 'nowhere here', newText: '' }), /in none of the 4 cells/);
	});
	it('replaces in every cell where all occurrences are meant', () => {
		const { cells: after } = edited({ oldText: 'x = 1', newText: 'x = 2', replaceAll: true });
		assert.deepEqual(
			after.map(([, , source]) => source),
			['# Title', 'import os\nx = 2\n', '', 'x = 2\nprint(x)'],
		);
	});
	it('adds cells behind the one named, of the kind that their first line tells', () => {
		const { cells: after, what } = edited(
			{ cell: 0, oldText: '', newText: '[markdown]\nFirst' },
			{ cell: 4, oldText: '', newText: 'last()' },
			{ cell: 4, oldText: '', newText: '[cell 6 raw]\nraw' },
			{ cell: 1, oldText: 'Title', newText: 'Name' },
		);
		assert.deepEqual(after, [
			['new', 'markdown', 'First'],
			[1, 'markdown', '# Name'],
			...untouched.slice(1),
			['new', 'code', 'last()'],
			['new', 'raw', 'raw'],
		]);
		assert.equal(what, 'new cell after the beginning, cell 1, 2 new cells after cell 4');
	});
	it('takes a first line that is code for code', () => {
		const source = '[code for code in codes]\n';
		assert.deepEqual(edited({ cell: 4, oldText: '', newText: source }).cells.at(-1), ['new', 'code', source]);
	});
	it('fills an empty cell instead of adding one behind it', () => {
		assert.deepEqual(edited({ cell: 3, oldText: '', newText: 'y = 2' }).cells, [
			...untouched.slice(0, 2),
			[3, 'code', 'y = 2'],
			...untouched.slice(3),
		]);
		assert.equal(edited({ cell: 3, oldText: '', newText: '[markdown]\ntext' }).cells.length, 5);
	});
	it('removes a cell whose whole text is replaced by nothing, also an empty one', () => {
		assert.deepEqual(edited({ cell: 2, oldText: 'import os\nx = 1', newText: '' }), {
			cells: [...untouched.slice(0, 1), ...untouched.slice(2)],
			what: 'cell 2 removed',
		});
		assert.equal(edited({ cell: 3, oldText: '', newText: '' }).cells.length, 3);
	});
	it('numbers cells as they were before the call', () => {
		const { cells: after } = edited(
			{ cell: 1, oldText: '# Title', newText: '' },
			{ cell: 2, oldText: '', newText: 'inserted' },
			{ cell: 4, oldText: 'print(x)', newText: 'print(y)' },
		);
		assert.deepEqual(
			after.map(([from]) => from),
			[2, 'new', 3, 4],
		);
		assert.equal(after.at(-1)?.[2], 'x = 1\nprint(y)');
	});
	it('takes the line above a cell for its number', () => {
		const { cells: after } = edited({ oldText: '[cell 4 code]\nx = 1', newText: '[cell 4 code]\nx = 3' });
		assert.deepEqual(after.at(-1), [4, 'code', 'x = 3\nprint(x)']);
	});
	it('refuses a cell that there is not, text that is not in its cell, and nothing to do, and says which edit', () => {
		assert.match(refused({ cell: 5, oldText: 'x', newText: 'y' }), /no cell 5; the notebook has 4 cells/);
		assert.match(refused({ cell: 0, oldText: 'x', newText: 'y' }), /no cell 0/);
		assert.match(refused({ cell: 1, oldText: 'print(x)', newText: 'y' }), /^Cell 1: /);
		assert.match(refused({ cell: 1, oldText: '', newText: '' }), /quote what to change/);
		assert.match(refused({ oldText: '', newText: 'x' }), /from 0 to 4/);
		const fits: CellEdit = { cell: 1, oldText: 'Title', newText: 'T' };
		assert.match(refused(fits, { cell: 9, oldText: 'a', newText: 'b' }), /^Edit 2 of 2: there is no cell 9/);
	});
});
