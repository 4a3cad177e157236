/** Where the code index has its files from. */

export interface CodeFile {
	readonly path: string;
	/** Changes when the text does. */
	readonly stamp: string;
}

export interface CodeSource {
	/** Every file worth searching. What ignore files or the settings hide, and what holds secrets, is not among them. */
	files(signal: AbortSignal): Promise<readonly CodeFile[]>;
	/** Undefined where there is no such text any more. */
	read(path: string, signal: AbortSignal): Promise<string | undefined>;
}
