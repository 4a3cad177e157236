import assert from 'node:assert/strict';
import fc from 'fast-check';
import { applyChanges, lineChanges } from '../../../src/editing/lineChanges.ts';
import {
	followEdit,
	followRejection,
	type HunkDecision,
	type PendingEdit,
	pendingHunks,
	settle,
} from '../../../src/editing/pendingEdit.ts';

const BASE = lines('one', 'two', 'three', 'four', 'five', 'six');
const AGENT = lines('one', 'TWO', 'three', 'four', 'new', 'five', 'six');
const EDIT: PendingEdit = { base: BASE, text: AGENT };

describe('A pending edit', () => {
	it('shows its hunks where they are now', () => {
		const now = lines('typed', 'one', 'TWO', 'three', 'four', 'new', 'five', 'six');
		assert.deepEqual(
			pendingHunks(EDIT, now).map(hunk => [hunk.base, hunk.now, hunk.isTouched]),
			[
				[{ start: 1, end: 2 }, { start: 2, end: 3 }, false],
				[{ start: 4, end: 4 }, { start: 5, end: 6 }, false],
			],
		);
	});

	it('gives back what stood there and keeps what was typed elsewhere', () => {
		const now = lines('typed', 'one', 'TWO', 'three', 'FOUR', 'new', 'five', 'six');
		const settled = settle(EDIT, now, () => 'reject');
		assert.equal(settled.now, lines('typed', 'one', 'two', 'three', 'FOUR', 'five', 'six'));
		assert.equal(settled.base, settled.text);
	});

	it('settles one hunk and leaves the others pending', () => {
		const settled = settle(EDIT, AGENT, ({ base }) => (base.start === 1 ? 'reject' : 'pending'));
		assert.equal(settled.now, lines('one', 'two', 'three', 'four', 'new', 'five', 'six'));
		assert.deepEqual(
			pendingHunks(settled, settled.now).map(({ now }) => now),
			[{ start: 4, end: 5 }],
		);
		const accepted = settle(EDIT, AGENT, ({ base }) => (base.start === 1 ? 'accept' : 'pending'));
		assert.equal(accepted.now, AGENT);
		assert.equal(settle(accepted, AGENT, () => 'reject').now, lines('one', 'TWO', 'three', 'four', 'five', 'six'));
	});

	it('does not take back lines that the user changed since, unless told to', () => {
		const now = lines('one', 'TWO and a half', 'three', 'four', 'new', 'five', 'six');
		const rejected = settle(EDIT, now, () => 'reject');
		assert.equal(rejected.now, lines('one', 'TWO and a half', 'three', 'four', 'five', 'six'));
		assert.deepEqual(
			rejected.conflicts.map(hunk => [hunk.now, hunk.isTouched]),
			[[{ start: 1, end: 2 }, true]],
		);
		assert.equal(settle(rejected, rejected.now, () => 'restore').now, BASE);
	});

	it('is over when the user brought back what it removed, also beside equal lines and with more', () => {
		const base = lines('a', 'x', 'x', 'b', 'c');
		const edit: PendingEdit = { base, text: lines('a', 'x', 'b') };
		assert.deepEqual(pendingHunks(edit, base), []);
		assert.equal(settle(edit, base, () => 'reject').now, base);
		const typed = lines('a', 'x', 'typed', 'x', 'b');
		assert.deepEqual(
			pendingHunks(edit, typed).map(hunk => hunk.base),
			[{ start: 4, end: 5 }],
		);
		assert.equal(settle(edit, typed, () => 'reject').now, lines('a', 'x', 'typed', 'x', 'b', 'c'));
	});

	it('is over when the user undid it', () => {
		assert.deepEqual(pendingHunks(EDIT, BASE), []);
		const { base, text, now } = settle(EDIT, BASE, () => 'pending');
		assert.deepEqual({ base, text, now }, { base: BASE, text: BASE, now: BASE });
	});

	it('removes a new file that is rejected, and brings a deleted one back', () => {
		const created = { base: undefined, text: lines('a', 'b') };
		assert.equal(settle(created, created.text, () => 'reject').now, undefined);
		assert.equal(settle(created, created.text, () => 'accept').now, created.text);
		const deleted = { base: BASE, text: undefined };
		assert.equal(settle(deleted, undefined, () => 'reject').now, BASE);
		assert.equal(settle(deleted, undefined, () => 'accept').now, undefined);
	});

	it('keeps what the user wrote below a new file that is rejected', () => {
		const created = { base: undefined, text: lines('a', 'b') };
		assert.equal(settle(created, lines('a', 'b', 'mine'), () => 'reject').now, lines('mine'));
	});

	it('does not remove a new file that the user emptied', () => {
		const created = { base: undefined, text: lines('a', 'b') };
		assert.equal(settle(created, '', () => 'pending').now, '');
	});

	it('can be an empty file', () => {
		const created = { base: undefined, text: '' };
		assert.equal(pendingHunks(created, '').length, 1);
		assert.equal(settle(created, '', () => 'reject').now, undefined);
		assert.equal(settle(created, '', () => 'accept').now, '');
		assert.equal(settle(created, 'mine', () => 'reject').conflicts.length, 1);
		assert.deepEqual(
			settle(created, '', () => 'pending'),
			{ ...created, now: '', conflicts: [] },
		);
	});

	it('does not glue a line to one that had no end', () => {
		const edit = { base: 'a\nx', text: 'a\ny\n' };
		assert.equal(settle(edit, 'a\ny\nmine\n', () => 'reject').now, 'a\nx\nmine\n');
	});

	it('takes in a further edit of the agent', () => {
		const typed = lines('one', 'TWO', 'three', 'FOUR', 'new', 'five', 'six');
		const second = lines('one', 'TWO', 'three', 'FOUR', 'new', 'five', 'SIX');
		const edit = followEdit(EDIT, typed, second);
		assert.equal(settle(edit, second, () => 'reject').now, lines('one', 'two', 'three', 'FOUR', 'five', 'six'));
	});

	it('gives the user back what the agent wrote over', () => {
		const typed = lines('one', 'TWO by the user', 'three', 'four', 'new', 'five', 'six');
		const second = lines('one', 'overwritten', 'three', 'four', 'new', 'five', 'six');
		const edit = followEdit(EDIT, typed, second);
		assert.equal(
			settle(edit, second, () => 'reject').now,
			lines('one', 'TWO by the user', 'three', 'four', 'five', 'six'),
		);
	});

	it('has nothing any more of what was taken back, also where it only removed lines', () => {
		const without = lines('one', 'three', 'four', 'new', 'five', 'six');
		const edit: PendingEdit = { base: AGENT, text: without };
		const rejection = { base: without, text: BASE };
		const left = followRejection(edit, rejection, BASE);
		assert.equal(settle(left, BASE, () => 'reject').now, BASE);
		const typed = lines('mine', 'one', 'two', 'three', 'four', 'five', 'six');
		assert.equal(settle(followRejection(edit, rejection, typed), typed, () => 'reject').now, typed);
	});

	it('still has what the user brought again after taking it back', () => {
		const left = followRejection(EDIT, { base: AGENT, text: BASE }, AGENT);
		assert.equal(settle(left, AGENT, () => 'reject').now, BASE);
		const one = lines('one', 'two', 'three', 'four', 'new', 'five', 'six');
		const half = followRejection(EDIT, { base: AGENT, text: BASE }, one);
		assert.equal(settle(half, one, () => 'reject').now, BASE);
	});

	it('is nothing once a new file was taken back', () => {
		const left = followRejection({ base: undefined, text: 'x\n' }, { base: 'x\n', text: undefined }, undefined);
		assert.equal(left.base, left.text);
		assert.equal(settle(left, undefined, () => 'reject').now, undefined);
	});

	it('loses no line of the user, whatever is edited and decided', () => {
		fc.assert(
			fc.property(fc.array(fc.nat(6), { maxLength: 12 }), fc.array(step, { maxLength: 14 }), (seed, steps) => {
				const world = new World(lines(...seed.map(word => `line ${word}`)));
				for (const [index, one] of steps.entries()) {
					world.take(one, index);
				}
			}),
			{ numRuns: 3000 },
		);
	});
});

