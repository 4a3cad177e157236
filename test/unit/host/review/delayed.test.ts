import assert from 'node:assert/strict';
import { Delayed } from '../../../../src/host/review/delayed.ts';
import { manualClock } from '../../../fakes/manualClock.ts';

describe('a delayed step', () => {
	const made = () => {
		const clock = manualClock();
		const done: number[] = [];
		const delayed = new Delayed(clock, () => done.push(clock.monotonic()));
		return { clock, done, delayed };
	};

	it('waits until nobody asks any more', () => {
		const { clock, done, delayed } = made();
		delayed.after(100);
		clock.advance(60);
		delayed.after(100);
		clock.advance(60);
		assert.deepEqual(done, []);
		clock.advance(40);
		assert.deepEqual(done, [160]);
	});

	it('comes in time for the first who asked, however many ask', () => {
		const { clock, done, delayed } = made();
		for (let count = 0; count < 10; count++) {
			delayed.within(50);
			clock.advance(10);
		}
		assert.deepEqual(done, [50, 100]);
	});

	it('is not done once it is disposed', () => {
		const { clock, done, delayed } = made();
		delayed.after(10);
		delayed.dispose();
		clock.advance(20);
		assert.deepEqual([done, clock.waiting], [[], 0]);
	});
});
