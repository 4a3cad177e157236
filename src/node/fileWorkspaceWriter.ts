/** Writes text files so that nobody ever sees half of one, and every byte outside the change stays. */
import { randomUUID } from 'node:crypto';
import type { Stats } from 'node:fs';
import { type FileHandle, mkdir, open, realpath, rename, rm, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ToolError } from '../agent/toolError.ts';
import type { Stamp, WriteOutcome } from '../agent/workspace.ts';
import { encodeText } from '../files/encoding.ts';
import { missingFile, readOnlyFile, staleText, uncertainEncoding } from '../files/refusals.ts';
import { stampOf } from '../files/stamp.ts';
import { isCode } from './fileLock.ts';
import { fileError, isWritable, readDiskText, statOf } from './fileWorkspaceDisk.ts';

/** @param path for messages. @throws StaleTextError when something is there already. */
export async function createFile(file: string, path: string, text: string): Promise<WriteOutcome> {
	let handle: FileHandle;
	try {
		await mkdir(dirname(file), { recursive: true });
		handle = await open(file, 'wx');
	} catch (error) {
		throw isCode(error, 'EEXIST') && (await statOf(file)) !== undefined ? staleText(path) : fileError(error, file);
	}
	try {
		await writeAndClose(handle, encodeText(text, 'utf8'));
	} catch (error) {
		await rm(file, { force: true });
		throw fileError(error, file);
	}
	return { stamp: await stampOf(text), isSaved: true };
}

/** @throws StaleTextError when the file has another text than `expected` names; nothing is changed then. */
export async function replaceFile(file: string, path: string, text: string, expected: Stamp): Promise<WriteOutcome> {
	const disk = await readDiskText(file, path);
	if ((await stampOf(disk.text)) !== expected) {
		throw staleText(path);
	}
	if (text === disk.text) {
		return { stamp: expected, isSaved: true };
	}
	if (disk.encoding === undefined) {
		throw uncertainEncoding(path, 'It is neither UTF-8 nor UTF-16; tell the user to convert it.');
	}
	if (!(await isWritable(file))) {
		throw readOnlyFile(path);
	}
	const bytes = encodeText(text, disk.encoding);
	try {
		// Through a link, the file it leads to is the one to replace.
		await writeWhole(await realpath(file), path, bytes, disk.stats);
	} catch (error) {
		throw fileError(error, file);
	}
	return { stamp: await stampOf(text), isSaved: true };
}

/** @throws StaleTextError when the file has another text than `expected` names. */
export async function removeFile(file: string, path: string, expected: Stamp): Promise<void> {
	if ((await stampOf((await readDiskText(file, path)).text)) !== expected) {
		throw staleText(path);
	}
	try {
		await unlink(file);
	} catch (error) {
		throw isCode(error, 'ENOENT') ? missingFile(path) : fileError(error, file);
	}
}

/** @param before of the file when its text was compared. */
async function writeWhole(file: string, path: string, bytes: Uint8Array, before: Stats): Promise<void> {
	if (before.nlink > 1) {
		// A new file under one of its names would part it from the others.
		return writeInPlace(file, path, bytes, before);
	}
	const temporary = join(dirname(file), `.${randomUUID()}.tmp`);
	let handle: FileHandle;
	try {
		handle = await open(temporary, 'wx', 0o600);
	} catch (error) {
		if (isCode(error, 'EACCES') || isCode(error, 'EPERM')) {
			// The folder takes no new file, the file itself may be written.
			return writeInPlace(file, path, bytes, before);
		}
		throw error;
	}
	try {
		const isKept = await keepOwnerAndMode(handle, before);
		await writeAndClose(handle, bytes);
		await refuseChanged(file, path, before);
		if (isKept && (await renameOver(temporary, file))) {
			return;
		}
	} finally {
		await rm(temporary, { force: true });
	}
	await writeInPlace(file, path, bytes, before);
}

/** @returns false when the new file cannot be given to the owner of the old one. */
async function keepOwnerAndMode(handle: FileHandle, { uid, gid, mode }: Stats): Promise<boolean> {
	const mine = await handle.stat();
	if (mine.uid !== uid || mine.gid !== gid) {
		try {
			await handle.chown(uid, gid);
		} catch {
			return false;
		}
	}
	await handle.chmod(mode & 0o7777);
	return true;
}

/** @returns false where the system does not replace a file that somebody has open. */
async function renameOver(temporary: string, file: string): Promise<boolean> {
	try {
		await rename(temporary, file);
		return true;
	} catch (error) {
		if (isCode(error, 'EPERM') || isCode(error, 'EACCES') || isCode(error, 'EBUSY')) {
			return false;
		}
		throw error;
	}
}

/** Puts the former bytes back when the new ones do not fit: their room on the disk is still theirs. */
async function writeInPlace(file: string, path: string, bytes: Uint8Array, before: Stats): Promise<void> {
	await refuseChanged(file, path, before);
	const handle = await open(file, 'r+');
	try {
		const former = await handle.readFile();
		try {
			await writeAll(handle, bytes);
		} catch (error) {
			await putBack(handle, path, former);
			throw error;
		}
	} finally {
		await handle.close();
	}
}

async function putBack(handle: FileHandle, path: string, former: Uint8Array): Promise<void> {
	try {
		await writeAll(handle, former);
	} catch (error) {
		throw new ToolError(`The disk failed in the middle of writing "${path}": it holds a part of the new text now.`, {
			cause: error,
		});
	}
}

/** Another program may have written since the text was compared. */
async function refuseChanged(file: string, path: string, before: Stats): Promise<void> {
	const now = await statOf(file);
	if (now === undefined || now.ino !== before.ino || now.mtimeMs !== before.mtimeMs || now.size !== before.size) {
		throw staleText(path);
	}
}

async function writeAndClose(handle: FileHandle, bytes: Uint8Array): Promise<void> {
	try {
		await writeAll(handle, bytes);
	} finally {
		await handle.close();
	}
}

async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
	let at = 0;
	while (at < bytes.length) {
		at += (await handle.write(bytes, at, bytes.length - at, at)).bytesWritten;
	}
	await handle.truncate(bytes.length);
	await handle.datasync();
}
