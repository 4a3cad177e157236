import type { Clock } from '../agent/clock.ts';
import { stopped } from './failure/stopped.ts';

/**
 * Resolves after `ms`.
 * @throws ModelError as soon as the signal fires.
 */
export function sleep(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
	return new Promise((resolve, reject) => {
		if (signal.aborted) {
			reject(stopped(signal));
			return;
		}
		const stop = () => {
			cancel();
			reject(stopped(signal));
		};
		const cancel = clock.schedule(ms, () => {
			signal.removeEventListener('abort', stop);
			resolve();
		});
		signal.addEventListener('abort', stop, { once: true });
	});
}
