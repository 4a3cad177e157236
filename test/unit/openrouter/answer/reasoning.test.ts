import assert from 'node:assert/strict';
import { Reasoning } from '../../../../src/openrouter/answer/reasoning.ts';

function merge(...fragments: readonly Record<string, unknown>[][]) {
	const reasoning = new Reasoning();
	for (const list of fragments) {
		reasoning.add(list);
	}
	return reasoning.details;
}

describe('Reasoning', () => {
	it('tells no list from an empty one', () => {
		assert.equal(merge(), undefined);
		assert.deepEqual(merge([]), []);
	});

	it('keeps fields that it does not know, and the order of the keys', () => {
		const item = { zebra: [1, { b: null }], type: 'reasoning.text', text: 'a', index: 0, alpha: 1.5 };
		assert.equal(JSON.stringify(merge([item])), JSON.stringify([item]));
	});

	it('never merges encrypted items', () => {
		const item = { type: 'reasoning.encrypted', data: 'D', index: 0 };
		assert.deepEqual(merge([item], [item]), [item, item]);
	});

	it('takes a signature that comes after an empty one', () => {
		const text = { type: 'reasoning.text', index: 0 };
		assert.deepEqual(
			merge([{ ...text, text: '', signature: '' }], [{ ...text, text: 'a' }], [{ ...text, signature: 'S' }]),
			[{ ...text, text: 'a', signature: 'S' }],
		);
	});

	it('keeps items without an index apart unless they follow each other', () => {
		const text = (text: string) => ({ type: 'reasoning.text', text });
		const encrypted = { type: 'reasoning.encrypted', data: 'D' };
		assert.deepEqual(merge([text('a')], [text('b')], [encrypted], [text('c')]), [text('ab'), encrypted, text('c')]);
	});

	it('does not change the fragments it was given', () => {
		const first = Object.freeze({ type: 'reasoning.text', text: 'a', index: 0 });
		assert.deepEqual(merge([first], [{ ...first, text: 'b' }]), [{ ...first, text: 'ab' }]);
	});
});
