import * as vscode from 'vscode';
import type { LedgerHome } from '../agent/ledger/ledger.ts';
import type { SessionStore } from '../agent/session/log.ts';
import { openWebJournal } from './webJournal.ts';
import { journalFiles } from './webJournalFiles.ts';
import { openWebLedger } from './webLedger.ts';

/** The session store of a host without Node: journals through the editor's file system. */
export function openWebStore(folder: vscode.Uri): SessionStore {
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
