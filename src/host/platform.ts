import type { Uri } from 'vscode';
import type { SessionStore } from '../agent/log.ts';
import type { Workspace } from '../agent/workspace.ts';

/**
 * What differs between the desktop (or remote) host and the browser's. Methods load their adapters when called, so
 * that activation stays small.
 */
export interface Platform {
	/** Sessions of this workspace. `folder` lies under the global storage and may not exist yet. */
	openStore(folder: Uri): Promise<SessionStore>;
	/** @param appRoot where the editor is installed; it brings its own ripgrep. Empty in the browser. */
	openWorkspace(appRoot: string): Promise<Workspace>;
	/** For the system prompt: Node's name of the platform, or "browser". */
	readonly operatingSystem: string;
}
