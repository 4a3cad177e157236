import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PagedText } from '../../../../src/tools/web/pagedText.ts';

async function* pieces(...texts: readonly string[]): AsyncGenerator<string, undefined, undefined> {
	yield* texts;
}

describe('PagedText', () => {
	it('gives all of a text, in parts that are not larger than asked for', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.string({ unit: fc.constantFrom('a', ' ', '\n', '😀'), maxLength: 30 }), { maxLength: 10 }),
				fc.integer({ min: 2, max: 20 }),
				async (texts, size) => {
					const paged = new PagedText(pieces(...texts), '\n');
					let offset: number | undefined = 0;
					let read = '';
					while (offset !== undefined) {
						const part = await paged.part(offset, size);
						assert.ok(part.text.length <= size);
						assert.ok(part.next === undefined || part.next > offset, 'goes on');
						assert.ok(!/[\uD800-\uDBFF]$|^[\uDC00-\uDFFF]/.test(part.text), 'no halved character');
						read += part.text;
						offset = part.next;
					}
					assert.equal(
						read,
						texts.filter((text, index) => text !== '' || texts.slice(0, index).join('') !== '').join('\n'),
					);
				},
			),
		);
	});

	it('ends a part with a line where one ends near', async () => {
		const paged = new PagedText(pieces('a'.repeat(9), 'b'.repeat(50)), '\n');
		assert.deepEqual(await paged.part(0, 11), { text: `${'a'.repeat(9)}\n`, next: 10 });
		assert.deepEqual(await paged.part(0, 30), { text: `${'a'.repeat(9)}\n${'b'.repeat(20)}`, next: 30 });
	});

	it('makes no more pieces than a part needs', async () => {
		let made = 0;
		async function* counted(): AsyncGenerator<string, undefined, undefined> {
			for (; made < 100; ) {
				made += 1;
				yield 'x'.repeat(10);
			}
		}
		const paged = new PagedText(counted(), '');
		await paged.part(0, 25);
		assert.equal(made, 3);
		await paged.part(0, 25);
		assert.equal(made, 3);
	});

	it('keeps the order when two parts are read at once', async () => {
		const paged = new PagedText(pieces('one ', 'two ', 'three ', 'four'), '');
		const [first, second] = await Promise.all([paged.part(0, 8), paged.part(8, 100)]);
		assert.equal(first.text + second.text, 'one two three four');
	});

	it('is empty past the end', async () => {
		assert.deepEqual(await new PagedText(pieces('a'), '').part(5, 10), { text: '', next: undefined });
	});
});
