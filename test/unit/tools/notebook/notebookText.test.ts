import assert from 'node:assert/strict';
import fc from 'fast-check';
import { matchCells } from '../../../../src/tools/notebook/cellChanges.ts';
import { type CellSource, type NextCell, withCells } from '../../../../src/tools/notebook/notebookText.ts';
import { parseNotebook } from '../../../../src/tools/notebook/parseNotebook.ts';

/** As Jupyter writes it: one space, members sorted, a final line end. */
function jupyter(sources: readonly CellSource[], minor = 5): string {
	const cells = sources.map(({ kind, source }, index) => ({
		cell_type: kind,
		...(kind === 'code' && { execution_count: index }),
		...(minor >= 5 && { id: `cell-${index}` }),
		metadata: { ügly: '\u2028', tags: [] },
		...(kind === 'code' && { outputs: [{ name: 'stdout', output_type: 'stream', text: ['a "[{" b\n'] }] }),
		source: source.match(/.*\n|.+$/g) ?? [],
	}));
	const file = { cells, metadata: { language_info: { name: 'python' } }, nbformat: 4, nbformat_minor: minor };
	return `${JSON.stringify(file, undefined, 1)}\n`;
}

const sources: readonly CellSource[] = [
	{ kind: 'markdown', source: '# One\ntwo' },
	{ kind: 'code', source: 'a = 1\nb = 2\n' },
	{ kind: 'code', source: '' },
];
const kept: readonly NextCell[] = sources.map((cell, from) => ({ ...cell, from }));
const read = (json: string) => parseNotebook(json)?.cells.map(({ kind, source }) => ({ kind, source }));

describe('matchCells', () => {
	const froms = (before: readonly CellSource[], after: readonly CellSource[]) =>
		matchCells(before, after).map(({ from }) => from);
	const code = (source: string, id?: string): CellSource => ({ kind: 'code', source, ...(id !== undefined && { id }) });
	const text = (source: string): CellSource => ({ kind: 'markdown', source });

	it('takes a changed cell for the one that is most like it', () => {
		assert.deepEqual(froms([text('t'), code('a\nb'), code('z')], [code('a\nc'), code('z'), text('n')]), [
			1,
			2,
			undefined,
		]);
		assert.deepEqual(froms([code('a\nb'), code('c\nd')], [code('new'), code('a\nB'), code('c\nD')]), [undefined, 0, 1]);
	});
	it('takes a cell that is wholly rewritten for the one of its place', () => {
		assert.deepEqual(froms([text('t'), code('a')], [text('u'), code('b')]), [0, 1]);
	});
	it('goes by ids where both have one', () => {
		assert.deepEqual(froms([code('a', '1'), code('b', '2')], [code('a', '3'), code('x', '2')]), [undefined, 1]);
		assert.deepEqual(froms([code('a', '1')], [code('b')]), [0]);
	});
});

