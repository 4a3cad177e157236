import assert from 'node:assert/strict';
import { SessionTakenError } from '../../../src/agent/session/log.ts';
import { openWebJournal } from '../../../src/host/webJournal.ts';
import { manualClock } from '../../fakes/manualClock.ts';
import { memoryJournalFiles } from '../../fakes/memoryJournalFiles.ts';
import { memoryLocks } from '../../fakes/memoryLocks.ts';
import { created, describeSessionStore, eventsOf, text, titled } from '../agent/session/sessionStoreContract.ts';

/** Every reading of the clock is later than the one before. */
function tickingClock() {
	const clock = manualClock();
	return {
		...clock,
		now() {
			clock.advance(1);
			return clock.now();
		},
	};
}

describeSessionStore('The browser journal', async () => {
	const options = { files: memoryJournalFiles(), locks: memoryLocks(), name: 'w', clock: tickingClock() };
	return { store: openWebJournal(options), another: () => openWebJournal(options) };
});

describe('The browser journal', () => {
	function setUp() {
		const files = memoryJournalFiles();
		const clock = manualClock();
		const open = () => openWebJournal({ files, locks: memoryLocks(), name: 'w', clock });
		return { files, clock, store: open(), reopen: open };
	}
	const segments = (files: ReturnType<typeof memoryJournalFiles>) => [...files.contents.keys()].sort();

	it('writes buffered events together, a quarter of a second later', async () => {
		const { files, clock, store, reopen } = setUp();
		const log = await store.create('s');
		await log.append([created('s')], 'buffered');
		await log.append([text('a')], 'buffered');
		assert.equal(files.writeCount, 0);
		clock.advance(250);
		await log.append([], 'buffered');
		assert.equal(files.writeCount, 1);
		assert.deepEqual(eventsOf(await reopen().open('s')), [created('s'), text('a')]);
		assert.equal(clock.waiting, 0);
	});

	it('writes at once what is durable, with all before it, and leaves one file a segment', async () => {
		const { files, store } = setUp();
		const log = await store.create('s');
		await log.append([created('s')], 'buffered');
		await log.append([text('a')], 'durable');
		await log.append([text('b')], 'durable');
		assert.deepEqual(segments(files), ['s/1-0-2.jsonl']);
		await log.append([text('x'.repeat(70_000))], 'buffered');
		await log.append([text('c')], 'durable');
		assert.deepEqual(segments(files), ['s/1-0-3.jsonl', 's/1-1-1.jsonl']);
	});

	it('loses nothing durable when it dies between any two steps, or in the middle of a write', async () => {
		const { files, store } = setUp();
		const log = await store.create('s');
		const states: ReadonlyMap<string, Uint8Array>[] = [];
		const durable: number[] = [];
		const remember = () => {
			states.push(new Map(files.contents));
			durable.push(count);
		};
		let count = 0;
		const { write, remove } = files;
		files.write = async (name, bytes) => {
			files.contents.set(name, bytes.slice(0, bytes.length / 2));
			remember();
			await write(name, bytes);
			remember();
		};
		files.remove = async name => {
			await remove(name);
			remember();
		};
		for (let index = 0; index < 12; index++) {
			await log.append([text(`${index}:${'x'.repeat(9_000)}`)], 'durable');
			count++;
		}
		assert.ok(states.length > 24);
		for (const [index, contents] of states.entries()) {
			const left = memoryJournalFiles();
			for (const [name, bytes] of contents) {
				left.contents.set(name, bytes);
			}
			const events = eventsOf(await openWebJournal({ files: left, name: 'w' }).open('s'));
			const kept = durable[index] ?? 0;
			assert.ok(events.length >= kept, `state ${index}`);
			events.forEach((event, place) => {
				assert.ok(event.type === 'text' && event.delta.startsWith(`${place}:`));
			});
		}
	});

	it('fails the durable append on a full disk, keeps what was buffered, and goes on when there is room', async () => {
		const { files, store, reopen } = setUp();
		const log = await store.create('s');
		await log.append([created('s')], 'buffered');
		files.failure = new Error('quota exceeded');
		await assert.rejects(log.append([text('a')], 'durable'), /quota/);
		files.failure = undefined;
		await log.append([text('a')], 'durable');
		const opened = await reopen().open('s');
		assert.deepEqual(eventsOf(opened), [created('s'), text('a')]);
		assert.deepEqual(
			opened.events.map(({ sequence }) => sequence),
			[0, 1],
		);
	});

	it('finds out about a newer writer where the browser has no locks', async () => {
		const files = memoryJournalFiles();
		const first = openWebJournal({ files, name: 'w' });
		const log = await first.create('s');
		await log.append([created('s')], 'durable');
		const second = await openWebJournal({ files, name: 'w' }).open('s');
		await second.log?.append([text('mine')], 'durable');
		await assert.rejects(log.append([text('late')], 'durable'), SessionTakenError);
		assert.deepEqual(eventsOf(await first.open('s')), [created('s'), text('mine')]);
	});

	it('lists a session by its first and last segment alone', async () => {
		const { files, store, reopen } = setUp();
		const log = await store.create('s');
		await log.append([created('s'), titled('Title')], 'durable');
		for (let index = 0; index < 5; index++) {
			await log.append([text('x'.repeat(70_000))], 'durable');
		}
		await log.append([text('last')], 'durable');
		assert.equal(segments(files).length, 6);
		const reads: string[] = [];
		const { read } = files;
		files.read = name => {
			reads.push(name);
			return read(name);
		};
		assert.equal((await reopen().list())[0]?.title, 'Title');
		assert.deepEqual(reads, ['s/1-0-2.jsonl', 's/1-5-1.jsonl']);
	});
});
