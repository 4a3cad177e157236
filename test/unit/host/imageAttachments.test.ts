import assert from 'node:assert/strict';
import { ImageAttachments, refusalText } from '../../../src/host/chat/imageAttachments.ts';
import { MAX_IMAGE_BYTES, MAX_IMAGES } from '../../../src/protocol/images.ts';

const t = (message: string, ...args: (string | number)[]) =>
	message.replace(/\{(\d)\}/g, (_, index) => String(args[Number(index)]));
const base64 = (...bytes: number[]) => Buffer.from(bytes).toString('base64');
const text = (value: string) => [...Buffer.from(value, 'latin1')];

const png = base64(0x89, ...text('PNG\r\n\x1a\n'), 0, 0, 0, 0, 1, 2, 3);
const jpeg = base64(0xff, 0xd8, 0xff, 0xe0, 0, 0, 0, 0, 0, 0, 0, 0);
const gif = base64(...text('GIF89a'), 0, 0, 0, 0, 0, 0);
const webp = base64(...text('RIFF'), 1, 2, 3, 4, ...text('WEBPVP8 '));

function pending() {
	let [ids, changes] = [0, 0];
	const images = new ImageAttachments(
		() => `i${ids++}`,
		() => changes++,
	);
	return { images, changes: () => changes };
}

describe('ImageAttachments', () => {
	it('goes by the bytes, whatever the picture is called', () => {
		const { images } = pending();
		for (const data of [png, jpeg, gif, webp]) {
			assert.equal(images.add({ mediaType: 'image/png', data }), undefined);
		}
		assert.deepEqual(
			images.views(t).map(({ label }) => label),
			['Image 1 (PNG, 1 kB)', 'Image 2 (JPEG, 1 kB)', 'Image 3 (GIF, 1 kB)', 'Image 4 (WebP, 1 kB)'],
		);
	});

	it('refuses what is no picture, what is too large, and what is too many', () => {
		const { images, changes } = pending();
		const script = Buffer.from('<svg onload="alert(1)"/>').toString('base64');
		assert.equal(images.add({ mediaType: 'image/png', data: script }), 'notAnImage');
		assert.equal(images.add({ mediaType: 'image/png', data: '' }), 'notAnImage');
		const head = Buffer.from(png, 'base64');
		const sized = (bytes: number) => Buffer.concat([head, Buffer.alloc(bytes - head.length)]).toString('base64');
		assert.equal(images.add({ mediaType: 'image/png', data: sized(MAX_IMAGE_BYTES + 1) }), 'tooLarge');
		assert.equal(changes(), 0);
		assert.equal(images.add({ mediaType: 'image/png', data: sized(MAX_IMAGE_BYTES) }), undefined);
		for (let count = 1; count < MAX_IMAGES; count++) {
			images.add({ mediaType: 'image/png', data: png });
		}
		assert.equal(images.add({ mediaType: 'image/png', data: png }), 'tooMany');
		assert.equal(images.views(t).length, MAX_IMAGES);
		assert.equal(refusalText('tooMany', t), 'At most 8 images go with one message.');
	});

	it('hands its pictures to one message, each kept as a blob of its Base64', async () => {
		const { images } = pending();
		images.add({ mediaType: 'image/png', data: png });
		images.add({ mediaType: 'image/png', data: jpeg, thumbnail: 'data:image/png;base64,AA==' });
		images.remove('i0');
		const blobs: string[] = [];
		const taken = await images.take(async data => `h${blobs.push(data)}`, t);
		assert.deepEqual(taken, [{ label: 'Image 1', text: '', image: { mediaType: 'image/jpeg', hash: 'h1' } }]);
		assert.deepEqual(blobs, [jpeg]);
		assert.deepEqual(images.views(t), []);
	});

	it('keeps its pictures when they cannot be stored or the message is not sent', async () => {
		const { images } = pending();
		images.add({ mediaType: 'image/png', data: png });
		await assert.rejects(
			images.take(async () => Promise.reject(new Error('disk full')), t),
			/disk full/,
		);
		assert.equal(images.views(t).length, 1);
		await images.take(async () => 'h', t);
		images.add({ mediaType: 'image/gif', data: gif });
		images.restore();
		assert.deepEqual(
			images.views(t).map(({ id }) => id),
			['i0', 'i1'],
		);
		images.restore();
		assert.equal(images.views(t).length, 2);
	});

	it('leaves alone what was added while others were stored', async () => {
		const { images } = pending();
		images.add({ mediaType: 'image/png', data: png });
		await images.take(async () => {
			images.add({ mediaType: 'image/gif', data: gif });
			return 'h';
		}, t);
		assert.deepEqual(
			images.views(t).map(({ id }) => id),
			['i1'],
		);
	});
});
