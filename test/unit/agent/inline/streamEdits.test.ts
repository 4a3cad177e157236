import assert from 'node:assert/strict';
import fc from 'fast-check';
import { lineEdits, newLines, StreamEdits } from '../../../../src/agent/inline/streamEdits.ts';

/** What is shown after each line. */
function shown(old: readonly string[], next: readonly string[]): readonly (readonly string[])[] {
	const stream = new StreamEdits(old);
	return next.map(line => {
		stream.push([line]);
		return stream.lines;
	});
}

describe('streamed lines', () => {
	it('take the place of equal old lines at once', () => {
		assert.deepEqual(shown(['alpha', 'beta'], ['alpha', 'beta']), [
			['alpha', 'beta'],
			['alpha', 'beta'],
		]);
	});

	it('stand before an old line until the answer is past it', () => {
		const old = ['function f() {', '\tconst a = one();', '\treturn a;', '}'];
		assert.deepEqual(shown(old, ['function f() {', '\tconst a = two();', '\treturn a;']), [
			old,
			['function f() {', '\tconst a = two();', '\tconst a = one();', '\treturn a;', '}'],
			['function f() {', '\tconst a = two();', '\treturn a;', '}'],
		]);
	});

	it('remove nothing for a bracket that stands far below', () => {
		const old = ['if (a) {', '\tone();', '\ttwo();', '\tthree();', '}'];
		assert.deepEqual(shown(old, ['new();', '}']).at(-1), ['new();', '}', ...old]);
	});

	it('pass over removed lines when enough lines below came again', () => {
		const old = ['one();', 'two();', 'three();', 'four();', 'five();'];
		assert.deepEqual(shown(old, ['one();', 'four();', 'five();']).at(-1), ['one();', 'four();', 'five();']);
	});

	it('stay quick with a long region', () => {
		const old = Array.from({ length: 2000 }, (_, index) => `line(${index});`);
		const stream = new StreamEdits(old);
		stream.push(old);
		assert.deepEqual(stream.lines, old);
	});

	it('are told from the lines that stay', () => {
		assert.deepEqual(newLines(['a', 'b', 'c'], ['x', 'a', 'c', 'y', 'z']), [
			{ start: 0, end: 1 },
			{ start: 3, end: 5 },
		]);
		assert.deepEqual(newLines(['a', 'b'], ['a']), []);
	});

	it('are told as edits that give the new state', () => {
		const some = fc.array(fc.constantFrom<string[]>('a', 'b', 'c', ''), { maxLength: 10 });
		fc.assert(
			fc.property(some, some, (from, to) => {
				const made = [...from];
				for (const { start, end, lines } of lineEdits(from, to).toReversed()) {
					made.splice(start, end - start, ...lines);
				}
				assert.deepEqual(made, to);
			}),
		);
	});
});
