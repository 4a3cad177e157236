import { randomUUID } from 'node:crypto';
import { type FileHandle, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';

export interface LockTimes {
	/** How often the holder shows that it lives, in milliseconds. */
	readonly heartbeatMs: number;
	/** A lock that showed no life for so long may be taken over. */
	readonly staleMs: number;
}

export const defaultLockTimes: LockTimes = { heartbeatMs: 5_000, staleMs: 30_000 };

interface Owner {
	readonly host: string;
	readonly pid: number;
	readonly token: string;
}

/**
 * A lock file that one process holds at a time. Between a take-over and the old holder's next check two may believe
 * they hold it: check `isMine` before each write, and let the reader decide by generation.
 */
export class FileLock {
	readonly #path: string;
	readonly #text: string;
	readonly #heartbeat: NodeJS.Timeout;
	/** Of the file when it was last read and named us. */
	#identity: string | undefined;

	private constructor(path: string, text: string, { heartbeatMs }: LockTimes) {
		this.#path = path;
		this.#text = text;
		this.#heartbeat = setInterval(() => void this.#renew(), heartbeatMs);
		// The lock must not keep a process alive that has nothing else to do.
		this.#heartbeat.unref();
	}

	/**
	 * Takes the lock if nobody holds it. A holder whose process is gone, or that showed no life for long, does not count;
	 * with `force` nobody does.
	 * @returns undefined while another one holds it.
	 */
	static async take(path: string, times: LockTimes = defaultLockTimes, force = false): Promise<FileLock | undefined> {
		const owner: Owner = { host: hostname(), pid: process.pid, token: randomUUID() };
		const text = JSON.stringify(owner);
		// Each round someone else got the lock or lost it; a handful means a living crowd, so leave it to them.
		for (let round = 0; round < 5; round++) {
			if (await createExclusively(path, text)) {
				return new FileLock(path, text, times);
			}
			const held = await readFileIfThere(path);
			if (held === undefined) {
				continue;
			}
			if (!force && !(await isAbandoned(path, held, times))) {
				return undefined;
			}
			await bury(path, held, owner.token);
		}
		return undefined;
	}

	/** Whether somebody holds the lock, in this process or another. */
	static async isHeld(path: string, times: LockTimes = defaultLockTimes): Promise<boolean> {
		const held = await readFileIfThere(path);
		return held !== undefined && !(await isAbandoned(path, held, times));
	}

	/** Whether the file still names this holder. It is asked before each write, so it takes one look at the directory. */
	async isMine(): Promise<boolean> {
		const identity = await identityOf(this.#path);
		if (identity !== undefined && identity === this.#identity) {
			return true;
		}
		if ((await readFileIfThere(this.#path)) !== this.#text) {
			return false;
		}
		this.#identity = identity;
		return true;
	}

	/** Gives the lock free, if it is still ours. */
	async release(): Promise<void> {
		clearInterval(this.#heartbeat);
		if (await this.isMine()) {
			await rm(this.#path, { force: true });
		}
	}

	async #renew(): Promise<void> {
		try {
			if (await this.isMine()) {
				const now = new Date();
				await utimes(this.#path, now, now);
			}
		} catch {
			// The file went away in between, or the disk refuses: the next write's check tells the holder.
		}
	}
}

async function createExclusively(path: string, text: string): Promise<boolean> {
	let file: FileHandle;
	try {
		file = await open(path, 'wx', 0o600);
	} catch (error) {
		if (isCode(error, 'EEXIST')) {
			return false;
		}
		throw error;
	}
	try {
		await file.writeFile(text);
	} catch (error) {
		// On a full disk a name can be made, a text not: nobody would hold such a lock, and nobody get it.
		await rm(path, { force: true });
		throw error;
	} finally {
		await file.close();
	}
	return true;
}

/** Moves the lock of a dead holder away. Looks whether it was that holder's: another one may have been quicker. */
async function bury(path: string, held: string, token: string): Promise<void> {
	const grave = `${path}.${token}`;
	try {
		await rename(path, grave);
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return;
		}
		throw error;
	}
	const buried = await readFileIfThere(grave);
	if (buried !== undefined && buried !== held) {
		// Alive after all. If yet another one came meanwhile, that one holds it now and this one will find out.
		await createExclusively(path, buried);
	}
	await rm(grave, { force: true });
}

async function isAbandoned(path: string, held: string, { staleMs }: LockTimes): Promise<boolean> {
	const owner = parseOwner(held);
	// A process id means something on its own machine only.
	if (owner?.host === hostname() && owner.pid !== process.pid && !isAlive(owner.pid)) {
		return true;
	}
	try {
		const { mtimeMs } = await stat(path);
		return Date.now() - mtimeMs > staleMs;
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			// Released just now: the next round takes it.
			return true;
		}
		throw error;
	}
}

function parseOwner(text: string): Owner | undefined {
	try {
		const value: unknown = JSON.parse(text);
		if (typeof value === 'object' && value !== null && 'host' in value && 'pid' in value && 'token' in value) {
			const { host, pid, token } = value;
			if (typeof host === 'string' && typeof pid === 'number' && typeof token === 'string') {
				return { host, pid, token };
			}
		}
	} catch {
		// Half written by a process that died just then: its age decides.
	}
	return undefined;
}

/** Whether a process of this machine has this id. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		// Not permitted means it exists and is another user's.
		return !isCode(error, 'ESRCH');
	}
}

/**
 * Tells a file from any other that bears its name later. The inode alone does not: file systems use them again. Where no
 * time of birth is known, Node gives the time of change, so the heartbeat makes the file look new and it is read again.
 */
async function identityOf(path: string): Promise<string | undefined> {
	try {
		const { ino, birthtimeNs } = await stat(path, { bigint: true });
		return `${ino}:${birthtimeNs}`;
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return undefined;
		}
		throw error;
	}
}

/** Undefined where there is no file. */
export async function readFileIfThere(path: string): Promise<string | undefined> {
	try {
		return await readFile(path, 'utf8');
	} catch (error) {
		if (isCode(error, 'ENOENT')) {
			return undefined;
		}
		throw error;
	}
}

export function isCode(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}
