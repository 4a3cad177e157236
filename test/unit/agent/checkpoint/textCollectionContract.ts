import assert from 'node:assert/strict';
import { type CollectingStore, FRESH_MS, GRACE_MS } from '../../../../src/agent/checkpoint/collectTexts.ts';
import type { SessionEvent } from '../../../../src/agent/events.ts';
import type { SessionLog } from '../../../../src/agent/session/log.ts';

export interface CollectionUnderTest {
	readonly store: CollectingStore;
	/** Another window on the same store. */
	another(): CollectingStore;
	/** Lets time pass, in milliseconds. */
	pass(ms: number): void;
}

const LONG_MS = GRACE_MS + 1;

/** As a tool would: texts first, then the record. */
function change(changeId: string, hashes: { before?: string; after?: string }): SessionEvent {
	return { type: 'change', changeId, callId: `call of ${changeId}`, path: 'a.ts', uri: 'file:///a.ts', ...hashes };
}

/** A text that no compression makes small. */
export function noise(seed: number, bytes: number): string {
	let state = seed + 1;
	let text = '';
	while (text.length < bytes) {
		state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
		text += state.toString(36);
	}
	return text.slice(0, bytes);
}

/** What every store that collects does, wherever it keeps the texts. */
export function describeTextCollection(name: string, setUp: () => Promise<CollectionUnderTest>): void {
	describe(`${name}, when texts are collected`, () => {
		let under: CollectionUnderTest;
		const put = (text: string) => under.store.putBlob(text);
		const isKept = async (hash: string) => (await under.store.getBlob(hash)) !== undefined;
		/** A closed session whose edits replaced each text by the next one, and were all accepted where it is said so. */
		const session = async (id: string, hashes: readonly string[], isDecided: boolean) => {
			const log = await under.store.create(id);
			const edits = hashes.slice(1).map((after, at) => change(`${id}${at}`, { before: hashes[at] ?? '', after }));
			const changeIds = edits.map((_, at) => `${id}${at}`);
			await log.append([{ type: 'created', sessionId: id, workspace: [], system: '' }, ...edits], 'durable');
			await log.append(isDecided ? [{ type: 'kept', changeIds }] : [], 'durable');
			return log;
		};
		const logs: SessionLog[] = [];
		beforeEach(async () => {
			under = await setUp();
		});
		afterEach(() => Promise.all(logs.splice(0).map(log => log.close())));

		it('removes what no session names, once it is old, and nothing else', async () => {
			const [named, attached, shown, forgotten] = [await put('a'), await put('b'), await put('c'), await put('d')];
			const log = await session('s', [named], true);
			await log.append([change('x', { after: named })], 'durable');
			const image = { mediaType: 'image/png', hash: attached };
			await log.append(
				[
					{ type: 'user', messageId: 'm', text: '', attachments: [{ label: '', text: '', image }] },
					{
						type: 'toolEnd',
						callId: 'c',
						result: { outcome: 'ok', text: '', durationMs: 0, images: [{ mediaType: 'image/png', hash: shown }] },
					},
				],
				'durable',
			);
			await log.close();
			assert.equal((await under.store.collectTexts()).removed, 0);
			under.pass(LONG_MS);
			const fresh = await put('e');
			const { removed } = await under.store.collectTexts();
			assert.equal(removed, 1);
			assert.equal(await isKept(forgotten), false);
			for (const hash of [named, attached, shown, fresh]) {
				assert.equal(await isKept(hash), true);
			}
		});

		it('removes the texts of a deleted session, and none that another one names', async () => {
			const [own, shared] = [await put('own'), await put('shared')];
			await (await session('a', [own, shared], true)).close();
			await (await session('b', [own, shared].slice(1).concat(shared), true)).close();
			under.pass(LONG_MS);
			await under.store.delete('a');
			await under.store.collectTexts();
			assert.deepEqual([await isKept(own), await isKept(shared)], [false, true]);
		});

		it('leaves a text that another window put again and is about to name', async () => {
			const hash = await put('again');
			under.pass(LONG_MS);
			assert.equal(await under.another().putBlob('again'), hash);
			under.pass(FRESH_MS);
			assert.equal((await under.store.collectTexts()).removed, 0);
			assert.equal(await isKept(hash), true);
			under.pass(LONG_MS);
			assert.equal((await under.store.collectTexts()).removed, 1);
			assert.equal(await put('again'), hash);
			assert.equal(await under.store.getBlob(hash), 'again');
		});

		it('gives up the oldest sessions above the cap, never an open one, nor edits that wait for a decision', async () => {
			const texts = await Promise.all(Array.from({ length: 8 }, (_, at) => put(noise(at, 1000))));
			const [old, oldToo, shared, pending, pendingToo, open, openToo, young] = texts;
			const all = (...hashes: (string | undefined)[]) => hashes.map(hash => hash ?? assert.fail());
			const inOrder: [string, readonly string[], boolean][] = [
				['old', all(old, oldToo, shared), true],
				['pending', all(pending, pendingToo), false],
				['open', all(open, openToo), true],
				['young', all(shared, young), true],
			];
			for (const [id, hashes, isDecided] of inOrder) {
				const log = await session(id, hashes, isDecided);
				if (id === 'open') {
					logs.push(log);
				} else {
					await log.close();
				}
				under.pass(1000);
			}
			under.pass(LONG_MS);
			assert.equal((await under.store.collectTexts({ maxBytes: 9000 })).removed, 0);
			const { leftBytes } = await under.store.collectTexts({ maxBytes: 7000 });
			assert.ok(leftBytes <= 7000 * 0.9);
			assert.deepEqual(await Promise.all(texts.map(isKept)), [false, false, true, true, true, true, true, true]);
			await under.store.collectTexts({ maxBytes: 100 });
			assert.deepEqual(await Promise.all(texts.map(isKept)), [false, false, false, true, true, true, true, false]);
		});

		it('stops when it is told to, and goes on the next time', async () => {
			await put('a');
			under.pass(LONG_MS);
			const stop = new AbortController();
			stop.abort();
			await assert.rejects(under.store.collectTexts({ signal: stop.signal }), { name: 'AbortError' });
			assert.equal((await under.store.collectTexts()).removed, 1);
		});
	});
}
