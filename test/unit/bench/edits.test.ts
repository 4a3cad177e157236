import assert from 'node:assert/strict';
import { apply } from '../../../src/editing/index.ts';
import { editClasses } from '../../bench/edits/classes.ts';
import { fixtureCorpus } from '../../bench/edits/corpus.ts';
import { drawCase } from '../../bench/edits/drawCases.ts';
import type { EditCase, EditClass } from '../../bench/edits/editCase.ts';
import { describeFailure } from '../../bench/edits/failures.ts';
import { type Judged, judge } from '../../bench/edits/judge.ts';

const CASES = 5;
const SEED = 5;
const LARGEST = 300_000;
/** How many failures are shown. */
const TOLD = 5;
/** Of the edits that should be applied. */
const LEAST_CORRECT = 0.97;

/** What the benchmark of edits measures at length, held on few cases that never change. */
describe('edits as models send them', () => {
	let judged: readonly { readonly editClass: EditClass; readonly editCase: EditCase; readonly judged: Judged }[] = [];

	before(() => {
		const corpus = fixtureCorpus(LARGEST);
		judged = editClasses.flatMap(editClass =>
			Array.from({ length: CASES }, (_, at) => {
				const editCase = drawCase(editClass, at, SEED, corpus);
				return { editClass, editCase, judged: judge(apply, editCase) };
			}),
		);
	});

	const told = (chosen: typeof judged) =>
		chosen
			.slice(0, TOLD)
			.map(({ editCase, judged: outcome }) => describeFailure(editCase, outcome))
			.join('\n');

	it('never throws', () => {
		const threw = judged.filter(({ judged: { outcome } }) => outcome === 'threw');
		assert.equal(threw.length, 0, told(threw));
	});

	it('never writes what was not meant', () => {
		const wrong = judged.filter(({ judged: { outcome } }) => outcome === 'wrong');
		assert.equal(wrong.length, 0, told(wrong));
	});

	it('never disturbs line ends, blank lines or space at the end of lines', () => {
		const cosmetic = judged.filter(({ judged: { outcome } }) => outcome === 'cosmetic');
		assert.equal(cosmetic.length, 0, told(cosmetic));
	});

	it('refuses whatever has no one right place', () => {
		const applied = judged.filter(
			({ editClass, judged: { outcome } }) => editClass.required === 'refuse' && outcome !== 'refused',
		);
		assert.equal(applied.length, 0, told(applied));
	});

	it('applies nearly all others as they were meant', () => {
		const due = judged.filter(({ editClass }) => editClass.required === 'apply');
		const missed = due.filter(({ judged: { outcome } }) => outcome !== 'correct');
		assert.ok(missed.length <= due.length * (1 - LEAST_CORRECT), `${missed.length} of ${due.length}\n${told(missed)}`);
	});
});
