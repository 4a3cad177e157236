import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type LedgerRecord, parseLedgerLine } from '../../../../src/agent/ledger/ledgerRecords.ts';
import { dayOf, LedgerState, purposeOfDay } from '../../../../src/agent/ledger/ledgerState.ts';
import { sumDollars } from '../../../../src/agent/ledger/money.ts';
import { reserved, settled } from './ledgerStoreContract.ts';

function fold(...records: readonly LedgerRecord[]): LedgerState {
	const state = new LedgerState();
	for (const record of records) {
		state.apply(record);
	}
	return state;
}

describe('The ledger, from its records', () => {
	it('counts a request as reserved, then with its cost', () => {
		const state = fold(reserved('a', { amount: 0.5 }), reserved('b', { sessionId: 't', purpose: 'title' }));
		assert.deepEqual(state.totals('session', 's'), { known: 0, unknownRequests: 0, reserved: 0.5 });
		assert.deepEqual(state.totals('day', '2026-11-21'), { known: 0, unknownRequests: 0, reserved: 0.75 });
		state.apply(settled('a', 0.1));
		state.apply(settled('b', 0.2));
		assert.deepEqual(state.totals('session', 's'), { known: 0.1, unknownRequests: 0, reserved: 0 });
		assert.deepEqual(state.totals('month', '2026-11'), { known: 0.3, unknownRequests: 0, reserved: 0 });
		assert.deepEqual(state.totals('model', 'm/x').known, 0.3);
		assert.deepEqual(state.totals('purpose', 'title').known, 0.2);
		assert.deepEqual([...state.keys('purpose')], ['turn', 'title']);
		assert.deepEqual(state.totals('purposeOfDay', purposeOfDay('title', '2026-11-21')).known, 0.2);
		assert.deepEqual(state.totals('purposeOfDay', purposeOfDay('title', '2026-11-22')).known, 0);
		assert.deepEqual(state.totals('day', '2026-11-22'), { known: 0, unknownRequests: 0, reserved: 0 });
	});

	it('never takes an unknown cost for 0: it is counted, and weighs as much as was reserved', () => {
		const limits = { day: 1 };
		const state = fold(reserved('a', { amount: 0.75 }), settled('a'), reserved('b', { amount: 0.5, limits }));
		assert.deepEqual(state.totals('day', '2026-11-21'), { known: 0, unknownRequests: 1, reserved: 0 });
		assert.deepEqual(state.entry('b')?.shortfall, { scope: 'day', limit: 1, spent: 0.75, needed: 0.5 });
		state.apply(settled('a', 0.25));
		assert.deepEqual(state.totals('day', '2026-11-21'), { known: 0.25, unknownRequests: 0, reserved: 0 });
	});

	it('lets a bill replace an estimate and an estimate nothing, never the other way', () => {
		const bill = settled('a', 0.25);
		const estimate: LedgerRecord = { type: 'settled', id: 'a', cost: 0.5, estimated: true };
		const nothing = settled('a');
		for (const order of [
			[nothing, estimate, bill],
			[bill, estimate, nothing],
			[estimate, bill, settled('a', 9)],
		]) {
			const state = fold(reserved('a'), ...order);
			assert.equal(state.totals('session', 's').known, 0.25);
			assert.equal(state.entry('a')?.isEstimated, false);
		}
		assert.equal(fold(reserved('a'), estimate, nothing).entry('a')?.isEstimated, true);
	});

	it('counts what was settled after all, though it had been released', () => {
		const state = fold(reserved('a'), { type: 'released', id: 'a' });
		assert.equal(state.totals('session', 's').reserved, 0);
		state.apply(settled('a', 0.1));
		state.apply({ type: 'released', id: 'a' });
		assert.equal(state.totals('session', 's').known, 0.1);
	});

	it('refuses what does not hold a budget, names the tightest, and counts it nowhere', () => {
		const limits = { request: 2, session: 1, day: 1.5, month: 1.5 };
		const state = fold(reserved('a', { amount: 0.5 }), reserved('b', { amount: 0.75, limits }));
		assert.equal(state.entry('b')?.state, 'refused');
		assert.deepEqual(state.entry('b')?.shortfall, { scope: 'session', limit: 1, spent: 0.5, needed: 0.75 });
		state.apply(reserved('c', { amount: 3, limits: { request: 2 } }));
		assert.deepEqual(state.entry('c')?.shortfall, { scope: 'request', limit: 2, spent: 0, needed: 3 });
		state.apply(reserved('d', { amount: 0.5, limits }));
		assert.equal(state.entry('d')?.state, 'open', 'the refused ones take no room');
		assert.equal(state.totals('session', 's').reserved, 1);
	});

	it('gives what is left where that is enough', () => {
		const limits = { session: 1 };
		const state = fold(
			reserved('a', { amount: 0.7 }),
			reserved('b', { amount: 0.5, least: 0.25, limits }),
			reserved('c', { amount: 0.5, least: 0.25, limits }),
		);
		assert.deepEqual([state.entry('b')?.state, state.entry('b')?.reserved], ['open', 0.3]);
		assert.equal(state.entry('c')?.state, 'refused');
	});

	it('lets a free request pass a budget that is used up', () => {
		const state = fold(reserved('a', { amount: 2 }), reserved('b', { amount: 0, limits: { session: 1 } }));
		assert.equal(state.entry('b')?.state, 'open');
	});

	it('finds a request by the id of its answer', () => {
		const state = fold(reserved('a'), { type: 'answering', id: 'a', generationId: 'gen-1' });
		assert.equal(state.entryOf('gen-1')?.id, 'a');
		assert.equal(state.entry('a')?.generationId, 'gen-1');
		assert.equal(state.entryOf('gen-2'), undefined);
	});

	it('has the sums that its entries have, whatever comes, and however often', () => {
		const id = fc.constantFrom('a', 'b', 'c', 'd');
		const amount = fc.integer({ min: 0, max: 4_000_000 }).map(millionths => millionths / 1e6);
		const record = fc.oneof(
			fc
				.record({
					id,
					amount,
					least: amount,
					sessionId: fc.constantFrom('s', 't'),
					day: fc.constantFrom('2026-11-20', '2026-11-21', '2026-12-01'),
					limits: fc.record({ session: amount, day: amount, month: amount }, { requiredKeys: [] }),
				})
				.map(({ id: name, ...fields }): LedgerRecord => reserved(name, fields)),
			fc.record({ id, cost: fc.option(amount, { nil: undefined }) }).map(({ id: name, cost }) => settled(name, cost)),
			fc.record({ id, cost: amount }).map((fields): LedgerRecord => ({ type: 'settled', estimated: true, ...fields })),
			id.map((name): LedgerRecord => ({ type: 'released', id: name })),
			id.map((name): LedgerRecord => ({ type: 'answering', id: name, generationId: `gen-${name}` })),
		);
		fc.assert(
			fc.property(fc.array(record, { maxLength: 30 }), records => {
				const state = fold(...records, ...records);
				const once = fold(...records);
				for (const [scope, keys] of [
					['session', ['s', 't']],
					['day', ['2026-11-20', '2026-11-21', '2026-12-01']],
					['month', ['2026-11', '2026-12']],
				] as const) {
					for (const key of keys) {
						const entries = [...state.entries()].filter(({ sessionId, day }) =>
							[sessionId, day, day.slice(0, 7)].includes(key),
						);
						const done = entries.filter(entry => entry.state === 'settled');
						assert.deepEqual(state.totals(scope, key), {
							known: sumDollars(done.map(({ cost = 0 }) => cost)),
							unknownRequests: done.filter(({ cost }) => cost === undefined).length,
							reserved: sumDollars(entries.filter(entry => entry.state === 'open').map(entry => entry.reserved)),
						});
					}
				}
				for (const entry of once.entries()) {
					assert.equal(
						entry.reserved,
						state.entry(entry.id)?.reserved,
						'a record that comes again is not judged again',
					);
				}
			}),
		);
	});
});

