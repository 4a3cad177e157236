import assert from 'node:assert/strict';
import { parseJsonFile } from '../../../src/node/jsonFile.ts';

function read(text: string): unknown {
	const parsed = parseJsonFile(text);
	assert.ok(parsed.ok, text);
	return parsed.value;
}

describe('parseJsonFile', () => {
	it('leaves strings alone that look like comments or commas', () => {
		const value = { url: 'https://x//y', list: [',]', '/* no */', '\\"//'] };
		assert.deepEqual(read(`\uFEFF// first\n${JSON.stringify(value)} /* last */`), value);
	});

	it('takes a comma behind the last value, also with a comment between', () => {
		assert.deepEqual(read('{"a": [1, 2, /* here */ ], // there\n}'), { a: [1, 2] });
	});

	it('tells line and column of a fault, comments counted', () => {
		const parsed = parseJsonFile('{\n\t// a comment\n\t"a": 1 "b": 2\n}');
		assert.ok(!parsed.ok);
		assert.deepEqual(parsed.place, { line: 3, column: 9 });
	});

	it('refuses what is no JSON', () => {
		for (const text of ['', '{', '{"a": 1 "b": 2}', '[,]x']) {
			assert.equal(parseJsonFile(text).ok, false, text);
		}
	});
});
