import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { FRESH_MS, GRACE_MS, type StoredText } from '../agent/checkpoint/collectTexts.ts';
import { isCode } from './fileLock.ts';

/** A file that was being written so long ago was left by a crash. */
const LEFT_OVER_MS = 3_600_000;
/** Shorter texts take a block of the disk in any form. */
const MIN_COMPRESSED_BYTES = 1024;

const compress = promisify(gzip);
const decompress = promisify(gunzip);

/**
 * Texts by their SHA-256, one file each: `<hash>.gz`, or `<hash>` with the plain text of short ones and of those that older
 * versions wrote. A file's time of change is when its text was put last.
 */
export class Blobs {
	readonly #folder: string;
	readonly #unfinished: string;
	/** What is being removed: back from here when it turns out to be wanted. */
	readonly #leaving: string;
	readonly #now: () => number;
	#prepared: Promise<void> | undefined;
	#synced: Promise<void> = Promise.resolve();
	#nextSync: Promise<void> | undefined;

	/** @param now milliseconds since 1970. */
	constructor(folder: string, now: () => number = Date.now) {
		this.#folder = folder;
		this.#unfinished = join(folder, 'unfinished');
		this.#leaving = join(folder, 'leaving');
		this.#now = now;
	}

	/** Keeps a text. Durable when it resolves. */
	async put(text: string): Promise<string> {
		const bytes = Buffer.from(text, 'utf8');
		const hash = createHash('sha256').update(bytes).digest('hex');
		if (await this.#refresh(hash, bytes.length)) {
			return hash;
		}
		this.#prepared ??= this.#prepare();
		try {
			await this.#prepared;
		} catch (error) {
			this.#prepared = undefined;
			throw error;
		}
		const isShort = bytes.length < MIN_COMPRESSED_BYTES;
		const unfinished = join(this.#unfinished, `${hash}.${randomUUID()}`);
		try {
			await writeDurably(unfinished, isShort ? bytes : await compress(bytes));
			await this.#date(unfinished);
			await rename(unfinished, join(this.#folder, isShort ? hash : packedName(hash)));
		} catch (error) {
			await rm(unfinished, { force: true });
			throw error;
		}
		await this.#syncNames();
		return hash;
	}

	/** @returns undefined when there is no such text, or what is stored is not it any more. */
	async get(hash: string): Promise<string | undefined> {
		if (!isHash(hash)) {
			return undefined;
		}
		// Once more where it is moved to for the moment in which it is looked whether it may go.
		return (await readFrom(this.#folder, hash)) ?? (await readFrom(this.#leaving, hash));
	}

	/** All that are kept. */
	async list(): Promise<readonly StoredText[]> {
		await this.#bringBack();
		const texts = new Map<string, StoredText>();
		for (const name of await namesIn(this.#folder)) {
			const hash = name.replace(/\.gz$/, '');
			const stats = isHash(hash) ? await statsIfThere(join(this.#folder, name)) : undefined;
			if (stats !== undefined) {
				const other = texts.get(hash);
				const bytes = stats.size + (other?.bytes ?? 0);
				texts.set(hash, { hash, bytes, at: Math.max(stats.mtimeMs, other?.at ?? 0) });
			}
		}
		return [...texts.values()];
	}

	/**
	 * Removes a text, unless it was put within the grace time. A `put` beside it, also of another process, either finds the
	 * text and makes it young before it is moved, then it comes back; or does not find it any more and writes it anew.
	 * @returns false when it stays.
	 */
	async remove(hash: string): Promise<boolean> {
		await mkdir(this.#leaving, { recursive: true, mode: 0o700 });
		for (const name of [packedName(hash), hash]) {
			const [path, leaving] = [join(this.#folder, name), join(this.#leaving, name)];
			try {
				await rename(path, leaving);
			} catch (error) {
				if (isCode(error, 'ENOENT')) {
					continue;
				}
				if (isCode(error, 'EPERM') || isCode(error, 'EBUSY') || isCode(error, 'EACCES')) {
					// Somebody reads it: on Windows it stays then.
					return false;
				}
				throw error;
			}
			const stats = await statsIfThere(leaving);
			if (stats !== undefined && this.#now() - stats.mtimeMs <= GRACE_MS) {
				await rename(leaving, path);
				return false;
			}
			await rm(leaving, { force: true });
		}
		return true;
	}

	/** Whether the text is there; then it counts as put just now. */
	async #refresh(hash: string, plainBytes: number): Promise<boolean> {
		for (const name of [packedName(hash), hash]) {
			const path = join(this.#folder, name);
			const stats = await statsIfThere(path);
			if (stats === undefined || (name === hash && stats.size !== plainBytes)) {
				continue;
			}
			if (this.#now() - stats.mtimeMs <= FRESH_MS || (await this.#date(path))) {
				return true;
			}
		}
		return false;
	}

	/** @returns false when it is not there. */
	async #date(path: string): Promise<boolean> {
		const seconds = this.#now() / 1000;
		try {
			await utimes(path, seconds, seconds);
			return true;
		} catch (error) {
			if (isCode(error, 'ENOENT')) {
				return false;
			}
			throw error;
		}
	}

	/** What a process that died had begun to remove. */
	async #bringBack(): Promise<void> {
		for (const name of await namesIn(this.#leaving)) {
			try {
				await rename(join(this.#leaving, name), join(this.#folder, name));
			} catch (error) {
				if (!isCode(error, 'ENOENT')) {
					throw error;
				}
				// Another window does the same.
			}
		}
	}

	/** One for all that are put at the same time: it must only begin after the last rename. */
	#syncNames(): Promise<void> {
		this.#nextSync ??= this.#synced.then(() => {
			this.#nextSync = undefined;
			const syncing = syncFolder(this.#folder);
			this.#synced = syncing.catch(() => {
				// Those who wait for it get it.
			});
			return syncing;
		});
		return this.#nextSync;
	}

	async #prepare(): Promise<void> {
		await mkdir(this.#unfinished, { recursive: true, mode: 0o700 });
		for (const name of await readdir(this.#unfinished)) {
			const path = join(this.#unfinished, name);
			const stats = await statsIfThere(path);
			if (stats !== undefined && this.#now() - stats.mtimeMs > LEFT_OVER_MS) {
				await rm(path, { force: true });
			}
		}
	}
}

function isHash(name: string): boolean {
	return /^[0-9a-f]{64}$/.test(name);
}

function packedName(hash: string): string {
	return `${hash}.gz`;
}

async function readFrom(folder: string, hash: string): Promise<string | undefined> {
	const packed = await bytesIfThere(join(folder, packedName(hash)));
	const unpacked = packed && textOf(hash, await unpack(packed));
	if (unpacked !== undefined) {
		return unpacked;
	}
	return textOf(hash, await bytesIfThere(join(folder, hash)));
}

function textOf(hash: string, bytes: Buffer | undefined): string | undefined {
	return bytes !== undefined && createHash('sha256').update(bytes).digest('hex') === hash
		? bytes.toString('utf8')
		: undefined;
}

/** Undefined for what is damaged. */
async function unpack(packed: Buffer): Promise<Buffer | undefined> {
	try {
		return await decompress(packed);
	} catch {
		return undefined;
	}
}

async function writeDurably(path: string, bytes: Uint8Array): Promise<void> {
	const file = await open(path, 'wx', 0o600);
	try {
		await file.writeFile(bytes);
		await file.datasync();
	} finally {
		await file.close();
	}
}

/** Makes the names in a folder durable, where the system can: Windows has no such call and needs none. */
export async function syncFolder(path: string): Promise<void> {
	if (process.platform === 'win32') {
		return;
	}
	const folder = await open(path, 'r');
	try {
		await folder.sync();
	} finally {
		await folder.close();
	}
}

function statsIfThere(path: string): Promise<{ readonly size: number; readonly mtimeMs: number } | undefined> {
	return ifThere(stat(path));
}

function bytesIfThere(path: string): Promise<Buffer | undefined> {
	return ifThere(readFile(path));
}

async function namesIn(folder: string): Promise<readonly string[]> {
	return (await ifThere(readdir(folder))) ?? [];
}

async function ifThere<Value>(looking: Promise<Value>): Promise<Value | undefined> {
	try {
		return await looking;
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return undefined;
		}
		throw error;
	}
}
