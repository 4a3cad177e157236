/** One line of the report: what was measured, beside what it is measured against in the same run. */
export interface Row {
	readonly name: string;
	readonly measured: number;
	/** What it is divided by. */
	readonly against: number;
	/** What that is: "limit", or the name of the peer. */
	readonly peer: string;
	readonly unit: '%' | 'ms' | 'kB' | 'tokens' | 'characters' | 'USD' | 'requests' | 'processes' | 'files';
	/** The ratio that is good, and where it differs the one that must not be passed. */
	readonly reach: number;
	readonly must?: number;
}

/** Hands a line to the runner, or prints it where a benchmark is run by itself. */
export function report(row: Row): void {
	if (process.send === undefined) {
		console.log(JSON.stringify(row));
	} else {
		process.send(row);
	}
}

export function median(values: readonly number[]): number {
	const sorted = [...values].sort((a, b) => a - b);
	const upper = sorted[Math.floor(sorted.length / 2)];
	const lower = sorted[Math.floor((sorted.length - 1) / 2)];
	if (upper === undefined || lower === undefined) {
		throw new Error('There is no median of nothing.');
	}
	return (lower + upper) / 2;
}

/** Milliseconds that `work` takes. */
export async function timed(work: () => Promise<unknown> | unknown): Promise<number> {
	const start = performance.now();
	await work();
	return performance.now() - start;
}
