/** Writes files: through the buffer where that keeps every other byte, as bytes where it would not. */
import * as vscode from 'vscode';
import { ToolError } from '../../agent/toolError.ts';
import type { Location, Stamp, WriteOutcome } from '../../agent/workspace.ts';
import { hasMixedLineEnds } from '../../editing/index.ts';
import { FileQueue } from '../../files/fileQueue.ts';
import { staleText, uncertainEncoding, unsavedWork } from '../../files/refusals.ts';
import { stampOf } from '../../files/stamp.ts';
import { DocumentBuffer } from './bufferEdit.ts';
import { withLineEnd, writeBuffer } from './bufferWriter.ts';
import { type DiskText, encodeWhole, exactEncoding, fileError, readDiskText, statOf } from './diskText.ts';
import { writeNotebook } from './notebookWriter.ts';
import { documentIs, findDocument, hasUnsavedWork } from './openDocument.ts';
import { findOpenNotebook } from './openNotebook.ts';

/** How long an editor may take to show what was written below it. It goes on to do so afterwards. */
const RELOAD_MS = 2000;

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
	const contents = await encodeNew(uri, path, text);
	// A file that was deleted while its editor holds unsaved text is the user's to save.
	if ((await statOf(uri)) !== undefined || hasUnsavedWork(findDocument(uri))) {
		throw staleText(path);
	}
	const edit = new vscode.WorkspaceEdit();
	edit.createFile(uri, { contents });
	if (!(await vscode.workspace.applyEdit(edit))) {
		throw (await statOf(uri)) === undefined
			? new ToolError(`"${path}" could not be created: its folder is read-only, or a part of the path is a file.`)
			: staleText(path);
	}
	return { stamp: await stampOf(text), isSaved: true };
}

/** As the settings want new files. */
async function encodeNew(uri: vscode.Uri, path: string, text: string): Promise<Uint8Array> {
	const encoding = vscode.workspace.getConfiguration('files', uri).get<string>('encoding', 'utf8');
	return encodeWhole(text, path, encoding);
}

async function replace(uri: vscode.Uri, path: string, text: string, expected: Stamp): Promise<WriteOutcome> {
	const notebook = findOpenNotebook(uri.toString());
	if (notebook !== undefined) {
		return writeNotebook(notebook, path, text, expected);
	}
	const open = findDocument(uri);
	if (open !== undefined && hasUnsavedWork(open)) {
		await refuseLost(open, path, text);
		return writeBuffer(new DocumentBuffer(open, path), path, text, expected);
	}
	const disk = await readDiskText(uri, path, open?.encoding);
	if ((await stampOf(disk.text)) !== expected) {
		throw staleText(path);
	}
	if (hasMixedLineEnds(disk.text) || hasMixedLineEnds(text)) {
		// A buffer has one kind of line end: saving it would rewrite every line.
		return writeBytes(uri, path, text, disk, open);
	}
	const document = open ?? (await openQuietly(uri));
	if (document === undefined || !(await isLoaded(document, disk.text))) {
		return writeBytes(uri, path, text, disk, document);
	}
	if ((await exactEncoding(disk, [document.encoding])) !== document.encoding) {
		throw uncertainEncoding(path, 'Tell the user to set it.');
	}
	await refuseLost(document, path, text);
	return writeBuffer(new DocumentBuffer(document, path), path, text, expected);
}

/** An editor follows its file a moment later. Some have no way to notice at all. */
function isLoaded(document: vscode.TextDocument, text: string): Promise<boolean> {
	return documentIs(document, () => document.getText() === text || hasUnsavedWork(document), RELOAD_MS);
}

/** Saving would put question marks in the place of characters that the encoding has not. */
async function refuseLost({ encoding, isUntitled }: vscode.TextDocument, path: string, text: string): Promise<void> {
	if (!isUntitled) {
		await encodeWhole(text, path, encoding);
	}
}

/** @param open the document that an editor holds of it, without unsaved work. */
async function writeBytes(
	uri: vscode.Uri,
	path: string,
	text: string,
	disk: DiskText,
	open: vscode.TextDocument | undefined,
): Promise<WriteOutcome> {
	const configured = vscode.workspace.getConfiguration('files', uri).get<string>('encoding', 'utf8');
	const encoding = await exactEncoding(disk, [...(open === undefined ? [] : [open.encoding]), configured]);
	if (encoding === undefined) {
		throw uncertainEncoding(path, 'Tell the user to set it.');
	}
	const bytes = await encodeWhole(text, path, encoding);
	// Bytes are written whatever is there by then: looked at once more, as late as can be.
	const now = await readDiskText(uri, path, open?.encoding);
	if (now.text !== disk.text || hasUnsavedWork(findDocument(uri))) {
		throw staleText(path);
	}
	try {
		await vscode.workspace.fs.writeFile(uri, bytes);
	} catch (error) {
		throw fileError(error, uri);
	}
	if (open !== undefined && !open.isClosed) {
		const shown = unifyLineEnds(text);
		await documentIs(open, () => unifyLineEnds(open.getText()) === shown || hasUnsavedWork(open), RELOAD_MS);
	}
	return { stamp: await stampOf(text), isSaved: true };
}

async function removeFile(uri: vscode.Uri, path: string, expected: Stamp): Promise<void> {
	const open = findDocument(uri);
	const { text } = await readDiskText(uri, path, open?.encoding);
	if ((await stampOf(text)) !== expected) {
		throw staleText(path);
	}
	// Deleting closes the editor, with what is unsaved in it.
	if (hasUnsavedWork(findDocument(uri)) || findOpenNotebook(uri.toString())?.isDirty === true) {
		throw unsavedWork(path);
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
	return withLineEnd(text, '\n');
}
