/** Text files on disk, decoded as the editor would, and the bytes for a text in the same encoding. */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/toolError.ts';
import { folderForFile, missingFile, notText, specialFile, tooLarge, unwritableText } from '../../files/refusals.ts';
import { MAX_TEXT_BYTES } from '../../files/sizes.ts';
import { binaryKind } from '../../tools/binary.ts';

export interface DiskText {
	readonly bytes: Uint8Array;
	/** Without byte-order mark. */
	readonly text: string;
}

/** Undefined when nothing is there. @throws ToolError when access is refused. */
export async function statOf(uri: vscode.Uri): Promise<vscode.FileStat | undefined> {
	try {
		return await vscode.workspace.fs.stat(uri);
	} catch (error) {
		if (
			error instanceof vscode.FileSystemError &&
			(error.code === 'FileNotFound' || error.code === 'FileNotADirectory')
		) {
			return undefined;
		}
		throw fileError(error, uri);
	}
}

/**
 * @param encoding that an editor holds the file in; else the settings and the first bytes tell it.
 * @throws ToolError when there is no regular text file that can be read whole.
 */
export async function readDiskText(uri: vscode.Uri, path: string, encoding?: string): Promise<DiskText> {
	const stat = await statOf(uri);
	if (stat === undefined) {
		throw missingFile(path);
	}
	refuseOtherThanFile(stat, path);
	if (stat.size > MAX_TEXT_BYTES) {
		throw tooLarge(path, stat.size);
	}
	const bytes = await readBytes(uri);
	return { bytes, text: await decode(bytes, uri, path, encoding) };
}

/** A pipe or device would never end. */
export function refuseOtherThanFile(stat: vscode.FileStat, path: string): void {
	if ((stat.type & vscode.FileType.Directory) !== 0) {
		throw folderForFile(path);
	}
	if ((stat.type & vscode.FileType.File) === 0) {
		throw specialFile(path);
	}
}

/** The whole file. */
export async function readBytes(uri: vscode.Uri): Promise<Uint8Array> {
	try {
		return await vscode.workspace.fs.readFile(uri);
	} catch (error) {
		throw fileError(error, uri);
	}
}

async function decode(bytes: Uint8Array, uri: vscode.Uri, path: string, encoding?: string): Promise<string> {
	const kind = binaryKind(bytes);
	if (kind !== undefined) {
		throw notText(path, kind, bytes.length);
	}
	try {
		return await (encoding === undefined
			? vscode.workspace.decode(bytes, { uri })
			: vscode.workspace.decode(bytes, { encoding }));
	} catch (error) {
		throw notText(path, 'a binary file', bytes.length, { cause: error });
	}
}

/**
 * The encoding that turns `text` into exactly these bytes: then a change leaves all other bytes as they are.
 * @param candidates tried in order, before those that a byte-order mark speaks for.
 */
export async function exactEncoding(disk: DiskText, candidates: readonly string[]): Promise<string | undefined> {
	for (const encoding of new Set([...candidates, ...markedEncodings(disk.bytes)])) {
		if (equalBytes(await vscode.workspace.encode(disk.text, { encoding }), disk.bytes)) {
			return encoding;
		}
	}
	return undefined;
}

/** The bytes of a text. @throws ToolError when the encoding has not all of its characters: they would be lost. */
export async function encodeWhole(text: string, path: string, encoding: string): Promise<Uint8Array> {
	const bytes = await vscode.workspace.encode(text, { encoding });
	if (!encoding.startsWith('utf') && (await vscode.workspace.decode(bytes, { encoding })) !== text) {
		throw unwritableText(path, encoding);
	}
	return bytes;
}

/** VS Code's names, as in `TextDocument.encoding`. */
function markedEncodings(bytes: Uint8Array): string[] {
	const [first, second, third] = bytes;
	if (first === 0xef && second === 0xbb && third === 0xbf) {
		return ['utf8bom'];
	}
	if (first === 0xff && second === 0xfe) {
		return ['utf16le'];
	}
	return first === 0xfe && second === 0xff ? ['utf16be'] : ['utf8'];
}

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
	return a.length === b.length && a.every((byte, index) => byte === b[index]);
}

/** What the file system said, in words for the model. Errors that are no file system's stay as they are. */
export function fileError(error: unknown, uri: vscode.Uri): unknown {
	if (!(error instanceof vscode.FileSystemError)) {
		return error;
	}
	const name = uri.path.split('/').at(-1) ?? uri.path;
	const causes: Readonly<Record<string, string>> = {
		FileNotFound: 'it is not there',
		NoPermissions: 'permission denied',
		FileIsADirectory: 'it is a folder',
		FileNotADirectory: 'a part of its path is no folder',
		FileExists: 'it exists already',
		Unavailable: 'the file system is unavailable',
	};
	return new ToolError(`"${name}": ${causes[error.code] ?? error.message}.`, { cause: error });
}
