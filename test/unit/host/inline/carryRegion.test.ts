import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type ChangeAt, carryRegion } from '../../../../src/host/inline/carryRegion.ts';

const REGION = { start: 2, end: 4 };

function at(start: [number, number], end: [number, number], text: string): ChangeAt {
	return { startLine: start[0], startCharacter: start[1], endLine: end[0], endCharacter: end[1], text };
}

function carry(change: ChangeAt) {
	return carryRegion(REGION, change, 5);
}

describe('region of an inline edit, carried along', () => {
	it('moves with lines above', () => {
		assert.deepEqual(carry(at([0, 0], [0, 0], 'new\n')), { start: 3, end: 5, isTouched: false });
		assert.deepEqual(carry(at([0, 0], [1, 0], '')), { start: 1, end: 3, isTouched: false });
	});

	it('moves with a line put right above it', () => {
		assert.deepEqual(carry(at([2, 0], [2, 0], 'new\n')), { start: 3, end: 5, isTouched: false });
		assert.deepEqual(carry(at([1, 3], [1, 3], '\nnew')), { start: 3, end: 5, isTouched: false });
		assert.deepEqual(carry(at([1, 0], [2, 0], '')), { start: 1, end: 3, isTouched: false });
	});

	it('stays with changes below', () => {
		assert.deepEqual(carry(at([4, 0], [4, 0], 'new\n')), { start: 2, end: 4, isTouched: false });
		assert.deepEqual(carry(at([3, 5], [3, 5], '\nnew')), { start: 2, end: 4, isTouched: false });
		assert.deepEqual(carry(at([3, 5], [3, 5], '\r\nnew')), { start: 2, end: 4, isTouched: false });
	});

	it('is touched by what is typed within it', () => {
		assert.deepEqual(carry(at([2, 0], [2, 0], 'x')), { start: 2, end: 4, isTouched: true });
		assert.deepEqual(carry(at([3, 5], [3, 5], 'x')), { start: 2, end: 4, isTouched: true });
		assert.deepEqual(carry(at([2, 1], [2, 1], '\n')), { start: 2, end: 5, isTouched: true });
	});

	it('is touched by lines joined with it', () => {
		assert.deepEqual(carry(at([1, 3], [2, 0], '')), { start: 1, end: 3, isTouched: true });
		assert.deepEqual(carry(at([3, 5], [4, 0], '')), { start: 2, end: 4, isTouched: true });
	});

	it('is gone with all of its lines', () => {
		const carried = carry(at([0, 0], [9, 0], ''));
		assert.equal(carried.isTouched, true);
		assert.ok(carried.start <= carried.end);
	});

	it('has the same lines as before wherever it is not touched', () => {
		const lines = fc.array(fc.constantFrom<string[]>('', 'a', 'bc', 'def'), { minLength: 3, maxLength: 8 });
		const place = fc.tuple(fc.nat(60), fc.nat(60), fc.constantFrom<string[]>('', 'x', '\n', 'x\n', '\nx', 'x\ny\n'));
		fc.assert(
			fc.property(lines, fc.nat(7), fc.nat(7), place, (text, a, b, [from, length, inserted]) => {
				const start = Math.min(a, b, text.length - 1);
				const end = Math.max(Math.min(Math.max(a, b), text.length), start + 1);
				const whole = text.join('\n');
				const first = Math.min(from, whole.length);
				const last = Math.min(first + (length % 6), whole.length);
				const next = (whole.slice(0, first) + inserted + whole.slice(last)).split('\n');
				const position = (offset: number): [number, number] => {
					const before = whole.slice(0, offset).split('\n');
					return [before.length - 1, before.at(-1)?.length ?? 0];
				};
				const change = at(position(first), position(last), inserted);
				const { isTouched, ...region } = carryRegion({ start, end }, change, text[end - 1]?.length ?? 0);
				if (!isTouched) {
					assert.deepEqual(next.slice(region.start, region.end), text.slice(start, end));
				}
				assert.ok(region.start <= region.end && region.start >= 0);
			}),
			{ numRuns: 5000 },
		);
	});
});
