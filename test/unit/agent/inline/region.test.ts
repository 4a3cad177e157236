import assert from 'node:assert/strict';
import { indentUnitOf } from '../../../../src/agent/inline/indentation.ts';
import {
	chooseRegion,
	functionRegion,
	indentAt,
	linesAround,
	type OutlineItem,
} from '../../../../src/agent/inline/region.ts';

const LINES = [
	'const a = 1;',
	'const b = 2;',
	'',
	'/** Adds. */',
	'function sum() {',
	'\tconst inner = () => {',
	'\t\treturn 1;',
	'\t};',
	'',
	'\treturn inner();',
	'}',
	'',
];
const OUTLINE: readonly OutlineItem[] = [
	{ name: 'a', start: 0, end: 0, isFunction: false },
	{ name: 'sum', start: 4, end: 10, isFunction: true },
	{ name: 'inner', start: 5, end: 7, isFunction: false },
];

function at(line: number) {
	return { startLine: line, endLine: line, endColumn: 1, isEmpty: true };
}

describe('region of an inline edit', () => {
	it('is the selection by whole lines', () => {
		const selected = { startLine: 4, endLine: 6, endColumn: 3, isEmpty: false };
		assert.deepEqual(chooseRegion(LINES, selected, OUTLINE), { start: 4, end: 7, kind: 'selection' });
	});

	it('leaves out a last line of which nothing is selected', () => {
		const selected = { startLine: 4, endLine: 6, endColumn: 0, isEmpty: false };
		assert.deepEqual(chooseRegion(LINES, selected, OUTLINE), { start: 4, end: 6, kind: 'selection' });
	});

	it('is the function at the cursor with its comment', () => {
		assert.deepEqual(chooseRegion(LINES, at(6), OUTLINE), { start: 3, end: 11, kind: 'symbol', name: 'sum' });
		assert.deepEqual(functionRegion(LINES, 9, OUTLINE), { start: 3, end: 11, kind: 'symbol', name: 'sum' });
	});

	it('is the paragraph where there is no function', () => {
		assert.deepEqual(chooseRegion(LINES, at(1), []), { start: 0, end: 2, kind: 'paragraph' });
	});

	it('is an insertion at an empty line, also within a function', () => {
		assert.deepEqual(chooseRegion(LINES, at(8), OUTLINE), { start: 8, end: 9, kind: 'insertion' });
	});

	it('is not a function too long to be taken unasked', () => {
		const long = [{ name: 'huge', start: 0, end: 900, isFunction: true }];
		assert.equal(chooseRegion(LINES, at(0), long).kind, 'paragraph');
	});

	it('reaches no further than the last line, so that its line end stays', () => {
		const lines = ['a', 'b', 'c', ''];
		assert.deepEqual(linesAround(lines, 1, 9), { start: 0, end: 3, kind: 'paragraph' });
		assert.deepEqual(linesAround(lines, 3, 0), { start: 3, end: 4, kind: 'paragraph' });
		assert.deepEqual(linesAround(['a', 'b'], 0, 9), { start: 0, end: 2, kind: 'paragraph' });
	});

	it('indents an insertion like the lines around, and deeper after an opening bracket', () => {
		assert.equal(indentAt(LINES, { start: 8, end: 9, kind: 'insertion' }, '\t'), '\t');
		assert.equal(indentAt(['f() {', '', '}'], { start: 1, end: 2, kind: 'insertion' }, '  '), '  ');
	});
});

describe('indentation of a file', () => {
	it('is what most lines step by', () => {
		assert.equal(indentUnitOf(['a', '  b', '    c', '  d'], '\t'), '  ');
		assert.equal(indentUnitOf(['a', '\tb'], '  '), '\t');
		assert.equal(indentUnitOf(['/**', ' * text', ' */', 'a'], '    '), '    ');
	});
});
