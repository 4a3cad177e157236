import * as vscode from 'vscode';
import type { CollectingStore } from '../agent/checkpoint/collectTexts.ts';
import type { LedgerHome } from '../agent/ledger/ledger.ts';
import type { SharedFile } from './platform.ts';
import { openWebJournal } from './webJournal.ts';
import { journalFiles } from './webJournalFiles.ts';
import { openWebLedger } from './webLedger.ts';
import { openWebSharedFile } from './webSharedFile.ts';

/** The session store of a host without Node: journals through the editor's file system. */
export function openWebStore(folder: vscode.Uri): CollectingStore {
	return openWebJournal({
		files: journalFiles(vscode.workspace.fs, folder),
		locks: navigator.locks,
		name: folder.toString(),
	});
}

/** The ledger of such a host. */
export function openStoredLedger(folder: vscode.Uri): LedgerHome {
	return openWebLedger({
		files: journalFiles(vscode.workspace.fs, folder),
		locks: navigator.locks,
		name: folder.toString(),
	});
}

/** A small text that all tabs of such a host share. */
export function openStoredFile(file: vscode.Uri): SharedFile {
	const folder = vscode.Uri.joinPath(file, '..');
	return openWebSharedFile({
		files: journalFiles(vscode.workspace.fs, folder),
		locks: navigator.locks,
		name: folder.toString(),
		file: file.path.slice(file.path.lastIndexOf('/') + 1),
	});
}
