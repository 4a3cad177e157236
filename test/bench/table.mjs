// The report of the benchmarks, for people.

/** @typedef {import('./row.ts').Row} Row */

/**
 * Whether a row keeps what it is to reach, or at least what it must.
 *
 * @param {Row} row
 */
export function verdict({ measured, against, reach, must }) {
	const ratio = measured / against;
	if (ratio <= reach) {
		return 'ok';
	}
	return must !== undefined && ratio <= must ? 'within must' : 'short';
}

/**
 * One row as a line.
 *
 * @param {Row} row
 */
export function describe(row) {
	const [name, measured, against, ratio, reach, judged] = cells(row);
	return `${name}: ${measured}, ${against}, ratio ${ratio} (${reach}) ${judged}`;
}

/**
 * All rows as a table in Markdown.
 *
 * @param {readonly Row[]} rows
 */
export function table(rows) {
	const head = ['What', 'Measured', 'Peer or limit', 'Ratio', 'Reach', ''];
	const lines = [head, ...rows.map(cells)];
	const widths = head.map((_, column) => Math.max(3, ...lines.map(line => line[column]?.length ?? 0)));
	/** @param {readonly string[]} line */
	const format = line => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
	const [first = '', ...rest] = lines.map(format);
	return [first, `|${widths.map(width => '-'.repeat(width + 2)).join('|')}|`, ...rest].join('\n');
}

/** @param {Row} row */
function cells(row) {
	const { name, measured, against, peer, unit, reach, must } = row;
	return [
		name,
		amount(measured, unit),
		`${peer} ${amount(against, unit)}`,
		(measured / against).toPrecision(3),
		must === undefined ? `≤ ${reach}` : `≤ ${reach}, must ≤ ${must}`,
		verdict(row),
	];
}

/**
 * @param {number} value
 * @param {Row['unit']} unit
 */
function amount(value, unit) {
	const isCount = unit === 'tokens' || unit === 'characters' || unit === 'requests';
	const digits = value >= 100 || isCount ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 4;
	return `${value.toFixed(digits)} ${unit}`;
}
