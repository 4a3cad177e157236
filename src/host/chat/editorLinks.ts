import * as vscode from 'vscode';

/** Opens a link of an answer outside, if it is a web address that names no user. VS Code asks the user about domains not trusted yet. */
export async function openLink(url: string): Promise<void> {
	const uri = vscode.Uri.parse(url);
	const isWeb = uri.scheme === 'https' || uri.scheme === 'http';
	if (isWeb && !uri.authority.includes('@')) {
		await vscode.env.openExternal(uri);
	}
}

/**
 * Opens a file that an answer or a row names, at a line (1-based) if given.
 * @param path as the tools show it. Only files of the workspace are opened from here.
 */
export async function openPath(path: string, line: number | undefined): Promise<void> {
	const uri = workspaceUri(path);
	if (uri === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('{0} is not in this workspace.', path));
		return;
	}
	const at = line === undefined ? undefined : new vscode.Range(line - 1, 0, line - 1, 0);
	try {
		await vscode.window.showTextDocument(uri, { preview: true, ...(at && { selection: at }) });
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		void vscode.window.showWarningMessage(vscode.l10n.t('{0} could not be opened: {1}', path, reason));
	}
}

/** The file's URI; undefined for absolute paths and those that leave their folder. */
function workspaceUri(path: string): vscode.Uri | undefined {
	const folders = vscode.workspace.workspaceFolders ?? [];
	const parts = path.split('/').filter(part => part !== '' && part !== '.');
	if (path.startsWith('/') || path.includes('\\') || parts.includes('..')) {
		return undefined;
	}
	if (folders.length === 1) {
		return folders[0] && vscode.Uri.joinPath(folders[0].uri, ...parts);
	}
	const folder = folders.find(({ name }) => name === parts[0]);
	return folder && vscode.Uri.joinPath(folder.uri, ...parts.slice(1));
}

/** Puts code of an answer at the cursor of the active editor, as one undo step. */
export async function insertIntoEditor(text: string): Promise<void> {
	const editor = vscode.window.activeTextEditor ?? vscode.window.visibleTextEditors[0];
	if (editor === undefined) {
		void vscode.window.showInformationMessage(vscode.l10n.t('Open a file and place the cursor first.'));
		return;
	}
	const isDone = await editor.edit(edit => {
		for (const selection of editor.selections) {
			edit.replace(selection, text);
		}
	});
	if (!isDone) {
		void vscode.window.showWarningMessage(
			vscode.l10n.t('The code could not be inserted: the file is read-only or just changed.'),
		);
	}
}
