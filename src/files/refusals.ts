/** What every workspace tells the model when a file cannot be had or changed, in the same words. */
import { ToolError } from '../agent/toolError.ts';
import { type Location, NotTextError, StaleTextError } from '../agent/workspace.ts';
import { counted } from '../tools/counted.ts';

export function staleText(path: string): StaleTextError {
	return new StaleTextError(`"${path}" changed since it was read. Read it again and make the edit anew.`);
}

export function missingFile(path: string): ToolError {
	return new ToolError(`There is no "${path}" any more: it was deleted or renamed.`);
}

export function folderForFile(path: string): ToolError {
	return new ToolError(`"${path}" is a folder; use list.`);
}

export function specialFile(path: string): ToolError {
	return new ToolError(
		`"${path}" is a special file (a device, a pipe, a broken link or the kernel's own), not a stored file.`,
	);
}

/** Files that the kernel makes up tell of other programs, the agent's own process and its secrets among them. */
export function isKernelFile({ path, realPath = path }: Pick<Location, 'path' | 'realPath'>): boolean {
	return /^\/(?:proc|sys)(?:\/|$)/.test(realPath);
}

/** @throws ToolError */
export function refuseKernelFile(location: Location): void {
	if (isKernelFile(location)) {
		throw specialFile(location.path);
	}
}

/** @param size in bytes. */
export function tooLarge(path: string, size: number): ToolError {
	return new ToolError(`"${path}" has ${counted(size, 'byte')}: too large to edit or read whole. Read a part of it.`);
}

/** @param kind as `binaryKind` tells it. @param size in bytes. */
export function notText(path: string, kind: string, size: number, options?: ErrorOptions): NotTextError {
	return new NotTextError(`"${path}" is ${kind} (${counted(size, 'byte')}), not text.`, kind, options);
}

export function uncertainEncoding(path: string, advice: string): ToolError {
	return new ToolError(
		`The encoding of "${path}" is not certain, and writing it would change other characters. ${advice}`,
	);
}

export function unsavedWork(path: string): ToolError {
	return new ToolError(
		`"${path}" has unsaved work of the user in an editor, which would be lost. Ask the user to save it.`,
	);
}

export function readOnlyFile(path: string): ToolError {
	return new ToolError(`"${path}" is read-only. Tell the user; do not work around it.`);
}

/** @param encoding as the workspace names it. */
export function unwritableText(path: string, encoding: string): ToolError {
	return new ToolError(
		`"${path}" is kept in the encoding ${encoding}, which has not all characters of the new text. Use others, or ask the user.`,
	);
}

export function foreignUri(text: string): ToolError {
	return new ToolError(`"${text}" is no file of the workspace; only its own and file: URIs can be used.`);
}
