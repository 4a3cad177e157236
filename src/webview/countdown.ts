import { signal } from '@preact/signals';
import { useEffect } from 'preact/hooks';

/** Milliseconds since 1970, moved once a second while somebody looks: one timer for all countdowns. */
const now = signal(0);
let watchers = 0;
let timer: ReturnType<typeof setInterval> | undefined;

function watch(): () => void {
	now.value = Date.now();
	if (watchers++ === 0) {
		timer = setInterval(() => {
			now.value = Date.now();
		}, 1000);
	}
	return () => {
		if (--watchers === 0) {
			clearInterval(timer);
		}
	};
}

/** Whole seconds until a time, never below 0. */
export function secondsUntil(until: number, at = Date.now()): number {
	return Math.max(0, Math.ceil((until - at) / 1000));
}

/** @param text `{0}` in it stands for the seconds. */
export function countdownText(text: string, seconds: number): string {
	return text.replace('{0}', String(seconds));
}

/** Whole seconds until a time, moving once a second; undefined without a time. */
export function useSecondsUntil(until: number | undefined): number | undefined {
	useEffect(() => (until === undefined ? undefined : watch()), [until]);
	// Read for the dependency.
	now.value;
	return until === undefined ? undefined : secondsUntil(until);
}
