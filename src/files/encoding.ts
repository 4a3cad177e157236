/** Bytes of a text file to text and back, without the loss of one byte. */

/** Encodings that a file's first bytes speak for. */
export type Encoding = 'utf8' | 'utf8bom' | 'utf16le' | 'utf16be';

export interface DecodedText {
	/** Without byte-order mark. Bytes that are no text of the encoding show as U+FFFD. */
	readonly text: string;
	/** Gives exactly the same bytes for the same text. Absent when no encoding does: then the file cannot be written. */
	readonly encoding?: Encoding;
}

const MARKS: Readonly<Record<Encoding, readonly number[]>> = {
	utf8: [],
	utf8bom: [0xef, 0xbb, 0xbf],
	utf16le: [0xff, 0xfe],
	utf16be: [0xfe, 0xff],
};

export function decodeText(bytes: Uint8Array): DecodedText {
	const encoding = encodingOf(bytes);
	const label = labelOf(encoding);
	try {
		// Nothing that this accepts has a second spelling in bytes, so encoding it again gives the same ones.
		return { text: new TextDecoder(label, { fatal: true }).decode(bytes), encoding };
	} catch {
		return { text: new TextDecoder(label).decode(bytes) };
	}
}

/** Decodes a text that comes in pieces, the first of which is `head`. */
export function decoderFor(head: Uint8Array): (piece: Uint8Array, isLast: boolean) => string {
	const decoder = new TextDecoder(labelOf(encodingOf(head)));
	return (piece, isLast) => decoder.decode(piece, { stream: !isLast });
}

export function encodeText(text: string, encoding: Encoding): Uint8Array {
	const mark = MARKS[encoding];
	const body =
		labelOf(encoding) === 'utf-8' ? new TextEncoder().encode(text) : encodeUtf16(text, encoding === 'utf16le');
	const bytes = new Uint8Array(mark.length + body.length);
	bytes.set(mark);
	bytes.set(body, mark.length);
	return bytes;
}

function encodeUtf16(text: string, isLittleEndian: boolean): Uint8Array {
	const bytes = new Uint8Array(text.length * 2);
	const view = new DataView(bytes.buffer);
	for (let at = 0; at < text.length; at++) {
		view.setUint16(at * 2, text.charCodeAt(at), isLittleEndian);
	}
	return bytes;
}

function encodingOf(bytes: Uint8Array): Encoding {
	const marked = (['utf8bom', 'utf16le', 'utf16be'] as const).find(encoding =>
		MARKS[encoding].every((byte, index) => bytes[index] === byte),
	);
	return marked ?? 'utf8';
}

function labelOf(encoding: Encoding): string {
	switch (encoding) {
		case 'utf8':
		case 'utf8bom':
			return 'utf-8';
		case 'utf16le':
			return 'utf-16le';
		case 'utf16be':
			return 'utf-16be';
	}
}
