import type { Clock } from '../../src/agent/clock.ts';

/** Time in which every wait is over at once, and which remembers how long each was. */
export interface HurriedClock extends Clock {
	readonly waits: readonly number[];
}

export function hurriedClock(start = 1_700_000_000_000): HurriedClock {
	const waits: number[] = [];
	let elapsed = 0;
	return {
		waits,
		now: () => start + elapsed,
		monotonic: () => elapsed,
		schedule(ms, callback) {
			waits.push(ms);
			let isOver = false;
			queueMicrotask(() => {
				if (!isOver) {
					elapsed += ms;
					callback();
				}
			});
			return () => {
				isOver = true;
			};
		},
	};
}
