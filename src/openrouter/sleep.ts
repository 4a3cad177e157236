import type { Clock } from '../agent/clock.ts';

/** Resolves after `ms`; rejects with the signal's reason as soon as it fires. */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(signal.reason);
			return;
		}
		const stop = () => {
			cancel();
			reject(signal.reason);
		};
		const cancel = clock.schedule(ms, () => {
			signal.removeEventListener('abort', stop);
			resolve();
		});
		signal.addEventListener('abort', stop, { once: true });
	});
}
