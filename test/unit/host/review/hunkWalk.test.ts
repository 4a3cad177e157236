import assert from 'node:assert/strict';
import {
	anchorLine,
	hunkAfter,
	isAtLine,
	type Place,
	positionOf,
	stepFrom,
} from '../../../../src/host/review/hunkWalk.ts';
import { A, B, lines, reviewFixture } from './reviewFixture.ts';

/** Changes in lines 1, 4 (removed before it) and 6 of the one file and line 0 of the other. */
function walk() {
	const { shown, session } = reviewFixture({
		[A]: lines('a', 'b', 'c', 'd', 'gone', 'e', 'f', 'g', 'h'),
		[B]: lines('a', 'b'),
	});
	const review = session('1');
	review.edit(A, lines('a', 'B', 'c', 'd', 'e', 'f', 'G', 'G2', 'h'));
	review.edit(B, lines('A', 'b'));
	const step = (place: Place | undefined, direction: 'next' | 'previous') => {
		const hunk = stepFrom(shown.files, place, direction);
		return hunk && `${hunk.key === A ? 'A' : 'B'}${anchorLine(hunk.span)}`;
	};
	return { shown, step };
}

describe('the way from change to change', () => {
	it('goes through the file, on to the next one, and round again', () => {
		const { step } = walk();
		const way = [0, 1, 2, 3, 6].map(line => step({ key: A, line }, 'next'));
		assert.deepEqual(way, ['A1', 'A3', 'A3', 'A6', 'B0']);
		assert.equal(step({ key: B, line: 0 }, 'next'), 'A1');
	});

	it('goes back the same way', () => {
		const { step } = walk();
		const way = [8, 7, 6, 5, 3, 1].map(line => step({ key: A, line }, 'previous'));
		assert.deepEqual(way, ['A6', 'A3', 'A3', 'A3', 'A1', 'B0']);
		assert.equal(step({ key: B, line: 1 }, 'previous'), 'B0');
	});

	it('begins with the first or last change from anywhere else', () => {
		const { step } = walk();
		assert.deepEqual(
			[step(undefined, 'next'), step(undefined, 'previous'), step({ key: 'other', line: 3 }, 'next')],
			['A1', 'B0', 'A1'],
		);
	});

	it('stays where there is one change only, and ends where there is none', () => {
		const { shown, session } = reviewFixture({ [A]: lines('a') });
		assert.equal(stepFrom(shown.files, undefined, 'next'), undefined);
		session('1').edit(A, lines('b'));
		assert.equal(stepFrom(shown.files, { key: A, line: 0 }, 'next'), shown.files[0]?.hunks[0]);
	});

	it('knows the change at a line: where lines are gone it is the line before', () => {
		const { shown } = walk();
		const { hunks } = shown.at(A) ?? assert.fail();
		const at = [0, 1, 2, 3, 4, 6, 7, 8].map(line => hunks.findIndex(hunk => isAtLine(hunk, line)));
		assert.deepEqual(at, [-1, 0, -1, 1, -1, 2, 2, -1]);
	});

	it('goes on, once one is decided, to the next of the file, or back to the last', () => {
		const { shown } = walk();
		const { hunks } = shown.at(A) ?? assert.fail();
		assert.deepEqual(
			[0, 2, 5, 8].map(line => hunkAfter(hunks, line)?.span.start),
			[1, 4, 6, 6],
		);
		assert.equal(hunkAfter([], 3), undefined);
	});

	it('counts through all files', () => {
		const { shown } = walk();
		const hunk = shown.at(B)?.hunks[0] ?? assert.fail();
		assert.deepEqual(positionOf(shown.files, hunk), { number: 4, total: 4 });
	});
});
