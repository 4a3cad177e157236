import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Whole seconds since the component saw `isRunning` become true; 0 while it is not. Moves once a second. */
export function useElapsedSeconds(isRunning: boolean): number {
	const seconds = useSignal(0);
	useEffect(() => {
		if (!isRunning) {
			return;
		}
		const startedAt = performance.now();
		seconds.value = 0;
		const timer = setInterval(() => {
			seconds.value = Math.floor((performance.now() - startedAt) / 1000);
		}, 1000);
		return () => clearInterval(timer);
	}, [isRunning, seconds]);
	return isRunning ? seconds.value : 0;
}
