import { FRESH_MS, GRACE_MS, type StoredText } from '../agent/checkpoint/collectTexts.ts';
import type { JournalFiles } from './webJournalFiles.ts';
import type { Locks } from './webLock.ts';

export interface WebBlobsOptions {
	readonly files: JournalFiles;
	/** Where they lie among the files. */
	readonly folder: string;
	readonly locks: Locks | undefined;
	/** Tells stores apart among the browser's locks. */
	readonly name: string;
	/** Milliseconds since 1970. */
	now(): number;
}

/** Texts by their SHA-256, one file each. A file's time is when its text was put last. */
export class WebBlobs {
	readonly #options: WebBlobsOptions;

	constructor(options: WebBlobsOptions) {
		this.#options = options;
	}

	async put(text: string): Promise<string> {
		const { files, now } = this.#options;
		const bytes = new TextEncoder().encode(text);
		const hash = await hashOf(bytes);
		await this.#alone(async () => {
			const stored = await files.stat(this.#path(hash));
			if (stored === undefined || stored.bytes !== bytes.length || now() - stored.at > FRESH_MS) {
				await files.write(this.#path(hash), bytes);
			}
		});
		return hash;
	}

	/** @returns undefined when there is no such text, or what is stored is not it any more. */
	async get(hash: string): Promise<string | undefined> {
		const { files } = this.#options;
		if (!isHash(hash) || (await files.stat(this.#path(hash))) === undefined) {
			return undefined;
		}
		const bytes = await files.read(this.#path(hash));
		return (await hashOf(bytes)) === hash ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes) : undefined;
	}

	async list(): Promise<readonly StoredText[]> {
		const { files, folder } = this.#options;
		const texts: StoredText[] = [];
		for (const hash of (await files.names(folder)).filter(isHash)) {
			const stored = await files.stat(this.#path(hash));
			if (stored !== undefined) {
				texts.push({ hash, ...stored });
			}
		}
		return texts;
	}

	/** Removes a text, unless it was put within the grace time. @returns false when it stays. */
	remove(hash: string): Promise<boolean> {
		const { files, now } = this.#options;
		return this.#alone(async () => {
			const stored = await files.stat(this.#path(hash));
			if (stored !== undefined && now() - stored.at <= GRACE_MS) {
				return false;
			}
			await files.remove(this.#path(hash));
			return true;
		});
	}

	#path(hash: string): string {
		return `${this.#options.folder}/${hash}`;
	}

	/** While no other tab puts or removes. */
	async #alone<Value>(work: () => Promise<Value>): Promise<Value> {
		const { locks, name } = this.#options;
		return locks === undefined ? work() : locks.request(`${name}/texts`, {}, work);
	}
}

function isHash(name: string): boolean {
	return /^[0-9a-f]{64}$/.test(name);
}

async function hashOf(bytes: Uint8Array<ArrayBuffer> | Uint8Array): Promise<string> {
	// A copy, because the digest takes no shared memory and the file system's bytes may be typed as such.
	const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
	return Array.from(new Uint8Array(digest), byte => byte.toString(16).padStart(2, '0')).join('');
}
