import type { Uri } from 'vscode';
import type { LedgerHome } from '../agent/ledger/ledger.ts';
import type { SessionStore } from '../agent/session/log.ts';
import type { Workspace } from '../agent/workspace.ts';

/**
 * What differs between the desktop (or remote) host and the browser's. Methods load their adapters when called, so
 * that activation stays small.
 */
export interface Platform {
	/** Sessions of this workspace. `folder` lies under the global storage and may not exist yet. */
	openStore(folder: Uri): Promise<SessionStore>;
	/** What was spent, over all windows. `folder` lies under the global storage and may not exist yet. */
	openLedger(folder: Uri): Promise<LedgerHome>;
	/** @param appRoot where the editor is installed; it brings its own ripgrep. Empty in the browser. */
	openWorkspace(appRoot: string): Promise<Workspace>;
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
