import assert from 'node:assert/strict';
import { GRACE_MS } from '../../../../src/agent/checkpoint/collectTexts.ts';
import { tidyStore } from '../../../../src/agent/checkpoint/tidyStore.ts';
import { manualClock } from '../../../fakes/manualClock.ts';
import { memorySessionStore } from '../../../fakes/memorySessionStore.ts';

describe('tidyStore', () => {
	const setUp = () => {
		const clock = manualClock();
		const inner = memorySessionStore(() => clock.now());
		const problems: unknown[] = [];
		let ended: (() => void) | undefined;
		let failure: Error | undefined;
		const store = tidyStore(
			{
				...inner,
				async collectTexts() {
					try {
						if (failure !== undefined) {
							throw failure;
						}
						return await inner.collectTexts();
					} finally {
						ended?.();
					}
				},
			},
			{ clock, onProblem: error => problems.push(error) },
		);
		/** Lets time pass, in which texts are collected. */
		const collected = async (ms: number) => {
			const end = new Promise<void>(resolve => {
				ended = resolve;
			});
			clock.advance(ms);
			await end;
		};
		return { clock, store, problems, collected, fail: (error: Error | undefined) => (failure = error) };
	};

	it('collects a while after it was opened', async () => {
		const { clock, store, collected } = setUp();
		const hash = await store.putBlob('forgotten');
		clock.advance(59_000);
		assert.equal(await store.getBlob(hash), 'forgotten');
		await collected(GRACE_MS);
		assert.equal(await store.getBlob(hash), undefined);
		assert.equal(clock.waiting, 0);
	});

	it('collects after a session was deleted, once for many', async () => {
		const { clock, store, collected } = setUp();
		await collected(60_000);
		const hash = await store.putBlob('of a session');
		clock.advance(GRACE_MS);
		await store.delete('a');
		clock.advance(9000);
		await store.delete('b');
		clock.advance(9000);
		assert.equal(clock.waiting, 1);
		await collected(1000);
		assert.equal(await store.getBlob(hash), undefined);
	});

	it('tells what went wrong, and tries again another time', async () => {
		const { store, problems, collected, fail } = setUp();
		const hash = await store.putBlob('a');
		const error = new Error('not now');
		fail(error);
		await collected(GRACE_MS + 1);
		fail(undefined);
		await store.delete('x');
		await collected(10_000);
		assert.deepEqual(problems, [error]);
		assert.equal(await store.getBlob(hash), undefined);
	});
});
