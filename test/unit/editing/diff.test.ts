import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyChanges, diffTexts, hasMixedLineEnds, keepLineEnds, lineChanges } from '../../../src/editing/index.ts';
import { diffLineArrays } from '../../../src/editing/lineDiff.ts';

const line = fc.constantFrom('a', 'b', 'c', '', '}', '  x', '😀', '😁', 'é', '\r');
const text = fc
	.array(fc.tuple(line, fc.constantFrom('\n', '\n', '\r\n', '')), { maxLength: 20 })
	.map(parts => parts.flat().join(''));

describe('lineChanges', () => {
	it('gives the new text when applied to the old', () => {
		fc.assert(
			fc.property(text, text, (before, after) => {
				assert.equal(applyChanges(before, lineChanges(before, after)), after);
			}),
		);
	});
	it('is in order, apart, and never cuts a CRLF or a surrogate pair', () => {
		fc.assert(
			fc.property(text, text, (before, after) => {
				let last = -1;
				for (const { start, end } of lineChanges(before, after)) {
					assert.ok(start >= last && end >= start);
					for (const at of [start, end]) {
						assert.ok(!/^\r\n$|^[\ud800-\udbff][\udc00-\udfff]$/.test(before.slice(Math.max(0, at - 1), at + 1)));
					}
					last = end;
				}
			}),
		);
	});
	it('touches only the word that changed', () => {
		assert.deepEqual(lineChanges('a\nfoo bar baz\nc\n', 'a\nfoo BAR baz\nc\n'), [{ start: 6, end: 9, text: 'BAR' }]);
	});
	it('gives nothing for equal texts', () => {
		assert.deepEqual(lineChanges('a\n', 'a\n'), []);
	});
});

describe('diffLineArrays', () => {
	it('takes the last of equal lines for the one that came or went, whatever stands before them', () => {
		for (const first of [[], ['new']]) {
			const at = first.length;
			const gone = diffLineArrays(['x', 'b', 'b', 'b', 'y'], [...first, 'x', 'b', 'y']);
			assert.deepEqual(gone.at(-1), { oldStart: 2, oldEnd: 4, newStart: at + 2, newEnd: at + 2 });
			const come = diffLineArrays(['x', 'f {', '}', 'y'], [...first, 'x', 'f {', '}', 'f {', '}', 'y']);
			assert.deepEqual(come.at(-1), { oldStart: 3, oldEnd: 3, newStart: at + 3, newEnd: at + 5 });
		}
	});
	it('keeps runs apart', () => {
		const line = fc.constantFrom('a', 'b', 'c');
		fc.assert(
			fc.property(fc.array(line, { maxLength: 12 }), fc.array(line, { maxLength: 12 }), (before, after) => {
				let end = { oldEnd: -1, newEnd: -1 };
				for (const range of diffLineArrays(before, after)) {
					assert.ok(range.oldStart > end.oldEnd && range.newStart > end.newEnd);
					end = range;
				}
			}),
		);
	});
});

