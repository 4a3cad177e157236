import * as vscode from 'vscode';
import { isSecret } from '../../agent/approval/protectedPaths.ts';
import type { ChangedFile } from '../../agent/uncommitted/reviewDiff.ts';
import { type GitChange, type GitRepository, isNewFile, pathInRepository } from '../git/gitApi.ts';
import type { LineMoves } from './lineMoves.ts';

/** Files beyond are told as left out. */
const MOST_FILES = 300;
/** UTF-16 units; a larger text is data. */
const MOST_TEXT = 1_000_000;

export interface UncommittedFiles {
	readonly files: readonly LocatedFile[];
	/** Paths of files that hold secrets, are no text, are links, or are too many. */
	readonly leftOut: readonly string[];
}

export interface LocatedFile extends ChangedFile {
	readonly uri: vscode.Uri;
	/** When `after` was read, for `LineMoves.now`. */
	readonly mark: number;
}

/** What differs from the last commit, staged or not, in the text that the user sees: unsaved changes are part of it. */
export async function readChangedFiles(
	repository: GitRepository,
	moves: LineMoves,
	signal: AbortSignal,
): Promise<UncommittedFiles> {
	await repository.status();
	const changes = changesOf(repository);
	const leftOut: string[] = [];
	const files: LocatedFile[] = [];
	for (const [index, change] of changes.entries()) {
		signal.throwIfAborted();
		const { uri } = change;
		const path = pathInRepository(repository, uri);
		const file = index < MOST_FILES && !isSecret(path) ? await readChange(repository, change, path, moves) : 'leftOut';
		if (file === 'leftOut') {
			leftOut.push(path);
		} else if (file !== 'gone' && file.before !== file.after) {
			files.push(file);
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
	moves: LineMoves,
): Promise<LocatedFile | 'gone' | 'leftOut'> {
	const { uri } = change;
	const now = await readNow(uri, moves);
	if (now.kind === 'gone') {
		return 'gone';
	}
	const before = now.kind === 'text' ? await readCommitted(repository, change) : undefined;
	const isText = now.kind === 'text' && now.text.length <= MOST_TEXT;
	return isText && before !== undefined && before.length <= MOST_TEXT && !before.includes('\0')
		? { path, before, after: now.text, uri, mark: now.mark }
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

type TextNow =
	| { readonly kind: 'text'; readonly text: string; readonly mark: number }
	| { readonly kind: 'gone' | 'binary' | 'link' };

async function readNow(uri: vscode.Uri, moves: LineMoves): Promise<TextNow> {
	const open = vscode.workspace.textDocuments.find(document => document.uri.toString() === uri.toString());
	const textOf = (document: vscode.TextDocument) =>
		({ kind: 'text', text: document.getText(), mark: moves.mark(uri) }) as const;
	try {
		const { type } = await vscode.workspace.fs.stat(uri);
		if ((type & vscode.FileType.SymbolicLink) !== 0) {
			// What it leads to is no part of the repository: it may be a file of keys.
			return { kind: 'link' };
		}
		if (open !== undefined) {
			return textOf(open);
		}
		const mark = moves.mark(uri);
		const bytes = await vscode.workspace.fs.readFile(uri);
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return text.includes('\0') ? { kind: 'binary' } : { kind: 'text', text, mark };
	} catch (error) {
		if (error instanceof TypeError) {
			return { kind: 'binary' };
		}
		if (error instanceof vscode.FileSystemError) {
			// Deleted, or no file, such as a module of its own. The user may still have its text.
			return open === undefined ? { kind: 'gone' } : textOf(open);
		}
		throw error;
	}
}
