// What set-up installs for all clones of this user: a folder named by its versions is complete or absent.
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** The folder that all clones share. `OPENROUTER_AGENT_CACHE` puts it elsewhere. */
export function cacheFolder() {
	const override = process.env['OPENROUTER_AGENT_CACHE'];
	if (override) {
		return override;
	}
	const base = {
		win32: process.env['LOCALAPPDATA'] ?? join(homedir(), 'AppData', 'Local'),
		darwin: join(homedir(), 'Library', 'Caches'),
	}[/** @type {string} */ (process.platform)];
	return join(base ?? process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'openrouter-agent');
}

/**
 * Returns the folder `key` of `root`, made by `install` if it is not there yet. `install` gets an empty folder that is
 * renamed when it is complete, so that a broken installation is never taken for a good one. Two set-ups at once: the
 * second waits for the first.
 *
 * @param {string} root
 * @param {string} key
 * @param {(folder: string) => Promise<void>} install
 * @param {(text: string) => void} progress
 */
export async function installOnce(root, key, install, progress) {
	const folder = join(root, key);
	if (existsSync(folder)) {
		return folder;
	}
	const unlock = await lock(`${folder}.lock`, progress);
	try {
		if (existsSync(folder)) {
			return folder;
		}
		const unfinished = `${folder}.unfinished`;
		rmSync(unfinished, { recursive: true, force: true });
		mkdirSync(unfinished, { recursive: true });
		await install(unfinished);
		renameSync(unfinished, folder);
		return folder;
	} finally {
		unlock();
	}
}

/**
 * Takes a lock that only one process of this machine holds. A holder that has died does not count.
 *
 * @param {string} file
 * @param {(text: string) => void} progress
 * @returns {Promise<() => void>} releases it
 */
async function lock(file, progress) {
	mkdirSync(dirname(file), { recursive: true });
	for (let hasTold = false; ; ) {
		try {
			const handle = openSync(file, 'wx');
			writeSync(handle, String(process.pid));
			closeSync(handle);
			return () => rmSync(file, { force: true });
		} catch (error) {
			if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') {
				throw error;
			}
		}
		const owner = readOwner(file);
		if (owner !== undefined && !isAlive(owner)) {
			rmSync(file, { force: true });
			continue;
		}
		if (!hasTold) {
			progress(`waiting for process ${owner ?? ''}, which installs the same`);
			hasTold = true;
		}
		await wait(500);
	}
}

/**
 * @param {string} file
 * @returns {number | undefined} undefined while the holder has not written itself yet, or just released it
 */
function readOwner(file) {
	if (!existsSync(file)) {
		return undefined;
	}
	const pid = Number.parseInt(readFileSync(file, 'utf8'), 10);
	return Number.isNaN(pid) ? undefined : pid;
}

/** @param {number} pid */
function isAlive(pid) {
	try {
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return /** @type {NodeJS.ErrnoException} */ (error).code === 'EPERM';
	}
}
