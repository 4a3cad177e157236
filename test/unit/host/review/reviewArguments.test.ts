import assert from 'node:assert/strict';
import { fileTargets, hunksWithin, hunkTarget } from '../../../../src/host/review/reviewArguments.ts';
import { A, B, lines, reviewFixture } from './reviewFixture.ts';

/** As the editor hands it to commands. */
class FakeUri {
	readonly scheme = 'file';
	readonly path = '/w/a.ts';
	readonly #text: string;
	constructor(text: string) {
		this.#text = text;
	}
	toString() {
		return this.#text;
	}
}

describe('what the commands of the review are called with', () => {
	const ref = { uri: A, sessionId: '1', revision: 2, start: 3 };
	const change = (modifiedStartLineNumber: number, modifiedEndLineNumber: number) => ({
		...{ originalStartLineNumber: 1, originalEndLineNumber: 1 },
		...{ modifiedStartLineNumber, modifiedEndLineNumber },
	});

	it('is a hunk, from a button above it', () => {
		assert.deepEqual(hunkTarget([ref]), { kind: 'hunk', ref });
		assert.deepEqual(hunkTarget([{ ...ref, decision: 'restore' }]), {
			kind: 'hunk',
			ref: { ...ref, decision: 'restore' },
		});
	});

	it('is lines, from the peek of the editor', () => {
		const uri = new FakeUri(A);
		const target = (...changes: object[]) => hunkTarget([uri, changes, changes.length - 1]);
		assert.deepEqual(target(change(1, 1), change(3, 5)), { kind: 'span', key: A, span: { start: 2, end: 5 } });
		// Lines were only removed, behind line 4.
		assert.deepEqual(target(change(4, 0)), { kind: 'span', key: A, span: { start: 4, end: 4 } });
	});

	it('is the cursor in all other cases', () => {
		const uri = new FakeUri(A);
		for (const args of [
			...[[], [undefined], ['x'], [{ uri: A }], [uri], [uri, [], 0], [uri, [change(1, 1)], 7], [uri, [{}], 0]],
			...[[{ ...ref, start: '3' }], [{ ...ref, decision: 'accept' }], [null, null]],
		]) {
			assert.deepEqual(hunkTarget(args), { kind: 'cursor' });
		}
	});

	it('names files: from a title, a row, rows or a group of the source control view', () => {
		const [a, b] = [new FakeUri(A), new FakeUri(B)];
		const rows = [{ resourceUri: a }, { resourceUri: b }];
		assert.deepEqual(fileTargets([a, { groupId: 0 }]), [A]);
		assert.deepEqual(fileTargets(rows), [A, B]);
		assert.deepEqual(fileTargets([{ id: 'review', resourceStates: rows }]), [A, B]);
		for (const args of [[], [undefined], [{ rootUri: a }], ['x'], [7]]) {
			assert.equal(fileTargets(args), undefined);
		}
	});

	it('is found again among our own hunks, however the editor cut the text', () => {
		const { shown, session } = reviewFixture({ [A]: lines('a', 'b', 'c', 'd', 'e', 'f', 'g') });
		session('1').edit(A, lines('a', 'B', 'c', 'D', 'e', 'g'));
		const { hunks } = shown.at(A) ?? assert.fail();
		const within = (start: number, end: number) => hunksWithin(hunks, { start, end }).map(({ span }) => span.start);
		assert.deepEqual(within(1, 4), [1, 3]);
		assert.deepEqual(within(1, 2), [1]);
		assert.deepEqual(within(2, 3), []);
		assert.deepEqual(within(5, 5), [5]);
		assert.deepEqual(within(6, 6), []);
	});
});
