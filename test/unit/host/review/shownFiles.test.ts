import assert from 'node:assert/strict';
import { ReviewHub } from '../../../../src/host/review/reviewHub.ts';
import { ShownFiles } from '../../../../src/host/review/shownFiles.ts';
import { MemoryReview } from './memoryReview.ts';
import { A, B, lines, reviewFixture, spans } from './reviewFixture.ts';

describe('the files under review', () => {
	it('have their hunks where the lines are now, while the user types above them', () => {
		const { shown, session, texts } = reviewFixture({ [A]: lines('a', 'b', 'c', 'd', 'e') });
		session('1').edit(A, lines('a', 'B', 'c', 'd', 'e', 'f'));
		assert.deepEqual(spans(shown.at(A)), ['1-2', '5-6']);
		texts.set(A, lines('mine', 'a', 'B', 'c', 'd', 'e', 'f'));
		assert.deepEqual(spans(shown.at(A)), ['2-3', '6-7']);
		assert.deepEqual(
			shown.at(A)?.hunks.map(({ removed, isTouched }) => [removed, isTouched]),
			[
				[['b\n'], false],
				[[], false],
			],
		);
	});

	it('count lines and hunks that the user changed since', () => {
		const { shown, session, texts } = reviewFixture({ [A]: lines('a', 'b', 'c', 'd') });
		session('1').edit(A, lines('A', 'A2', 'b'));
		texts.set(A, lines('A', 'mine', 'b'));
		const { added, removed, touched, kind } = shown.at(A) ?? assert.fail();
		assert.deepEqual({ added, removed, touched, kind }, { added: 2, removed: 3, touched: 1, kind: 'changed' });
	});

	it('are worked out once for a text', () => {
		const { shown, session, texts } = reviewFixture({ [A]: lines('a') });
		const review = session('1');
		review.edit(A, lines('b'));
		const first = shown.at(A);
		assert.equal(shown.at(A), first);
		assert.equal(shown.files[0], first);
		texts.set(A, lines('b', 'mine'));
		assert.notEqual(shown.at(A), first);
	});

	it('leave out what the user undid', () => {
		const { shown, session, texts } = reviewFixture({ [A]: lines('a') });
		session('1').edit(A, lines('b'));
		texts.set(A, lines('a'));
		assert.deepEqual([shown.at(A), shown.files], [undefined, []]);
		texts.set(A, lines('b'));
		assert.equal(shown.files.length, 1);
	});

	it('hold the hunks of two sessions, in the order of the text, under the names that each session knows', async () => {
		const { shown, session, hub, texts } = reviewFixture({ [A]: lines('a', 'b', 'c', 'd', 'e') });
		const [first, second] = [session('1'), session('2')];
		first.edit(A, lines('a', 'b', 'c', 'D', 'e'));
		second.edit(A, lines('A', 'A', 'b', 'c', 'D', 'e'));
		const hunks = shown.at(A)?.hunks ?? [];
		assert.deepEqual(
			hunks.map(({ sessionId, span }) => [sessionId, span.start]),
			[
				['2', 0],
				['1', 4],
			],
		);
		for (const { sessionId, uri, revision, start } of hunks) {
			await hub.decide(sessionId, { uri, decision: 'reject', hunks: [start], revision });
		}
		assert.equal(texts.get(A), lines('a', 'b', 'c', 'd', 'e'));
		assert.deepEqual(shown.files, []);
	});

	it('say what became of the file: created, deleted or changed', () => {
		const { shown, session } = reviewFixture({ [A]: lines('a') });
		const review = session('1');
		review.edit(B, lines('new'));
		review.edit(A, undefined);
		assert.deepEqual(
			shown.files.map(({ key, kind, added, removed }) => [key, kind, added, removed]),
			[
				[B, 'created', 1, 0],
				[A, 'deleted', 0, 1],
			],
		);
	});

	it('are taken as the agent left them where no editor holds them', () => {
		const hub = new ReviewHub();
		const shown = new ShownFiles(hub, () => undefined);
		const review = new MemoryReview(new Map([[A, lines('a')]]));
		hub.add('1', review);
		review.edit(A, lines('a', 'b'));
		assert.deepEqual(spans(shown.at(A)), ['1-2']);
		assert.equal(shown.baseText(A), lines('a'));
	});

	it('have the right lines where an editor made one kind of line end of two', () => {
		const hub = new ReviewHub();
		const text = { version: 1, getText: () => 'a\r\nB\r\nc\r\nd\r\n' };
		const shown = new ShownFiles(hub, () => text);
		const review = new MemoryReview(new Map([[A, 'a\r\nb\nc\r\nd\r\n']]));
		hub.add('1', review);
		review.edit(A, 'a\r\nB\nc\r\nd\r\n');
		assert.deepEqual(spans(shown.at(A)), ['1-2']);
		assert.equal(shown.at(A)?.touched, 0);
	});

	it('have an empty file that was made or removed as one hunk without lines', () => {
		const { shown, session } = reviewFixture();
		session('1').edit(A, '');
		assert.deepEqual(spans(shown.at(A)), ['0-0']);
	});
});

describe('the text without the edits under review', () => {
	it('has the edits of the user apart from them', () => {
		const { shown, session, texts } = reviewFixture({ [A]: lines('a', 'b', 'c') });
		session('1').edit(A, lines('a', 'B', 'c'));
		texts.set(A, lines('a', 'B', 'c', 'mine'));
		assert.equal(shown.baseText(A), lines('a', 'b', 'c', 'mine'));
	});

	it('is without those of all sessions', () => {
		const { shown, session } = reviewFixture({ [A]: lines('a', 'b', 'c') });
		session('1').edit(A, lines('a', 'B', 'c'));
		session('2').edit(A, lines('A', 'B', 'C'));
		assert.equal(shown.baseText(A), lines('a', 'b', 'c'));
	});

	it('is not there without any', async () => {
		const { shown, session, hub } = reviewFixture({ [A]: lines('a') });
		session('1').edit(A, lines('b'));
		await hub.decide('1', { uri: A, decision: 'accept' });
		assert.equal(shown.baseText(A), undefined);
	});
});
