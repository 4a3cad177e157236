import assert from 'node:assert/strict';
import fc from 'fast-check';
import { merge3 } from '../../../src/editing/merge.ts';

const text = (...lines: readonly string[]) => lines.map(line => `${line}\n`).join('');

describe('merge3', () => {
	it('takes back an edit and keeps what was typed elsewhere', () => {
		const before = text('a', 'b', 'c', 'd', 'e');
		const after = text('a', 'B', 'c', 'd', 'e');
		const now = text('a', 'B', 'c', 'd', 'e', 'typed');
		assert.deepEqual(merge3(now, after, before), { ok: true, text: text('a', 'b', 'c', 'd', 'e', 'typed') });
	});

	it('counts the places that both changed and gives no text', () => {
		const before = text('a', 'b', 'c', 'd', 'e', 'f', 'g');
		const after = text('a', 'B', 'c', 'd', 'e', 'F', 'g');
		const now = text('a', 'typed', 'c', 'd', 'e', 'typed too', 'g');
		assert.deepEqual(merge3(now, after, before), { ok: false, conflicts: 2 });
	});

	it('sees no conflict where both made the same change', () => {
		assert.deepEqual(merge3(text('a', 'x', 'c', 'new'), text('a', 'b', 'c'), text('a', 'x', 'c')), {
			ok: true,
			text: text('a', 'x', 'c', 'new'),
		});
	});

	it('keeps each line end, and follows when all were converted', () => {
		const before = 'a\nb\nc\nd\n';
		const after = 'a\nB\nc\nd\n';
		assert.deepEqual(merge3('a\r\nB\r\nc\r\nd\r\nnew\r\n', after, before), {
			ok: true,
			text: 'a\r\nb\r\nc\r\nd\r\nnew\r\n',
		});
		const mixed = 'a\r\nb\nc\r\nd';
		assert.deepEqual(merge3(`${mixed}\nnew`, `${mixed}\n`, mixed.replace('b', 'old')), { ok: false, conflicts: 1 });
		assert.deepEqual(merge3(`new\n${mixed}`, mixed, mixed.replace('d', 'old')), {
			ok: true,
			text: `new\n${mixed.replace('d', 'old')}`,
		});
	});

	it('takes back a change of line ends alone', () => {
		assert.deepEqual(merge3('a\r\nb\r\nc\r\nd\r\n', 'a\r\nb\r\nc\r\nd\r\n', 'a\nb\nc\nd\n'), {
			ok: true,
			text: 'a\nb\nc\nd\n',
		});
	});

	it('keeps a missing final newline missing', () => {
		assert.deepEqual(merge3('x\na\nb\nc', 'a\nb\nc', 'a\nb\nold'), { ok: true, text: 'x\na\nb\nold' });
	});

	const lines = fc.array(fc.constantFrom('', 'a', 'b', 'c', '}', '__proto__', 'constructor'), { maxLength: 12 });
	const document = fc
		.tuple(lines, fc.constantFrom('\n', '\r\n'), fc.boolean())
		.map(([list, end, isClosed]) => list.join(end) + (isClosed ? end : ''));

	it('gives theirs when mine changed nothing, and mine when theirs did not', () => {
		fc.assert(
			fc.property(document, document, (one, other) => {
				assert.deepEqual(merge3(one, one, other), { ok: true, text: other });
				assert.deepEqual(merge3(other, one, one), { ok: true, text: other });
				assert.deepEqual(merge3(other, one, other), { ok: true, text: other });
			}),
		);
	});

	it('brings edits at different places together exactly, whichever side made them', () => {
		const block = fc.array(fc.stringMatching(/^[a-z]{0,3}$/), { minLength: 1, maxLength: 5 });
		fc.assert(
			fc.property(block, block, block, block, (first, newFirst, last, newLast) => {
				// Lines that occur nowhere else keep the places apart.
				const join = (top: readonly string[], bottom: readonly string[]) => text(...top, '#1', '#2', '#3', ...bottom);
				const base = join(first, last);
				const both = { ok: true, text: join(newFirst, newLast) };
				assert.deepEqual(merge3(join(newFirst, last), base, join(first, newLast)), both);
				assert.deepEqual(merge3(join(first, newLast), base, join(newFirst, last)), both);
			}),
		);
	});

	it('never drops a line that the user added', () => {
		fc.assert(
			fc.property(document, document, fc.nat(), (after, before, at) => {
				const list = after.split('\n');
				const now = [...list.slice(0, at % (list.length + 1)), 'TYPED', ...list.slice(at % (list.length + 1))].join(
					'\n',
				);
				const merged = merge3(now, after, before);
				assert.ok(!merged.ok || merged.text.includes('TYPED'));
			}),
		);
	});

	it('takes long files with many equal lines', () => {
		const long = Array.from({ length: 40_000 }, (_, index) => (index % 3 === 0 ? '}' : `line ${index}`));
		const edited = long.with(20_000, 'changed');
		const file = (lines: readonly string[]) => lines.join('\n');
		assert.deepEqual(merge3(`typed\n${file(edited)}`, file(edited), file(long)), {
			ok: true,
			text: `typed\n${file(long)}`,
		});
	});
});
