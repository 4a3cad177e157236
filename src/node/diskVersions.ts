import { type BigIntStats, statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { DiskVersions } from '../agent/checkpoint/diskVersions.ts';

/** Milliseconds in one go that nobody notices. */
const MAX_BUSY_MS = 2;
const ABSENT = 'absent';

/**
 * Looks in one go, as that takes a tenth of the time that waiting for each look takes; for what is left when a disk turns
 * out to be slow, such as one behind a network, it waits.
 */
export function createDiskVersions(now = () => performance.now()): DiskVersions {
	return {
		async of(uris) {
			const versions: (string | undefined)[] = [];
			const start = now();
			for (const uri of uris) {
				if (now() - start > MAX_BUSY_MS) {
					break;
				}
				versions.push(lookNow(uri));
			}
			return [...versions, ...(await Promise.all(uris.slice(versions.length).map(lookSoon)))];
		},
	};
}

function lookNow(uri: string): string | undefined {
	try {
		const path = pathOf(uri);
		return path && versionOf(statSync(path, { bigint: true, throwIfNoEntry: false }));
	} catch {
		// Where access is refused, and for a path through a file, nothing is known.
		return undefined;
	}
}

async function lookSoon(uri: string): Promise<string | undefined> {
	try {
		const path = pathOf(uri);
		return path && versionOf(await stat(path, { bigint: true }));
	} catch (error) {
		return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? ABSENT : undefined;
	}
}

/** Undefined for what is no file of this machine. @throws TypeError for a URI that is no path. */
function pathOf(uri: string): string | undefined {
	return uri.startsWith('file:') ? fileURLToPath(uri) : undefined;
}

/** To the nanosecond, with the time of change of what `stat` tells, which no program can set. */
function versionOf(stats: BigIntStats | undefined): string {
	return stats === undefined ? ABSENT : [stats.ino, stats.size, stats.mtimeNs, stats.ctimeNs].join('-');
}
