/** Text files on disk: what is there, and its text. */
import type { Stats } from 'node:fs';
import { access, constants, readFile, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { ToolError } from '../agent/toolError.ts';
import { type DecodedText, decodeText } from '../files/encoding.ts';
import { folderForFile, missingFile, notText, specialFile, tooLarge } from '../files/refusals.ts';
import { MAX_TEXT_BYTES } from '../files/sizes.ts';
import { binaryKind } from '../tools/binary.ts';
import { isCode } from './fileLock.ts';

export interface DiskText extends DecodedText {
	/** Of the file when it was read. */
	readonly stats: Stats;
}

/** Follows links. Undefined when nothing is there. @throws ToolError when access is refused. */
export async function statOf(file: string): Promise<Stats | undefined> {
	try {
		return await stat(file);
	} catch (error) {
		if (isCode(error, 'ENOENT') || isCode(error, 'ENOTDIR')) {
			return undefined;
		}
		throw fileError(error, file);
	}
}

/** @param path for the message. @throws ToolError when there is no regular text file that can be read whole. */
export async function readDiskText(file: string, path: string): Promise<DiskText> {
	const stats = await statOf(file);
	if (stats === undefined) {
		throw missingFile(path);
	}
	refuseOtherThanFile(stats, path);
	if (stats.size > MAX_TEXT_BYTES) {
		throw tooLarge(path, stats.size);
	}
	let bytes: Uint8Array;
	try {
		bytes = await readFile(file);
	} catch (error) {
		throw fileError(error, file);
	}
	const kind = binaryKind(bytes);
	if (kind !== undefined) {
		throw notText(path, kind, bytes.length);
	}
	return { ...decodeText(bytes), stats };
}

/** A pipe or device would never end. */
export function refuseOtherThanFile(stats: Stats, path: string): void {
	if (stats.isDirectory()) {
		throw folderForFile(path);
	}
	if (!stats.isFile()) {
		throw specialFile(path);
	}
}

/** Changes with every write, also with one that leaves size and time of change as they were. */
export function versionOf({ size, mtimeMs, ctimeMs, ino }: Stats): string {
	return [size, mtimeMs, ctimeMs, ino].join('-');
}

export async function isWritable(file: string): Promise<boolean> {
	try {
		await access(file, constants.W_OK);
		return true;
	} catch {
		// Whatever the reason, a write would meet it too.
		return false;
	}
}

/** What the file system said, in words for the model. Errors that are no file system's stay as they are. */
export function fileError(error: unknown, file: string): unknown {
	if (!(error instanceof Error) || !('code' in error) || typeof error.code !== 'string' || error instanceof ToolError) {
		return error;
	}
	const causes: Readonly<Record<string, string>> = {
		ENOENT: 'it is not there',
		EACCES: 'permission denied',
		EPERM: 'permission denied',
		EROFS: 'the file system is read-only',
		EISDIR: 'it is a folder',
		ENOTDIR: 'a part of its path is no folder',
		EEXIST: 'it exists already',
		ELOOP: 'its links lead in a circle',
		ENOSPC: 'the disk is full',
		EDQUOT: 'the disk quota is used up',
		ENAMETOOLONG: 'its name is too long',
	};
	return new ToolError(`"${basename(file)}": ${causes[error.code] ?? error.message}.`, { cause: error });
}
