import assert from 'node:assert/strict';
import type { AnswerRefusal } from '../../../../src/agent/inline/inlineAnswer.ts';
import { refusalWords, refusePlace, secondTry } from '../../../../src/host/inline/inlineWords.ts';

const t = (text: string, ...values: readonly (string | number)[]) =>
	text.replace(/\{(\d+)\}/g, (_, index: string) => `${values[Number(index)]}`);
const FINE = { isTrusted: true, cursors: 1, isBusy: false };

describe('words about inline edits', () => {
	it('refuse a place with the reason', () => {
		assert.equal(refusePlace(FINE, t), undefined);
		assert.match(refusePlace({ ...FINE, isTrusted: false }, t) ?? '', /Restricted Mode/);
		assert.match(refusePlace({ ...FINE, cursors: 3 }, t) ?? '', /one place, and there are 3 cursors/);
		assert.match(refusePlace({ ...FINE, isBusy: true }, t) ?? '', /under way/);
	});

	it('tell what the model said in place of a text, shortened to one line', () => {
		assert.equal(
			refusalWords('prose', 'No need:\nit is fine.', t),
			'The model changed nothing. It says: No need: it is fine.',
		);
		assert.ok(refusalWords('prose', 'word '.repeat(500), t).length < 400);
		assert.match(refusalWords('prose', '', t), /no answer\. Nothing was changed/);
	});

	it('have another sentence for each fault, for the user and for the model', () => {
		const faults: readonly AnswerRefusal[] = ['prose', 'several', 'wholeFile', 'elision', 'diff', 'cut'];
		for (const words of [faults.map(why => refusalWords(why, '', t)), faults.map(secondTry)]) {
			assert.equal(new Set(words).size, faults.length);
		}
	});
});
