import assert from 'node:assert/strict';
import fc from 'fast-check';
import { apply, type Edit } from '../../../src/editing/index.ts';

/** Lines of which none is like another, so that every quote has one place. */
const file = fc
	.array(
		fc.tuple(fc.constantFrom('', '\t', '\t\t'), fc.constantFrom('call', 'return', 'const value =', 'if', 'the word')),
		{
			minLength: 6,
			maxLength: 20,
		},
	)
	.map(all => all.map(([indent, word], at) => `${indent}${word} item${String.fromCharCode(65 + at)} ${at}00;`));

interface Spot {
	readonly lines: readonly string[];
	readonly from: number;
	readonly to: number;
	/** The only line that the edit changes. */
	readonly changed: number;
}

const spot: fc.Arbitrary<Spot> = fc
	.tuple(file, fc.nat(), fc.integer({ min: 1, max: 6 }), fc.nat())
	.map(([lines, start, size, changed]) => {
		const from = start % lines.length;
		const to = Math.min(lines.length, from + size);
		return { lines, from, to, changed: from + (changed % (to - from)) };
	});

const lineEnd = fc.constantFrom('\n', '\r\n');

function editOf({ lines, from, to, changed }: Spot, form: (line: string, at: number) => string = line => line): Edit {
	const quote = lines.slice(from, to).map((line, at) => form(line, from + at));
	return {
		oldText: quote.join('\n'),
		newText: quote.with(changed - from, `${quote[changed - from]} // new`).join('\n'),
	};
}

function expected({ lines, changed }: Spot): string[] {
	return lines.map((line, at) => (at === changed ? `${line} // new` : line));
}

describe('apply, for any text', () => {
	it('makes an exact edit exactly, whatever the line ends and whether the last line has one', () => {
		fc.assert(
			fc.property(spot, lineEnd, fc.boolean(), fc.boolean(), (place, end, isEnded, hasMark) => {
				const form = (all: readonly string[]) => (hasMark ? '\uFEFF' : '') + all.join(end) + (isEnded ? end : '');
				const result = apply({ content: form(place.lines), edits: [editOf(place)], path: 'a.ts' });
				assert.ok(result.ok, result.ok ? '' : result.reason);
				assert.equal(result.content, form(expected(place)));
			}),
		);
	});

	it('leaves every line as it was that the edit does not change, each with its own end', () => {
		fc.assert(
			fc.property(spot, fc.array(lineEnd, { minLength: 20, maxLength: 20 }), fc.nat(3), (place, ends, deeper) => {
				const written = (all: readonly string[]) => all.map((line, at) => line + ends[at]);
				const edit = editOf(place, line => '  '.repeat(deeper) + line);
				const result = apply({ content: written(place.lines).join(''), edits: [edit], path: 'a.ts' });
				if (result.ok) {
					assert.equal(result.content, written(expected(place)).join(''));
				}
			}),
		);
	});

	it('refuses a quote with other white space, or does what the exact quote does', () => {
		const blanks = fc.array(fc.tuple(fc.constantFrom('', ' ', '\t', '    '), fc.constantFrom('', ' ', '\t')), {
			minLength: 6,
			maxLength: 6,
		});
		fc.assert(
			fc.property(spot, blanks, lineEnd, fc.boolean(), (place, spaces, end, isFlat) => {
				const edit = editOf(place, (line, at) => {
					const [before = '', after = ''] = spaces[at - place.from] ?? [];
					return before + (isFlat ? line.trim() : line) + (at === place.changed ? '' : after);
				});
				const quoted = { oldText: edit.oldText.replaceAll('\n', end), newText: edit.newText.replaceAll('\n', end) };
				const result = apply({ content: place.lines.join('\n'), edits: [quoted], path: 'a.ts' });
				if (result.ok) {
					assert.equal(result.content, expected(place).join('\n'));
				}
			}),
			{ numRuns: 300 },
		);
	});

	it('refuses whatever differs by a letter or digit on a line that it changes', () => {
		fc.assert(
			fc.property(spot, fc.nat(), fc.constantFrom('x', '7', 'É'), (place, where, sign) => {
				const edit = editOf(place, (line, at) => {
					const words = line.trimStart();
					const cut = line.length - words.length + (where % words.length);
					return at === place.changed ? line.slice(0, cut) + sign + line.slice(cut + 1) : line;
				});
				const [wrong = ''] = edit.oldText.split('\n').slice(place.changed - place.from);
				fc.pre(wrong.replace(/\s/g, '') !== place.lines[place.changed]?.replace(/\s/g, ''));
				assert.equal(apply({ content: place.lines.join('\n'), edits: [edit], path: 'a.ts' }).ok, false);
			}),
		);
	});

	it('makes all edits of a call or none', () => {
		fc.assert(
			fc.property(fc.array(spot, { minLength: 1, maxLength: 3 }), fc.nat(), (spots, which) => {
				const [{ lines }] = spots as [Spot, ...Spot[]];
				const edits = spots.map(({ changed }) => {
					const line = lines[changed % lines.length] ?? '';
					return { oldText: line, newText: `${line} // new` };
				});
				const absent = { oldText: 'nothing of the kind', newText: 'x' };
				const result = apply({
					content: lines.join('\n'),
					edits: edits.toSpliced(which % (edits.length + 1), 0, absent),
					path: 'a.ts',
				});
				assert.equal(result.ok, false);
			}),
		);
	});

	it('never writes two texts for the edits of one call by their order', () => {
		fc.assert(
			fc.property(file, fc.uniqueArray(fc.nat(19), { minLength: 2, maxLength: 4 }), (lines, chosen) => {
				const edits = chosen
					.filter(at => at < lines.length)
					.map(at => ({ oldText: lines[at] ?? '', newText: `${lines[at]}\n\tadded(${at});` }));
				fc.pre(edits.length > 0);
				const [one, other] = [edits, edits.toReversed()].map(all =>
					apply({ content: lines.join('\n'), edits: all, path: 'a.ts' }),
				);
				assert.ok(one?.ok && other?.ok);
				assert.equal(one.content, other.content);
			}),
		);
	});
});
