import assert from 'node:assert/strict';
import { decideFiles, decideHunks } from '../../../../src/host/review/reviewDecisions.ts';
import { A, B, lines, reviewFixture } from './reviewFixture.ts';

describe('a decision', () => {
	it('is about the hunks that were meant, and no others', async () => {
		const { shown, session, hub, texts } = reviewFixture({ [A]: lines('a', 'b', 'c', 'd', 'e') });
		session('1').edit(A, lines('A', 'b', 'C', 'd', 'E'));
		const hunks = (shown.at(A)?.hunks ?? []).filter((_, index) => index !== 1);
		const decided = await decideHunks(hub, hunks, 'reject');
		assert.deepEqual(decided, { settled: 2, conflicts: [], problems: [] });
		assert.equal(texts.get(A), lines('a', 'b', 'C', 'd', 'e'));
	});

	it('reaches hunks of two sessions at once', async () => {
		const { shown, session, hub, texts } = reviewFixture({ [A]: lines('a', 'b', 'c') });
		session('1').edit(A, lines('A', 'b', 'c'));
		session('2').edit(A, lines('A', 'b', 'C'));
		const { settled } = await decideHunks(hub, shown.at(A)?.hunks ?? [], 'reject');
		assert.deepEqual([settled, texts.get(A), shown.files], [2, lines('a', 'b', 'c'), []]);
	});

	it('to reject takes back first what came last, where one session wrote over another', async () => {
		const { session, hub, texts, shown } = reviewFixture({ [A]: lines('a', 'b') });
		session('1').edit(A, lines('a1', 'b'));
		session('2').edit(A, lines('a2', 'b'));
		const decided = await decideFiles(hub, hub.files, 'reject');
		assert.deepEqual(decided, { settled: 2, conflicts: [], problems: [] });
		assert.deepEqual([texts.get(A), shown.files], [lines('a', 'b'), []]);
	});

	it('leaves what the user changed, and says where', async () => {
		const { session, hub, texts } = reviewFixture({ [A]: lines('a', 'b', 'c'), [B]: lines('x') });
		const review = session('1');
		review.edit(A, lines('A', 'b', 'C'));
		review.edit(B, lines('X'));
		texts.set(A, lines('A', 'b', 'mine'));
		const { settled, conflicts } = await decideFiles(hub, hub.files, 'reject');
		assert.equal(settled, 2);
		assert.deepEqual(
			conflicts.map(({ file, lines: at }) => [file.key, at]),
			[[A, [3]]],
		);
		assert.deepEqual([texts.get(A), texts.get(B)], [lines('a', 'b', 'mine'), lines('x')]);
	});

	it('that fails for one session is told once, and holds up no other', async () => {
		const { session, hub, texts } = reviewFixture({ [A]: lines('a'), [B]: lines('x') });
		const [first, second] = [session('1'), session('2')];
		first.edit(A, lines('A'));
		first.edit(B, lines('X'));
		second.edit(B, lines('X', 'Y'));
		first.problem = 'This session is open in another window.';
		const decided = await decideFiles(hub, hub.files, 'reject');
		assert.deepEqual(decided.problems, ['This session is open in another window.']);
		assert.deepEqual([decided.settled, texts.get(B)], [1, lines('X')]);
	});

	it('passes on what is a bug', async () => {
		const { hub } = reviewFixture();
		const file = { key: A, uri: A, path: 'a.ts', sessionId: '1', revision: 1, isOpen: false };
		const pending = { base: 'a', text: 'b' };
		hub.add('1', {
			files: [{ ...file, pending }],
			onDidChange: () => ({ dispose: () => undefined }),
			decide: async () => {
				throw new TypeError('bug');
			},
		});
		await assert.rejects(decideFiles(hub, [{ ...file, pending }], 'accept'), TypeError);
	});
});
