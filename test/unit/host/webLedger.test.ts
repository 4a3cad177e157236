import assert from 'node:assert/strict';
import { openWebLedger } from '../../../src/host/webLedger.ts';
import type { Locks } from '../../../src/host/webLock.ts';
import { memoryJournalFiles } from '../../fakes/memoryJournalFiles.ts';
import { describeLedgerStore, reserved, settled } from '../agent/ledger/ledgerStoreContract.ts';

const NOVEMBER = new Date(2026, 10, 21, 12).getTime();
const DECEMBER = new Date(2026, 11, 1, 0, 0, 1).getTime();

/** The browser's locks, as far as waiting for one goes. */
function waitingLocks(): Locks {
	const lines = new Map<string, Promise<unknown>>();
	const request = (name: string, hold: LockGrantedCallback<unknown>): Promise<unknown> => {
		const turn = (lines.get(name) ?? Promise.resolve()).then(() => hold({ name, mode: 'exclusive' }));
		lines.set(
			name,
			turn.catch(() => undefined),
		);
		return turn;
	};
	// Safe: the ledger uses this one of the overloads.
	return { request: request as unknown as LockManager['request'] };
}

function setUp() {
	const files = memoryJournalFiles();
	const locks = waitingLocks();
	let now = NOVEMBER;
	return {
		files,
		open: () => openWebLedger({ files, locks, name: 'l', now: () => now }).store,
		setNow(time: number) {
			now = time;
		},
		names: () => [...files.contents.keys()].sort(),
	};
}

describeLedgerStore('The browser ledger', async () => {
	const { files, open, names } = setUp();
	return {
		open,
		async damage(text) {
			// As another tab would leave it that was cut while it wrote the next revision.
			const last = names().at(-1) ?? '';
			const [year, month, segment, revision = ''] = last.split('-');
			const next = `${year}-${month}-${segment}-${Number.parseInt(revision, 10) + 1}.jsonl`;
			const before = new TextDecoder().decode(files.contents.get(last));
			const whole = text.endsWith('\n') ? text : `${text}\n`;
			files.contents.set(next, new TextEncoder().encode(before + whole));
		},
	};
});

describe('The browser ledger', () => {
	it('leaves one file a segment and begins a new one at 64 kB', async () => {
		const { open, names } = setUp();
		const store = open();
		for (let index = 0; index < 3; index++) {
			await store.exchange([reserved(`${index}`)]);
		}
		assert.deepEqual(names(), ['2026-11-0-3.jsonl']);
		await store.exchange([reserved('x'.repeat(70_000))]);
		await store.exchange([reserved('next')]);
		assert.deepEqual(names(), ['2026-11-0-4.jsonl', '2026-11-1-1.jsonl']);
		assert.equal((await open().exchange([])).length, 5);
	});

	it('begins a file with the month, and goes back to none', async () => {
		const { open, names, setNow } = setUp();
		const store = open();
		await store.exchange([reserved('a')]);
		setNow(DECEMBER);
		await store.exchange([reserved('b')]);
		setNow(NOVEMBER);
		await store.exchange([reserved('c')]);
		assert.deepEqual(names(), ['2026-11-0-1.jsonl', '2026-12-0-2.jsonl']);
		assert.deepEqual(await open().exchange([]), [reserved('a'), reserved('b'), reserved('c')]);
	});

	it('reads this month and the one before, not what is older', async () => {
		const { open, setNow } = setUp();
		for (const month of [8, 9, 10]) {
			setNow(new Date(2026, month, 2).getTime());
			await open().exchange([reserved(`${month}`)]);
		}
		assert.deepEqual(
			(await open().exchange([])).map(({ id }) => id),
			['9', '10'],
		);
	});

	it('loses nothing when a tab dies in the middle of a write', async () => {
		const { files, open, names } = setUp();
		await open().exchange([reserved('a'), reserved('b')]);
		const whole = files.contents.get('2026-11-0-1.jsonl') ?? new Uint8Array();
		for (let length = 0; length <= whole.length; length += 7) {
			files.contents.clear();
			files.contents.set('2026-11-0-1.jsonl', whole);
			files.contents.set('2026-11-0-2.jsonl', whole.slice(0, length));
			const reader = open();
			assert.deepEqual(await reader.exchange([]), [reserved('a'), reserved('b')]);
			assert.deepEqual(await open().exchange([settled('a', 1)]), [reserved('a'), reserved('b'), settled('a', 1)]);
			assert.deepEqual(await reader.exchange([]), [settled('a', 1)]);
			assert.deepEqual(names(), ['2026-11-0-3.jsonl']);
		}
	});

	it('tells when the disk refuses, and has all again when it takes them', async () => {
		const { files, open } = setUp();
		const store = open();
		files.failure = new Error('quota exceeded');
		await assert.rejects(store.exchange([reserved('a')]), /quota/);
		files.failure = undefined;
		assert.deepEqual(await store.exchange([reserved('a')]), [reserved('a')]);
	});

	it('keeps nothing where the browser has no locks', async () => {
		const { store } = openWebLedger({ files: memoryJournalFiles(), locks: undefined, name: 'l' });
		await assert.rejects(store.exchange([reserved('a')]), /no locks/);
	});

	it('takes an owner for gone after an hour', () => {
		const open = () => openWebLedger({ files: memoryJournalFiles(), locks: undefined, name: 'l', now: () => NOVEMBER });
		const [mine, other] = [open(), open().owner];
		assert.equal(mine.isOwnerAlive(mine.owner, 0), true);
		assert.equal(mine.isOwnerAlive(other, NOVEMBER - 3_599_999), true);
		assert.equal(mine.isOwnerAlive(other, NOVEMBER - 3_600_000), false);
	});
});
