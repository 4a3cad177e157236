import assert from 'node:assert/strict';
import type { SessionEvent } from '../../../../src/agent/events.ts';
import { type OpenedSession, type SessionStore, SessionTakenError } from '../../../../src/agent/session/log.ts';

export const created = (sessionId: string): SessionEvent => ({
	type: 'created',
	sessionId,
	workspace: [],
	system: 'Be good.',
});
export const titled = (title: string): SessionEvent => ({ type: 'titled', title });
export const text = (delta: string): SessionEvent => ({ type: 'text', delta });

export function eventsOf({ events }: OpenedSession): readonly SessionEvent[] {
	return events.map(({ event }) => event);
}

export interface StoreUnderTest {
	/** Another window on the same store. */
	another(): SessionStore;
	readonly store: SessionStore;
}

/** What every store does, wherever it keeps the sessions. */
export function describeSessionStore(name: string, setUp: () => Promise<StoreUnderTest>): void {
	describe(`${name} as a session store`, () => {
		it('gives back what was appended, in order and numbered without a gap', async () => {
			const { store } = await setUp();
			const log = await store.create('s');
			await log.append([created('s'), text('a\nb\u2028\ud83d\ude00"\\')], 'buffered');
			await Promise.all([
				log.append([text('b')], 'buffered'),
				log.append([text('c')], 'durable'),
				log.append([text('d')], 'buffered'),
			]);
			await log.close();
			const opened = await store.open('s');
			assert.deepEqual(eventsOf(opened), [created('s'), ...['a\nb\u2028\ud83d\ude00"\\', 'b', 'c', 'd'].map(text)]);
			assert.deepEqual(
				opened.events.map(({ sequence }) => sequence),
				[0, 1, 2, 3, 4],
			);
			assert.deepEqual([opened.tornBytes, opened.damagedRecords], [0, 0]);
			await opened.log?.close();
		});

		it('goes on where the last writer stopped, in a later generation', async () => {
			const { store } = await setUp();
			const log = await store.create('s');
			await log.append([created('s')], 'durable');
			await log.close();
			const second = await store.open('s');
			await second.log?.append([text('a')], 'durable');
			await second.log?.close();
			const third = await store.open('s');
			assert.deepEqual(
				third.events.map(({ sequence, generation }) => [sequence, generation]),
				[
					[0, 1],
					[1, 2],
				],
			);
			await third.log?.close();
		});

		it('knows no session that was never made, and no id that is a path', async () => {
			const { store } = await setUp();
			await assert.rejects(store.open('nothing'), /no session/);
			for (const id of ['../x', 'a/b', '', 'a\0', '.']) {
				await assert.rejects(async () => store.open(id), Error, JSON.stringify(id));
			}
			assert.deepEqual(await store.list(), []);
		});

		it('lists sessions newest first, by the last title they got', async () => {
			const { store } = await setUp();
			for (const id of ['old', 'new']) {
				const log = await store.create(id);
				await log.append([created(id), titled(`First ${id}`)], 'durable');
				await log.append([text('x'), titled(`Title of ${id}`), text('y')], 'durable');
				await log.close();
			}
			const opened = await store.open('old');
			await opened.log?.append([text('z')], 'durable');
			await opened.log?.close();
			const list = await store.list();
			assert.deepEqual(
				list.map(({ id, title }) => [id, title]),
				[
					['old', 'Title of old'],
					['new', 'Title of new'],
				],
			);
			const times = list.map(({ updatedAt }) => updatedAt);
			assert.ok(times.every(Number.isFinite));
		});

		it('lets one window write and the other read', async () => {
			const { store, another } = await setUp();
			const log = await store.create('s');
			await log.append([created('s')], 'durable');
			const opened = await another().open('s');
			assert.equal(opened.log, undefined);
			assert.deepEqual(eventsOf(opened), [created('s')]);
			await log.append([text('still mine')], 'durable');
			await log.close();
			const free = await another().open('s');
			assert.deepEqual(eventsOf(free), [created('s'), text('still mine')]);
			await free.log?.close();
		});

		it('takes a session over on demand; the one before writes nothing more', async () => {
			const { store, another } = await setUp();
			const log = await store.create('s');
			await log.append([created('s')], 'durable');
			const taken = await another().open('s', { takeOver: true });
			await assert.rejects(log.append([text('too late')], 'durable'), SessionTakenError);
			await taken.log?.append([text('mine')], 'durable');
			await assert.rejects(log.append([text('too late')], 'durable'), SessionTakenError);
			await taken.log?.close();
			await log.close();
			const opened = await store.open('s');
			assert.deepEqual(eventsOf(opened), [created('s'), text('mine')]);
			await opened.log?.close();
		});

		it('deletes a session for all windows, also while one writes it', async () => {
			const { store, another } = await setUp();
			const log = await store.create('s');
			await log.append([created('s')], 'durable');
			await another().delete('s');
			await assert.rejects(log.append([text('ghost')], 'durable'), SessionTakenError);
			await log.close();
			assert.deepEqual(await store.list(), []);
			await assert.rejects(store.open('s'), /no session/);
			await store.delete('s');
		});

		it('keeps texts by their hash', async () => {
			const { store, another } = await setUp();
			const blob = '\ufeffa\r\nb\u0000\ud83d\ude00';
			const hash = await store.putBlob(blob);
			assert.match(hash, /^[0-9a-f]{64}$/);
			assert.equal(await store.putBlob(blob), hash);
			assert.equal(await another().getBlob(hash), blob);
			assert.equal(await store.getBlob(await store.putBlob('')), '');
			assert.equal(await store.getBlob('0'.repeat(64)), undefined);
			assert.equal(await store.getBlob('../s.jsonl'), undefined);
			assert.deepEqual(await store.list(), []);
		});
	});
}
