import type { IncomingMessage } from 'node:http';
import type { Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import { ToolError } from '../../agent/toolError.ts';
import { joinBytes } from '../../tools/web/webContent.ts';

export interface BoundedBody {
	readonly bytes: Uint8Array;
	/** There was more. */
	readonly isCut: boolean;
}

/** What `accept-encoding` asks for; each of them is undone piece by piece, so that a small bomb stays small. */
export const ACCEPTED_ENCODINGS = 'gzip, br';

/**
 * Reads a body, decompressed, up to a limit, and closes the connection there. The limit also holds for the bytes on the
 * wire: compressed data may be endless and come to nothing.
 * @throws ToolError when the body is compressed in another way, or damaged.
 */
export async function readBounded(response: IncomingMessage, maxBytes: number): Promise<BoundedBody> {
	const decoder = decoderFor(response.headers['content-encoding']);
	let received = 0;
	const count = (chunk: Uint8Array) => {
		received += chunk.length;
		if (received > maxBytes) {
			// Ends the decoder, as if the body ended here.
			response.destroy(new WireLimitError());
		}
	};
	let body: Readable = response;
	if (decoder !== undefined) {
		response.on('data', count);
		response.once('error', error => decoder.destroy(error));
		body = response.pipe(decoder);
	}
	const chunks: Uint8Array[] = [];
	let length = 0;
	try {
		for await (const chunk of body) {
			// Safe: no encoding is set, so both streams give bytes.
			const bytes = chunk as Uint8Array;
			chunks.push(bytes.subarray(0, maxBytes - length));
			length += bytes.length;
			if (length > maxBytes) {
				return { bytes: joinBytes(chunks), isCut: true };
			}
		}
		return { bytes: joinBytes(chunks), isCut: false };
	} catch (error) {
		if (error instanceof WireLimitError) {
			return { bytes: joinBytes(chunks), isCut: true };
		}
		throw isDamage(error) ? new ToolError('The answer is compressed, and damaged.', { cause: error }) : error;
	} finally {
		response.destroy();
		decoder?.destroy();
	}
}

class WireLimitError extends Error {
	override readonly name = 'WireLimitError';
}

function decoderFor(encoding: string | undefined) {
	switch (encoding?.trim().toLowerCase()) {
		case undefined:
		case '':
		case 'identity':
			return undefined;
		case 'gzip':
		case 'x-gzip':
			return createGunzip();
		case 'br':
			return createBrotliDecompress();
		case 'deflate':
			return createInflate();
		default:
			throw new ToolError(`The answer is compressed as "${encoding?.slice(0, 50)}", which was not asked for.`);
	}
}

/** zlib's own codes are `Z_DATA_ERROR` and such, brotli's begin with `ERR_`. */
function isDamage(error: unknown): boolean {
	return (
		error instanceof Error &&
		'code' in error &&
		typeof error.code === 'string' &&
		/^(?:Z_|ERR_(?:BROTLI|_ERROR|BUFFER|PADDING))/.test(error.code)
	);
}
