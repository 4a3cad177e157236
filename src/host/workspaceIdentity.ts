import * as vscode from 'vscode';

/**
 * Names this workspace among all, for what is kept of it in the global storage. Not `storageUri`: that is another folder
 * when a second window, or a host that outlived a reload, holds the workspace.
 */
export async function workspaceIdentity(): Promise<string> {
	const { workspaceFile, workspaceFolders } = vscode.workspace;
	const identity = (workspaceFile ?? workspaceFolders?.[0]?.uri)?.toString() ?? 'no folder';
	const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(identity)));
	return Array.from(hash.slice(0, 16), byte => byte.toString(16).padStart(2, '0')).join('');
}
