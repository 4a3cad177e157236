/** Folders and files of the local disk, for the search of our own. */
import { close, closeSync, constants, open, openSync, read, readSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { FileTree, TreeEntry } from '../files/scanSearch.ts';
import { fileError } from './fileWorkspaceDisk.ts';

/** Bytes of the first read: nearly every source file whole. */
const FIRST_BYTES = 65_536;
/** Opening a pipe that nobody writes to would wait for ever. Windows knows no such flag. */
const FLAGS = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0);

/** Milliseconds. A file that takes longer did not come from the system's cache. */
const SLOW_MS = 4;
/** Files that are read by other threads after a slow one. */
const AFTER_SLOW = 64;

/**
 * What is gone or not ours to read counts as empty or absent: a search goes on without it. What lies in the system's cache
 * is read on this thread, which takes a fifth of the time.
 */
export function createDiskTree(): FileTree {
	const buffers: Buffer[] = [];
	let last = { root: '', folder: '' };
	let onOtherThreads = 0;
	const folderOf = (root: string) => {
		if (last.root !== root) {
			last = { root, folder: fileURLToPath(root).replace(/\/$/, '') };
		}
		return last.folder;
	};
	const readStart = (file: string, buffer: Buffer) => {
		if (onOtherThreads > 0) {
			onOtherThreads--;
			return readLater(file, buffer);
		}
		const start = performance.now();
		const length = readNow(file, buffer);
		onOtherThreads = performance.now() - start > SLOW_MS ? AFTER_SLOW : 0;
		return length;
	};
	return {
		async entries(root, folder) {
			try {
				const entries = await readdir(`${folderOf(root)}/${folder}`, { withFileTypes: true });
				return entries.map(entry => ({ name: entry.name, kind: kindOf(entry) }));
			} catch (error) {
				if (folder !== '' && isFileError(error)) {
					return [];
				}
				throw fileError(error, folderOf(root));
			}
		},
		async bytes(root, path, maxBytes) {
			const file = `${folderOf(root)}/${path}`;
			const buffer = buffers.pop() ?? Buffer.allocUnsafeSlow(FIRST_BYTES);
			const length = await readStart(file, buffer);
			const bytes = length === undefined ? undefined : new Uint8Array(buffer.subarray(0, length));
			buffers.push(buffer);
			return length === FIRST_BYTES || (length ?? 0) > maxBytes ? readLarge(file, maxBytes) : bytes;
		},
	};
}

/** Fills `buffer` from the start of the file: the number of bytes, or undefined where it cannot be read. */
function readNow(file: string, buffer: Buffer): number | undefined {
	try {
		const descriptor = openSync(file, FLAGS);
		try {
			return readSync(descriptor, buffer, 0, buffer.length, 0);
		} finally {
			closeSync(descriptor);
		}
	} catch (error) {
		if (isFileError(error)) {
			return undefined;
		}
		throw error;
	}
}

/** The same, on another thread. By callbacks, for promises and file handles take five times as long. */
function readLater(file: string, buffer: Buffer): Promise<number | undefined> {
	return new Promise(resolve => {
		open(file, FLAGS, (openError, descriptor) => {
			if (openError !== null) {
				resolve(undefined);
				return;
			}
			read(descriptor, buffer, 0, buffer.length, 0, (readError, length) => {
				close(descriptor, () => resolve(readError === null ? length : undefined));
			});
		});
	});
}

async function readLarge(file: string, maxBytes: number): Promise<Uint8Array | undefined> {
	try {
		const stats = await stat(file);
		return stats.isFile() && stats.size <= maxBytes ? await readFile(file) : undefined;
	} catch (error) {
		if (isFileError(error)) {
			return undefined;
		}
		throw error;
	}
}

function isFileError(error: unknown): boolean {
	return error instanceof Error && 'code' in error;
}

function kindOf(entry: { isDirectory(): boolean; isFile(): boolean }): TreeEntry['kind'] {
	return entry.isDirectory() ? 'folder' : entry.isFile() ? 'file' : 'other';
}
