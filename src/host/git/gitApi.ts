import * as vscode from 'vscode';

/**
 * The part of the built-in Git extension's interface, version 1, that is used here. Source: `extensions/git/src/api/git.d.ts`
 * of VS Code 1.106.
 */
export interface GitApi {
	readonly state: 'uninitialized' | 'initialized';
	readonly onDidChangeState: vscode.Event<'uninitialized' | 'initialized'>;
	readonly repositories: readonly GitRepository[];
	getRepository(uri: vscode.Uri): GitRepository | null;
}

export interface GitRepository {
	readonly rootUri: vscode.Uri;
	readonly inputBox: { value: string };
	readonly state: {
		readonly HEAD: { readonly name?: string; readonly commit?: string } | undefined;
		readonly indexChanges: readonly GitChange[];
		readonly workingTreeChanges: readonly GitChange[];
		readonly mergeChanges: readonly GitChange[];
		/** Where the user wants them apart from the others. */
		readonly untrackedChanges?: readonly GitChange[];
	};
	/** Reads the state anew. */
	status(): Promise<void>;
	/** As text: of what is staged, or of what is not. */
	diff(cached?: boolean): Promise<string>;
	/** The newest first. Rejects where there is no commit. */
	log(options: { readonly maxEntries: number }): Promise<readonly { readonly message: string }[]>;
	/** A file's text at a commit. @param path of the file system. Rejects where it is not there. */
	show(ref: string, path: string): Promise<string>;
}

export interface GitChange {
	readonly uri: vscode.Uri;
	/** Where it was before it was renamed; otherwise as `uri`. */
	readonly originalUri: vscode.Uri;
	readonly status: number;
}

interface GitExtension {
	readonly enabled: boolean;
	/** Throws while it is off. */
	getAPI(version: 1): GitApi;
}

/** Of the extension's `Status`. */
const UNTRACKED = 7;
const INTENT_TO_ADD = 9;

/** @returns undefined where there is no Git extension, or the user turned it off. */
export async function openGit(): Promise<GitApi | undefined> {
	const extension = vscode.extensions.getExtension('vscode.git');
	if (extension === undefined) {
		return undefined;
	}
	// The interface is that of the built-in extension; only whether it is on can differ.
	const exported = (await extension.activate()) as GitExtension;
	if (!exported.enabled) {
		return undefined;
	}
	const git = exported.getAPI(1);
	await initialized(git);
	return git;
}

/** Files that git does not know yet. */
export function isNewFile({ status }: GitChange): boolean {
	return status === UNTRACKED || status === INTENT_TO_ADD;
}

/** The path of a file as the repository has it. */
export function pathInRepository({ rootUri }: GitRepository, uri: vscode.Uri): string {
	const root = `${rootUri.path.replace(/\/$/, '')}/`;
	return uri.path.startsWith(root) ? uri.path.slice(root.length) : vscode.workspace.asRelativePath(uri);
}

/** Until the extension has looked for repositories. */
async function initialized(git: GitApi): Promise<void> {
	if (git.state === 'initialized') {
		return;
	}
	await new Promise<void>(resolve => {
		const listening = git.onDidChangeState(state => {
			if (state === 'initialized') {
				listening.dispose();
				resolve();
			}
		});
	});
}
