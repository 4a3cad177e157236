import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isCode } from './fileLock.ts';

/** A file that was being written so long ago was left by a crash. */
const LEFT_OVER_MS = 3_600_000;

/** Texts by their SHA-256, one file each. */
export class Blobs {
	readonly #folder: string;
	readonly #unfinished: string;
	#prepared: Promise<void> | undefined;

	constructor(folder: string) {
		this.#folder = folder;
		this.#unfinished = join(folder, 'unfinished');
	}

	/** Keeps a text. Durable when it resolves. */
	async put(text: string): Promise<string> {
		const bytes = Buffer.from(text, 'utf8');
		const hash = createHash('sha256').update(bytes).digest('hex');
		const path = join(this.#folder, hash);
		if ((await sizeIfThere(path)) === bytes.length) {
			return hash;
		}
		this.#prepared ??= this.#prepare();
		try {
			await this.#prepared;
		} catch (error) {
			this.#prepared = undefined;
			throw error;
		}
		const unfinished = join(this.#unfinished, `${hash}.${randomUUID()}`);
		try {
			await writeDurably(unfinished, bytes);
			await rename(unfinished, path);
		} catch (error) {
			await rm(unfinished, { force: true });
			throw error;
		}
		await syncFolder(this.#folder);
		return hash;
	}

	/** @returns undefined when there is no such text, or what is stored is not it any more. */
	async get(hash: string): Promise<string | undefined> {
		if (!/^[0-9a-f]{64}$/.test(hash)) {
			return undefined;
		}
		try {
			const bytes = await readFile(join(this.#folder, hash));
			return createHash('sha256').update(bytes).digest('hex') === hash ? bytes.toString('utf8') : undefined;
		} catch (error) {
			if (isCode(error, 'ENOENT')) {
				return undefined;
			}
			throw error;
		}
	}

	async #prepare(): Promise<void> {
		await mkdir(this.#unfinished, { recursive: true, mode: 0o700 });
		for (const name of await readdir(this.#unfinished)) {
			const path = join(this.#unfinished, name);
			const { mtimeMs } = await stat(path);
			if (Date.now() - mtimeMs > LEFT_OVER_MS) {
				await rm(path, { force: true });
			}
		}
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

async function sizeIfThere(path: string): Promise<number | undefined> {
	try {
		return (await stat(path)).size;
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return undefined;
		}
		throw error;
	}
}
