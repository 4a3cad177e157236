/** What changes in the workspace: files on disk, texts in editors, and what the settings and ignore files hide. */
import * as vscode from 'vscode';
import type { WorkspaceChanges } from '../../files/codeIndex/codeSource.ts';
import { Locations, pathRulesOf } from './locations.ts';

/** They decide which files there are. */
const IGNORE_FILE = /(?:^|\/)\.(?:git)?ignore$/;

/** @param operatingSystem Node's name of the platform. Absent in the browser. */
export function createWorkspaceChanges(operatingSystem?: string): WorkspaceChanges {
	const locations = new Locations(pathRulesOf(operatingSystem), undefined);
	return {
		watch(onChange) {
			const note = (uri: vscode.Uri) => {
				if (locations.place(uri) !== undefined) {
					onChange(IGNORE_FILE.test(uri.path) ? 'anything' : [locations.display(uri)]);
				}
			};
			const noteDocument = (document: vscode.TextDocument) => note(document.uri);
			const watcher = vscode.workspace.createFileSystemWatcher('**/*');
			const all = vscode.Disposable.from(
				watcher,
				watcher.onDidCreate(note),
				watcher.onDidChange(note),
				watcher.onDidDelete(note),
				vscode.workspace.onDidChangeTextDocument(({ document }) => noteDocument(document)),
				vscode.workspace.onDidOpenTextDocument(noteDocument),
				vscode.workspace.onDidCloseTextDocument(noteDocument),
				vscode.workspace.onDidChangeWorkspaceFolders(() => onChange('anything')),
				vscode.workspace.onDidChangeConfiguration(event => {
					if (event.affectsConfiguration('files.exclude') || event.affectsConfiguration('search.exclude')) {
						onChange('anything');
					}
				}),
			);
			return () => all.dispose();
		},
	};
}
