import assert from 'node:assert/strict';
import fc from 'fast-check';
import { RE2JS } from 're2js';
import { requiredLiterals } from '../../../src/files/requiredLiterals.ts';

describe('required literals', () => {
	it('are the longest text of each alternative', () => {
		const sources = [
			'create\\w+Handler',
			'foo\\.bar(?:baz)?',
			'class (\\w+|x{2}) extends',
			'todo|fixme',
			'colou?rs',
			'abcd{2}ef',
			'[a|b]word',
		].map(pattern => requiredLiterals(pattern, true)?.source);
		assert.deepEqual(sources, ['Handler', 'foo\\.bar', ' extends', 'todo|fixme', 'colo', 'abc', 'word']);
	});
	it('are not guessed', () => {
		const none = [
			'\\w+',
			'todo|x',
			'a.b',
			'(todo)',
			'x*',
			'\\Qtodo',
			'to(?i)do',
			'to?d?o',
			'\\x41\\x42\\x43',
			'[abcd]',
		];
		assert.deepEqual(
			none.filter(pattern => requiredLiterals(pattern, true) !== undefined),
			[],
		);
	});
	it('fold case where the pattern does', () => {
		assert.ok(requiredLiterals('(?i)todo', true)?.test('TODO'));
		assert.ok(requiredLiterals('todo', false)?.test('Todo'));
		assert.ok(!requiredLiterals('(?s)todo', true)?.test('TODO'));
	});
	it('stand in every text that the pattern matches', () => {
		const piece = fc.constantFrom(
			...[
				'abc',
				'x',
				'Abc',
				'\\.',
				'.',
				'\\d',
				'[ab]',
				'(?:abc|x)',
				'(abc)',
				'|',
				'*',
				'+',
				'?',
				'{2}',
				'{0,1}',
				'^',
				'$',
			],
		);
		const text = fc.array(fc.constantFrom('abc', 'x', 'a', 'b', 'ABC', '.', '1', ' '), { maxLength: 12 });
		fc.assert(
			fc.property(fc.array(piece, { maxLength: 8 }), text, fc.boolean(), (pieces, parts, isCaseSensitive) => {
				const pattern = pieces.join('');
				const expression = compiled(pattern, isCaseSensitive ? 0 : RE2JS.CASE_INSENSITIVE);
				fc.pre(expression !== undefined);
				const isMatch = expression?.matcher(parts.join('')).find() === true;
				assert.ok(!isMatch || requiredLiterals(pattern, isCaseSensitive)?.test(parts.join('')) !== false);
			}),
			{ numRuns: 2000 },
		);
	});
});

function compiled(pattern: string, flags: number): RE2JS | undefined {
	try {
		return RE2JS.compile(pattern, flags);
	} catch {
		// Pieces that make no pattern together.
		return undefined;
	}
}
