import assert from 'node:assert/strict';
import fc from 'fast-check';
import { fairShares, middleCut } from '../../../src/tools/middleCut.ts';

const isWhole = (text: string) => !/\p{Surrogate}/u.test(text);
const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);

describe('the shares of several texts', () => {
	it('are what each wants where there is enough', () => {
		assert.deepEqual(fairShares([3, 0, 5], 8), [3, 0, 5]);
	});
	it('are even among those that want more than there is', () => {
		assert.deepEqual(fairShares([100, 10, 100], 110), [50, 10, 50]);
	});
	it('give all there is, and nobody more for wanting more', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(1000), { maxLength: 20 }), fc.nat(5000), (wanted, total) => {
				const shares = fairShares(wanted, total);
				assert.ok(sum(shares) <= total);
				assert.ok(sum(shares) >= Math.min(sum(wanted), total - wanted.length));
				const cut = shares.filter((share, index) => share < (wanted[index] ?? 0));
				assert.ok(shares.every(share => cut.every(other => share <= other + 1)));
			}),
		);
	});
});

describe('a text cut in its middle', () => {
	it('stays whole where it fits', () => {
		assert.equal(middleCut('one\ntwo', 7, 'x'), 'one\ntwo');
	});
	it('keeps whole lines of beginning and end, and says how to see the rest', () => {
		const lines = Array.from({ length: 100 }, (_, index) => `line ${String(index).padStart(4, '0')}\n`).join('');
		const cut = middleCut(`${lines}[more lines: continue with offset=101]`, 200, 'call again');
		assert.match(cut, /^line 0000\n/);
		assert.match(cut, /\nline \d{4}\n\[[\d,]+ characters left out here: call again\]\n(?:line \d{4}\n)*\[more lines/);
		assert.match(cut, /\[more lines: continue with offset=101\]$/);
	});
	it('has no more than its share, and no half of a character', () => {
		fc.assert(
			fc.property(fc.string({ unit: 'grapheme', maxLength: 400 }), fc.integer({ min: 4, max: 100 }), (text, length) => {
				fc.pre(isWhole(text));
				const [head = '', tail = ''] = middleCut(text, length, 'x').split(
					/\n\[[\d,]+ characters? left out here: x\]\n/,
				);
				assert.ok(head.length + tail.length <= length);
				assert.ok(text.startsWith(head) && text.endsWith(tail));
				assert.ok(isWhole(head) && isWhole(tail));
			}),
		);
	});
});
