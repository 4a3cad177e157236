import assert from 'node:assert/strict';
import fc from 'fast-check';
import { imageFacts } from '../../../src/tools/imageFacts.ts';
import { gif, jpeg, png, webp } from '../../fakes/pictures.ts';

describe('imageFacts', () => {
	it('tells the type and the size of a picture by its first bytes', () => {
		const size = { width: 300, height: 7 };
		assert.deepEqual(imageFacts(png(300, 7)), { mimeType: 'image/png', name: 'PNG', size });
		assert.deepEqual(imageFacts(gif(300, 7)), { mimeType: 'image/gif', name: 'GIF', size });
		for (const frame of [0xc0, 0xc2]) {
			assert.deepEqual(imageFacts(jpeg(300, 7, frame)), { mimeType: 'image/jpeg', name: 'JPEG', size });
		}
		for (const kind of ['VP8 ', 'VP8L', 'VP8X'] as const) {
			assert.deepEqual(imageFacts(webp(300, 7, kind)), { mimeType: 'image/webp', name: 'WebP', size }, kind);
		}
	});
	it('keeps silent on the size where the header is cut, and on what is no picture', () => {
		assert.deepEqual(imageFacts(png(300, 7).subarray(0, 12)), { mimeType: 'image/png', name: 'PNG' });
		assert.deepEqual(imageFacts(jpeg(300, 7).subarray(0, 8)), { mimeType: 'image/jpeg', name: 'JPEG' });
		assert.equal(imageFacts(new TextEncoder().encode('GIF8 is a format')), undefined);
		assert.equal(imageFacts(new Uint8Array()), undefined);
	});
	it('ends for any bytes', () => {
		const heads = [png(1, 1), gif(1, 1), jpeg(1, 1), webp(1, 1, 'VP8L')];
		fc.assert(
			fc.property(fc.constantFrom(...heads), fc.nat(40), fc.uint8Array({ maxLength: 80 }), (head, kept, rest) => {
				const bytes = new Uint8Array([...head.subarray(0, kept), ...rest]);
				const size = imageFacts(bytes)?.size;
				assert.ok(size === undefined || (size.width >= 0 && size.height >= 0));
			}),
		);
	});
});
