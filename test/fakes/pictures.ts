/** The headers of pictures as encoders write them; of the picture itself there is nothing. */

const latin = (text: string) => [...text].map(character => character.charCodeAt(0));
const big = (value: number, bytes: number) =>
	Array.from({ length: bytes }, (_, at) => (value >>> (8 * (bytes - 1 - at))) & 0xff);
const little = (value: number, bytes: number) => big(value, bytes).reverse();

export function png(width: number, height: number): Uint8Array {
	return new Uint8Array([
		...latin('\x89PNG\r\n\x1A\n'),
		...big(13, 4),
		...latin('IHDR'),
		...big(width, 4),
		...big(height, 4),
		8,
		2,
		0,
		0,
		0,
	]);
}

export function gif(width: number, height: number): Uint8Array {
	return new Uint8Array([...latin('GIF89a'), ...little(width, 2), ...little(height, 2), 0x80, 0, 0]);
}

/** @param frame 0xC0 for a baseline picture, 0xC2 for a progressive one. */
export function jpeg(width: number, height: number, frame = 0xc0): Uint8Array {
	const marker = (kind: number, content: readonly number[]) => [0xff, kind, ...big(content.length + 2, 2), ...content];
	return new Uint8Array([
		...[0xff, 0xd8],
		...marker(0xe0, [...latin('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
		...marker(0xc4, [0, 1, 2, 3]),
		// A fill byte before the marker.
		0xff,
		...marker(frame, [8, ...big(height, 2), ...big(width, 2), 3, 1, 0x22, 0]),
	]);
}

export function webp(width: number, height: number, kind: 'VP8 ' | 'VP8L' | 'VP8X'): Uint8Array {
	const content = {
		'VP8 ': [0x30, 1, 0, 0x9d, 0x01, 0x2a, ...little(width, 2), ...little(height, 2), 0, 0],
		VP8L: [0x2f, ...little((width - 1) | ((height - 1) << 14), 4), 0, 0, 0, 0, 0],
		VP8X: [0x10, 0, 0, 0, ...little(width - 1, 3), ...little(height - 1, 3)],
	}[kind];
	return new Uint8Array([
		...[...latin('RIFF'), ...little(content.length + 12, 4), ...latin('WEBP')],
		...[...latin(kind), ...little(content.length, 4), ...content],
	]);
}
