/** Where the code index has its files from. */

export interface CodeFile {
	readonly path: string;
	/** Changes when the text does. */
	readonly stamp: string;
}

export interface CodeSource {
	/**
	 * Every file worth searching. What ignore files or the settings hide, and what holds secrets, is not among them.
	 * The very same list as before means that nothing changed.
	 */
	files(signal: AbortSignal): Promise<readonly CodeFile[]>;
	/** Undefined where there is no such text any more. */
	read(path: string, signal: AbortSignal): Promise<string | undefined>;
	/** Stops listening to changes. */
	dispose?(): void;
}

/** Port to news of a workspace's files, texts of editors included. Absent where nobody watches them. */
export interface WorkspaceChanges {
	/**
	 * @param onChange gets the paths that may have changed, as the workspace shows them; `anything` where that is not known.
	 * Called within the change itself, so it must be quick.
	 * @returns stops it.
	 */
	watch(onChange: (changed: readonly string[] | 'anything') => void): () => void;
}
