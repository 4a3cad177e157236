import type { SharedFile } from './platform.ts';
import type { JournalFiles } from './webJournalFiles.ts';

export interface WebSharedFileOptions {
	readonly files: JournalFiles;
	/** Of the browser: held by one tab at a time, and free when it dies. */
	readonly locks: Pick<LockManager, 'request'>;
	/** Tells the folder from all others, for the lock. */
	readonly name: string;
	/** Its name in that folder. */
	readonly file: string;
}

/** A small text file that all tabs share, changed by one of them at a time. */
export function openWebSharedFile({ files, locks, name, file }: WebSharedFileOptions): SharedFile {
	const read = async () =>
		(await files.names('')).includes(file) ? new TextDecoder().decode(await files.read(file)) : undefined;
	return {
		read,
		async change(edit) {
			await locks.request(`${name}/${file}`, {}, async () => {
				const before = await read();
				const { text, keepsOld } = edit(before);
				if (keepsOld && before !== undefined) {
					await files.write(`${file}.damaged`, new TextEncoder().encode(before));
				}
				if (text !== before) {
					await files.write(file, new TextEncoder().encode(text));
				}
			});
		},
	};
}
