/**
 * Changes an open document so that nothing the user does at the same moment is lost: small edits in its undo history,
 * saved only where nothing of the user's waits unsaved. Knows no editor, so that it can be tried on a model of one.
 */
import { ToolError } from '../../agent/toolError.ts';
import type { Stamp, WriteOutcome } from '../../agent/workspace.ts';
import { hasMixedLineEnds, lineChanges } from '../../editing/index.ts';
import type { TextChange } from '../../editing/lineChanges.ts';
import type { LineEnd } from '../../editing/lineEnds.ts';
import { readOnlyFile, staleText } from '../../files/refusals.ts';
import { stampOf } from '../../files/stamp.ts';

/** A document in an editor. It keeps one kind of line end and takes a lone CR for one too. */
export interface Buffer {
	/** Another with every change of the text. */
	readonly version: number;
	readonly isDirty: boolean;
	readonly isUntitled: boolean;
	/** The editor let go of it: what it says is of no use any more. */
	readonly isClosed: boolean;
	readonly lineEnd: LineEnd;
	getText(): string;
	/**
	 * Makes the changes as one step of the undo history, for the text that is there when it is called.
	 * @param changes of that text, in order and apart from each other.
	 * @returns false when the text has changed before they arrived, or may not be changed; nothing is changed then.
	 */
	edit(changes: readonly TextChange[], lineEnd: LineEnd): Promise<boolean>;
	/** @returns false when it could not be saved. */
	save(): Promise<boolean>;
	/** The text of its file; undefined when there is none. */
	readDisk(): Promise<string | undefined>;
}

/** @throws StaleTextError when the buffer has another text than `expected` names; nothing is changed then. */
export async function writeBuffer(buffer: Buffer, path: string, text: string, expected: Stamp): Promise<WriteOutcome> {
	const { version } = buffer;
	const before = buffer.getText();
	if ((await stampOf(before)) !== expected || buffer.version !== version || buffer.isClosed) {
		throw staleText(path);
	}
	const wasUnsaved = isUnsaved(buffer);
	const lineEnd = lineEndFor(buffer, text);
	const target = withLineEnd(text, lineEnd);
	if (target === before) {
		return { stamp: expected, isSaved: !wasUnsaved };
	}
	// Nothing may be waited for between the comparison above and here: an edit is made for the text of this moment.
	if (!(await buffer.edit(changesTo(buffer, target), lineEnd))) {
		throw buffer.version === version ? new ToolError(`The editor refused to change "${path}".`) : staleText(path);
	}
	if (await isHeldReadOnly(buffer, before, target)) {
		await takeBack(buffer, target, before);
		throw readOnlyFile(path);
	}
	return wasUnsaved || (buffer.getText() !== target && buffer.isDirty)
		? unsavedOutcome(buffer, target)
		: save(buffer, target);
}

const USERS_WORK = 'The editor holds unsaved work of the user, who will save it.';
const SAVE_FAILED = 'Saving failed, perhaps because the file changed on disk. Tell the user.';

function isUnsaved({ isDirty, isUntitled }: Buffer): boolean {
	return isDirty || isUntitled;
}

/** An editor takes an edit of a file that it holds read-only, and neither counts it as unsaved nor ever saves it. */
async function isHeldReadOnly(buffer: Buffer, before: string, target: string): Promise<boolean> {
	if (isUnsaved(buffer) || buffer.getText() === before) {
		return false;
	}
	const file = await buffer.readDisk();
	const saved = file === undefined ? target : withLineEnd(file, buffer.lineEnd);
	// Saved by the editor itself, it may be what was asked for or what became of it since.
	return !isUnsaved(buffer) && saved !== target && saved !== buffer.getText();
}

async function takeBack(buffer: Buffer, target: string, before: string): Promise<void> {
	if (buffer.getText() === target) {
		await buffer.edit(changesTo(buffer, before), buffer.lineEnd);
	}
}

async function unsavedOutcome(buffer: Buffer, target: string): Promise<WriteOutcome> {
	const text = buffer.getText();
	const isSaved = !isUnsaved(buffer);
	return {
		stamp: await stampOf(text),
		isSaved,
		...furtherText(text, target),
		...(!isSaved && { note: USERS_WORK }),
	};
}

async function save(buffer: Buffer, target: string): Promise<WriteOutcome> {
	const isSaved = !buffer.isDirty || (await buffer.save());
	const text = buffer.getText();
	const outcome = { stamp: await stampOf(text), isSaved, ...furtherText(text, target) };
	if (!isSaved) {
		return { ...outcome, note: text === target ? SAVE_FAILED : USERS_WORK };
	}
	// Formatters and trimming run within the save; whatever the user typed meanwhile counts as well.
	return text === target ? outcome : { ...outcome, note: 'The text changed further while it was saved.' };
}

function furtherText(text: string, target: string): Pick<WriteOutcome, 'text'> {
	return text === target ? {} : { text };
}

function changesTo(buffer: Buffer, target: string): readonly TextChange[] {
	return lineChanges(buffer.getText(), withLineEnd(target, buffer.lineEnd));
}

/** A text with one kind of line end sets it; any other takes that of the document. */
function lineEndFor(buffer: Buffer, text: string): LineEnd {
	if (!text.includes('\n') || hasMixedLineEnds(text)) {
		return buffer.lineEnd;
	}
	return text.includes('\r\n') ? '\r\n' : '\n';
}

/** As an editor holds a text. */
export function withLineEnd(text: string, lineEnd: LineEnd): string {
	return text.replace(/\r\n|\r|\n/g, lineEnd);
}
