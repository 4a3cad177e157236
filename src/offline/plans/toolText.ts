/**
 * Reads the tools' results, which are written for a model, the way a model would: the texts are those of `src/tools`
 * and of the loop, and the tests run the real ones, so a change of wording there shows.
 */

export interface Match {
	/** 1-based. */
	readonly line: number;
	readonly text: string;
}

export interface FileWithMatches {
	readonly path: string;
	readonly matches: readonly Match[];
}

export type GrepResult =
	| {
			readonly kind: 'found';
			readonly files: readonly FileWithMatches[];
			readonly isPartial: boolean;
			readonly notes: readonly string[];
	  }
	| { readonly kind: 'failed'; readonly text: string };

export interface ReadText {
	readonly kind: 'text';
	readonly lines: readonly string[];
	/** 1-based number of the first of the lines. */
	readonly from: number;
	/** Absent when the end was not reached and nobody counted. */
	readonly total?: number;
	/** There are lines behind these. */
	readonly hasMore: boolean;
	readonly isUnsaved: boolean;
}

export type ReadResult = ReadText | { readonly kind: 'failed'; readonly text: string };

export type PathsResult =
	| { readonly kind: 'paths'; readonly paths: readonly string[]; readonly isPartial: boolean }
	| { readonly kind: 'failed'; readonly text: string };

export type EditResult =
	| { readonly kind: 'changed'; readonly isSaved: boolean }
	| { readonly kind: 'denied'; readonly instead?: string }
	| { readonly kind: 'failed'; readonly text: string };

/** What every result can be instead of its tool's own text. */
const REFUSALS =
	/^(?:The user did not allow this|Not run:|The user stopped this|No result was recorded|The arguments (?:do not fit|are not valid)|There is no tool "|The tool failed for a reason)/;
const FAILURES = /^(?:There is no "[^\n]*"\. |"[^\n]*" is (?:a|not a) |Line \d+ is past the end of )/;
const NOTE = /^\[.*\]$/;

/** A text that is a refusal or a tool's complaint. File contents that read like one are taken for it. */
function isFailure(text: string): boolean {
	return REFUSALS.test(text) || FAILURES.test(text);
}

export function parseGrep(text: string): GrepResult {
	const files: { path: string; matches: Match[] }[] = [];
	const notes: string[] = [];
	const lines = text.split('\n');
	for (const [index, line] of lines.entries()) {
		const match = /^(\d+)([:-])(.*)$/.exec(line);
		const file = files.at(-1);
		if (match !== null && file !== undefined) {
			if (match[2] === ':') {
				file.matches.push({ line: Number(match[1]), text: match[3] ?? '' });
			}
		} else if (/^\d+[:-]/.test(lines[index + 1] ?? '')) {
			files.push({ path: line, matches: [] });
		} else if (NOTE.test(line)) {
			notes.push(line.slice(1, -1));
		} else if (line !== 'No match.' && line !== '--') {
			return { kind: 'failed', text };
		}
	}
	const isPartial = notes.some(note => /^(?:stopped at \d+ matches|more matches)/.test(note));
	return { kind: 'found', files, isPartial, notes: notes.filter(note => note.startsWith('not shown:')) };
}

/** @param offset the first line that was asked for. */
export function parseRead(text: string, offset: number): ReadResult {
	if (isFailure(text)) {
		return { kind: 'failed', text };
	}
	const lines = text.split('\n');
	let [start, end] = [0, lines.length];
	const takeFirst = (pattern: RegExp) => {
		const match = pattern.exec(lines[start] ?? '');
		start += match === null ? 0 : 1;
		return match;
	};
	const isUnsaved = takeFirst(/^\[unsaved changes of the user included\]$/) !== null;
	takeFirst(/^\[(?:a )?notebook, .*\]$/);
	const span = takeFirst(new RegExp(`^\\[lines ${offset}-(\\d+)(?: of (\\d+))?\\]$`));
	const body = lines.slice(start);
	if (span === null) {
		// The whole file: only a note on hidden characters or on a cut line can stand behind it.
		while (
			end > start &&
			/^\[(?:\d+ invisible or control characters? shown|line \d+ goes on for ).*\]$/.test(lines[end - 1] ?? '')
		) {
			end--;
		}
		const whole = lines.slice(start, end);
		const isEmpty = whole.length === 1 && whole[0] === '[the file is empty]';
		return {
			kind: 'text',
			lines: isEmpty ? [] : whole,
			from: 1,
			total: isEmpty ? 0 : whole.length,
			hasMore: false,
			isUnsaved,
		};
	}
	const last = Number(span[1]);
	const shown = body.slice(0, last - offset + 1);
	const hasMore = body.slice(shown.length).some(line => /^\[more lines: continue with offset=\d+\]$/.test(line));
	const total = span[2] === undefined ? (hasMore ? undefined : last) : Number(span[2]);
	return { kind: 'text', lines: shown, from: offset, hasMore, isUnsaved, ...(total !== undefined && { total }) };
}

/** The result of `glob`, and of `list` whose folders end in "/". */
export function parsePaths(text: string): PathsResult {
	if (isFailure(text)) {
		return { kind: 'failed', text };
	}
	const lines = text.split('\n');
	const isPartial = lines.some(line => /^\[(?:more than \d+ files|[\d,]+ more entr)/.test(line));
	const paths = lines.filter(line => line !== '' && line !== 'No file matches.' && !NOTE.test(line));
	return { kind: 'paths', paths, isPartial };
}

export function parseEdit(text: string): EditResult {
	if (/^(?:Changed|Created) "/.test(text)) {
		return { kind: 'changed', isSaved: !text.includes(' Not saved') };
	}
	if (/^The user did not allow this/.test(text)) {
		const instead = /^The user did not allow this and says: ([\s\S]+)$/.exec(text)?.[1];
		return { kind: 'denied', ...(instead !== undefined && { instead }) };
	}
	return { kind: 'failed', text };
}

/** A failed result in words for the user: what is meant for a model is left out. */
export function describeFailure(text: string): string {
	if (/^The user did not allow this/.test(text)) {
		return 'You did not allow it.';
	}
	const line = text.trim().split('\n')[0] ?? '';
	const words = line
		.replace(/^Nothing was changed\. /, '')
		.replace(/ (?:Use glob to find it|Tell the user[^.]*)\.(?=$| )/g, '')
		.replace(/; do not work around it\.$/, '.');
	return words === '' ? 'The tool gave no result.' : words;
}
