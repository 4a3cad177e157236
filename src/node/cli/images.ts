import { readFile, stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Attachment } from '../../agent/events.ts';
import { usageError } from './cliError.ts';

/** What the strictest of the large providers takes. */
const MAX_IMAGE_BYTES = 5_000_000;

const TYPES: readonly { readonly mediaType: string; isIt(bytes: Uint8Array): boolean }[] = [
	{ mediaType: 'image/png', isIt: bytes => startsWith(bytes, [0x89, 0x50, 0x4e, 0x47]) },
	{ mediaType: 'image/jpeg', isIt: bytes => startsWith(bytes, [0xff, 0xd8, 0xff]) },
	{ mediaType: 'image/gif', isIt: bytes => startsWith(bytes, [0x47, 0x49, 0x46, 0x38]) },
	{
		mediaType: 'image/webp',
		isIt: bytes =>
			startsWith(bytes, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes.subarray(8), [0x57, 0x45, 0x42, 0x50]),
	},
];

/**
 * Reads pictures and keeps them.
 * @param folder where relative paths begin.
 * @param keep takes Base64 text and gives its hash.
 * @throws CliError for a file that is missing, too large, or no picture that models take.
 */
export async function attachImages(
	paths: readonly string[],
	folder: string,
	keep: (base64: string) => Promise<string>,
): Promise<readonly Attachment[]> {
	return Promise.all(
		paths.map(async path => {
			const bytes = await readImage(path, folder);
			const mediaType = TYPES.find(({ isIt }) => isIt(bytes))?.mediaType;
			if (mediaType === undefined) {
				throw usageError(`"${path}" is no picture that models take: give a PNG, JPEG, WebP or GIF.`);
			}
			const hash = await keep(Buffer.from(bytes).toString('base64'));
			return { label: basename(path), text: '', image: { mediaType, hash } };
		}),
	);
}

async function readImage(path: string, folder: string): Promise<Uint8Array> {
	try {
		const file = resolve(folder, path);
		const { size } = await stat(file);
		if (size > MAX_IMAGE_BYTES) {
			throw usageError(`"${path}" has more than 5 MB. Make the picture smaller.`);
		}
		return await readFile(file);
	} catch (error) {
		if (error instanceof Error && 'code' in error) {
			throw usageError(`The picture "${path}" cannot be read (${String(error.code)}).`, { cause: error });
		}
		throw error;
	}
}

function startsWith(bytes: Uint8Array, start: readonly number[]): boolean {
	return start.every((byte, index) => bytes[index] === byte);
}
