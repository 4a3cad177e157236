import type * as vscode from 'vscode';
import type { Workspace } from '../../agent/workspace.ts';

/** What locating a path may take; it asks the disk for links alone. */
const TIMEOUT_MS = 5_000;

/**
 * The folders that are ours or the editor's: its settings, state and logs, what we keep, and ourselves. Touching them is
 * always asked for. With the place behind links where there is one.
 */
export async function ownFolders(
	{ globalStorageUri, extensionUri, logUri }: vscode.ExtensionContext,
	workspace: Workspace,
): Promise<readonly string[]> {
	const uris = [editorData(globalStorageUri), globalStorageUri, logUri, extensionUri];
	const paths = uris.map(uri => (uri.scheme === 'file' ? uri.fsPath : uri.path));
	const real = await Promise.all(
		paths.map(async path => (await workspace.locate(path, AbortSignal.timeout(TIMEOUT_MS))).realPath ?? path),
	);
	return [...new Set([...paths, ...real])];
}

/** Where the editor keeps the user's settings, profiles and state: above `User/globalStorage/<extension>`. */
function editorData(globalStorage: vscode.Uri): vscode.Uri {
	const at = globalStorage.path.lastIndexOf('/User/');
	return at <= 0 ? globalStorage : globalStorage.with({ path: globalStorage.path.slice(0, at) });
}
