/** What happens to the workspace's files on disk, and what of it was the user or an agent in this window. */
import * as vscode from 'vscode';
import type { FileNews, FileNotice } from '../../agent/checkpoint/fileNews.ts';
import { Locations, pathRulesOf } from './locations.ts';

/**
 * Watches nothing before somebody listens, and from then on until it is disposed of: the editor takes a moment before a
 * watcher tells anything.
 * @param operatingSystem Node's name of the platform. Absent in the browser.
 */
export function createFileNews(operatingSystem?: string): FileNews & vscode.Disposable {
	const locations = new Locations(pathRulesOf(operatingSystem), undefined);
	const listeners = new Set<(notice: FileNotice) => void>();
	let watching: vscode.Disposable | undefined;

	const tell = (notice: FileNotice) => {
		for (const listener of [...listeners]) {
			listener(notice);
		}
	};
	const teller = (kind: FileNotice['kind']) => (uri: vscode.Uri) => {
		if (listeners.size > 0 && locations.place(uri) !== undefined) {
			tell({ uri: uri.toString(), path: locations.display(uri), kind });
		}
	};
	const watch = () => {
		const written = teller('written');
		const watcher = vscode.workspace.createFileSystemWatcher('**/*');
		return vscode.Disposable.from(
			watcher,
			watcher.onDidCreate(teller('created')),
			watcher.onDidChange(teller('changed')),
			watcher.onDidDelete(teller('deleted')),
			vscode.workspace.onDidSaveTextDocument(({ uri }) => written(uri)),
			vscode.workspace.onDidSaveNotebookDocument(({ uri }) => written(uri)),
			vscode.workspace.onDidCreateFiles(({ files }) => files.forEach(written)),
			vscode.workspace.onDidDeleteFiles(({ files }) => files.forEach(written)),
			vscode.workspace.onDidRenameFiles(({ files }) => {
				for (const { oldUri, newUri } of files) {
					written(oldUri);
					written(newUri);
				}
			}),
		);
	};
	return {
		listen(onNews) {
			watching ??= watch();
			listeners.add(onNews);
			return () => listeners.delete(onNews);
		},
		tellWritten: uri => tell({ uri, path: '', kind: 'written' }),
		dispose() {
			listeners.clear();
			watching?.dispose();
		},
	};
}
