import assert from 'node:assert/strict';
import type { LedgerStore } from '../../../../src/agent/ledger/ledger.ts';
import type { LedgerRecord, ReservedRecord } from '../../../../src/agent/ledger/ledgerRecords.ts';

export function reserved(id: string, fields: Partial<ReservedRecord> = {}): ReservedRecord {
	return {
		type: 'reserved',
		id,
		at: 1_700_000_000_000,
		day: '2026-11-21',
		owner: 'o',
		sessionId: 's',
		purpose: 'turn',
		model: 'm/x',
		amount: 0.25,
		...fields,
	};
}

export function settled(id: string, cost?: number): LedgerRecord {
	return { type: 'settled', id, ...(cost !== undefined && { cost }) };
}

export interface LedgerUnderTest {
	/** Another window on the same records, which has read nothing yet. */
	open(): LedgerStore;
	/** Puts something that is no whole record behind the last one, as a crash or another program does. */
	damage(text: string): Promise<void>;
}

/** What every store of the ledger does, wherever it keeps the records. */
export function describeLedgerStore(name: string, setUp: () => Promise<LedgerUnderTest>): void {
	describe(`${name} as a ledger store`, () => {
		it('gives each reader what is new to it, its own records included, in one order', async () => {
			const { open } = await setUp();
			const [first, second] = [open(), open()];
			const full = reserved('a', { least: 0.1, limits: { day: 2 }, model: 'm/"\u2028\n\ud83d\ude00' });
			assert.deepEqual(await first.exchange([]), []);
			assert.deepEqual(await first.exchange([full]), [full]);
			assert.deepEqual(await second.exchange([reserved('b')]), [full, reserved('b')]);
			const more: LedgerRecord[] = [{ type: 'answering', id: 'a', generationId: 'g' }, settled('a', 0.5)];
			assert.deepEqual(await first.exchange(more), [reserved('b'), ...more]);
			assert.deepEqual(await second.exchange([]), more);
			assert.deepEqual(await second.exchange([]), []);
			assert.deepEqual(await open().exchange([]), [full, reserved('b'), ...more]);
		});

		it('shows one order to all when several write at once', async () => {
			const { open } = await setUp();
			const stores = Array.from({ length: 4 }, open);
			const seen = await Promise.all(
				stores.map(async (store, index) => {
					const news: LedgerRecord[] = [];
					for (let round = 0; round < 10; round++) {
						news.push(...(await store.exchange([reserved(`${index}.${round}`)])));
						const own = news.findIndex(({ id }) => id === `${index}.${round}`);
						assert.ok(own >= 0, 'an own record comes back at once');
					}
					return news;
				}),
			);
			const all = await open().exchange([]);
			assert.equal(all.length, 40);
			for (const [index, news] of seen.entries()) {
				news.push(...((await stores[index]?.exchange([])) ?? []));
				assert.deepEqual(news, all);
			}
		});

		it('passes over what is no record, and counts it', async () => {
			const { open, damage } = await setUp();
			const store = open();
			await store.exchange([reserved('a')]);
			await damage('{"type":"reserved","id":"torn","am');
			assert.deepEqual(await store.exchange([reserved('b')]), [reserved('b')]);
			await damage('{"type":"ofTheFuture","id":"c"}\n\u0000\ufffd garbage\n');
			await store.exchange([settled('b')]);
			const late = open();
			assert.deepEqual(await late.exchange([]), [reserved('a'), reserved('b'), settled('b')]);
			assert.ok(late.damagedLines >= 2);
			assert.ok(store.damagedLines >= 2);
		});

		it('takes many records at once', async () => {
			const { open } = await setUp();
			const many = Array.from({ length: 2_000 }, (_, index) => reserved(`id ${index}`));
			assert.deepEqual(await open().exchange(many), many);
			assert.deepEqual(await open().exchange([reserved('last')]), [...many, reserved('last')]);
		});
	});
}
