import * as vscode from 'vscode';
import { isSecret } from '../../agent/approval/protectedPaths.ts';
import type { ChangedFile } from '../../agent/uncommitted/reviewDiff.ts';
import { type GitChange, type GitRepository, isNewFile, pathInRepository } from '../git/gitApi.ts';

/** Files beyond are told as left out. */
const MOST_FILES = 300;
/** UTF-16 units; a larger text is data. */
const MOST_TEXT = 1_000_000;

export interface UncommittedFiles {
	readonly files: readonly LocatedFile[];
	/** Paths of files that hold secrets, are no text, or are too many. */
	readonly leftOut: readonly string[];
}

export interface LocatedFile extends ChangedFile {
	readonly uri: vscode.Uri;
}

/** What differs from the last commit, staged or not, in the text that the user sees: unsaved changes are part of it. */
export async function readChangedFiles(repository: GitRepository, signal: AbortSignal): Promise<UncommittedFiles> {
	await repository.status();
	const changes = changesOf(repository);
	const leftOut: string[] = [];
	const files: LocatedFile[] = [];
	for (const [index, change] of changes.entries()) {
		signal.throwIfAborted();
		const { uri } = change;
		const path = pathInRepository(repository, uri);
		const file = index < MOST_FILES && !isSecret(path) ? await readChange(repository, change, path) : 'leftOut';
		if (file === 'leftOut') {
			leftOut.push(path);
		} else if (file !== 'gone' && file.before !== file.after) {
			files.push({ ...file, uri });
		}
	}
	return { files, leftOut };
}

/** Each file once, files with unsaved changes alone among them. */
function changesOf(repository: GitRepository): readonly GitChange[] {
	const { indexChanges, workingTreeChanges, mergeChanges, untrackedChanges = [] } = repository.state;
	const byUri = new Map<string, GitChange>();
	// The index knows best what was renamed.
	for (const change of [...indexChanges, ...mergeChanges, ...workingTreeChanges, ...untrackedChanges]) {
		const key = change.uri.toString();
		byUri.set(key, byUri.get(key) ?? change);
	}
	const root = `${repository.rootUri.toString().replace(/\/$/, '')}/`;
	for (const { uri, isDirty } of vscode.workspace.textDocuments) {
		const key = uri.toString();
		if (isDirty && key.startsWith(root) && !byUri.has(key)) {
			byUri.set(key, { uri, originalUri: uri, status: UNSAVED });
		}
	}
	return [...byUri.values()];
}

/** Of our own: changed in the editor alone. */
const UNSAVED = -1;
/** Of the extension's `Status`: files that the last commit does not have. */
const INDEX_ADDED = 1;

async function readChange(
	repository: GitRepository,
	change: GitChange,
	path: string,
): Promise<ChangedFile | 'gone' | 'leftOut'> {
	const now = await readNow(change.uri);
	if (now.kind === 'gone') {
		return 'gone';
	}
	const before = now.kind === 'text' ? await readCommitted(repository, change) : undefined;
	const isText = now.kind === 'text' && now.text.length <= MOST_TEXT;
	return isText && before !== undefined && before.length <= MOST_TEXT && !before.includes('\0')
		? { path, before, after: now.text }
		: 'leftOut';
}

/** @returns undefined for an unsaved file that git ignores. */
async function readCommitted(repository: GitRepository, change: GitChange): Promise<string | undefined> {
	const isNew = isNewFile(change) || change.status === INDEX_ADDED || repository.state.HEAD?.commit === undefined;
	if (isNew && change.status !== UNSAVED) {
		return '';
	}
	try {
		return await repository.show('HEAD', change.originalUri.fsPath);
	} catch {
		// In the middle of a merge the other side may have added it; an unsaved file may be one that git ignores.
		return change.status === UNSAVED ? undefined : '';
	}
}

type TextNow = { readonly kind: 'text'; readonly text: string } | { readonly kind: 'gone' | 'binary' };

async function readNow(uri: vscode.Uri): Promise<TextNow> {
	const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
	if (open !== undefined) {
		return { kind: 'text', text: open.getText() };
	}
	try {
		const bytes = await vscode.workspace.fs.readFile(uri);
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return text.includes('\0') ? { kind: 'binary' } : { kind: 'text', text };
	} catch (error) {
		if (error instanceof TypeError) {
			return { kind: 'binary' };
		}
		if (error instanceof vscode.FileSystemError) {
			// Deleted, or no file, such as a module of its own.
			return { kind: 'gone' };
		}
		throw error;
	}
}
