import assert from 'node:assert/strict';
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import type { OutputUpdate } from '../../../src/agent/shellPort.ts';
import { OutputStore } from '../../../src/node/shell/outputStore.ts';
import { OutputUpdates } from '../../../src/tools/outputUpdates.ts';
import { TemporaryFolders } from '../../contracts/fileWorkspaceFixture.ts';
import { manualClock } from '../../fakes/manualClock.ts';

const noLine = () => '';

describe('the output of a command', () => {
	const folders = new TemporaryFolders();
	const stores: OutputStore[] = [];
	let folder: string;
	const limits = { headCharacters: 20, tailCharacters: 30, memoryBytes: 100, keptBytes: 400 };
	const open = (own: Partial<typeof limits> = {}) => {
		const store = new OutputStore(join(folder, `${stores.length}.txt`), { ...limits, ...own });
		stores.push(store);
		return store;
	};

	before(async () => {
		folder = await folders.make();
	});
	afterEach(() => Promise.all(stores.map(store => store.close())));
	after(() => folders.remove());

	it('is whole in the excerpt and on disk, however it comes', async () => {
		const text = fc.string({ unit: fc.constantFrom('a', '\n', 'ä', '€', '😀'), maxLength: 60 });
		await fc.assert(
			fc.asyncProperty(fc.array(text, { maxLength: 12 }), fc.integer({ min: 4, max: 90 }), async (pieces, count) => {
				const store = open({ keptBytes: 100_000 });
				for (const piece of pieces) {
					store.append(piece);
				}
				const all = pieces.join('');
				const { head, gap, tail, end } = store.excerpt('');
				assert.equal(end, Buffer.byteLength(all));
				if (gap === undefined) {
					assert.equal(head + tail, all);
				} else {
					assert.ok(head.length <= 20 && tail.length <= 30 && head.length >= 19 && tail.length >= 29);
					assert.ok(all.startsWith(head) && all.endsWith(tail));
					assert.equal(Buffer.byteLength(head) + gap.bytes + Buffer.byteLength(tail), end);
					assert.equal(gap.from, Buffer.byteLength(head));
				}
				let read = '';
				for (let at = 0, isEnd = false; !isEnd; ) {
					const page = await store.read(at, count, noLine);
					assert.ok(page.next > at || page.isEnd);
					assert.ok(Buffer.byteLength(page.text) <= count);
					read += page.text;
					({ next: at, isEnd } = page);
				}
				assert.equal(read, all);
				await store.close();
			}),
			{ numRuns: 60 },
		);
	});

	it('makes a file only when it is long, for its owner alone, and removes it', async () => {
		const store = open();
		const path = join(folder, `${stores.length - 1}.txt`);
		store.append('x'.repeat(100));
		await store.read(0, 1, noLine);
		await assert.rejects(stat(path));
		store.append('y');
		await store.read(0, 1, noLine);
		assert.equal((await stat(path)).mode & 0o777, 0o600);
		await store.close();
		await assert.rejects(stat(path));
		await assert.rejects(store.read(0, 1, noLine), /not kept any more/);
		assert.equal(store.excerpt('').end, 101);
	});

	it('keeps whole characters up to the limit, and tells what is lost', async () => {
		const store = open();
		store.append('€'.repeat(200));
		store.append('z'.repeat(50));
		const { lostFrom, gap, tail, end } = store.excerpt('open');
		assert.deepEqual([lostFrom, end, tail], [399, 650, 'z'.repeat(30)]);
		assert.ok(gap);
		const noPage = { openLine: '', lostBytes: 0 };
		assert.deepEqual(await store.read(390, 100, () => 'open'), { text: '€€€', next: 399, isEnd: false, ...noPage });
		assert.deepEqual(await store.read(399, 100, () => 'open'), {
			text: 'z'.repeat(30),
			next: 650,
			isEnd: true,
			openLine: 'open',
			lostBytes: 221,
		});
		assert.deepEqual(await store.read(640, 5, noLine), { text: 'z'.repeat(5), next: 645, isEnd: false, ...noPage });
		assert.deepEqual(await store.read(650, 5, noLine), { text: '', next: 650, isEnd: true, ...noPage });
	});

	it('begins a page at a whole character and ends it at a line, where one is near', async () => {
		const store = open();
		store.append('ää\n12345678\nabcdefgh\n');
		assert.equal((await store.read(1, 100, noLine)).text, 'ä\n12345678\nabcdefgh\n');
		assert.deepEqual((await store.read(0, 16, noLine)).text, 'ää\n12345678\n');
		assert.deepEqual((await store.read(5, 6, noLine)).text, '123456');
		assert.deepEqual((await store.read(0, 3, noLine)).text, 'ä');
	});

	it('goes on when the disk takes no more', async () => {
		const store = open();
		const path = join(folder, `${stores.length - 1}.txt`);
		store.append('a'.repeat(150));
		await store.read(0, 1, noLine);
		assert.ok((await readdir(folder)).length > 0);
		const gone = new OutputStore(join(folder, 'no', 'folder'), limits);
		gone.append('a'.repeat(150));
		gone.append('b'.repeat(150));
		assert.equal((await gone.read(0, 10, noLine)).text, 'a'.repeat(10));
		gone.append('c'.repeat(150));
		assert.deepEqual([gone.excerpt('').lostFrom, gone.excerpt('').tail, gone.keptBytes], [150, 'c'.repeat(30), 150]);
		await gone.close();
		await rm(path);
	});
});

describe('updates of an output', () => {
	const record = () => {
		const clock = manualClock();
		const updates: (OutputUpdate & { at: number })[] = [];
		let line = '';
		const throttle = new OutputUpdates(
			update => updates.push({ ...update, at: clock.monotonic() }),
			clock,
			() => line,
		);
		return { clock, updates, throttle, setLine: (text: string) => (line = text) };
	};

	it('come at once, then at most twenty a second, with nothing lost between', () => {
		const { clock, updates, throttle } = record();
		for (let step = 0; step < 1000; step++) {
			throttle.add(`${step}\n`);
			clock.advance(1);
		}
		throttle.flush();
		assert.equal(updates[0]?.at, 0);
		assert.ok(updates.length <= 21, `${updates.length}`);
		assert.equal(
			updates.map(({ text }) => text).join(''),
			Array.from({ length: 1000 }, (_, step) => `${step}\n`).join(''),
		);
		assert.equal(clock.waiting, 0);
	});

	it('tell the open line once, and how much was left out', () => {
		const { clock, updates, throttle, setLine } = record();
		setLine('Go on? ');
		throttle.add('');
		throttle.flush();
		setLine('');
		throttle.add('x'.repeat(30_000));
		throttle.add('y'.repeat(5_000));
		clock.advance(50);
		assert.deepEqual(
			updates.map(({ text, skipped, openLine }) => [text.length, skipped, openLine]),
			[
				[0, 0, 'Go on? '],
				[8_000, 27_000, ''],
			],
		);
	});
});
