/** Writes files: through the buffer where that keeps every other byte, as bytes where it would not. */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/toolError.ts';
import type { Location, Stamp, WriteOutcome } from '../../agent/workspace.ts';
import { hasMixedLineEnds, keepLineEnds } from '../../editing/index.ts';
import { FileQueue } from '../../files/fileQueue.ts';
import { staleText, uncertainEncoding } from '../../files/refusals.ts';
import { stampOf } from '../../files/stamp.ts';
import { editBuffer } from './bufferEdit.ts';
import { type DiskText, exactEncoding, fileError, readDiskText, statOf } from './diskText.ts';
import { findDocument } from './openDocument.ts';

/** One write at a time for each file, in the order asked for. */
export class FileWriter {
	private readonly queue = new FileQueue();

	write(location: Location, text: string, expected: Stamp | 'absent', signal: AbortSignal): Promise<WriteOutcome> {
		return this.queue.run(location.uri, signal, () => {
			const uri = vscode.Uri.parse(location.uri, true);
			return expected === 'absent' ? create(uri, location.path, text) : replace(uri, location.path, text, expected);
		});
	}

	remove(location: Location, expected: Stamp, signal: AbortSignal): Promise<void> {
		return this.queue.run(location.uri, signal, () =>
			removeFile(vscode.Uri.parse(location.uri, true), location.path, expected),
		);
	}
}

async function create(uri: vscode.Uri, path: string, text: string): Promise<WriteOutcome> {
	if ((await statOf(uri)) !== undefined) {
		throw staleText(path);
	}
	const contents = await vscode.workspace.encode(text, { uri });
	const edit = new vscode.WorkspaceEdit();
	edit.createFile(uri, { contents });
	if (!(await vscode.workspace.applyEdit(edit))) {
		throw (await statOf(uri)) === undefined
			? new ToolError(`"${path}" could not be created: its folder is read-only, or a part of the path is a file.`)
			: staleText(path);
	}
	return { stamp: await stampOf(text), isSaved: true };
}

async function replace(uri: vscode.Uri, path: string, text: string, expected: Stamp): Promise<WriteOutcome> {
	const open = findDocument(uri);
	if (open !== undefined && (open.isDirty || open.isUntitled)) {
		return editBuffer(open, path, text, expected);
	}
	const disk = await readDiskText(uri, path);
	const shown = open?.getText() ?? disk.text;
	// A clean document that differs from its file is about to be reloaded.
	if ((await stampOf(shown)) !== expected || unifyLineEnds(shown) !== unifyLineEnds(disk.text)) {
		throw staleText(path);
	}
	if (hasMixedLineEnds(disk.text) || hasMixedLineEnds(text)) {
		// A buffer has one kind of line end: saving it would rewrite every line.
		const bytesText =
			open === undefined || hasMixedLineEnds(text) ? text : keepLineEnds(disk.text, unifyLineEnds(text));
		return writeBytes(uri, path, bytesText, disk, open === undefined ? [] : [open.encoding]);
	}
	const document = open ?? (await openQuietly(uri));
	if (document === undefined || document.getText() !== disk.text) {
		return writeBytes(uri, path, text, disk, []);
	}
	if ((await exactEncoding(disk, [document.encoding])) !== document.encoding) {
		throw uncertainEncoding(path, 'Tell the user to set it.');
	}
	return editBuffer(document, path, text, expected);
}

async function writeBytes(
	uri: vscode.Uri,
	path: string,
	text: string,
	disk: DiskText,
	encodings: readonly string[],
): Promise<WriteOutcome> {
	const configured = vscode.workspace.getConfiguration('files', uri).get<string>('encoding');
	const encoding = await exactEncoding(disk, [...encodings, ...(configured === undefined ? [] : [configured])]);
	if (encoding === undefined) {
		throw uncertainEncoding(path, 'Tell the user to set it.');
	}
	try {
		await vscode.workspace.fs.writeFile(uri, await vscode.workspace.encode(text, { encoding }));
	} catch (error) {
		throw fileError(error, uri);
	}
	return { stamp: await stampOf(text), isSaved: true };
}

async function removeFile(uri: vscode.Uri, path: string, expected: Stamp): Promise<void> {
	const open = findDocument(uri);
	const text = open?.getText() ?? (await readDiskText(uri, path)).text;
	if (open?.isDirty === true || (await stampOf(text)) !== expected) {
		throw staleText(path);
	}
	const edit = new vscode.WorkspaceEdit();
	edit.deleteFile(uri);
	if (!(await vscode.workspace.applyEdit(edit))) {
		throw new ToolError(`"${path}" could not be deleted.`);
	}
}

/** Undefined for what the editor cannot hold as a text document. */
async function openQuietly(uri: vscode.Uri): Promise<vscode.TextDocument | undefined> {
	try {
		return await vscode.workspace.openTextDocument(uri);
	} catch {
		// The caller has read the file already and goes on without a buffer.
		return undefined;
	}
}

function unifyLineEnds(text: string): string {
	return text.replace(/\r\n|\r/g, '\n');
}
