import type { Clock } from '../../src/agent/clock.ts';

/** Time that moves when the test says so. */
export interface ManualClock extends Clock {
	/** Moves on, calling back what is due, in order. */
	advance(ms: number): void;
	/** How many callbacks wait. */
	readonly waiting: number;
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
	let elapsed = 0;
	let timers: { at: number; callback: () => void }[] = [];
	return {
		now: () => start + elapsed,
		monotonic: () => elapsed,
		schedule(ms, callback) {
			const timer = { at: elapsed + ms, callback };
			timers.push(timer);
			return () => {
				timers = timers.filter(other => other !== timer);
			};
		},
		advance(ms) {
			elapsed += ms;
			const due = timers.filter(({ at }) => at <= elapsed).sort((a, b) => a.at - b.at);
			timers = timers.filter(({ at }) => at > elapsed);
			for (const { callback } of due) {
				callback();
			}
		},
		get waiting() {
			return timers.length;
		},
	};
}
