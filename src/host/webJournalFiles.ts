import type { FileSystem, Uri } from 'vscode';

/** The files of a journal, by names relative to its folder, with `/`. */
export interface JournalFiles {
	/** Names of the files and folders in a folder; none when it does not exist. */
	names(folder: string): Promise<readonly string[]>;
	/** @throws Error when there is no such file. */
	read(name: string): Promise<Uint8Array>;
	/** Undefined when there is no such file. */
	stat(name: string): Promise<StoredFile | undefined>;
	/** Writes a whole file, and makes the folders above it. */
	write(name: string, bytes: Uint8Array): Promise<void>;
	/** Removes a file, or a folder with all in it. Nothing happens when it does not exist. */
	remove(name: string): Promise<void>;
}

export interface StoredFile {
	readonly bytes: number;
	/** Milliseconds since 1970 of its last writing. */
	readonly at: number;
}

/** The files of a folder of the editor's file system, `vscode.workspace.fs`. The folder need not exist. */
export function journalFiles(fileSystem: FileSystem, folder: Uri): JournalFiles {
	const uriOf = (name: string) => folder.with({ path: name === '' ? folder.path : `${folder.path}/${name}` });
	return {
		async names(name) {
			try {
				return (await fileSystem.readDirectory(uriOf(name))).map(([entry]) => entry);
			} catch (error) {
				if (isNotFound(error)) {
					return [];
				}
				throw error;
			}
		},
		async read(name) {
			return fileSystem.readFile(uriOf(name));
		},
		async stat(name) {
			try {
				const { size, mtime } = await fileSystem.stat(uriOf(name));
				return { bytes: size, at: mtime };
			} catch (error) {
				if (isNotFound(error)) {
					return undefined;
				}
				throw error;
			}
		},
		async write(name, bytes) {
			await fileSystem.writeFile(uriOf(name), bytes);
		},
		async remove(name) {
			try {
				await fileSystem.delete(uriOf(name), { recursive: true });
			} catch (error) {
				if (!isNotFound(error)) {
					throw error;
				}
			}
		},
	};
}

/** `FileSystemError` names its kind in `code`, across the wire too. */
function isNotFound(error: unknown): boolean {
	return error instanceof Error && 'code' in error && error.code === 'FileNotFound';
}
