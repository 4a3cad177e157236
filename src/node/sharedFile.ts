import { randomUUID } from 'node:crypto';
import { copyFile, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { FileLock, readFileIfThere } from './fileLock.ts';

/** What a change of another process takes is milliseconds; one that died is noticed by its process id. */
const LOCK_WITHIN_MS = 10_000;
const FIRST_PAUSE_MS = 5;
const MAX_PAUSE_MS = 100;

/**
 * A small text file that all windows and processes of the user share, for `SharedFile` of the host: readable by the user
 * alone, replaced as a whole, and changed by one of them at a time. Neither it nor its folder need exist.
 */
export function openSharedFile(path: string) {
	let changing: Promise<void> = Promise.resolve();
	return {
		read: () => readFileIfThere(path),
		change(edit: (text: string | undefined) => { readonly text: string; readonly keepsOld: boolean }): Promise<void> {
			// One after the other within this process; the lock is for the others.
			const change = changing.then(() => changeText(path, edit));
			changing = change.catch(() => undefined);
			return change;
		},
	};
}

async function changeText(
	path: string,
	edit: (text: string | undefined) => { readonly text: string; readonly keepsOld: boolean },
): Promise<void> {
	await mkdir(dirname(path), { recursive: true, mode: 0o700 });
	const lock = await takeLock(`${path}.lock`);
	try {
		const before = await readFileIfThere(path);
		const { text, keepsOld } = edit(before);
		if (text === before) {
			return;
		}
		if (keepsOld) {
			await copyFile(path, `${path}.damaged`);
		}
		await replace(path, text, () => lock.isMine());
	} finally {
		await lock.release();
	}
}

async function takeLock(path: string): Promise<FileLock> {
	const deadline = performance.now() + LOCK_WITHIN_MS;
	for (let wait = FIRST_PAUSE_MS; ; wait = Math.min(2 * wait, MAX_PAUSE_MS)) {
		const lock = await FileLock.take(path);
		if (lock !== undefined) {
			return lock;
		}
		if (performance.now() > deadline) {
			throw new Error(`Another window keeps ${path} for too long. Try again.`);
		}
		await pause(wait);
	}
}

async function replace(path: string, text: string, isMine: () => Promise<boolean>): Promise<void> {
	const fresh = `${path}.${randomUUID()}`;
	try {
		const file = await open(fresh, 'wx', 0o600);
		try {
			await file.writeFile(text);
			await file.datasync();
		} finally {
			await file.close();
		}
		if (!(await isMine())) {
			throw new Error(`Another window took ${path} meanwhile. Try again.`);
		}
		await rename(fresh, path);
	} catch (error) {
		await rm(fresh, { force: true });
		throw error;
	}
}
