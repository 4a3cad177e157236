import assert from 'node:assert/strict';
import fc from 'fast-check';
import { InlineAnswer } from '../../../../src/agent/inline/inlineAnswer.ts';
import { lineEdits } from '../../../../src/agent/inline/streamEdits.ts';
import { applyChanges } from '../../../../src/editing/index.ts';
import { type LinedText, regionChanges } from '../../../../src/host/inline/regionChanges.ts';

function linedText(lines: readonly string[], eol: string): LinedText {
	const startOf = (line: number) => lines.slice(0, line).reduce((sum, { length }) => sum + length + eol.length, 0);
	return { lineCount: lines.length, eol, startOf, endOf: line => startOf(line) + (lines[line]?.length ?? 0) };
}

/** The whole text after its lines `start`..`end` have become others. */
function written(
	all: readonly string[],
	{ start, end }: { readonly start: number; readonly end: number },
	lines: readonly string[],
	eol = '\n',
): string {
	const changes = regionChanges(linedText(all, eol), start, lineEdits(all.slice(start, end), lines));
	return applyChanges(all.join(eol), changes);
}

const line = fc.constantFrom<string[]>('a', 'b', 'call(one);', '}', '', '\treturn x;');
const some = fc.array(line, { maxLength: 10 });
const around = fc.record({
	before: some,
	region: fc.array(line, { minLength: 1, maxLength: 8 }),
	after: some,
	eol: fc.constantFrom('\n', '\r\n'),
});

describe('lines of a region, written into the text', () => {
	it('take their line end along where the text ends with them', () => {
		assert.equal(written(['a', 'b'], { start: 1, end: 2 }, []), 'a');
		assert.equal(written(['a', 'b'], { start: 0, end: 2 }, []), '');
		assert.equal(written(['a', 'b'], { start: 1, end: 2 }, ['b', 'c']), 'a\nb\nc');
		assert.equal(written(['a', ''], { start: 0, end: 1 }, []), '');
	});

	it('change nothing before or behind the region, whatever they are', () => {
		fc.assert(
			fc.property(around, some, ({ before, region, after, eol }, next) => {
				const place = { start: before.length, end: before.length + region.length };
				const expected = [...before, ...next, ...after].join(eol);
				assert.equal(written([...before, ...region, ...after], place, next, eol), expected);
			}),
			{ numRuns: 3000 },
		);
	});

	it('change nothing before or behind the region at any moment of an answer, however it comes', () => {
		const answer = fc.string({
			unit: fc.constantFrom('```\n', '```', 'a\n', 'b', '}\n', '\n', 'Sure.\n', '\treturn x;\n'),
		});
		fc.assert(
			fc.property(around, answer, fc.nat(7), ({ before, region, after, eol }, text, size) => {
				fc.pre(before.length + after.length > 0);
				const file = { before, region, after };
				const reader = new InlineAnswer({ file, language: 'typescript', unit: '\t', indent: '' });
				let shown: readonly string[] = region;
				let whole = [...before, ...region, ...after];
				const show = (lines: readonly string[]) => {
					const place = { start: before.length, end: before.length + shown.length };
					assert.equal(written(whole, place, lines, eol), [...before, ...lines, ...after].join(eol));
					shown = lines;
					whole = [...before, ...lines, ...after];
				};
				for (let from = 0; from < text.length; from += size + 1) {
					reader.push(text.slice(from, from + size + 1));
					show(reader.lines);
				}
				const end = reader.end(true);
				show('lines' in end ? end.lines : region);
				if ('refusal' in end) {
					assert.deepEqual(whole, [...before, ...region, ...after]);
				}
			}),
			{ numRuns: 1000 },
		);
	});
});
