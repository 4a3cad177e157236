import type { JournalFiles } from '../../src/host/webJournalFiles.ts';

export interface MemoryJournalFiles extends JournalFiles {
	readonly contents: Map<string, Uint8Array>;
	/** While set, every write fails with it. */
	failure: Error | undefined;
	/** How often something was written. */
	readonly writeCount: number;
}

/** A folder in memory. */
export function memoryJournalFiles(): MemoryJournalFiles {
	const contents = new Map<string, Uint8Array>();
	let writeCount = 0;
	const files: MemoryJournalFiles = {
		contents,
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
		async write(name, bytes) {
			if (files.failure !== undefined) {
				throw files.failure;
			}
			writeCount++;
			contents.set(name, bytes.slice());
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
