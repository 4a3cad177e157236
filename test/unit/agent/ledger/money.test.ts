import assert from 'node:assert/strict';
import fc from 'fast-check';
import { roundUp, sumDollars, toDollars, toParts } from '../../../../src/agent/ledger/money.ts';

/** Amounts as bills have them: whole numbers of tokens at listed prices. */
const bill = fc
	.record({ tokens: fc.nat(2_000_000), price: fc.constantFrom(3e-7, 7.5e-8, 1.5e-5, 1.25e-8, 6.25e-6) })
	.map(({ tokens, price }) => tokens * price);

describe('Sums of money', () => {
	it('have no noise of floating point', () => {
		assert.notEqual(0.1 + 0.2, 0.3);
		assert.equal(sumDollars([0.1, 0.2]), 0.3);
		assert.equal(sumDollars(Array.from({ length: 1_000 }, () => 0.000_001_25)), 0.001_25);
		assert.equal(sumDollars([]), 0);
	});

	it('do not depend on the order', () => {
		fc.assert(
			fc.property(
				fc
					.array(bill, { maxLength: 100 })
					.chain(bills => fc.tuple(fc.constant(bills), fc.shuffledSubarray(bills, { minLength: bills.length }))),
				([bills, shuffled]) => assert.equal(sumDollars(shuffled), sumDollars(bills)),
			),
		);
	});

	it('give back what was put in, up to two thousand dollars', () => {
		fc.assert(
			fc.property(fc.integer({ min: 0, max: 2 ** 51 }), parts => {
				assert.equal(toParts(toDollars(parts)), parts);
			}),
		);
	});

	it('round up to no less', () => {
		fc.assert(
			fc.property(fc.double({ min: 0, max: 1_000, noNaN: true }), dollars => {
				assert.ok(roundUp(dollars) >= dollars || toParts(roundUp(dollars)) === toParts(dollars));
				assert.ok(roundUp(dollars) - dollars < 1.1e-12 + dollars * Number.EPSILON);
			}),
		);
		assert.equal(roundUp(0), 0);
	});
});
