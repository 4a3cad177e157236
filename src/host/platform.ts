import type { Uri } from 'vscode';
import type { CollectingStore } from '../agent/checkpoint/collectTexts.ts';
import type { DiskVersions } from '../agent/checkpoint/diskVersions.ts';
import type { LedgerHome } from '../agent/ledger/ledger.ts';
import type { PlaceFacts } from '../agent/shell/commandPlace.ts';
import type { Shell } from '../agent/shellPort.ts';
import type { Web } from '../agent/webPort.ts';
import type { Workspace } from '../agent/workspace.ts';

/**
 * What differs between the desktop (or remote) host and the browser's. Methods load their adapters when called, so
 * that activation stays small.
 */
export interface Platform {
	/** Sessions of this workspace. `folder` lies under the global storage and may not exist yet. */
	openStore(folder: Uri): Promise<CollectingStore>;
	/** What was spent, over all windows. `folder` lies under the global storage and may not exist yet. */
	openLedger(folder: Uri): Promise<LedgerHome>;
	/** A small text that all windows share. `file` lies under the global storage and need not exist. */
	openSharedFile(file: Uri): Promise<SharedFile>;
	/** @param appRoot where the editor is installed; it brings its own ripgrep. Empty in the browser. */
	openWorkspace(appRoot: string): Promise<Workspace>;
	/** Pages of the web, behind a guard that lets only public addresses through, and the ports of this machine given. */
	openWeb(loopbackPorts: () => readonly number[]): Promise<Web>;
	/**
	 * A shell for one agent. Absent where there are no processes.
	 * @throws ToolError when the machine has no shell that is known.
	 */
	openShell?(options: ShellOptions): Promise<OpenedShell>;
	/**
	 * Ends what the shells of windows that died left running.
	 * @param folder that of `ShellOptions`.
	 * @returns how many processes were ended, and how many could not be.
	 */
	reapCommands?(folder: Uri): Promise<{ readonly ended: number; readonly survivors: number }>;
	/** For the system prompt: Node's name of the platform, or "browser". */
	readonly operatingSystem: string;
	/**
	 * Waits on this machine for a browser that comes back from a sign-in page. Absent where no port can be opened.
	 * @param page what the browser shows then.
	 */
	listenForCode?(page: { readonly title: string; readonly text: string }): Promise<LoopbackListener>;
	/**
	 * Looks for OpenRouter keys of other tools. To be called only when the user asks. Absent where there are no files.
	 * @param folders paths of trusted workspace folders.
	 */
	readForeignKeys?(folders: readonly string[]): Promise<ForeignKeys>;
}

export interface ShellOptions {
	/** For outputs and the record of what runs, of all shells of all windows. Lies under the global storage; need not exist. */
	readonly folder: Uri;
	/** Absolute path where the first command runs; the user's home when absent. */
	readonly cwd: string | undefined;
	/** Absolute paths of the workspace's folders as they are now. */
	workspaceFolders(): readonly string[];
	/** Names of variables that commands get although they look like secrets. */
	readonly allowedVariables: readonly string[];
	/** Told when what runs could not be noted on disk. */
	onProblem(error: unknown): void;
}

export interface OpenedShell {
	readonly shell: Shell;
	/** What decides about its commands looks up here. */
	readonly facts: PlaceFacts;
	/** What finds the changes of its commands looks up here. */
	readonly versions: DiskVersions;
	/** Variables for a terminal in which the user watches its commands. */
	readonly environment: Readonly<Record<string, string>>;
}

/** A text that all windows share. A change by one of them is never lost by that of another. */
export interface SharedFile {
	/** As it is now; undefined when there is none. */
	read(): Promise<string | undefined>;
	/**
	 * Replaces the text as a whole, while nobody else does. Durable when it resolves.
	 * @param edit gets the text as it is then. With `keepsOld` that is kept beside, since it could not be read.
	 */
	change(edit: (text: string | undefined) => { readonly text: string; readonly keepsOld: boolean }): Promise<void>;
}

export interface LoopbackListener {
	/** With a secret path: who calls it was sent by our own sign-in. */
	readonly url: string;
	/** What the first call had in its query. Rejects when the listener is closed before. */
	readonly query: Promise<URLSearchParams>;
	close(): void;
}

export interface ForeignKeys {
	readonly keys: readonly ForeignKey[];
	/** Variables and files that were looked at. */
	readonly lookedAt: readonly string[];
	/** Files that are there and could not be read, with the reason. */
	readonly unreadable: readonly string[];
}

export interface ForeignKey {
	readonly key: string;
	/** The variable or file it stands in. */
	readonly source: string;
}
