/**
 * Edits as models send them, imperfect in some ninety ways, on real files: how many the engine applies as they were
 * meant, refuses, or gets wrong, beside an engine that replaces exact texts alone; and how long an edit takes.
 *
 * `EDIT_CASES` is how many cases a class has (40), `EDIT_SEED` draws others, `EDIT_CLASS` takes the classes whose name
 * has this part and leaves the times out, `EDIT_FAILURES` is a file to write what failed to.
 */
import { writeFileSync } from 'node:fs';
import { apply } from '../../src/editing/index.ts';
import { editClasses } from './edits/classes.ts';
import { wholeCorpus } from './edits/corpus.ts';
import { drawCase } from './edits/drawCases.ts';
import { applyExactly } from './edits/exactEngine.ts';
import { describeFailure } from './edits/failures.ts';
import { isKept, judge, type Tally, tallyOf } from './edits/judge.ts';
import { classTable, summaryRows } from './edits/summary.ts';
import { timeRows } from './edits/timing.ts';
import { report } from './row.ts';

const LARGEST = 5_000_000;
const cases = Number(process.env['EDIT_CASES'] ?? 40);
const seed = Number(process.env['EDIT_SEED'] ?? 1);
const part = process.env['EDIT_CLASS'] ?? '';

const corpus = wholeCorpus(LARGEST);
const tallies: Tally[] = [];
const plain: Tally[] = [];
const failures: string[] = [];
for (const editClass of editClasses.filter(({ name }) => name.includes(part))) {
	const drawn = Array.from({ length: cases }, (_, at) => {
		const editCase = drawCase(editClass, at, seed, corpus);
		const own = judge(apply, editCase);
		if (!isKept(editClass, own.outcome)) {
			failures.push(describeFailure(editCase, own));
		}
		return { own, theirs: judge(applyExactly, editCase) };
	});
	tallies.push(
		tallyOf(
			editClass,
			drawn.map(({ own }) => own),
		),
	);
	plain.push(
		tallyOf(
			editClass,
			drawn.map(({ theirs }) => theirs),
		),
	);
}
const languages = [...corpus.byLanguage.keys()].join(', ');
console.log(`   seed ${seed}, ${cases} cases a class, ${corpus.files.length} files: ${languages}; minified`);
console.log(classTable(tallies, plain));
for (const row of summaryRows(tallies, plain)) {
	report(row);
}
if (part === '') {
	for (const row of timeRows(apply, applyExactly, corpus, seed)) {
		report(row);
	}
}
const file = process.env['EDIT_FAILURES'];
if (file !== undefined) {
	writeFileSync(file, failures.join('\n'));
}
