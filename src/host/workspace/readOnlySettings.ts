/** Files that the user's settings make read-only: `files.readonlyInclude` and `files.readonlyExclude`. */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/toolError.ts';
import { pathGlob } from '../../files/globs.ts';

/**
 * The editor takes an edit of such a file and never saves it, so it has to be known before.
 * @param below path of the file in its workspace folder; undefined outside.
 */
export function isReadOnlyBySettings(uri: vscode.Uri, below: string | undefined): boolean {
	const files = vscode.workspace.getConfiguration('files', uri);
	const globsOf = (name: string) =>
		Object.entries(files.get<Record<string, unknown>>(name, {})).flatMap(([glob, isOn]) =>
			isOn === true ? [glob] : [],
		);
	const matches = (glob: string) => pathsFor(glob, uri, below).some(path => matchesGlob(glob, path));
	return globsOf('readonlyInclude').some(matches) && !globsOf('readonlyExclude').some(matches);
}

/** An absolute glob is for absolute paths, any other for paths in a workspace folder. */
function pathsFor(glob: string, uri: vscode.Uri, below: string | undefined): readonly string[] {
	if (glob.startsWith('/') || /^[a-z]:/i.test(glob)) {
		return [uri.path.slice(1)];
	}
	return below === undefined ? (glob.startsWith('**/') ? [uri.path.slice(1)] : []) : [below];
}

function matchesGlob(glob: string, path: string): boolean {
	try {
		return pathGlob(glob).matches(path);
	} catch (error) {
		if (error instanceof ToolError) {
			// The editor passes over what is no glob, too.
			return false;
		}
		throw error;
	}
}
