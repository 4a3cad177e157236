import assert from 'node:assert/strict';
import { editClasses } from '../../bench/edits/classes.ts';
import { fixtureCorpus } from '../../bench/edits/corpus.ts';
import { drawCase } from '../../bench/edits/drawCases.ts';
import type { EditCase } from '../../bench/edits/editCase.ts';
import { applyExactly } from '../../bench/edits/exactEngine.ts';
import { judge } from '../../bench/edits/judge.ts';

const CASES = 4;
const SEED = 11;
const LARGEST = 20_000;

describe('the cases of the benchmark of edits', () => {
	const corpus = fixtureCorpus(LARGEST);
	const drawn = editClasses.map(editClass => ({
		editClass,
		cases: Array.from({ length: CASES }, (_, at) => drawCase(editClass, at, SEED, corpus)),
	}));
	const of = (name: string): readonly EditCase[] => drawn.find(({ editClass }) => editClass.name === name)?.cases ?? [];

	it('are of classes with names of their own', () => {
		assert.equal(new Set(editClasses.map(({ name }) => name)).size, editClasses.length);
		assert.ok(editClasses.length >= 79);
	});

	it('come out the same for the same seed, and others for another', () => {
		for (const { editClass, cases } of drawn) {
			assert.deepEqual(drawCase(editClass, 1, SEED, corpus), cases[1], editClass.name);
		}
		const [first] = editClasses;
		assert.notDeepEqual(first && drawCase(first, 1, SEED + 1, corpus).edits, drawn[0]?.cases[1]?.edits);
	});

	it('have a right outcome where something is to be applied, and none where it is to be refused', () => {
		for (const { editClass, cases } of drawn) {
			for (const { expected, content } of cases) {
				assert.equal(expected.length > 0, editClass.required !== 'refuse', editClass.name);
				assert.ok(editClass.name === 'no-change' || !expected.includes(content), editClass.name);
			}
		}
	});

	it('are right by the plainest engine where the quote is exact and the change is by the letter', () => {
		const plain = [
			'exact',
			'exact-large',
			'exact-trailing-newline',
			'exact-delete-lines',
			'inline-part',
			'inline-across-lines',
		];
		const others = [
			'dollar-patterns',
			'emoji-and-wide',
			'bom-file',
			'indent-first-line-lost',
			'replace-all',
			'batch-disjoint',
		];
		for (const name of [
			...plain,
			...others,
			'batch-dependent',
			'batch-shared-context',
			'minified-line',
			'large-file',
		]) {
			assert.equal(of(name).length, CASES, name);
			for (const editCase of of(name)) {
				assert.equal(judge(applyExactly, editCase).outcome, 'correct', `${name} ${editCase.at}`);
			}
		}
	});

	it('are wrong by the plainest engine where the quote is exact and its end or indentation is not the line’s', () => {
		for (const name of ['indent-first-line-lost-in-old-only', 'last-line-cut-in-old-only', 'elided-in-new-only']) {
			for (const editCase of of(name)) {
				assert.equal(judge(applyExactly, editCase).outcome, 'wrong', `${name} ${editCase.at}`);
			}
		}
	});

	it('keep each line end of a mixed file where nothing changes', () => {
		for (const { content, expected } of of('mixed-eol')) {
			const lines = new Set(content.split(/(?<=\n)/));
			const strange = (expected[0] ?? '').split(/(?<=\n)/).filter(line => !lines.has(line));
			assert.ok(strange.length <= 2, strange.join());
		}
	});
});

describe('judging an edit', () => {
	const [editClass] = editClasses;
	assert.ok(editClass !== undefined);
	const editCase = {
		...drawCase(editClass, 0, SEED, fixtureCorpus(LARGEST)),
		content: 'a\nb\n',
		expected: ['a\r\nc\n'],
	};
	const outcomeOf = (content: string) => judge(() => ({ ok: true, content }), editCase).outcome;

	it('tells the very text, one that only looks otherwise, and any other apart', () => {
		assert.equal(outcomeOf('a\r\nc\n'), 'correct');
		assert.equal(outcomeOf('a\n\nc  '), 'cosmetic');
		assert.equal(outcomeOf('a\r\n c\n'), 'wrong');
	});

	it('counts an error as an outcome', () => {
		const outcome = judge(() => {
			throw new Error('broken');
		}, editCase).outcome;
		assert.equal(outcome, 'threw');
	});
});
