import assert from 'node:assert/strict';
import type { SearchScope } from '../../../src/agent/search.ts';
import { CountReader, LineReader, type OutputReader, PathReader } from '../../../src/node/ripgrepOutput.ts';

const scope = (accepts: (path: string) => boolean = () => true): SearchScope => ({
	root: 'file:///x',
	below: '',
	excludes: [],
	includeIgnored: false,
	nameGlob: undefined,
	accepts,
});

/** Every way to cut the output in two has the same result. */
function read<Result>(open: () => OutputReader<Result>, output: string): Result {
	const whole = open();
	whole.push(output);
	for (let cut = 1; cut < output.length; cut++) {
		const reader = open();
		if (reader.push(output.slice(0, cut))) {
			reader.push(output.slice(cut));
		}
		assert.deepEqual(reader.result(), whole.result(), `cut at ${cut}`);
	}
	return whole.result();
}

/** One line of output: the name ends in NUL. */
const line = (path: string, rest: string) => `./${path}\0${rest}\n`;
const LINES = [
	line('src/a.ts', '1-before'),
	line('src/a.ts', '2:5:a hit\r'),
	line('b.ts', '7:1:hit'),
	line('b.ts', '9:1:2:3'),
].join('');

describe('output of ripgrep', () => {
	it('gives paths sorted, as many as wanted, and counts the others', () => {
		const limits = { paths: 2, counted: 10 };
		const output = './c.ts\0./a b.ts\0./x.md\0./we\nird.ts\0';
		assert.deepEqual(
			read(
				() =>
					new PathReader(
						scope(path => path.endsWith('.ts')),
						limits,
					),
				output,
			),
			{ paths: ['a b.ts', 'c.ts'], total: 3, isPartial: false },
		);
		assert.equal(read(() => new PathReader(scope(), { paths: 2, counted: 3 }), output).isPartial, true);
	});
	it('gives lines by file, with context', () => {
		const { items, isPartial } = read(() => new LineReader(scope(), 10), LINES);
		assert.equal(isPartial, false);
		assert.deepEqual(
			items.map(({ path, count, lines }) => [path, count, ...lines.map(shown => `${shown.line} ${shown.text}`)]),
			[
				['src/a.ts', 1, '1 before', '2 a hit'],
				['b.ts', 2, '7 hit', '9 2:3'],
			],
		);
	});
	it('wants no more than the limit, and passes over what the scope does not accept', () => {
		const limited = read(() => new LineReader(scope(), 2), LINES);
		assert.deepEqual([limited.items.map(({ count }) => count), limited.isPartial], [[1, 1], true]);
		const other = read(
			() =>
				new LineReader(
					scope(path => path === 'b.ts'),
					2,
				),
			LINES,
		);
		assert.deepEqual([other.items.map(({ path }) => path), other.isPartial], [['b.ts'], false]);
	});
	it('keeps line ends in names, and the warning on a binary file out of them', () => {
		const warning =
			'./d.bin: WARNING: stopped searching binary file after match (found "\\0" byte around offset 101256)\n';
		const output = line('d.bin', '1:1:hit') + warning + line('we\nird.ts', '3:1:hit');
		assert.deepEqual(
			read(() => new LineReader(scope(), 9), output).items.map(({ path }) => path),
			['d.bin', 'we\nird.ts'],
		);
		assert.deepEqual(read(() => new CountReader(scope()), line('a', '12') + line('we\nird.ts', '3')).items, [
			{ path: 'a', lines: [], count: 12 },
			{ path: 'we\nird.ts', lines: [], count: 3 },
		]);
	});
});
