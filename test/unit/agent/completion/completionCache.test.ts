import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fitToAfter } from '../../../../src/agent/completion/cleanCompletion.ts';
import { CompletionCache } from '../../../../src/agent/completion/completionCache.ts';
import type { CompletionPlace } from '../../../../src/agent/completion/completionPlace.ts';

const placeOf = (before: string, after: string, document = 'file:///app.ts'): CompletionPlace => ({
	document,
	path: 'src/app.ts',
	language: 'typescript',
	before,
	after,
});

/** Few characters, so that texts repeat themselves and each other. */
const code = (maxLength: number) =>
	fc.array(fc.constantFrom('a', 'b', ' ', '(', ')', ';', '\n', '"'), { maxLength }).map(parts => parts.join(''));

describe('the cache of suggestions', () => {
	it('gives what is left of a suggestion, however much of it was typed', () => {
		fc.assert(
			fc.property(code(40), code(40), code(30), fc.nat(30), (before, after, text, typed) => {
				const cache = new CompletionCache();
				cache.add(placeOf(before, after), text);
				const length = Math.min(typed, text.length);
				const place = placeOf(before + text.slice(0, length), after);
				const wanted = text === '' || length < text.length ? fitToAfter(text.slice(length), place) : undefined;
				assert.equal(cache.find(place), wanted);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('knows nothing at any other place', () => {
		fc.assert(
			fc.property(code(20), code(20), code(20), code(20), code(20), (before, after, text, otherBefore, otherAfter) => {
				const isTyped = otherBefore.startsWith(before) && text.startsWith(otherBefore.slice(before.length));
				// Brackets and quotes in front of it are those that the editor closed.
				const isSame = otherAfter.replace(/^[)\]}>'"`]{1,4}/, '') === after.replace(/^[)\]}>'"`]{1,4}/, '');
				fc.pre(!(isTyped && isSame));
				const cache = new CompletionCache();
				cache.add(placeOf(before, after), text);
				assert.equal(cache.find(placeOf(otherBefore, otherAfter)), undefined);
				assert.equal(cache.find(placeOf(before, after, 'file:///other.ts')), undefined);
			}),
			{ numRuns: 2_000 },
		);
	});

	it('forgets the one that was not wanted for longest', () => {
		const cache = new CompletionCache(2);
		const [first, second, third] = ['a', 'b', 'c'].map(name => placeOf(`${name} = `, '')) as [
			CompletionPlace,
			CompletionPlace,
			CompletionPlace,
		];
		cache.add(first, '1');
		cache.add(second, '2');
		assert.equal(cache.find(first), '1');
		cache.add(third, '3');
		assert.deepEqual(
			[first, second, third].map(place => cache.find(place)),
			['1', undefined, '3'],
		);
	});
});
