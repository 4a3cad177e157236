/** Numbers as host and page write them. */

/** A length of time as rows show it: "0.4 s", "24 s", "3 min 5 s". */
export function formatDuration(milliseconds: number): string {
	const seconds = milliseconds / 1000;
	if (seconds < 1) {
		return `${Math.max(0.1, Math.round(seconds * 10) / 10).toFixed(1)} s`;
	}
	const whole = Math.round(seconds);
	if (whole < 60) {
		return `${whole} s`;
	}
	const minutes = Math.floor(whole / 60);
	return whole % 60 === 0 ? `${minutes} min` : `${minutes} min ${whole % 60} s`;
}

/** Tokens: "840", "12.4k", "1.2M". */
export function formatTokens(count: number): string {
	if (count < 1000) {
		return String(count);
	}
	return count < 999_500 ? `${shorten(count / 1000)}k` : `${shorten(count / 1_000_000)}M`;
}

function shorten(value: number): string {
	return value >= 100 ? String(Math.round(value)) : String(Math.round(value * 10) / 10);
}
