import type { JournalFiles } from '../../src/host/webJournalFiles.ts';

export interface MemoryJournalFiles extends JournalFiles {
	readonly contents: Map<string, Uint8Array>;
	/** Milliseconds since 1970 of the last writing of each. */
	readonly times: Map<string, number>;
	/** While set, every write fails with it. */
	failure: Error | undefined;
	/** How often something was written. */
	readonly writeCount: number;
}

/** A folder in memory. */
export function memoryJournalFiles(now: () => number = () => 1_700_000_000_000): MemoryJournalFiles {
	const times = new Map<string, number>();
	const contents = new Map<string, Uint8Array>();
	let writeCount = 0;
	const files: MemoryJournalFiles = {
		contents,
		times,
		failure: undefined,
		get writeCount() {
			return writeCount;
		},
		async names(folder) {
			const prefix = folder === '' ? '' : `${folder}/`;
			const below = [...contents.keys()].filter(name => name.startsWith(prefix));
			return [...new Set(below.map(name => name.slice(prefix.length).split('/')[0] ?? ''))];
		},
		async read(name) {
			const bytes = contents.get(name);
			if (bytes === undefined) {
				throw new Error(`There is no ${name}.`);
			}
			return bytes;
		},
		async stat(name) {
			const bytes = contents.get(name)?.length;
			return bytes === undefined ? undefined : { bytes, at: times.get(name) ?? 0 };
		},
		async write(name, bytes) {
			if (files.failure !== undefined) {
				throw files.failure;
			}
			writeCount++;
			contents.set(name, bytes.slice());
			times.set(name, now());
		},
		async remove(name) {
			for (const key of [...contents.keys()]) {
				if (key === name || key.startsWith(`${name}/`)) {
					contents.delete(key);
				}
			}
		},
	};
	return files;
}
