import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { GRACE_MS, hashesIn } from '../../../../src/agent/checkpoint/collectTexts.ts';
import { openWebJournal } from '../../../../src/host/webJournal.ts';
import { Blobs } from '../../../../src/node/blobs.ts';
import { openJournalStore } from '../../../../src/node/journal.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { memoryJournalFiles } from '../../../fakes/memoryJournalFiles.ts';
import { memoryLocks } from '../../../fakes/memoryLocks.ts';
import { memorySessionStore } from '../../../fakes/memorySessionStore.ts';
import { describeTextCollection, noise } from './textCollectionContract.ts';

const folders: string[] = [];

async function folder(): Promise<string> {
	const made = await mkdtemp(join(tmpdir(), 'texts-'));
	folders.push(made);
	return made;
}

after(() => Promise.all(folders.map(made => rm(made, { recursive: true, force: true }))));

describeTextCollection('The store in memory', async () => {
	let now = 1_700_000_000_000;
	const store = memorySessionStore(() => now);
	return {
		store,
		another: () => store,
		pass(ms) {
			now += ms;
		},
	};
});

describeTextCollection('The browser journal', async () => {
	const clock = manualClock();
	const [files, locks] = [memoryJournalFiles(() => clock.now()), memoryLocks()];
	const open = () => openWebJournal({ files, locks, name: 'memory:/', clock });
	return { store: open(), another: open, pass: ms => clock.advance(ms) };
});

describeTextCollection('The journal on disk', async () => {
	// Locks live in the time of the system, and so do the times of files that are written.
	let passed = 0;
	const path = await folder();
	const open = () => openJournalStore(path, { now: () => Date.now() + passed });
	return {
		store: open(),
		another: open,
		pass(ms) {
			passed += ms;
		},
	};
});

describe('Texts on disk', () => {
	const source = (at: number) => `export const value${at} = compute(${at}, 'text'); // as before\n`.repeat(200);
	const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');

	it('are compressed, and still read where an older version wrote them plain', async () => {
		const path = await folder();
		const blobs = new Blobs(path);
		const old = source(1);
		await writeFile(join(path, hashOf(old)), old);
		assert.equal(await blobs.get(hashOf(old)), old);
		assert.equal(await blobs.put(old), hashOf(old));
		const hash = await blobs.put(source(2));
		assert.equal(await blobs.get(hash), source(2));
		const kept = await blobs.list();
		assert.deepEqual(kept.map(text => text.hash).sort(), [hash, hashOf(old)].sort());
		assert.ok((kept.find(text => text.hash === hash)?.bytes ?? 0) * 4 < source(2).length);
		assert.deepEqual((await readdir(path)).sort(), [`${hash}.gz`, hashOf(old), 'unfinished'].sort());
	});

	it('give nothing back that is not what was kept', async () => {
		const path = await folder();
		const blobs = new Blobs(path);
		const hash = await blobs.put(source(1));
		for (const damaged of [gzipSync(source(2)), Buffer.from('no gzip'), Buffer.alloc(0)]) {
			await writeFile(join(path, `${hash}.gz`), damaged);
			assert.equal(await blobs.get(hash), undefined);
		}
		await writeFile(join(path, hash), source(1));
		assert.equal(await blobs.get(hash), source(1));
	});

	it('that a window which died was about to remove come back, and can be read before that', async () => {
		const path = await folder();
		const hash = await new Blobs(path).put(source(1));
		await mkdir(join(path, 'leaving'));
		await rename(join(path, `${hash}.gz`), join(path, 'leaving', `${hash}.gz`));
		const blobs = new Blobs(path);
		assert.equal(await blobs.get(hash), source(1));
		assert.equal((await blobs.list()).length, 1);
		assert.deepEqual(await readdir(join(path, 'leaving')), []);
	});

	it('are there after every put, however many windows remove the same at that moment', async () => {
		const path = await folder();
		let passed = 0;
		const window = () => new Blobs(path, () => Date.now() + passed);
		const [putting, removing] = [window(), window()];
		for (let round = 0; round < 60; round++) {
			passed += GRACE_MS + 1;
			const hashes = await Promise.all(
				[1, 2, 3].map(async at => {
					const [hash] = await Promise.all([putting.put(noise(at, 2000)), removing.remove(hashOf(noise(at, 2000)))]);
					return hash;
				}),
			);
			for (const hash of hashes) {
				assert.notEqual(await putting.get(hash), undefined, `round ${round}`);
			}
		}
	});
});

describe('hashesIn', () => {
	it('finds what looks like a hash, and no part of something longer', () => {
		const hash = 'a1'.repeat(32);
		assert.deepEqual([...hashesIn(`{"before":"${hash}","after":"${hash}0"} ${hash}`)], [hash]);
	});
});
