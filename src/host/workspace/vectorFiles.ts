import * as vscode from 'vscode';
import type { VectorStore } from '../../agent/codeSearch.ts';

/** Files kept: some ten megabytes. */
const MAX_FILES = 5000;

/** Vectors as files of a folder of the extension's storage, by their keys. Several windows may share it. */
export class VectorFiles implements VectorStore {
	private readonly folder: vscode.Uri;
	private preparing: Promise<void> | undefined;

	constructor(folder: vscode.Uri) {
		this.folder = folder;
	}

	async read(key: string): Promise<Uint8Array | undefined> {
		try {
			return await vscode.workspace.fs.readFile(this.fileOf(key));
		} catch (error) {
			if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
				return undefined;
			}
			throw error;
		}
	}

	async write(key: string, bytes: Uint8Array): Promise<void> {
		this.preparing ??= this.prepare();
		try {
			await this.preparing;
		} catch (error) {
			this.preparing = undefined;
			throw error;
		}
		await vscode.workspace.fs.writeFile(this.fileOf(key), bytes);
	}

	/** Makes the folder, or half of the room in a full one: the keys are hashes, so any half is as good. */
	private async prepare(): Promise<void> {
		await vscode.workspace.fs.createDirectory(this.folder);
		const names = (await vscode.workspace.fs.readDirectory(this.folder)).map(([name]) => name).sort();
		const dropped = names.length > MAX_FILES ? names.slice(MAX_FILES / 2) : [];
		await Promise.allSettled(dropped.map(name => vscode.workspace.fs.delete(vscode.Uri.joinPath(this.folder, name))));
	}

	private fileOf(key: string): vscode.Uri {
		return vscode.Uri.joinPath(this.folder, key);
	}
}
