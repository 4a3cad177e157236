import assert from 'node:assert/strict';
import {
	type HunkDrawing,
	hunkDrawing,
	isSameDrawing,
	movedDrawing,
	nothingDrawn,
	type TextChange,
} from '../../../../src/host/review/hunkDrawing.ts';
import {
	arrivalWords,
	hunkSummary,
	leftWords,
	removedHint,
	shownRemoval,
} from '../../../../src/host/review/hunkWords.ts';
import type { ShownHunk } from '../../../../src/host/review/shownFiles.ts';
import { translate } from '../../../fakes/translate.ts';
import { A, lines, reviewFixture } from './reviewFixture.ts';

function hunksOf(before: string, after: string) {
	const { shown, session } = reviewFixture({ [A]: before });
	session('1').edit(A, after);
	return shown.at(A)?.hunks ?? [];
}

const ALL = [{ start: 0, end: 10_000 }];

describe('what is drawn of changes', () => {
	it('is the agent’s lines, and a hint where lines are gone and none came', () => {
		const hunks = hunksOf(lines('a', 'b', 'c', 'd', 'e', 'f'), lines('a', 'B', 'B2', 'c', 'f', 'g'));
		const added = [
			{ start: 1, end: 3 },
			{ start: 5, end: 6 },
		];
		assert.deepEqual(hunkDrawing(hunks, 7, ALL), {
			lines: added,
			nearLines: added,
			removals: [{ line: 3, removed: ['d\n', 'e\n'] }],
			originals: [
				{ line: 1, removed: ['b\n'] },
				{ line: 3, removed: ['d\n', 'e\n'] },
			],
		});
	});

	it('stays within the text where its beginning, its end or all of it is gone', () => {
		const removals = (before: string, after: string, lineCount: number) =>
			hunkDrawing(hunksOf(before, after), lineCount, ALL).removals.map(({ line, removed }) => [line, removed.length]);
		assert.deepEqual(removals(lines('a', 'b'), lines('b'), 2), [[0, 1]]);
		assert.deepEqual(removals('a\nb\nc', 'a\nb\n', 3), [[1, 1]]);
		assert.deepEqual(removals(lines('a', 'b'), '', 1), [[0, 2]]);
	});

	it('is nothing of an empty new file', () => {
		const { shown, session } = reviewFixture();
		session('1').edit(A, '');
		assert.deepEqual(hunkDrawing(shown.at(A)?.hunks ?? [], 1, ALL), nothingDrawn);
	});

	it('is of thousands of changes only their lines, and the rest where it shows', () => {
		const hunks = Array.from({ length: 5000 }, (_, index) => hunkAt(index * 4, index % 2));
		const { lines: added, nearLines, removals, originals } = hunkDrawing(hunks, 20_000, [{ start: 800, end: 840 }]);
		assert.deepEqual([added.length, removals.length], [2500, 2500]);
		assert.deepEqual([nearLines.length, removals.filter(({ removed }) => removed.length > 0).length], [31, 30]);
		assert.equal(originals.length, 61);
	});
});

/** One of 0 or 1 lines where another one stood. */
function hunkAt(start: number, added: number): ShownHunk {
	const [some = assert.fail()] = hunksOf(lines('a', 'b'), lines('a', 'B'));
	return { ...some, start, span: { start, end: start + added } };
}

describe('what is drawn, when the text changes', () => {
	const drawing = (before: string, after: string) => hunkDrawing(hunksOf(before, after), 100, ALL);
	const DRAWN = drawing(lines('a', 'b', 'c', 'd', 'e', 'f'), lines('a', 'B', 'c', 'd', 'f'));
	const change = (from: number, to: number, text: string): TextChange => ({
		range: { start: { line: from }, end: { line: to } },
		text,
	});
	const linesOf = (moved: HunkDrawing | undefined) =>
		moved && [...moved.lines.map(({ start, end }) => `${start}-${end}`), ...moved.removals.map(({ line }) => line)];

	it('moves along where lines come or go above', () => {
		assert.deepEqual(linesOf(DRAWN), ['1-2', 3]);
		assert.deepEqual(linesOf(movedDrawing(DRAWN, [change(0, 0, 'x\ny\n')])), ['3-4', 5]);
		assert.deepEqual(linesOf(movedDrawing(DRAWN, [change(2, 2, '\n')])), ['1-2', 4]);
		assert.deepEqual(linesOf(movedDrawing(DRAWN, [change(4, 5, '')])), ['1-2', 3]);
	});

	it('stays where it is when no line comes or goes', () => {
		assert.equal(movedDrawing(DRAWN, [change(1, 1, 'x'), change(0, 0, 'y')]), DRAWN);
	});

	it('is to be drawn again where lines come or go in the midst of it', () => {
		assert.equal(movedDrawing(DRAWN, [change(1, 1, '\n')]), undefined);
		assert.equal(movedDrawing(DRAWN, [change(2, 3, '')]), undefined);
		assert.equal(movedDrawing(DRAWN, [change(0, 1, '')]), undefined);
		assert.equal(movedDrawing(DRAWN, [change(5, 5, '\n'), change(0, 0, '\n')]), undefined);
	});

	it('is as if it were drawn anew, whatever the user typed apart from it', () => {
		const before = lines('a', 'b', 'c', 'd', 'e', 'f');
		const fixture = reviewFixture({ [A]: before });
		fixture.session('1').edit(A, lines('a', 'B', 'c', 'd', 'f'));
		fixture.texts.set(A, lines('mine', 'a', 'B', 'c', 'd', 'f'));
		const anew = hunkDrawing(fixture.shown.at(A)?.hunks ?? [], 100, ALL);
		const moved = movedDrawing(DRAWN, [change(0, 0, 'mine\n')]) ?? assert.fail();
		assert.ok(isSameDrawing(moved, anew));
		assert.ok(!isSameDrawing(DRAWN, anew));
	});
});

describe('the words about changes', () => {
	it('count lines', () => {
		const summary = (before: string, after: string) => hunksOf(before, after).map(hunk => hunkSummary(hunk, translate));
		assert.deepEqual(summary(lines('a'), lines('a', 'b')), ['1 line added']);
		assert.deepEqual(summary(lines('a'), lines('a', 'b', 'c')), ['2 lines added']);
		assert.deepEqual(summary(lines('a', 'b'), lines('a')), ['1 line removed']);
		assert.deepEqual(summary(lines('a', 'b', 'c'), lines('X', 'Y')), ['2 added, 3 removed']);
	});

	it('say at the end of a line what is gone behind it', () => {
		const hint = (...removed: string[]) => removedHint(removed, translate);
		assert.equal(hint('\treturn 1;\r\n'), '− return 1;');
		assert.equal(hint('\n', '\treturn 1;\n'), '− return 1; (2 lines)');
		assert.deepEqual([hint('\n'), hint(' \n', '\n')], ['− 1 empty line', '− 2 empty lines']);
		assert.equal(hint('x'.repeat(100)), `− ${'x'.repeat(40)}…`);
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
