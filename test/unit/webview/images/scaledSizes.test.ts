import assert from 'node:assert/strict';
import fc from 'fast-check';
import { scaledSizes } from '../../../../src/webview/images/scaledSizes.ts';

describe('sizes to try for a large picture', () => {
	it('keep its shape, shrink, and end', () => {
		const side = fc.integer({ min: 1, max: 20_000 });
		fc.assert(
			fc.property(side, side, (width, height) => {
				const sizes = [...scaledSizes({ width, height })];
				assert.ok(sizes.length >= 1 && sizes.length <= 8);
				for (const [index, size] of sizes.entries()) {
					const before = sizes[index - 1] ?? { width, height };
					assert.ok(size.width <= before.width && size.height <= before.height);
					assert.ok(size.width >= 1 && size.height >= 1);
					// A rounded pixel of the shorter side is all that the shape may differ by.
					const scale = Math.max(size.width, size.height) / Math.max(width, height);
					assert.ok(Math.abs(Math.min(size.width, size.height) - Math.max(1, Math.min(width, height) * scale)) <= 1);
				}
			}),
		);
	});

	it('begin with the picture itself when only its encoding is wasteful', () => {
		assert.deepEqual([...scaledSizes({ width: 1600, height: 900 })][0], { width: 1600, height: 900 });
	});
});