describe('A line of the ledger', () => {
	it('is taken when it is a record', () => {
		for (const record of [
			reserved('a', { least: 0, limits: { day: 1 } }),
			settled('a'),
			settled('a', 0),
			{ type: 'released', id: 'a' },
		]) {
			assert.deepEqual(parseLedgerLine(JSON.stringify(record)), record);
		}
	});

	it('is passed over when a sum could suffer from it', () => {
		const wrong: unknown[] = [
			{ ...reserved('a'), amount: -1 },
			{ ...reserved('a'), amount: '1' },
			{ ...reserved('a'), least: null },
			{ ...reserved('a'), day: 'today' },
			{ ...reserved('a'), limits: { day: 'much' } },
			{ ...reserved('a'), limits: null },
			{ ...reserved('a'), sessionId: undefined },
			reserved(''),
			settled('a', -0.1),
			{ type: 'settled', id: 'a', cost: null },
			{ type: 'answering', id: 'a' },
			{ type: 'unheard', id: 'a' },
			{ type: 'released' },
			[],
			null,
			1,
		];
		for (const value of wrong) {
			assert.equal(parseLedgerLine(JSON.stringify(value)), undefined, JSON.stringify(value));
		}
		const whole = JSON.stringify(reserved('a'));
		for (let length = 0; length < whole.length; length++) {
			assert.equal(parseLedgerLine(whole.slice(0, length)), undefined);
		}
	});
});

describe('The day of a cost', () => {
	it("is that of the user's clock", () => {
		assert.equal(dayOf(new Date(2026, 10, 21, 0, 0, 0).getTime()), '2026-11-21');
		assert.equal(dayOf(new Date(2026, 10, 21, 23, 59, 59, 999).getTime()), '2026-11-21');
		assert.equal(dayOf(new Date(2027, 0, 1).getTime()), '2027-01-01');
	});
});