describe('diffTexts', () => {
	it('numbers hunks from 1 and counts lines', () => {
		const before = Array.from({ length: 12 }, (_, i) => `${i + 1}\n`).join('');
		const after = before.replace('2\n', 'two\n').replace('11\n', '');
		assert.deepEqual(diffTexts(before, after, 1), {
			hunks: [
				{ oldStart: 1, newStart: 1, lines: [' 1', '-2', '+two', ' 3'] },
				{ oldStart: 10, newStart: 10, lines: [' 10', '-11', ' 12'] },
			],
			added: 1,
			removed: 2,
			ranges: [
				{ oldStart: 1, oldEnd: 2, newStart: 1, newEnd: 2 },
				{ oldStart: 10, oldEnd: 11, newStart: 10, newEnd: 10 },
			],
		});
	});
	it('places the first lines of a new file before line 1', () => {
		assert.deepEqual(diffTexts('', 'a\n').hunks, [{ oldStart: 1, newStart: 1, lines: ['+a'] }]);
	});
	it('shows a lost final line end as a changed line', () => {
		assert.deepEqual(diffTexts('a\n', 'a').hunks, [{ oldStart: 1, newStart: 1, lines: ['-a', '+a'] }]);
	});
	it('holds both texts whole between its hunks', () => {
		fc.assert(
			fc.property(text, text, fc.nat(4), (before, after, context) => {
				const split = (value: string) => value.match(/[^\n]*\n|[^\n]+$/g)?.map(l => l.replace(/\r?\n$/, '')) ?? [];
				const old = split(before);
				const rebuilt: string[] = [];
				let oldLine = 0;
				for (const hunk of diffTexts(before, after, context).hunks) {
					for (; oldLine < hunk.oldStart - 1; oldLine++) {
						rebuilt.push(old[oldLine] ?? assert.fail());
					}
					assert.equal(rebuilt.length, hunk.newStart - 1);
					for (const shown of hunk.lines) {
						if (shown[0] !== '+') {
							assert.equal(shown.slice(1), old[oldLine++]);
						}
						if (shown[0] !== '-') {
							rebuilt.push(shown.slice(1));
						}
					}
				}
				assert.deepEqual([...rebuilt, ...old.slice(oldLine)], split(after));
			}),
		);
	});
	it('keeps thousands of changes apart', () => {
		const count = 20_000;
		const before = Array.from({ length: count }, (_, line) => (line % 4 === 3 ? '}\n' : `line ${line}\n`));
		const after = before.flatMap((line, index) => (index % 4 === 1 ? [`changed ${index}\n`, 'new\n'] : [line]));
		const { ranges } = diffTexts(before.join(''), after.join(''));
		assert.equal(ranges.length, count / 4);
		assert.ok(
			ranges.every(({ oldStart, oldEnd, newStart, newEnd }) => oldEnd - oldStart === 1 && newEnd - newStart === 2),
		);
	});
	it('finds its way where thousands of lines are changed and others moved or repeated', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(40), { minLength: 1, maxLength: 60 }), fc.nat(3), (order, every) => {
				const old = Array.from({ length: 1500 }, (_, line) => (line % 3 === 0 ? 'same' : `line ${line}`));
				const now = old.map((line, index) => (index % (every + 1) === 0 ? `${line}!` : line));
				for (const place of order) {
					now.push(...now.splice(place * 30, 7));
				}
				let oldLine = 0;
				const rebuilt: string[] = [];
				for (const { oldStart, oldEnd, newStart, newEnd } of diffLineArrays(old, now)) {
					assert.ok(oldStart >= oldLine);
					rebuilt.push(...old.slice(oldLine, oldStart), ...now.slice(newStart, newEnd));
					oldLine = oldEnd;
				}
				assert.deepEqual([...rebuilt, ...old.slice(oldLine)], now);
			}),
			{ numRuns: 20 },
		);
	});
	it('falls back to one run where texts have nothing in common', () => {
		const many = (name: string) => Array.from({ length: 5000 }, (_, i) => `${name}${i}\n`).join('');
		const diff = diffTexts(`same\n${many('a')}`, `same\n${many('b')}`);
		assert.deepEqual(diff.ranges, [{ oldStart: 1, oldEnd: 5001, newStart: 1, newEnd: 5001 }]);
	});
});

describe('keepLineEnds', () => {
	it('gives a whole new text the ends of the old', () => {
		assert.equal(keepLineEnds('a\r\nb\r\n', 'a\nx\nb\n'), 'a\r\nx\r\nb\r\n');
	});
	it("keeps each line's own end in a mixed file", () => {
		assert.equal(keepLineEnds('a\r\nb\nc\r\n', 'a\nx\nb\nc\ny\n'), 'a\r\nx\r\nb\nc\r\ny\r\n');
	});
	it('changes nothing but line ends', () => {
		fc.assert(
			fc.property(text, text, (before, after) => {
				const target = after.replaceAll('\r', '');
				assert.equal(keepLineEnds(before, target).replaceAll('\r\n', '\n'), target);
			}),
		);
	});
	it('gives a text back its own bytes', () => {
		fc.assert(
			fc.property(text, before => {
				assert.equal(keepLineEnds(before, before.replaceAll('\r\n', '\n')), before);
			}),
		);
	});
});

describe('hasMixedLineEnds', () => {
	it('is true for two kinds, and for a lone carriage return', () => {
		assert.deepEqual(['a\nb\r\n', 'a\rb\n', 'a\nb\n', 'a\r\nb', ''].map(hasMixedLineEnds), [
			true,
			true,
			false,
			false,
			false,
		]);
	});
});
