import assert from 'node:assert/strict';
import fc from 'fast-check';
import { isSame, moved, parseNumber, stepped, valueAt, withValue } from '../../../../src/webview/form/settingsDraft.ts';

const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'toString');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map(names => names.join('.'));
const leaf = fc.oneof(fc.integer(), fc.string(), fc.boolean(), fc.array(fc.string(), { maxLength: 2 }));

describe('settings of the form', () => {
	it('give back what was set at a path, and leave the rest alone', () => {
		fc.assert(
			fc.property(path, leaf, path, leaf, (first, one, second, two) => {
				const isApart = !`${first}.`.startsWith(`${second}.`) && !`${second}.`.startsWith(`${first}.`);
				const settings = withValue(withValue({}, first, one), second, two);
				assert.deepEqual(valueAt(settings, second), two);
				if (isApart) {
					assert.deepEqual(valueAt(settings, first), one);
				}
			}),
		);
	});

	it('are empty again when all that was set is taken back', () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(path, leaf), { maxLength: 6 }), entries => {
				const filled = entries.reduce((settings, [at, value]) => withValue(settings, at, value), {});
				const emptied = entries.reduce((settings, [at]) => withValue(settings, at, undefined), filled);
				assert.deepEqual(Object.keys(emptied), []);
			}),
		);
	});

	it('never change what they were made from', () => {
		const settings = Object.freeze({ routing: Object.freeze({ sort: 'price' }) });
		assert.deepEqual(withValue(settings, 'routing.maxPrice.prompt', 3), {
			routing: { sort: 'price', maxPrice: { prompt: 3 } },
		});
		assert.deepEqual(withValue(settings, 'routing.sort', undefined), {});
		assert.deepEqual(settings, { routing: { sort: 'price' } });
	});

	it('are the same whatever the order of their names, but not of a list', () => {
		assert.ok(isSame({ a: 1, b: { c: [1, 2] } }, { b: { c: [1, 2] }, a: 1 }));
		assert.ok(!isSame({ a: [1, 2] }, { a: [2, 1] }));
		assert.ok(!isSame({ a: undefined, b: 1 }, { a: 1, b: 1 }));
		assert.ok(!isSame({ a: {} }, { a: [] }));
	});

	it('move an entry of a list within its bounds', () => {
		const list = ['a', 'b', 'c'];
		assert.deepEqual(moved(list, 2, -1), ['a', 'c', 'b']);
		assert.deepEqual(moved(list, 0, 1), ['b', 'a', 'c']);
		assert.equal(moved(list, 0, -1), list);
		assert.equal(moved(list, 2, 1), list);
		assert.equal(moved(list, 7, -1), list);
	});

	it('take a number as it is typed, and keep what is none for the host to judge', () => {
		assert.deepEqual(['1', ' 0.5 ', '0,5', '0.', '', '  ', 'abc', '1e999', '-2'].map(parseNumber), [
			1,
			0.5,
			0.5,
			0,
			undefined,
			undefined,
			'abc',
			'1e999',
			-2,
		]);
	});

	it('count in whole steps within the bounds', () => {
		const tenths = { min: 0, max: 2, step: 0.1 };
		assert.equal(stepped(0.2, tenths, 1), 0.3);
		assert.equal(stepped(2, tenths, 1), 2);
		assert.equal(stepped(0, tenths, -1), 0);
		assert.equal(stepped(undefined, { min: 1, step: 1 }, 1), 1);
		assert.equal(stepped('abc', { step: 1 }, -1), -1);
	});
});
