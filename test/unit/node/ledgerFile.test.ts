import assert from 'node:assert/strict';
import { appendFile, chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { LedgerRecord } from '../../../src/agent/ledger/ledgerRecords.ts';
import { openLedgerFolder } from '../../../src/node/ledgerFile.ts';
import { describeLedgerStore, reserved, settled } from '../agent/ledger/ledgerStoreContract.ts';

const NOVEMBER = new Date(2026, 10, 21, 12).getTime();
const DECEMBER = new Date(2026, 11, 1, 0, 0, 1).getTime();

let folder: string;

async function newFolder(): Promise<string> {
	return join(await mkdtemp(join(folder, 'l-')), 'ledger');
}

before(async () => {
	folder = await mkdtemp(join(tmpdir(), 'ledger-'));
});
after(() => rm(folder, { recursive: true, force: true }));

describeLedgerStore('The ledger folder', async () => {
	const path = await newFolder();
	return {
		open: () => openLedgerFolder(path, () => NOVEMBER).store,
		damage: text => appendFile(join(path, '2026-11.jsonl'), text),
	};
});

describe('The ledger folder', () => {
	it('reads without making anything', async () => {
		const path = await newFolder();
		assert.deepEqual(await openLedgerFolder(path, () => NOVEMBER).store.exchange([]), []);
		await assert.rejects(readdir(path));
	});

	it('keeps one file a month, readable by the user alone', async () => {
		const path = await newFolder();
		let now = NOVEMBER;
		const { store } = openLedgerFolder(path, () => now);
		await store.exchange([reserved('a')]);
		now = DECEMBER;
		assert.deepEqual(await store.exchange([reserved('b')]), [reserved('b')]);
		assert.deepEqual((await readdir(path)).sort(), ['2026-11.jsonl', '2026-12.jsonl']);
		assert.equal((await stat(join(path, '2026-12.jsonl'))).mode & 0o077, 0);
		assert.deepEqual(await openLedgerFolder(path, () => now).store.exchange([]), [reserved('a'), reserved('b')]);
	});

	it('reads this month and the one before, not what is older', async () => {
		const path = await newFolder();
		const months = [8, 9, 10].map(month => new Date(2026, month, 2).getTime());
		for (const now of months) {
			await openLedgerFolder(path, () => now).store.exchange([reserved(`${now}`)]);
		}
		const news = await openLedgerFolder(path, () => NOVEMBER).store.exchange([]);
		assert.deepEqual(
			news.map(({ id }) => id),
			months.slice(1).map(String),
		);
	});

	it('does not open an earlier month again when the clock is set back', async () => {
		const path = await newFolder();
		await openLedgerFolder(path, () => DECEMBER).store.exchange([reserved('a')]);
		assert.deepEqual(await openLedgerFolder(path, () => NOVEMBER).store.exchange([reserved('b')]), [
			reserved('a'),
			reserved('b'),
		]);
		assert.deepEqual(await readdir(path), ['2026-12.jsonl']);
	});

	it('moves a record of a late writer to the new month, where all see it in the same place', async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.record({ who: fc.nat(2), isDecember: fc.boolean() }), { minLength: 4, maxLength: 12 }),
				async steps => {
					const path = await newFolder();
					await openLedgerFolder(path, () => NOVEMBER).store.exchange([reserved('first')]);
					const clocks = [NOVEMBER, NOVEMBER, NOVEMBER];
					const stores = clocks.map((_, who) => openLedgerFolder(path, () => clocks[who] ?? 0).store);
					const seen: LedgerRecord[][] = [[], [], []];
					await Promise.all(
						stores.map(async (store, who) => {
							for (const [index, step] of steps.entries()) {
								if (step.who === who) {
									clocks[who] = step.isDecember ? DECEMBER : NOVEMBER;
									seen[who]?.push(...(await store.exchange([reserved(`${index}`)])));
								}
							}
						}),
					);
					const all = await openLedgerFolder(path, () => DECEMBER).store.exchange([]);
					assert.equal(all.length, steps.length + 1);
					for (const [who, news] of seen.entries()) {
						news.push(...((await stores[who]?.exchange([])) ?? []));
						assert.deepEqual(news, all);
					}
				},
			),
			{ numRuns: 40 },
		);
	});

	it('tells when the disk refuses, and has all again when it takes them', async () => {
		const path = await newFolder();
		await writeFile(path, 'a file where the folder belongs');
		const { store } = openLedgerFolder(path, () => NOVEMBER);
		await assert.rejects(store.exchange([reserved('a')]));
		await rm(path);
		assert.deepEqual(await store.exchange([reserved('a')]), [reserved('a')]);
		await chmod(join(path, '2026-11.jsonl'), 0o400);
		if (process.getuid?.() !== 0) {
			await assert.rejects(store.exchange([settled('a')]));
		}
		await chmod(join(path, '2026-11.jsonl'), 0o600);
		assert.deepEqual(await store.exchange([settled('a')]), [settled('a')]);
	});

	it('writes into the new file when the one it read was removed', async () => {
		const path = await newFolder();
		const { store } = openLedgerFolder(path, () => NOVEMBER);
		await store.exchange([reserved('a'), reserved('b')]);
		await rm(join(path, '2026-11.jsonl'));
		const news = await store.exchange([reserved('c')]);
		assert.ok(news.some(({ id }) => id === 'c'));
		assert.match(await readFile(join(path, '2026-11.jsonl'), 'utf8'), /"id":"c"/);
	});

	it('knows which owners are gone', () => {
		const { owner, isOwnerAlive } = openLedgerFolder('nowhere', () => NOVEMBER);
		const another = openLedgerFolder('nowhere', () => NOVEMBER).owner;
		const hour = 3_600_000;
		assert.notEqual(another, owner);
		assert.equal(isOwnerAlive(owner, NOVEMBER), true);
		assert.equal(isOwnerAlive(another, NOVEMBER), true, 'the same process');
		assert.equal(isOwnerAlive(`${hostname()}/${process.pid}/12345/x`, NOVEMBER), false, 'its id was given again');
		assert.equal(isOwnerAlive(`${hostname()}/${process.ppid}/12345/x`, NOVEMBER), true);
		assert.equal(isOwnerAlive(`${hostname()}/${process.ppid}/12345/x`, NOVEMBER - 25 * hour), false);
		assert.equal(isOwnerAlive(`${hostname()}/4194305/12345/x`, NOVEMBER), false, 'no such process');
		assert.equal(isOwnerAlive('elsewhere/1/12345/x', NOVEMBER - hour / 2), true);
		assert.equal(isOwnerAlive('elsewhere/1/12345/x', NOVEMBER - 2 * hour), false);
		assert.equal(isOwnerAlive('garbage', NOVEMBER - 2 * hour), false);
	});
});
