/** Tells files that are no text by their first bytes. */

/** How many of a file's first bytes decide. */
export const SNIFFED_BYTES = 8192;

interface Signature {
	/** Latin-1 characters, one a byte. */
	readonly start: string;
	/** Where it stands; 0 when absent. */
	readonly at?: number;
	readonly kind: string;
	/** A text may begin like this as well: it counts together with a zero byte. */
	readonly isWord?: true;
}

const signatures: readonly Signature[] = [
	{ start: '\x89PNG', kind: 'a PNG image' },
	{ start: '\xFF\xD8\xFF', kind: 'a JPEG image' },
	{ start: 'GIF87a', kind: 'a GIF image', isWord: true },
	{ start: 'GIF89a', kind: 'a GIF image', isWord: true },
	{ start: 'WEBP', at: 8, kind: 'a WebP image', isWord: true },
	{ start: 'ftypavif', at: 4, kind: 'an AVIF image', isWord: true },
	{ start: 'ftyphei', at: 4, kind: 'an HEIC image', isWord: true },
	{ start: 'II*\0', kind: 'a TIFF image' },
	{ start: 'MM\0*', kind: 'a TIFF image' },
	{ start: '\0\0\x01\0', kind: 'an icon' },
	{ start: 'ftyp', at: 4, kind: 'a video', isWord: true },
	{ start: '\x1A\x45\xDF\xA3', kind: 'a video' },
	{ start: 'WAVE', at: 8, kind: 'a sound', isWord: true },
	{ start: 'OggS', kind: 'a sound or video', isWord: true },
	{ start: 'ID3', kind: 'a sound', isWord: true },
	{ start: 'fLaC', kind: 'a sound', isWord: true },
	{ start: '%PDF-', kind: 'a PDF document' },
	{ start: 'PK\x03\x04', kind: 'a ZIP archive or an Office document' },
	{ start: 'PK\x05\x06', kind: 'an empty ZIP archive' },
	{ start: '\x1F\x8B', kind: 'a gzip archive' },
	{ start: 'BZh91AY&SY', kind: 'a bzip2 archive' },
	{ start: '\xFD7zXZ\0', kind: 'an xz archive' },
	{ start: '\x28\xB5\x2F\xFD', kind: 'a Zstandard archive' },
	{ start: '7z\xBC\xAF\x27\x1C', kind: 'a 7-Zip archive' },
	{ start: 'ustar', at: 257, kind: 'a tar archive', isWord: true },
	{ start: '\x7FELF', kind: 'an executable' },
	{ start: 'MZ\x90', kind: 'an executable' },
	{ start: '\xCF\xFA\xED\xFE', kind: 'an executable' },
	{ start: '\xCA\xFE\xBA\xBE', kind: 'a Java class or an executable' },
	{ start: '\0asm', kind: 'a WebAssembly module' },
	{ start: 'wOFF', kind: 'a font', isWord: true },
	{ start: 'wOF2', kind: 'a font', isWord: true },
	{ start: 'SQLite f', kind: 'an SQLite database' },
];

/**
 * What a file is that holds no text, as "a PNG image"; undefined for text.
 * @param head the file's first bytes, `SNIFFED_BYTES` of them where it has as many.
 */
export function binaryKind(head: Uint8Array): string | undefined {
	const sniffed = head.subarray(0, SNIFFED_BYTES);
	const hasZero = sniffed.includes(0);
	const known = signatures.find(
		signature => (hasZero || signature.isWord === undefined) && hasSignature(sniffed, signature),
	);
	return known?.kind ?? (hasZero && !hasUtf16Mark(head) ? 'a binary file' : undefined);
}

function hasSignature(head: Uint8Array, { start, at = 0 }: Signature): boolean {
	for (let index = 0; index < start.length; index++) {
		if (head[at + index] !== start.charCodeAt(index)) {
			return false;
		}
	}
	return true;
}

/** UTF-16 text is full of zero bytes, which otherwise mark binary files. */
function hasUtf16Mark(head: Uint8Array): boolean {
	return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}
