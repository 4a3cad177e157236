import { type FolderImages, type Listing, splitPath } from './folderImages.ts';
import type { DiskNotice } from './noticeLog.ts';

/** Folders that are looked into for it. What is in others is counted unless it lies below a hidden one. */
const MAX_FOLDERS = 100;

export interface JudgedNotices {
	readonly seen: readonly DiskNotice[];
	/** How many more there are of which it was not looked whether the workspace hides them. */
	readonly more: number;
}

/**
 * Which of the files that the system told of count: those of the workspace that its ignore rules and settings do not
 * hide, and that are as the notice says still.
 */
export async function judgeNotices(
	notices: readonly DiskNotice[],
	folders: FolderImages,
	signal: AbortSignal,
): Promise<JudgedNotices> {
	const byFolder = new Map<string, DiskNotice[]>();
	for (const notice of notices) {
		const parent = folders.parentOf(notice.path);
		if (parent !== undefined) {
			const here = byFolder.get(parent) ?? [];
			here.push(notice);
			byFolder.set(parent, here);
		}
	}
	const seen: DiskNotice[] = [];
	let more = 0;
	let looks = 0;
	// Folders before what lies below them: so a hidden one spares looking into all those.
	for (const folder of [...byFolder.keys()].sort()) {
		const here = byFolder.get(folder) ?? [];
		if (folders.isKnownIgnored(folder)) {
			continue;
		}
		if (looks === MAX_FOLDERS) {
			more += here.length;
			continue;
		}
		looks++;
		if (!(await folders.isIgnored(folder, signal))) {
			const listing = await folders.look(folder, signal);
			seen.push(...here.filter(notice => isStillSo(notice, listing)));
		}
	}
	return { seen, more };
}

function isStillSo({ path, kind }: DiskNotice, listing: Listing | undefined): boolean {
	const entry = listing?.get(splitPath(path).name);
	return kind === 'deleted' ? entry === undefined : entry?.kind === 'file' && !entry.isIgnored;
}
