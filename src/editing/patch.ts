/**
 * Reads patches as models write them (`*** Begin Patch … *** End Patch`, and unified diffs) into edits for `apply`.
 * Grammar after OpenAI's apply_patch tool, read tolerantly: a fence or heredoc around, a missing end, git's headers.
 */
import type { Edit } from './apply.ts';
import { type Hunk, newHunk, readHunkLine, toEdit } from './patchHunks.ts';

export type PatchOperation =
	| { readonly kind: 'add'; readonly path: string; readonly content: string }
	| {
			readonly kind: 'update';
			readonly path: string;
			readonly moveTo?: string;
			/** For `apply`, in order. Empty where the file is only moved. */
			readonly edits: readonly Edit[];
	  }
	| { readonly kind: 'delete'; readonly path: string };

export type ParsedPatch =
	| { readonly ok: true; readonly operations: readonly PatchOperation[] }
	/** The reason names the line of the patch. */
	| { readonly ok: false; readonly reason: string };

const BEGIN = /^\*\*\* ?Begin Patch\s*$/i;
const END = /^\*\*\* ?End Patch\s*$/i;
const FILE = /^\*\*\* ?(Add|Create|Update|Modify|Delete|Remove) File: *(.+?)\s*$/i;
const MOVE = /^\*\*\* ?(?:Move|Rename) to: *(.+?)\s*$/i;
const END_OF_FILE = /^\*\*\* ?End of File\s*$/i;
const OLD_HEADER = /^--- (?:"?a\/)?(.+?)"?(?:\t.*)?\s*$/;
const NEW_HEADER = /^\+\+\+ (?:"?b\/)?(.+?)"?(?:\t.*)?\s*$/;
const HUNK = /^@@(?: ?-(\d+)(?:,(\d+))? \+\d+(?:,\d+)? @@)?(.*)$/;
/** What git and diff put between files. */
const NOISE =
	/^(?:diff |index [0-9a-f]|(?:old|new|deleted file|new file) mode |similarity index|rename (?:from|to) |\\ No newline)/;

interface OpenFile {
	readonly kind: PatchOperation['kind'];
	readonly path: string;
	moveTo?: string;
	/** Lines of an added file with their "+"; blank ones may lack it. */
	readonly added: string[];
	readonly hunks: Hunk[];
	/** Line of the patch, from 1. */
	readonly line: number;
}

/**
 * @param textOf the text of a file that the patch updates, where it is at hand: `@@ function f()` then says where a hunk
 * is that stands in several places.
 */
export function parsePatch(patch: string, textOf: (path: string) => string | undefined = () => undefined): ParsedPatch {
	const reader = new Reader(textOf);
	const { lines, first } = patchLines(patch);
	for (const [index, line] of lines.entries()) {
		const fault = reader.read(line, first + index + 1, lines[index + 1]);
		if (fault !== undefined) {
			return { ok: false, reason: `Line ${first + index + 1} of the patch: ${fault}` };
		}
		if (reader.isEnded) {
			break;
		}
	}
	return reader.end();
}

/** The patch without what is around it. @returns also how many lines were before. */
function patchLines(patch: string): { readonly lines: readonly string[]; readonly first: number } {
	const all = patch.replaceAll('\r\n', '\n').split('\n');
	const begin = all.findIndex(line => BEGIN.test(line.trim()));
	const start = begin >= 0 ? begin + 1 : all.findIndex(line => FILE.test(line) || OLD_HEADER.test(line));
	const first = Math.max(0, start);
	let end = all.length;
	while (end > first && /^(?:\s*|`{3,}|~{3,}|EOF|PATCH|'EOF'|\)")$/.test(all[end - 1] ?? '')) {
		end--;
	}
	return { lines: all.slice(first, end), first };
}

class Reader {
	isEnded = false;
	readonly #textOf: (path: string) => string | undefined;
	readonly #operations: PatchOperation[] = [];
	readonly #paths = new Set<string>();
	#file: OpenFile | undefined;
	/** The old side of a unified diff's header. */
	#oldPath: string | undefined;
	#fault: string | undefined;

	constructor(textOf: (path: string) => string | undefined) {
		this.#textOf = textOf;
	}

	/** What is wrong with the line, if anything. */
	read(line: string, number: number, next: string | undefined): string | undefined {
		if (END.test(line)) {
			this.isEnded = true;
			return undefined;
		}
		const file = FILE.exec(line);
		if (file !== null) {
			return this.#open(kindOf(file[1] ?? ''), file[2] ?? '', number);
		}
		if (this.#isHeader(line, next)) {
			this.#oldPath = OLD_HEADER.exec(line)?.[1];
			return undefined;
		}
		const newPath = this.#oldPath === undefined ? undefined : NEW_HEADER.exec(line)?.[1];
		if (newPath !== undefined) {
			return this.#openUnified(newPath, number);
		}
		return this.#readInFile(line, number);
	}

	end(): ParsedPatch {
		this.#close();
		if (this.#fault !== undefined) {
			return { ok: false, reason: this.#fault };
		}
		return this.#operations.length === 0
			? {
					ok: false,
					reason:
						'There is no file in the patch. Begin with "*** Begin Patch", then "*** Update File: path", "@@" and lines that begin with " ", "-" or "+".',
				}
			: { ok: true, operations: this.#operations };
	}

	/** A line `--- a/x` may also remove `-- a/x`: it is a header where `+++` follows outside of a hunk that counts lines. */
	#isHeader(line: string, next: string | undefined): boolean {
		const isOpen = this.#file?.hunks.at(-1)?.isCounted === true && !this.#file.hunks.at(-1)?.isComplete;
		return !isOpen && OLD_HEADER.test(line) && next !== undefined && NEW_HEADER.test(next);
	}

	#readInFile(line: string, number: number): string | undefined {
		const file = this.#file;
		if (file === undefined) {
			return line.trim() === '' || NOISE.test(line)
				? undefined
				: 'a file is to come first: "*** Add File: path", "*** Update File: path" or "*** Delete File: path".';
		}
		const move = MOVE.exec(line);
		if (move !== null) {
			file.moveTo = move[1] ?? '';
			return file.kind === 'update' ? undefined : 'only an updated file can be moved.';
		}
		if (END_OF_FILE.test(line)) {
			const hunk = file.hunks.at(-1);
			if (hunk !== undefined) {
				hunk.isAtEnd = true;
			}
			return undefined;
		}
		const hunk = HUNK.exec(line);
		if (hunk !== null) {
			file.hunks.push(newHunk(number, hunk));
			return undefined;
		}
		switch (file.kind) {
			case 'add':
				return readAdded(file, line);
			case 'delete':
				return line.trim() === '' || NOISE.test(line) || /^[-\\]/.test(line)
					? undefined
					: 'a deleted file has no lines.';
			case 'update':
				return NOISE.test(line) ? undefined : readHunkLine(file.hunks, line, number);
			default:
				return file.kind satisfies never;
		}
	}

	#open(kind: PatchOperation['kind'], path: string, line: number): string | undefined {
		this.#close();
		if (this.#paths.has(path)) {
			return `"${path}" stands in the patch twice; put all its hunks under one header.`;
		}
		this.#paths.add(path);
		this.#file = { kind, path, added: [], hunks: [], line };
		return undefined;
	}

	#openUnified(newPath: string, line: number): string | undefined {
		const oldPath = this.#oldPath ?? newPath;
		this.#oldPath = undefined;
		if (oldPath === '/dev/null') {
			return this.#open('add', newPath, line);
		}
		if (newPath === '/dev/null') {
			return this.#open('delete', oldPath, line);
		}
		// `*** Update File: x` may be followed by the headers of a unified diff of the same file.
		if (this.#file?.kind === 'update' && this.#file.path === newPath && this.#file.hunks.length === 0) {
			return undefined;
		}
		const fault = this.#open('update', oldPath, line);
		if (this.#file !== undefined && fault === undefined && oldPath !== newPath) {
			this.#file.moveTo = newPath;
		}
		return fault;
	}

	#close(): void {
		const file = this.#file;
		this.#file = undefined;
		if (file === undefined || this.#fault !== undefined) {
			return;
		}
		const { kind, path, moveTo } = file;
		if (kind === 'update') {
			const text = this.#textOf(path);
			const edits: Edit[] = [];
			for (const hunk of file.hunks.filter(({ lines }) => lines.length > 0)) {
				const edit = toEdit(hunk, text);
				if (typeof edit === 'string') {
					this.#fault = `Line ${hunk.line} of the patch: ${edit}`;
					return;
				}
				edits.push(edit);
			}
			if (edits.length === 0 && moveTo === undefined) {
				this.#fault = `Line ${file.line} of the patch: the update of "${path}" changes nothing.`;
				return;
			}
			this.#operations.push({ kind, path, ...(moveTo !== undefined && { moveTo }), edits });
			return;
		}
		this.#operations.push(kind === 'add' ? { kind, path, content: contentOf(file.added) } : { kind, path });
	}
}

function readAdded(file: OpenFile, line: string): string | undefined {
	if (NOISE.test(line)) {
		return undefined;
	}
	if (line !== '' && !line.startsWith('+')) {
		return 'each line of an added file begins with "+".';
	}
	file.added.push(line);
	return undefined;
}

/** Blank lines without "+" at the end belong to the patch, not to the file. */
function contentOf(added: readonly string[]): string {
	const end = added.findLastIndex(line => line !== '') + 1;
	return added
		.slice(0, end)
		.map(line => `${line.slice(1)}\n`)
		.join('');
}

function kindOf(word: string): PatchOperation['kind'] {
	switch (word.toLowerCase()) {
		case 'add':
		case 'create':
			return 'add';
		case 'delete':
		case 'remove':
			return 'delete';
		default:
			return 'update';
	}
}