describe('withCells', () => {
	it('changes the lines of one cell and not a byte besides', () => {
		const before = jupyter(sources);
		const after = withCells(before, kept.with(1, { kind: 'code', source: 'a = 1\nb = 3\nc = "é"\n', from: 1 }));
		assert.equal(after, before.replace('"b = 2\\n"', '"b = 3\\n",\n    "c = \\"é\\"\\n"'));
	});
	it('gives back the very text where nothing changes', () => {
		for (const json of [jupyter(sources), JSON.stringify(JSON.parse(jupyter(sources))), jupyter([])]) {
			assert.equal(withCells(json, kept.slice(0, read(json)?.length)), json);
		}
	});
	it('fills an empty cell and empties a full one as Jupyter would', () => {
		const after = withCells(jupyter(sources), [
			...kept.slice(0, 1),
			{ kind: 'code', source: '', from: 1 },
			{ kind: 'code', source: 'x\ny', from: 2 },
		]);
		assert.equal(
			after,
			jupyter([...sources.slice(0, 1), { kind: 'code', source: '' }, { kind: 'code', source: 'x\ny' }]),
		);
	});
	it('removes cells with what parts them, at both ends and in the middle', () => {
		const before = jupyter(sources);
		for (const without of [0, 1, 2]) {
			const after = withCells(before, kept.toSpliced(without, 1));
			const cells: unknown[] = JSON.parse(before).cells;
			const expected = { ...JSON.parse(before), cells: cells.toSpliced(without, 1) };
			assert.equal(after, `${JSON.stringify(expected, undefined, 1)}\n`);
		}
		assert.deepEqual(JSON.parse(withCells(before, [])).cells, []);
	});
	it('adds cells in the style of the file, with an id where the format has them', () => {
		const added: NextCell = { kind: 'code', source: 'new()\n' };
		const before = jupyter(sources);
		const after = withCells(before, [added, ...kept, { kind: 'markdown', source: 'end' }, added]);
		assert.equal(after, `${JSON.stringify(JSON.parse(after), undefined, 1)}\n`);
		const ids = JSON.parse(after).cells.map(({ id }: { id: unknown }) => id);
		assert.equal(new Set(ids).size, 6);
		assert.ok(ids.every((id: unknown) => typeof id === 'string' && /^[\w-]{1,64}$/.test(id)));
		assert.equal(withCells(before, [added, ...kept]), withCells(before, [added, ...kept]));
		assert.ok(!('id' in JSON.parse(withCells(jupyter(sources, 4), [added, ...kept])).cells[0]));
		assert.deepEqual(read(withCells(jupyter([]), [added])), [added]);
	});
	it('keeps JSON in one line, a source that is one string, CRLF, and letters spelt as escapes', () => {
		const compact = JSON.stringify(JSON.parse(jupyter(sources)));
		assert.equal(withCells(compact, kept.with(0, { kind: 'markdown', source: 'x', from: 0 })).includes('\n'), false);
		const spelt = jupyter(sources).replace('"a = 1\\n"', '"a \\u003d 1\\n"').replaceAll('\n', '\r\n');
		const after = withCells(spelt, kept.with(1, { kind: 'code', source: 'a = 1\nB\n', from: 1 }));
		assert.equal(after, spelt.replace('"b = 2\\n"', '"B\\n"'));
		assert.ok(!/[^\r]\n/.test(withCells(spelt, [...kept, { kind: 'code', source: 'x\ny' }])));
		const string = jupyter(sources).replace(/\[\n\s*"# One\\n",\n\s*"two"\n\s*\]/, '"# One\\ntwo"');
		assert.equal(
			withCells(string, kept.with(0, { kind: 'markdown', source: 'x\ny', from: 0 })),
			string.replace('"# One\\ntwo"', '"x\\ny"'),
		);
	});
	it('gives a valid notebook with the cells wanted for any change, however it is written', () => {
		const line = fc.constantFrom('a', 'b = "[{"', '', '\\', '}]', '\u2028é', '"');
		const source = fc.array(line, { maxLength: 4 }).map(lines => lines.join('\n'));
		const kind = fc.constantFrom('code', 'markdown', 'raw');
		const cell = fc.record({ kind, source }, { noNullPrototype: true });
		const list = fc.array(cell, { maxLength: 6 });
		fc.assert(
			fc.property(list, list, fc.constantFrom(4, 5), fc.constantFrom(0, 1, 2), (before, after, minor, indent) => {
				const json = JSON.stringify(JSON.parse(jupyter(before, minor)), undefined, indent);
				const next = matchCells(before, after);
				const result = withCells(json, next);
				assert.deepEqual(read(result), after);
				const { cells, ...rest } = JSON.parse(result);
				const { cells: oldCells, ...oldRest } = JSON.parse(json);
				assert.deepEqual(rest, oldRest);
				for (const [index, { from }] of next.entries()) {
					if (from !== undefined) {
						assert.deepEqual({ ...cells[index], source: '' }, { ...oldCells[from], source: '' });
					}
				}
			}),
			{ numRuns: 500 },
		);
	});
});
