/** A hunk of a patch, and the edit that it is. */
import type { Edit } from './apply.ts';
import { isBlankLine } from './lineTable.ts';
import { findPlaces, linesAt } from './places.ts';

export interface Hunk {
	/** Line of the patch, from 1. */
	readonly line: number;
	/** Text after `@@`: lines of the file that come before the hunk, from the outer to the inner one. */
	readonly headers: string[];
	/** 1-based line of the file, from a unified diff. */
	readonly start?: number | undefined;
	/** The header says how many lines of the file the hunk has. */
	readonly isCounted: boolean;
	/** All of them have come. */
	isComplete: boolean;
	/** Each begins with ' ', '-' or '+'. */
	readonly lines: string[];
	/** It ends where the file ends. */
	isAtEnd: boolean;
	missing: number;
}

/** @param match of `@@ -start,count +… @@ header`, in which everything may be missing. */
export function newHunk(line: number, [, start, count = '1', header = '']: readonly (string | undefined)[] = []): Hunk {
	const text = header.trim().replace(/\s*@@$/, '');
	return {
		line,
		headers: text === '' ? [] : [text],
		start: start === undefined ? undefined : Number(start),
		isCounted: start !== undefined,
		isComplete: start !== undefined && Number(count) === 0,
		lines: [],
		isAtEnd: false,
		missing: Number(count),
	};
}

/** What is wrong with a line of a hunk, if anything. Without `@@` the first line opens one. */
export function readHunkLine(hunks: Hunk[], line: string, number: number): string | undefined {
	if (hunks.length === 0) {
		if (line.trim() === '') {
			return undefined;
		}
		hunks.push(newHunk(number));
	}
	const hunk = hunks.at(-1);
	if (hunk === undefined) {
		return undefined;
	}
	// Editors take the space of a blank context line away.
	const whole = line === '' ? ' ' : line;
	if (!/^[ +-]/.test(whole)) {
		return `"${line.slice(0, 40)}" begins with none of " ", "-" and "+".`;
	}
	hunk.lines.push(whole);
	hunk.missing -= whole.startsWith('+') ? 0 : 1;
	hunk.isComplete = hunk.missing <= 0;
	return undefined;
}

/** @param text of the file, where it is at hand. @returns the edit, or what is wrong with the hunk. */
export function toEdit(hunk: Hunk, text: string | undefined): Edit | string {
	const lines = withoutBlankEnd(hunk);
	const side = (sign: string) =>
		lines.flatMap(line => (line.startsWith(sign) || line.startsWith(' ') ? [`${line.slice(1)}\n`] : [])).join('');
	const [oldText, newText] = [side('-'), side('+')];
	if (oldText === newText) {
		return 'the hunk has no line that begins with "-" or "+".';
	}
	if (oldText.trim() === '') {
		return addBeside(hunk, text, newText);
	}
	const nearLine = hunk.start ?? lineOf(hunk, text, oldText);
	return { oldText, newText, ...(nearLine !== undefined && { nearLine }) };
}

/** Blank lines between a hunk and what follows belong to neither. */
function withoutBlankEnd({ lines, isCounted }: Hunk): readonly string[] {
	let end = lines.length;
	while (!isCounted && end > 0 && lines[end - 1]?.trim() === '') {
		end--;
	}
	return lines.slice(0, end);
}

/** Added lines without context go behind the line that `@@` names, or to the end of the file. */
function addBeside(hunk: Hunk, text: string | undefined, newText: string): Edit | string {
	if (text === '' || (text === undefined && hunk.headers.length === 0 && hunk.isAtEnd)) {
		return { oldText: '', newText };
	}
	const [header] = hunk.headers.slice(-1);
	const all = text?.replaceAll('\r\n', '\n').split('\n') ?? [];
	const anchor = header ?? (hunk.isAtEnd ? all.findLast(line => !isBlankLine(line)) : undefined);
	const at = all.flatMap((line, index) => (anchor !== undefined && line.trim() === anchor.trim() ? [index] : []));
	const chosen = hunk.isAtEnd && header === undefined ? at.at(-1) : at.length === 1 ? at[0] : undefined;
	if (chosen === undefined) {
		return 'the hunk adds lines without a line of context; give lines of the file before or after them.';
	}
	const line = `${all[chosen] ?? ''}\n`;
	return { oldText: line, newText: line + newText, nearLine: chosen + 1 };
}

/** Where the quote is, of several places the first behind the only place of the header, or the last of the file. */
function lineOf(hunk: Hunk, text: string | undefined, oldText: string): number | undefined {
	if (text === undefined || (hunk.headers.length === 0 && !hunk.isAtEnd)) {
		return undefined;
	}
	const content = text.replaceAll('\r\n', '\n');
	const places = findPlaces(content, oldText, { overlapping: true, limit: 1000 });
	const lines = linesAt(content, places);
	if (lines.length <= 1) {
		return undefined;
	}
	if (hunk.isAtEnd) {
		return places.at(-1)?.end === content.length ? lines.at(-1) : undefined;
	}
	const header = hunk.headers.at(-1)?.trim();
	const named = content.split('\n').flatMap((line, index) => (line.trim() === header ? [index + 1] : []));
	const [only] = named;
	return named.length === 1 && only !== undefined ? lines.find(line => line >= only) : undefined;
}
