import assert from 'node:assert/strict';
import { ReviewHub } from '../../../../src/host/review/reviewHub.ts';
import { MemoryReview } from './memoryReview.ts';
import { A, B, lines, reviewFixture } from './reviewFixture.ts';

describe('the reviews of all sessions', () => {
	it('are listed session by session, each in the order of its edits', () => {
		const { hub, session } = reviewFixture({ [A]: lines('one'), [B]: lines('two') });
		const [first, second] = [session('1'), session('2')];
		second.edit(B, lines('2'));
		first.edit(B, lines('22'));
		first.edit(A, lines('1'));
		assert.deepEqual(
			hub.files.map(({ sessionId, key }) => [sessionId, key]),
			[
				['1', B],
				['1', A],
				['2', B],
			],
		);
	});

	it('name a file as the editor does, however the session wrote it', () => {
		const hub = new ReviewHub(decodeURIComponent);
		const review = new MemoryReview(new Map());
		hub.add('1', review);
		review.edit('file:///w/%C3%A4.ts', 'x');
		assert.deepEqual(
			hub.files.map(({ key, uri }) => [key, uri]),
			[['file:///w/ä.ts', 'file:///w/%C3%A4.ts']],
		);
	});

	it('tell of every change, and nothing of a session that is gone', () => {
		const { hub, session } = reviewFixture({ [A]: lines('one') });
		let told = 0;
		const listening = hub.onDidChange(() => told++);
		const review = session('1');
		review.edit(A, lines('1'));
		assert.equal(told, 2);
		review.end();
		assert.deepEqual([told, hub.files], [3, []]);
		review.edit(A, lines('2'));
		assert.equal(told, 3);
		listening.dispose();
		session('2');
		assert.equal(told, 3);
	});

	it('call a session pending until its last decision is over', async () => {
		const { hub, session } = reviewFixture({ [A]: lines('one') });
		const review = session('1');
		assert.deepEqual(hub.pendingSessions, []);
		review.edit(A, lines('1'));
		assert.deepEqual(hub.pendingSessions, ['1']);
		let isOver = false;
		hub.onDidChange(() => {
			isOver = !hub.isPending('1');
		});
		const deciding = hub.decide('1', { uri: A, decision: 'accept' });
		assert.equal(isOver, false);
		await deciding;
		assert.equal(isOver, true);
	});

	it('decide nothing for a session that is gone', async () => {
		const { hub } = reviewFixture();
		assert.deepEqual(await hub.decide('gone', { uri: A, decision: 'reject' }), { settled: 0, conflicts: [] });
	});
});
