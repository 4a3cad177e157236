import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { decoderFor, decodeText, encodeText } from '../../../src/files/encoding.ts';

const encodings = ['utf8', 'utf8bom', 'utf16le', 'utf16be'] as const;
/** Text as files hold it: whole characters, and no mark at its beginning, which would be the file's. */
const text = fc.string({ unit: 'binary' }).filter(value => !value.startsWith('\uFEFF'));

describe('text encodings', () => {
	it('give the text back, and say by which encoding', () => {
		fc.assert(
			fc.property(text, fc.constantFrom(...encodings), (value, encoding) => {
				assert.deepEqual(decodeText(encodeText(value, encoding)), { text: value, encoding });
			}),
		);
	});
	it('name an encoding for no bytes but those it makes', () => {
		fc.assert(
			fc.property(fc.uint8Array(), bytes => {
				const { text: decoded, encoding } = decodeText(bytes);
				if (encoding !== undefined) {
					assert.deepEqual(encodeText(decoded, encoding), bytes);
				}
			}),
		);
	});
	for (const [what, bytes] of [
		['Latin-1', [0x63, 0x61, 0x66, 0xe9]],
		['an overlong form', [0xc0, 0xaf]],
		['half a surrogate pair', [0xff, 0xfe, 0x3d, 0xd8]],
		['an odd number of bytes', [0xff, 0xfe, 0x41]],
	] as const) {
		it(`show ${what}, but know no way back`, () => {
			const { text: decoded, encoding } = decodeText(new Uint8Array(bytes));
			assert.deepEqual([decoded.includes('\uFFFD'), encoding], [true, undefined]);
		});
	}
	it('decode what comes in pieces cut anywhere', () => {
		fc.assert(
			fc.property(text, fc.constantFrom(...encodings), fc.nat(), (value, encoding, at) => {
				const bytes = encodeText(value, encoding);
				// The first piece holds the mark.
				const cut = Math.min(bytes.length, 3 + (at % (bytes.length + 1)));
				const decode = decoderFor(bytes.subarray(0, cut));
				assert.equal(decode(bytes.subarray(0, cut), false) + decode(bytes.subarray(cut), true), value);
			}),
		);
	});
});
