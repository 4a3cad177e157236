// The project's own packages.
import { existsSync, readFileSync } from 'node:fs';
import { npm, run } from './processes.mjs';

const TIMEOUT_MS = 15 * 60_000;

/**
 * Installs the packages of the lock file, unless they are what is installed. Scripts of packages stay off: none of
 * them is needed, and npm may be set to refuse them.
 *
 * @param {(text: string) => void} progress
 */
export async function installPackages(progress) {
	const missing = missingPackage();
	if (missing === undefined) {
		return;
	}
	progress(`npm ci, because of ${missing}`);
	await run(npm.command, [...npm.args, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
		timeoutMs: TIMEOUT_MS,
	});
}

/**
 * The first package of the lock file that is not installed in its version. npm keeps a lock file of what it installed.
 * Optional packages may be absent: they are for other platforms.
 */
function missingPackage() {
	const installedFile = 'node_modules/.package-lock.json';
	if (!existsSync(installedFile)) {
		return 'an empty node_modules';
	}
	const wanted = readLock('package-lock.json');
	const installed = readLock(installedFile);
	const missing = Object.entries(wanted).find(
		([path, { version, optional }]) =>
			path !== '' && installed[path]?.version !== version && !(optional && installed[path] === undefined),
	);
	return missing && `${missing[0].replace(/^node_modules\//, '')} ${missing[1].version}`;
}

/**
 * @param {string} file
 * @returns {Record<string, { version?: string, optional?: boolean }>}
 */
function readLock(file) {
	return JSON.parse(readFileSync(file, 'utf8')).packages;
}
