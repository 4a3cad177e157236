import type { Row } from '../row.ts';
import type { Group } from './editCase.ts';
import type { Outcome, Tally } from './judge.ts';

/** Per cent of edits that may be missed, by what is wrong with them; those without a goal of their own fall under the first. */
const MAY_MISS: Readonly<Partial<Record<Group, number>>> = {
	literal: 1,
	'line ends': 1,
	characters: 1,
	wrappers: 1,
	batches: 1,
	whitespace: 2,
	inexact: 15,
};
const MAY_MISS_OVERALL = 3;
const MAY_BE_WRONG = 0.1;
const MAY_BE_WRONG_IN_CLASS = 2.5;
/** Groups in which nothing wrong at all may be written. */
const NEVER_WRONG: readonly Group[] = ['literal', 'safety'];

/** Rows of the report: faults in per cent, beside the most there may be or what the plainest engine makes of the same cases. */
export function summaryRows(tallies: readonly Tally[], plain: readonly Tally[]): Row[] {
	const limit = (name: string, measured: number, against: number, reach = 1): Row => ({
		name,
		measured,
		against,
		peer: 'limit',
		unit: '%',
		reach,
	});
	const groups = Object.entries(MAY_MISS).map(([group, most]) =>
		limit(`edits missed, ${group}`, missed(tallies.filter(({ editClass }) => editClass.group === group)), most),
	);
	const worst = Math.max(...tallies.map(tally => share([tally], ['wrong', 'threw'])));
	const never = tallies.filter(({ editClass }) => NEVER_WRONG.includes(editClass.group));
	const mustRefuse = tallies.filter(({ editClass }) => editClass.required === 'refuse');
	const mustApply = tallies.filter(({ editClass }) => editClass.required === 'apply');
	const slow = tallies.reduce((sum, tally) => sum + tally.slow, 0);
	return [
		limit('edits missed of those to apply', missed(tallies), MAY_MISS_OVERALL),
		{ ...limit('edits missed beside an exact engine', missed(tallies), missed(plain), 0.06), peer: 'exact engine' },
		...groups,
		limit('wrong writes of all edits', share(tallies, ['wrong', 'threw']), MAY_BE_WRONG),
		{
			...limit('wrong writes beside an exact engine', share(tallies, ['wrong', 'threw']), share(plain, ['wrong'])),
			peer: 'exact engine',
			reach: 0.03,
		},
		limit('wrong writes, literal and safety', share(never, ['wrong', 'threw']), MAY_BE_WRONG, 0),
		limit('wrong writes, worst class', worst, MAY_BE_WRONG_IN_CLASS),
		limit('applied though to be refused', 100 - share(mustRefuse, ['refused']), MAY_BE_WRONG),
		limit('right but for looks, of those to apply', share(mustApply, ['cosmetic']), MAY_BE_WRONG),
		limit('edits over 2 s', (100 * slow) / tallies.reduce((sum, { cases }) => sum + cases, 0), MAY_BE_WRONG, 0),
	];
}

/** One line a class, for people: counts of outcomes, and what the plainest engine made of the same cases. */
export function classTable(tallies: readonly Tally[], plain: readonly Tally[]): string {
	const head = ['class', 'required', 'n', 'correct', 'refused', 'cosmetic', 'wrong', 'slow', 'exact: correct', 'wrong'];
	const rows = tallies.map(({ editClass, cases, counts, slow }, at) => {
		const beside = plain[at]?.counts;
		return [
			editClass.name,
			editClass.required,
			...[cases, counts.correct, counts.refused, counts.cosmetic, counts.wrong + counts.threw, slow].map(String),
			...[beside?.correct ?? 0, beside?.wrong ?? 0].map(String),
		];
	});
	const widths = head.map((title, column) => Math.max(title.length, ...rows.map(row => row[column]?.length ?? 0)));
	const line = (cells: readonly string[]) =>
		cells.map((cell, at) => (at < 2 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))).join('  ');
	return [head, ...rows].map(line).join('\n');
}

function missed(tallies: readonly Tally[]): number {
	return (
		100 -
		share(
			tallies.filter(({ editClass }) => editClass.required === 'apply'),
			['correct'],
		)
	);
}

/** Per cent of the cases with one of the outcomes. */
function share(tallies: readonly Tally[], outcomes: readonly Outcome[]): number {
	const cases = tallies.reduce((sum, tally) => sum + tally.cases, 0);
	const counted = tallies.reduce((sum, { counts }) => sum + outcomes.reduce((all, each) => all + counts[each], 0), 0);
	return cases === 0 ? 0 : (100 * counted) / cases;
}
