import { type Stats, statSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DiskVersions } from '../agent/checkpoint/diskVersions.ts';
import { dropOldest } from '../agent/checkpoint/dropOldest.ts';

/** Milliseconds in one go that nobody notices. */
const MAX_BUSY_MS = 5;
const ABSENT = 'absent';
const MAX_PATHS = 2000;

/**
 * Looks in one go, as that takes a tenth of the time that waiting for each look takes; for what is left when a disk turns
 * out to be slow, such as one behind a network, it waits.
 */
export function createDiskVersions(now = () => performance.now()): DiskVersions {
	const paths = new Paths();
	return {
		async of(uris) {
			const versions: (string | undefined)[] = [];
			const start = now();
			for (const uri of uris) {
				if (now() - start > MAX_BUSY_MS) {
					break;
				}
				versions.push(lookNow(paths.of(uri)));
			}
			return [...versions, ...(await Promise.all(uris.slice(versions.length).map(uri => lookSoon(paths.of(uri)))))];
		},
		async namesIn(uri) {
			const path = paths.of(uri);
			try {
				const entries = path === undefined ? undefined : await readdir(path, { withFileTypes: true });
				return entries
					?.map(entry => `${entry.name}/${entry.isDirectory() ? 'd' : entry.isFile() ? 'f' : 'o'}`)
					.join('/');
			} catch {
				// It is gone, or no folder, or not ours to read.
				return undefined;
			}
		},
	};
}

/** The paths of files that are looked at again and again: finding them in a URI takes as long as a part of the look. */
class Paths {
	readonly #paths = new Map<string, string | undefined>();

	/** Undefined for what is no file of this machine. */
	of(uri: string): string | undefined {
		let path = this.#paths.get(uri);
		if (path === undefined && uri.startsWith('file:')) {
			path = pathOf(uri);
			this.#paths.set(uri, path);
			dropOldest(this.#paths, MAX_PATHS);
		}
		return path;
	}
}

function pathOf(uri: string): string | undefined {
	try {
		return fileURLToPath(uri);
	} catch {
		// Such as a host that this system has no paths for.
		return undefined;
	}
}

function lookNow(path: string | undefined): string | undefined {
	try {
		return path && versionOf(statSync(path, { throwIfNoEntry: false }));
	} catch {
		// Where access is refused, and for a path through a file, nothing is known.
		return undefined;
	}
}

async function lookSoon(path: string | undefined): Promise<string | undefined> {
	try {
		return path && versionOf(await stat(path));
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? ABSENT : undefined;
	}
}

/** With the time of change of what `stat` tells, which no program can set. */
function versionOf(stats: Stats | undefined): string {
	return stats === undefined ? ABSENT : `${stats.ino}-${stats.size}-${stats.mtimeMs}-${stats.ctimeMs}`;
}