type Step =
	| { kind: 'agent' | 'type'; at: number; remove: number; add: number }
	| { kind: 'decide'; mask: number; decision: HunkDecision };

const step: fc.Arbitrary<Step> = fc.oneof(
	fc.record({
		kind: fc.constantFrom('agent' as const, 'type' as const),
		at: fc.nat(20),
		remove: fc.nat(3),
		add: fc.nat(3),
	}),
	fc.record({
		kind: fc.constant('decide' as const),
		mask: fc.nat(255),
		decision: fc.constantFrom<HunkDecision>('accept', 'reject'),
	}),
);

/** A file, an agent and a user who types lines that nobody else writes. */
class World {
	#now: string;
	#edit: PendingEdit | undefined;
	/** Lines of the user that nobody took away. */
	readonly #typed = new Set<string>();

	constructor(text: string) {
		this.#now = text;
	}

	take(one: Step, index: number): void {
		if (one.kind === 'decide') {
			return this.#decide(one);
		}
		const before = this.#now.split(/(?<=\n)/).filter(line => line !== '');
		const at = Math.min(one.at, before.length);
		const added = Array.from({ length: one.add }, (_, line) => `${one.kind} ${index}.${line}\n`);
		const removed = before.slice(at, at + one.remove);
		const after = [...before.slice(0, at), ...added, ...before.slice(at + one.remove)].join('');
		for (const line of removed) {
			// Whoever writes over it has seen it.
			this.#typed.delete(line);
		}
		if (one.kind === 'type') {
			for (const line of added) {
				this.#typed.add(line);
			}
		} else {
			this.#edit = followEdit(this.#edit, this.#now, after);
		}
		this.#now = after;
		this.#check();
	}

