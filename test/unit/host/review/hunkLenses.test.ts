import assert from 'node:assert/strict';
import { hunkLenses, hunksNear, LENS_MARGIN, refOf } from '../../../../src/host/review/hunkLenses.ts';
import { translate } from '../../../fakes/translate.ts';
import { A, lines, reviewFixture } from './reviewFixture.ts';

const ALL = [{ start: 0, end: 10_000 }];

describe('the buttons above a change', () => {
	const titles = (texts: { before: string; after: string; now?: string; isOpen?: boolean }) => {
		const fixture = reviewFixture({ [A]: texts.before });
		fixture.session('1').edit(A, texts.after, { isOpen: texts.isOpen ?? false });
		if (texts.now !== undefined) {
			fixture.texts.set(A, texts.now);
		}
		const count = (fixture.texts.get(A) ?? '').split('\n').length;
		const hunks = fixture.shown.at(A)?.hunks ?? [];
		return hunkLenses(hunks, ALL, count, translate).map(lens => ({ ...lens, tooltip: lens.tooltip !== '' }));
	};

	it('accept and reject it, and say which of how many it is and what it does', () => {
		const lenses = titles({ before: lines('a', 'b', 'c', 'd'), after: lines('a', 'B', 'B2', 'c') });
		assert.deepEqual(
			lenses.map(({ line, title, action }) => [line, title, action]),
			[
				[1, 'Accept', 'accept'],
				[1, 'Reject', 'reject'],
				[1, '1 of 2 · 2 added, 1 removed', 'show'],
				[4, 'Accept', 'accept'],
				[4, 'Reject', 'reject'],
				[4, '2 of 2 · 1 line removed', 'show'],
			],
		);
	});

	it('say so where the user changed its lines, and offer both ways', () => {
		const lenses = titles({ before: lines('a', 'b'), after: lines('a', 'B'), now: lines('a', 'mine') });
		assert.deepEqual(
			lenses.map(({ title, action, hunk }) => [title, action, hunk.decision]),
			[
				['You changed these lines:', 'none', undefined],
				['Keep mine', 'accept', undefined],
				['Restore the original', 'reject', 'restore'],
				['1 of 1 · 1 added, 1 removed', 'show', undefined],
			],
		);
	});

	it('do not call the user the one who changed its lines where another session did', () => {
		const { shown, session } = reviewFixture({ [A]: lines('a', 'b') });
		session('1').edit(A, lines('a', 'B'));
		session('2').edit(A, lines('a', 'BB'));
		const lenses = hunkLenses(shown.at(A)?.hunks ?? [], ALL, 3, translate);
		assert.deepEqual(
			lenses.map(({ title }) => title),
			[
				...['Edited again since:', 'Keep', 'Restore the original', '1 of 2 · 1 added, 1 removed'],
				...['Accept', 'Reject', '2 of 2 · 1 added, 1 removed'],
			],
		);
	});

	it('are not there while the agent writes', () => {
		assert.deepEqual(titles({ before: '', after: lines('half'), isOpen: true }), []);
	});

	it('stand above the last line where the end of the text is gone', () => {
		const lenses = titles({ before: 'a\nb\nc', after: 'a\nb' });
		assert.deepEqual(new Set(lenses.map(({ line }) => line)), new Set([1]));
	});

	it('are there near the screen only', () => {
		const count = 1000;
		const before = Array.from({ length: count }, (_, index) => `line ${index}`);
		const after = before.map((line, index) => (index % 10 === 0 ? `${line}!` : line));
		const { shown, session } = reviewFixture({ [A]: lines(...before) });
		session('1').edit(A, lines(...after));
		const { hunks } = shown.at(A) ?? assert.fail();
		const near = hunksNear(hunks, [{ start: 500, end: 540 }]).map(({ span }) => span.start);
		assert.deepEqual([hunks.length, near.at(0), near.at(-1)], [100, 500 - LENS_MARGIN, 540 + LENS_MARGIN]);
		assert.equal(
			hunkLenses(hunks, [{ start: 500, end: 540 }], count, translate)[2]?.title,
			'41 of 100 · 1 added, 1 removed',
		);
	});

	it('name the change as it is now', () => {
		const { shown, session } = reviewFixture({ [A]: lines('a', 'b') });
		session('1').edit(A, lines('a', 'B'));
		const [hunk = assert.fail()] = shown.at(A)?.hunks ?? [];
		assert.deepEqual(refOf(hunk), { uri: A, sessionId: '1', revision: 1, start: 1 });
	});
});
