/** What the first bytes of a picture tell. Sources: PNG (RFC 2083), GIF89a, JPEG (ITU T.81, B.2), WebP (RFC 9649). */

export interface ImageFacts {
	/** `image/png`, `image/jpeg`, `image/webp` or `image/gif`: what models that see take. */
	readonly mimeType: string;
	/** As in "a PNG image". */
	readonly name: string;
	/** Pixels; absent where the header does not say. */
	readonly size?: { readonly width: number; readonly height: number };
}

/** Undefined for bytes that are none of these pictures. */
export function imageFacts(bytes: Uint8Array): ImageFacts | undefined {
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
	if (startsWith(bytes, 0, '\x89PNG\r\n\x1A\n')) {
		return facts('image/png', 'PNG', bytes.length < 24 ? undefined : [view.getUint32(16), view.getUint32(20)]);
	}
	if (startsWith(bytes, 0, 'GIF87a') || startsWith(bytes, 0, 'GIF89a')) {
		const size = bytes.length < 10 ? undefined : ([view.getUint16(6, true), view.getUint16(8, true)] as const);
		return facts('image/gif', 'GIF', size);
	}
	if (startsWith(bytes, 0, '\xFF\xD8\xFF')) {
		return facts('image/jpeg', 'JPEG', jpegSize(bytes, view));
	}
	if (startsWith(bytes, 0, 'RIFF') && startsWith(bytes, 8, 'WEBP')) {
		return facts('image/webp', 'WebP', webpSize(bytes, view));
	}
	return undefined;
}

type Size = readonly [width: number, height: number];

function facts(mimeType: string, name: string, size: Size | undefined): ImageFacts {
	return { mimeType, name, ...(size && { size: { width: size[0], height: size[1] } }) };
}

/** In the segment that begins a frame; those before it are stepped over. */
function jpegSize(bytes: Uint8Array, view: DataView): Size | undefined {
	let at = 2;
	while (at + 9 <= bytes.length && bytes[at] === 0xff) {
		const marker = bytes[at + 1] ?? 0;
		// Frames of every kind; 0xC4, 0xC8 and 0xCC are tables and reserved.
		if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
			return [view.getUint16(at + 7), view.getUint16(at + 5)];
		}
		// Any number of fill bytes may stand before a marker.
		at += marker === 0xff ? 1 : 2 + view.getUint16(at + 2);
	}
	return undefined;
}

function webpSize(bytes: Uint8Array, view: DataView): Size | undefined {
	if (bytes.length < 30) {
		return undefined;
	}
	if (startsWith(bytes, 12, 'VP8X')) {
		return [1 + uint24(bytes, 24), 1 + uint24(bytes, 27)];
	}
	if (startsWith(bytes, 12, 'VP8L')) {
		const bits = view.getUint32(21, true);
		return [1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff)];
	}
	return startsWith(bytes, 12, 'VP8 ')
		? [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff]
		: undefined;
}

function uint24(bytes: Uint8Array, at: number): number {
	return (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16);
}

/** @param text of Latin-1 characters, one a byte. */
function startsWith(bytes: Uint8Array, at: number, text: string): boolean {
	return [...text].every((character, index) => bytes[at + index] === character.charCodeAt(0));
}
