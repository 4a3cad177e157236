// How a suite tells the runner what came of it: the last line for people, a message for the process that forked it.

/** @typedef {{ readonly passed: number, readonly failed: number, readonly skipped: number }} Counts */

/** @param {Counts} counts */
export function countsLine({ passed, failed, skipped }) {
	return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}

/**
 * Ends a suite. One that ran nothing has failed: a filter or a build was wrong.
 *
 * @param {Counts} counts
 */
export function reportCounts(counts) {
	console.log(countsLine(counts));
	process.send?.(counts);
	process.exitCode = isGood(counts) ? 0 : 1;
}

/** @param {Counts} counts */
export function isGood({ passed, failed }) {
	return failed === 0 && passed > 0;
}

/**
 * @param {readonly Counts[]} all
 * @returns {Counts}
 */
export function sum(all) {
	return all.reduce(
		(total, { passed, failed, skipped }) => ({
			passed: total.passed + passed,
			failed: total.failed + failed,
			skipped: total.skipped + skipped,
		}),
		{ passed: 0, failed: 0, skipped: 0 },
	);
}
