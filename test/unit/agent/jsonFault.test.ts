import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findJsonFault } from '../../../src/agent/jsonFault.ts';

function isJson(text: string): boolean {
	try {
		JSON.parse(text);
		return true;
	} catch {
		return false;
	}
}

/** Texts that are nearly JSON: a valid one with a piece cut out or put in. */
const nearlyJson = fc
	.tuple(
		fc.json(),
		fc.nat(),
		fc.nat(4),
		fc.constantFrom('', ',', '"', '{', '}', '[', ']', ':', '\\', '\n', '1', 'x', '\u0001'),
	)
	.map(([text, at, length, piece]) => {
		const from = at % (text.length + 1);
		return text.slice(0, from) + piece + text.slice(from + length);
	});

describe('findJsonFault', () => {
	it('finds a fault exactly where JSON.parse refuses', () => {
		fc.assert(
			fc.property(fc.oneof(nearlyJson, fc.string(), fc.json()), text => {
				assert.equal(findJsonFault(text) === undefined, isJson(text), JSON.stringify(text));
			}),
			{ numRuns: 2_000 },
		);
	});

	it('names a place up to which the text may still become JSON', () => {
		for (const [text, offset, expected] of [
			['{"a": 1,}', 8, 'a property name in double quotes'],
			['[1 2]', 3, '"," or "]"'],
			['{"a" 1}', 5, '":"'],
			['{"a": "b', 8, 'the closing " of the string'],
			['{"a": "\\q"}', 7, 'a valid escape'],
			['{"a": "line\nbreak"}', 11, 'the closing " of the string, or an escape such as \\n'],
			['', 0, 'a value'],
			['1 2', 2, 'nothing more'],
		] as const) {
			assert.deepEqual(findJsonFault(text), { offset, expected }, text);
		}
	});

	it('takes a string of megabytes and a nesting of hundred thousands', () => {
		const long = `{"content": "${'a\\n'.repeat(2_000_000)}`;
		assert.equal(findJsonFault(long)?.offset, long.length);
		assert.equal(findJsonFault('['.repeat(200_000))?.offset, 200_000);
	});
});
