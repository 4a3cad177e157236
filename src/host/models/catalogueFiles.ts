import * as vscode from 'vscode';
import type { CatalogueCache } from '../../openrouter/catalogue/catalogue.ts';

/** The list of models that the package brings along. */
export async function readModelSnapshot(extensionUri: vscode.Uri): Promise<string> {
	return decode(await vscode.workspace.fs.readFile(vscode.Uri.joinPath(extensionUri, 'media', 'models.json')));
}

/** Keeps the last list in a file of the storage, which all windows share. */
export function catalogueFile(storage: vscode.Uri): CatalogueCache {
	const file = vscode.Uri.joinPath(storage, 'models.json');
	return {
		async read() {
			try {
				return decode(await vscode.workspace.fs.readFile(file));
			} catch (error) {
				if (error instanceof vscode.FileSystemError && error.code === 'FileNotFound') {
					return undefined;
				}
				throw error;
			}
		},
		async write(text) {
			// A name of its own, so that two windows at once do not mix their halves.
			const draft = vscode.Uri.joinPath(storage, `models.${crypto.randomUUID()}.tmp`);
			await vscode.workspace.fs.writeFile(draft, new TextEncoder().encode(text));
			await vscode.workspace.fs.rename(draft, file, { overwrite: true });
		},
	};
}

function decode(bytes: Uint8Array): string {
	return new TextDecoder().decode(bytes);
}
