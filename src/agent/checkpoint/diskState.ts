import { ToolError } from '../toolError.ts';
import type { Location, Workspace } from '../workspace.ts';
import type { SeenVersion } from './diskVersions.ts';

/** What a command finds at a path, or leaves there: what is saved, whatever editors hold. */
export type DiskState =
	| { readonly kind: 'absent' }
	| { readonly kind: 'text'; readonly text: string; readonly form: TextForm }
	/** There is something of which no text can be kept: binary, too large, not readable, no file. */
	| { readonly kind: 'unkept' };

/**
 * How a text lies in its file, apart from what it says: UTF-8, the same behind a byte-order mark, UTF-16, or as the
 * workspace knows alone, such as in an encoding of old.
 */
export type TextForm = 'utf8' | 'marked' | 'utf16' | 'other';

export interface SeenState {
	readonly state: DiskState;
	/** Tells without reading that it is the same still. Absent where nothing does. */
	readonly version?: string;
}

export const ABSENT: DiskState = { kind: 'absent' };
export const UNKEPT: DiskState = { kind: 'unkept' };

/**
 * Bytes above which a file is named, not kept: above that it is hardly one that a person writes, and comparing it would
 * be felt.
 */
export const MAX_FILE_BYTES = 5_000_000;

/**
 * Reads what there is.
 * @param seen of the moment before: what changes in between then has another version than was seen.
 * Rejects at the signal and for bugs alone.
 */
export async function readState(
	location: Location,
	seen: SeenVersion,
	workspace: Workspace,
	signal: AbortSignal,
	maxBytes = MAX_FILE_BYTES,
): Promise<SeenState> {
	const version = seen.version === undefined ? {} : { version: seen.version };
	try {
		const stat = await workspace.stat(location, signal);
		if (stat === undefined) {
			return { state: ABSENT, ...version };
		}
		if (stat.kind !== 'file' || stat.size > maxBytes) {
			return { state: UNKEPT, ...version };
		}
		const { text, isUnsaved } = await workspace.readText(location, signal);
		if (!isUnsaved) {
			return {
				state: { kind: 'text', text, form: await formOf(text, stat.size, location, workspace, signal) },
				...version,
			};
		}
		// The version of an editor's unsaved text says nothing of the file below it.
		const state = savedState(await workspace.readBytes(location, maxBytes, signal));
		return { state, ...(seen.isOfDisk && version) };
	} catch (error) {
		if (error instanceof ToolError) {
			// Binary, or not ours to read.
			return { state: UNKEPT, ...version };
		}
		throw error;
	}
}

/** The editor knows what encoding its file has, we do not: only one that proves itself counts. */
function savedState(bytes: Uint8Array): DiskState {
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return { kind: 'text', text, form: markOf(bytes) === 'marked' ? 'marked' : 'utf8' };
	} catch {
		return UNKEPT;
	}
}

/** @param size of the file, in bytes. */
async function formOf(
	text: string,
	size: number,
	location: Location,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<TextForm> {
	const bytes = utf8Length(text);
	if (bytes === size && text.length === size) {
		// One byte for each character: of all these only UTF-8 has that, so there is nothing to read.
		return 'utf8';
	}
	return markOf(await workspace.readBytes(location, MARK_BYTES, signal)) ?? (bytes === size ? 'utf8' : 'other');
}

const MARK_BYTES = 3;

function markOf([first, second, third]: Uint8Array): TextForm | undefined {
	if (first === 0xef && second === 0xbb && third === 0xbf) {
		return 'marked';
	}
	return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff) ? 'utf16' : undefined;
}

/** Without encoding it: half a character counts as the mark that stands for it. */
function utf8Length(text: string): number {
	let bytes = text.length;
	for (const [character] of text.matchAll(BEYOND_ASCII)) {
		bytes += character.length === 2 ? 2 : character < '\u0800' ? 1 : 2;
	}
	return bytes;
}

const BEYOND_ASCII = /[^\0-\x7f]/gu;

/**
 * Of what no text can be kept, the version alone tells; where there is none, nothing does, and it counts as the same.
 */
export function isSameState(a: SeenState, b: SeenState): boolean {
	const [before, after] = [a.state, b.state];
	if (before.kind === 'unkept' && after.kind === 'unkept') {
		return a.version === undefined || b.version === undefined || a.version === b.version;
	}
	return before.kind === 'text' && after.kind === 'text'
		? before.text === after.text && before.form === after.form
		: before.kind === after.kind;
}