	#decide({ mask, decision }: Extract<Step, { kind: 'decide' }>): void {
		if (this.#edit === undefined) {
			return;
		}
		const now = this.#now;
		const settled = settle(this.#edit, now, ({ base }) => ((mask >> (base.start % 8)) & 1 ? decision : 'pending'));
		if (decision === 'accept') {
			assert.equal(settled.now, now);
		}
		this.#edit = settled;
		this.#now = settled.now ?? '';
		this.#check();
	}

	#check(): void {
		for (const line of this.#typed) {
			assert.ok(this.#now.includes(line), `lost ${JSON.stringify(line)} in ${JSON.stringify(this.#now)}`);
		}
		if (this.#edit === undefined) {
			return;
		}
		const carried = settle(this.#edit, this.#now, () => 'pending');
		assert.equal(carried.now, this.#now);
		// What is apart from the hunks is the same on all sides; so with all hunks put back the base comes out.
		const hunks = pendingHunks(carried, this.#now);
		const base = (carried.base ?? '').split(/(?<=\n)/);
		const now = this.#now.split(/(?<=\n)/);
		const back = [...hunks].reverse().reduce((text, hunk) => {
			const { base: from, now: to } = hunk;
			return [...text.slice(0, to.start), ...base.slice(from.start, from.end), ...text.slice(to.end)];
		}, now);
		assert.equal(back.join(''), carried.base ?? '');
		assert.equal(applyChanges(this.#now, lineChanges(this.#now, back.join(''))), carried.base ?? '');
		assert.equal(settle(carried, this.#now, () => 'restore').now ?? '', carried.base ?? '');
	}
}

function lines(...all: string[]): string {
	return all.map(line => `${line}\n`).join('');
}
