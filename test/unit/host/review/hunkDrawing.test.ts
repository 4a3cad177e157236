import assert from 'node:assert/strict';
import { hunkDrawing } from '../../../../src/host/review/hunkDrawing.ts';
import {
	arrivalWords,
	hunkSummary,
	leftWords,
	removedHint,
	shownRemoval,
} from '../../../../src/host/review/hunkWords.ts';
import { translate } from '../../../fakes/translate.ts';
import { A, lines, reviewFixture } from './reviewFixture.ts';

function hunksOf(before: string, after: string) {
	const { shown, session } = reviewFixture({ [A]: before });
	session('1').edit(A, after);
	return shown.at(A)?.hunks ?? [];
}

describe('what is drawn of changes', () => {
	it('is the agent’s lines, and a hint where lines are gone and none came', () => {
		const hunks = hunksOf(lines('a', 'b', 'c', 'd', 'e', 'f'), lines('a', 'B', 'B2', 'c', 'f', 'g'));
		assert.deepEqual(hunkDrawing(hunks, 7), {
			lines: [
				{ start: 1, end: 3 },
				{ start: 5, end: 6 },
			],
			removals: [{ line: 3, count: 2 }],
			originals: [
				{ line: 1, removed: ['b\n'] },
				{ line: 3, removed: ['d\n', 'e\n'] },
			],
		});
	});

	it('stays within the text where its beginning, its end or all of it is gone', () => {
		assert.deepEqual(hunkDrawing(hunksOf(lines('a', 'b'), lines('b')), 2).removals, [{ line: 0, count: 1 }]);
		assert.deepEqual(hunkDrawing(hunksOf('a\nb\nc', 'a\nb\n'), 3).removals, [{ line: 1, count: 1 }]);
		assert.deepEqual(hunkDrawing(hunksOf(lines('a', 'b'), ''), 1).removals, [{ line: 0, count: 2 }]);
	});

	it('is nothing of an empty new file', () => {
		const { shown, session } = reviewFixture();
		session('1').edit(A, '');
		assert.deepEqual(hunkDrawing(shown.at(A)?.hunks ?? [], 1), { lines: [], removals: [], originals: [] });
	});
});

describe('the words about changes', () => {
	it('count lines', () => {
		const summary = (before: string, after: string) => hunksOf(before, after).map(hunk => hunkSummary(hunk, translate));
		assert.deepEqual(summary(lines('a'), lines('a', 'b')), ['1 line added']);
		assert.deepEqual(summary(lines('a'), lines('a', 'b', 'c')), ['2 lines added']);
		assert.deepEqual(summary(lines('a', 'b'), lines('a')), ['1 line removed']);
		assert.deepEqual(summary(lines('a', 'b', 'c'), lines('X', 'Y')), ['2 added, 3 removed']);
		assert.deepEqual([removedHint(1, translate), removedHint(12, translate)], ['− 1 line', '− 12 lines']);
	});

	it('say where one is', () => {
		const [hunk = assert.fail()] = hunksOf(lines('a', 'b', 'c'), lines('a'));
		assert.equal(arrivalWords(hunk, { number: 3, total: 12 }, translate), 'Change 3 of 12 · 2 lines removed');
		assert.equal(
			arrivalWords({ ...hunk, isTouched: true }, { number: 1, total: 1 }, translate),
			'Change 1 of 1 · 2 lines removed · you changed these lines',
		);
	});

	it('say what is left', () => {
		assert.equal(leftWords(0, 0, translate), 'All changes of the agent are decided');
		assert.equal(leftWords(3, 1, translate), 'No changes left in this file · 3 in another');
		assert.equal(leftWords(3, 2, translate), 'No changes left in this file · 3 in 2 others');
	});

	it('cut removed lines that are many or long', () => {
		const removed = Array.from({ length: 100 }, () => `${'x'.repeat(1000)}\r\n`);
		const { text, more } = shownRemoval(removed);
		assert.deepEqual([text.split('\n').length, more, text.includes('\r')], [60, 40, false]);
		assert.ok(text.length < 60 * 402);
	});
});
