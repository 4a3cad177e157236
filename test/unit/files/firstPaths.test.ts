import assert from 'node:assert/strict';
import fc from 'fast-check';
import { FirstPaths } from '../../../src/files/firstPaths.ts';

describe('first paths', () => {
	it('are those that sorting all would put first', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(1_000_000), { maxLength: 5000, size: 'max' }), fc.nat(50), (numbers, limit) => {
				const first = new FirstPaths(limit);
				const all = numbers.map(number => `path/${number}`);
				for (const path of all) {
					first.add(path);
				}
				assert.deepEqual(first.found(false), {
					paths: all.toSorted().slice(0, limit),
					total: all.length,
					isPartial: false,
				});
			}),
			{ numRuns: 30 },
		);
	});
});
