/** A path in its two parts: where there is no room the folder is shortened, never the name. */
export interface PathParts {
	/** With its slash at the end; empty for a bare name. */
	readonly folder: string;
	readonly name: string;
}

export function splitPath(path: string): PathParts {
	// The slash of a folder's own path belongs to its name.
	const at = path.lastIndexOf('/', path.length - 2) + 1;
	return { folder: path.slice(0, at), name: path.slice(at) };
}
