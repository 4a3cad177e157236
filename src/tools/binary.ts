/** Tells files that are no text by their first bytes. */

/** How many of a file's first bytes decide. */
const SNIFFED_BYTES = 8192;

const signatures: readonly { readonly bytes: readonly number[]; readonly kind: string }[] = [
	{ bytes: [0x89, 0x50, 0x4e, 0x47], kind: 'a PNG image' },
	{ bytes: [0xff, 0xd8, 0xff], kind: 'a JPEG image' },
	{ bytes: [0x47, 0x49, 0x46, 0x38], kind: 'a GIF image' },
	{ bytes: [0x25, 0x50, 0x44, 0x46, 0x2d], kind: 'a PDF document' },
	{ bytes: [0x50, 0x4b, 0x03, 0x04], kind: 'a ZIP archive or an Office document' },
	{ bytes: [0x1f, 0x8b], kind: 'a gzip archive' },
	{ bytes: [0x7f, 0x45, 0x4c, 0x46], kind: 'an executable' },
	{ bytes: [0x4d, 0x5a, 0x90], kind: 'an executable' },
	{ bytes: [0x00, 0x61, 0x73, 0x6d], kind: 'a WebAssembly module' },
	{ bytes: [0x53, 0x51, 0x4c, 0x69, 0x74, 0x65, 0x20, 0x66], kind: 'an SQLite database' },
];

/**
 * What a file is that holds no text, as "a PNG image"; undefined for text.
 * @param head the file's first bytes, `SNIFFED_BYTES` of them where it has as many.
 */
export function binaryKind(head: Uint8Array): string | undefined {
	const known = signatures.find(({ bytes }) => bytes.every((byte, index) => head[index] === byte));
	if (known !== undefined) {
		return known.kind;
	}
	if (isRiff(head)) {
		return 'a WebP image';
	}
	return hasUtf16Mark(head) || !head.subarray(0, SNIFFED_BYTES).includes(0) ? undefined : 'a binary file';
}

function isRiff(head: Uint8Array): boolean {
	const at = (from: number) => String.fromCharCode(...head.subarray(from, from + 4));
	return at(0) === 'RIFF' && at(8) === 'WEBP';
}

/** UTF-16 text is full of zero bytes, which otherwise mark binary files. */
function hasUtf16Mark(head: Uint8Array): boolean {
	return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}
