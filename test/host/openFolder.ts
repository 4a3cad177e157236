/** The files of the folder that the tests have open, and the hands of a user in it. */
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import type { Workspace } from '../../src/agent/workspace.ts';
import { createWorkspace } from '../../src/host/workspace/vscodeWorkspace.ts';
import { createLocalFiles } from '../../src/node/localFiles.ts';
import { createRipgrep } from '../../src/node/ripgrep.ts';

/** As on the desktop. */
export function withRipgrep(): Workspace {
	return createWorkspace({
		search: createRipgrep(vscode.env.appRoot),
		files: createLocalFiles(),
		operatingSystem: process.platform,
	});
}

export function root(): vscode.Uri {
	const [folder] = vscode.workspace.workspaceFolders ?? [];
	return folder?.uri ?? assert.fail('These tests want a folder open.');
}

export const uriOf = (path: string) => vscode.Uri.joinPath(root(), path);
export const documentOf = (path: string) =>
	vscode.workspace.textDocuments.find(({ uri, isClosed }) => !isClosed && uri.toString() === uriOf(path).toString());

/** Waits for what the editor does in its own time; every event of documents and tabs looks again. */
export async function until(isSo: () => boolean): Promise<void> {
	const listeners: vscode.Disposable[] = [];
	try {
		await new Promise<void>(resolve => {
			const look = () => isSo() && resolve();
			listeners.push(
				vscode.workspace.onDidChangeTextDocument(look),
				vscode.workspace.onDidOpenTextDocument(look),
				vscode.workspace.onDidCloseTextDocument(look),
				vscode.workspace.onDidSaveTextDocument(look),
				vscode.window.tabGroups.onDidChangeTabs(look),
			);
			look();
		});
	} finally {
		for (const listener of listeners) {
			listener.dispose();
		}
	}
}

export async function applied(edit: vscode.WorkspaceEdit): Promise<void> {
	assert.ok(await vscode.workspace.applyEdit(edit));
}

/** Reverts what is unsaved, closes all tabs, then deletes every file through the editor, which closes its document. */
export async function clear(): Promise<void> {
	for (const document of vscode.workspace.textDocuments) {
		if (document.uri.scheme === root().scheme && document.uri.path.startsWith(`${root().path}/`)) {
			// Only of a file that is there an editor lets go when it is deleted.
			await mkdir(dirname(document.uri.fsPath), { recursive: true });
			await writeFile(document.uri.fsPath, '', { flag: 'a' });
		}
		if (document.isDirty) {
			await vscode.window.showTextDocument(document);
			await vscode.commands.executeCommand('workbench.action.files.revert');
		}
	}
	await vscode.commands.executeCommand('workbench.action.closeAllEditors');
	const entries = await vscode.workspace.fs.readDirectory(root());
	if (entries.length > 0) {
		const edit = new vscode.WorkspaceEdit();
		for (const [name] of entries) {
			edit.deleteFile(uriOf(name), { recursive: true });
		}
		await applied(edit);
	}
	// Others stand for a file, as one side of a diff: the editor lets go of them in its own time.
	const ofFolder = ({ uri }: vscode.TextDocument) =>
		uri.scheme === root().scheme && uri.path.startsWith(`${root().path}/`);
	await until(() => !vscode.workspace.textDocuments.some(ofFolder));
}

export async function put(path: string, content: string | Uint8Array): Promise<void> {
	const file = uriOf(path).fsPath;
	await mkdir(dirname(file), { recursive: true });
	await writeFile(file, content);
}

export async function saved(path: string): Promise<string | undefined> {
	try {
		return await readFile(uriOf(path).fsPath, 'utf8');
	} catch (error) {
		if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
			return undefined;
		}
		throw error;
	}
}

export async function typeInto(path: string, text: string): Promise<vscode.TextDocument> {
	const document = await vscode.workspace.openTextDocument(uriOf(path));
	const edit = new vscode.WorkspaceEdit();
	edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
	await applied(edit);
	return document;
}

/** Sets a setting of the user; undefined takes it back. */
export async function set(section: string, name: string, value: unknown): Promise<void> {
	await vscode.workspace.getConfiguration(section).update(name, value, vscode.ConfigurationTarget.Global);
}

/** Within a suite: an empty folder without autosave for its tests, and the files of before for those of others. */
export function borrowFolder(): void {
	let kept: string;
	before(async () => {
		kept = await mkdtemp(join(tmpdir(), 'workspace-'));
		await cp(root().fsPath, kept, { recursive: true });
		await set('files', 'autoSave', 'off');
	});
	after(async () => {
		await clear();
		await cp(kept, root().fsPath, { recursive: true });
		await rm(kept, { recursive: true });
		await set('files', 'autoSave', undefined);
	});
}
