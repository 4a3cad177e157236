import assert from 'node:assert/strict';
import { appendFile, mkdtemp, open, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SessionEvent } from '../../../src/agent/events.ts';
import { encodeRecord } from '../../../src/agent/session/journalRecords.ts';
import { SessionTakenError } from '../../../src/agent/session/log.ts';
import { openJournalStore } from '../../../src/node/journal.ts';
import type { AppendFile } from '../../../src/node/journalLog.ts';
import { created, describeSessionStore, eventsOf, text, titled } from '../agent/session/sessionStoreContract.ts';

const folders: string[] = [];

async function folder(): Promise<string> {
	const made = await mkdtemp(join(tmpdir(), 'journal-'));
	folders.push(made);
	return made;
}

after(() => Promise.all(folders.map(made => rm(made, { recursive: true, force: true }))));

/** Every reading is later than the one before. */
function ticking(): () => number {
	let at = 1_700_000_000_000;
	return () => at++;
}

describeSessionStore('The journal on disk', async () => {
	const path = join(await folder(), 'not', 'there', 'yet');
	const now = ticking();
	return { store: openJournalStore(path, { now }), another: () => openJournalStore(path, { now }) };
});

describe('The journal on disk', () => {
	it('reads all whole records, whichever byte the file ends at, and keeps the rest aside', async () => {
		const path = await folder();
		const journal = join(path, 's.jsonl');
		const records = [text('a'), text('a\u00e4\ud83d\ude00'), text('b')].map((event, sequence) =>
			encodeRecord({ sequence, generation: 1, at: 1, event }),
		);
		const whole = Buffer.from(records.join(''));
		const ends = records.map((_, index) => Buffer.byteLength(records.slice(0, index + 1).join('')));
		const store = openJournalStore(path);
		for (let length = 0; length <= whole.length; length++) {
			await writeFile(journal, whole.subarray(0, length));
			const opened = await store.open('s');
			// A record counts that lacks no more than its line end.
			const expected = ends.filter(end => length >= end - 1).length;
			assert.equal(opened.events.length, expected, `${length} bytes`);
			const kept = expected === 0 ? 0 : (ends[expected - 1] ?? 0);
			assert.equal(opened.tornBytes, Math.max(0, length - kept), `${length} bytes`);
			if (length % 8 === 0) {
				await opened.log?.append([text('next')], 'durable');
			}
			await opened.log?.close();
			const torn = (await readdir(path)).filter(name => name.includes('.torn-'));
			assert.equal(torn.length, opened.tornBytes > 0 ? 1 : 0);
			for (const name of torn) {
				assert.deepEqual(await readFile(join(path, name)), whole.subarray(kept, length));
				await rm(join(path, name));
			}
			if (length % 8 === 0) {
				const again = await store.open('s');
				assert.deepEqual(eventsOf(again).at(-1), text('next'));
				assert.deepEqual([again.events.length, again.tornBytes, again.damagedRecords], [expected + 1, 0, 0]);
				await again.log?.close();
			}
		}
	}).timeout(10_000);

	it('passes over what is no record: a lost first line, a byte-order mark, garbage, events of a newer version', async () => {
		const path = await folder();
		const record = (sequence: number, event: unknown) => JSON.stringify({ sequence, generation: 1, at: 1, event });
		const lines = [
			record(1, titled('Kept')),
			'\u0000\u0001 garbage',
			'{"half": ',
			record(2, { type: 'inventedLater', what: 1 }),
			record(3, { type: 'constructor' }),
			'[]',
			'null',
			'{"sequence":"4","generation":1,"at":1,"event":{"type":"text","delta":""}}',
			record(5, text('kept')),
			'',
		];
		await writeFile(join(path, 's.jsonl'), `\ufeff${lines.join('\n')}`);
		const store = openJournalStore(path);
		assert.deepEqual(
			(await store.list()).map(({ title }) => title),
			['Kept'],
		);
		const opened = await store.open('s');
		assert.deepEqual(eventsOf(opened), [titled('Kept'), text('kept')]);
		assert.equal(opened.damagedRecords, 7);
		await opened.log?.append([text('more')], 'durable');
		await opened.log?.close();
		const again = await store.open('s');
		assert.deepEqual(eventsOf(again), [titled('Kept'), text('kept'), text('more')]);
		assert.equal((await readFile(join(path, 's.jsonl'), 'utf8')).startsWith(`\ufeff${lines[0]}\n${lines[1]}\n`), true);
		await again.log?.close();
	});

	it('lets the later generation win where two writers overlapped', async () => {
		const path = await folder();
		const record = (sequence: number, generation: number, delta: string) =>
			encodeRecord({ sequence, generation, at: 1, event: text(delta) });
		await writeFile(
			join(path, 's.jsonl'),
			[
				...[record(0, 1, 'a'), record(1, 1, 'b'), record(2, 1, 'late, before the new writer')],
				...[record(2, 2, 'c'), record(3, 1, 'late, after it'), record(3, 2, 'd'), record(4, 1, 'later still')],
			].join(''),
		);
		const opened = await openJournalStore(path).open('s');
		assert.deepEqual(eventsOf(opened), ['a', 'b', 'c', 'd'].map(text));
		await opened.log?.close();
	});

	it('leaves files that only the user can read', async function () {
		if (process.platform === 'win32') {
			this.skip();
		}
		const path = join(await folder(), 'new');
		const store = openJournalStore(path);
		const log = await store.create('s');
		await log.append([created('s')], 'durable');
		const hash = await store.putBlob('secret');
		for (const name of ['s.jsonl', 's.lock', join('blobs', hash)]) {
			assert.equal((await stat(join(path, name))).mode & 0o777, 0o600, name);
		}
		assert.equal((await stat(path)).mode & 0o777, 0o700);
		await log.close();
		assert.deepEqual((await readdir(path)).sort(), ['blobs', 's.jsonl']);
		assert.deepEqual(await readdir(join(path, 'blobs', 'unfinished')), []);
	});

	it('does not give back a text that is not what was kept', async () => {
		const path = await folder();
		const store = openJournalStore(path);
		const hash = await store.putBlob('before');
		await writeFile(join(path, 'blobs', hash), 'beforf');
		assert.equal(await store.getBlob(hash), undefined);
	});

	describe('lock', () => {
		async function abandoned(owner: { host: string; pid: number }) {
			const path = await folder();
			const log = await openJournalStore(path).create('s');
			await log.append([created('s')], 'durable');
			await log.close();
			await writeFile(join(path, 's.lock'), JSON.stringify({ ...owner, token: 'theirs' }));
			return { path, lock: join(path, 's.lock'), store: openJournalStore(path) };
		}
		/** Above what any system gives out. */
		const DEAD_PID = 2 ** 30;

		it('is taken over at once from a process that is gone', async () => {
			const { store } = await abandoned({ host: hostname(), pid: DEAD_PID });
			const opened = await store.open('s');
			assert.ok(opened.log);
			await opened.log.close();
		});

		it('is left to a process that lives, or of which nothing is known', async () => {
			for (const owner of [
				{ host: hostname(), pid: process.ppid },
				{ host: 'elsewhere', pid: DEAD_PID },
			]) {
				const { store } = await abandoned(owner);
				assert.equal((await store.open('s')).log, undefined);
			}
		});

		it('is taken over when it showed no life for long, and the one before finds out', async () => {
			const { path, store, lock } = await abandoned({ host: 'elsewhere', pid: 1 });
			const longAgo = new Date(Date.now() - 60_000);
			await utimes(lock, longAgo, longAgo);
			const first = await store.open('s');
			assert.ok(first.log);
			// The machine slept: our own heartbeat is old too.
			await utimes(lock, longAgo, longAgo);
			const second = await openJournalStore(path).open('s');
			assert.ok(second.log);
			await assert.rejects(first.log.append([text('late')], 'buffered'), SessionTakenError);
			await first.log.close();
			await second.log.append([text('mine')], 'durable');
			await second.log.close();
			const opened = await store.open('s');
			assert.deepEqual(eventsOf(opened), [created('s'), text('mine')]);
			await opened.log?.close();
		});

		it('shows that its holder lives', async () => {
			const path = await folder();
			const log = await openJournalStore(path, { lockTimes: { heartbeatMs: 5, staleMs: 30_000 } }).create('s');
			const lock = join(path, 's.lock');
			const longAgo = new Date(1_000_000);
			await utimes(lock, longAgo, longAgo);
			while ((await stat(lock)).mtimeMs === longAgo.getTime()) {
				await new Promise(resolve => setImmediate(resolve));
			}
			await log.close();
		});

		it('goes to exactly one of many that want it at once', async () => {
			const { path } = await abandoned({ host: hostname(), pid: DEAD_PID });
			for (let round = 0; round < 10; round++) {
				await writeFile(join(path, 's.lock'), JSON.stringify({ host: hostname(), pid: DEAD_PID, token: `${round}` }));
				const opened = await Promise.all(Array.from({ length: 8 }, () => openJournalStore(path).open('s')));
				const outcomes = await Promise.all(
					opened.map(async ({ log }) => {
						try {
							await log?.append([text(`${round}`)], 'durable');
							return log && 'wrote';
						} catch (error) {
							assert.ok(error instanceof SessionTakenError);
							return 'taken';
						}
					}),
				);
				assert.equal(outcomes.filter(outcome => outcome === 'wrote').length, 1, `round ${round}: ${outcomes}`);
				await Promise.all(opened.map(async ({ log }) => log?.close()));
			}
			const left = await openJournalStore(path).open('s');
			assert.deepEqual(eventsOf(left), [created('s'), ...Array.from({ length: 10 }, (_, round) => text(`${round}`))]);
			await left.log?.close();
			assert.deepEqual(await readdir(path), ['s.jsonl']);
		});
	});

	describe('on a disk that refuses', () => {
		/** A journal whose next write fails after so many bytes. */
		async function failing() {
			const path = await folder();
			const fault: { bytes: number | undefined; inSync: boolean } = { bytes: undefined, inSync: false };
			const openForAppend = async (journal: string): Promise<AppendFile> => {
				const file = await open(journal, 'a', 0o600);
				return {
					async appendFile(content) {
						if (fault.bytes === undefined) {
							return file.appendFile(content);
						}
						await file.appendFile(Buffer.from(content).subarray(0, fault.bytes));
						throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
					},
					async datasync() {
						if (fault.inSync) {
							throw Object.assign(new Error('EIO: i/o error, fdatasync'), { code: 'EIO' });
						}
						await file.datasync();
					},
					close: () => file.close(),
				};
			};
			const store = openJournalStore(path, { openForAppend, now: () => 1 });
			return { path, fault, store };
		}

		it('loses and doubles nothing when a write failed at any byte and is made again', async () => {
			const batch: SessionEvent[] = [text('one'), text('two\u00e4'), text('three')];
			const size = Buffer.byteLength(
				batch.map((event, index) => encodeRecord({ sequence: index + 1, generation: 1, at: 1, event })).join(''),
			);
			for (let bytes = 0; bytes <= size; bytes += 7) {
				const { store, fault } = await failing();
				const log = await store.create('s');
				await log.append([created('s')], 'durable');
				fault.bytes = bytes;
				await assert.rejects(log.append(batch, 'durable'), /ENOSPC/);
				await assert.rejects(log.append(batch, 'durable'), /ENOSPC/);
				fault.bytes = undefined;
				await log.append(batch, 'durable');
				await log.append([text('four')], 'durable');
				await log.close();
				const opened = await store.open('s');
				assert.deepEqual(eventsOf(opened), [created('s'), ...batch, text('four')], `${bytes} bytes`);
				assert.deepEqual(
					opened.events.map(({ sequence }) => sequence),
					[0, 1, 2, 3, 4],
				);
				await opened.log?.close();
			}
		});

		it('does not call durable what could not be synchronised', async () => {
			const { store, fault } = await failing();
			const log = await store.create('s');
			fault.inSync = true;
			await assert.rejects(log.append([created('s')], 'durable'), /EIO/);
			fault.inSync = false;
			await log.append([created('s')], 'durable');
			await log.close();
			const opened = await store.open('s');
			assert.deepEqual(eventsOf(opened), [created('s')]);
			await opened.log?.close();
		});
	});

	it('lists long sessions by their ends', async () => {
		const path = await folder();
		const filler = encodeRecord({ sequence: 3, generation: 1, at: 5, event: text('x'.repeat(1_000)) });
		const head = [created('s'), titled('First'), titled('Renamed early')].map((event, sequence) =>
			encodeRecord({ sequence, generation: 1, at: 4, event }),
		);
		const last = encodeRecord({ sequence: 4, generation: 1, at: 99, event: text('y'.repeat(300_000)) });
		const store = openJournalStore(path);
		for (const id of ['a', 'b', 'c']) {
			await writeFile(join(path, `${id}.jsonl`), head.join('') + filler.repeat(5_000) + (id === 'b' ? last : ''));
		}
		assert.deepEqual(await store.list(), [
			{ id: 'b', title: 'Renamed early', updatedAt: 99 },
			{ id: 'a', title: 'Renamed early', updatedAt: 5 },
			{ id: 'c', title: 'Renamed early', updatedAt: 5 },
		]);
		const renamed = encodeRecord({ sequence: 5, generation: 1, at: 100, event: titled('Renamed late') });
		await appendFile(join(path, 'c.jsonl'), renamed);
		assert.deepEqual((await store.list())[0], { id: 'c', title: 'Renamed late', updatedAt: 100 });
	});
});
