/** Time as the agent sees it. Injected, so that tests neither wait nor depend on the machine. */
export interface Clock {
	/** Milliseconds since 1970. May jump; for what is stored or shown. */
	now(): number;
	/** Milliseconds from some start, never going back; for durations. */
	monotonic(): number;
	/** Calls back once after at least `ms`. The returned function cancels it. */
	schedule(ms: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
	now: () => Date.now(),
	monotonic: () => performance.now(),
	schedule(ms, callback) {
		const timer = setTimeout(callback, ms);
		return () => clearTimeout(timer);
	},
};
