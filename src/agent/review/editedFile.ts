import type { RecordedChange } from '../session/changeLog.ts';
import { ToolError } from '../toolError.ts';
import type { Location, Stamp, Workspace } from '../workspace.ts';

/** A file that was edited, as it is now. */
export interface EditedFile {
	readonly location: Location;
	/** Absent when there is no file. */
	readonly current?: { readonly text: string; readonly stamp: Stamp };
}

/**
 * Looks at a file that was edited earlier.
 * @param text as the agent left it: through a link out of the workspace nothing but that is looked at as the same file.
 * @throws ToolError when its path leads to something else by now, or it cannot be read as text.
 */
export async function readEdited(
	{ path, uri }: Pick<RecordedChange, 'path' | 'uri'>,
	text: string | undefined,
	{ workspace, signal }: { readonly workspace: Workspace; readonly signal: AbortSignal },
): Promise<EditedFile> {
	const location = await workspace.locate(path, signal);
	if (location.uri !== uri) {
		throw new ToolError(`${path} is now another file than the one that was edited.`);
	}
	const stat = await workspace.stat(location, signal);
	if (stat === undefined) {
		return { location };
	}
	if (stat.kind !== 'file') {
		throw new ToolError(`${path} is no file any more.`);
	}
	const current = await workspace.readText(location, signal);
	if (location.isOutside && location.realPath !== undefined && current.text !== text) {
		throw new ToolError(`${path} is a link out of the workspace, to a file that is not as it was edited.`);
	}
	return { location, current };
}

/** Makes the file's text `text`; undefined removes it. @throws StaleTextError when it has another text by now. */
export async function writeEdited(
	{ location, current }: EditedFile,
	text: string | undefined,
	{ workspace, signal }: { readonly workspace: Workspace; readonly signal: AbortSignal },
): Promise<void> {
	if (text === current?.text) {
		return;
	}
	if (text !== undefined) {
		await workspace.write(location, text, current?.stamp ?? 'absent', signal);
	} else if (current !== undefined) {
		await workspace.remove(location, current.stamp, signal);
	}
}
