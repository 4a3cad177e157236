/** How benchmarks print: one line a number, with the peer or limit of the same run and their ratio. */

export function median(values: readonly number[]): number {
	const sorted = values.toSorted((a, b) => a - b);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/**
 * Prints a number beside what it is measured against.
 * @param most the ratio to reach; above it the line says "short".
 */
export function compare(
	name: string,
	measured: { readonly value: number; readonly unit: string },
	against: { readonly name: string; readonly value: number },
	most: number,
): void {
	const ratio = measured.value / against.value;
	const verdict = ratio <= most ? 'ok' : 'short';
	const [ours, theirs] = [measured.value, against.value].map(value => `${round(value)} ${measured.unit}`);
	console.log(`  ${name}: ${ours}; ${against.name} ${theirs}; ratio ${ratio.toFixed(2)}, reach ${most}: ${verdict}`);
}

function round(value: number): string {
	return value >= 100 ? value.toFixed(0) : value.toPrecision(3);
}
