/** Line ends: a line is ended by LF or CRLF; a lone CR is an ordinary character here. */
import { diffLineArrays } from './lineDiff.ts';

export type LineEnd = '\n' | '\r\n';

export function toLf(text: string): string {
	return text.includes('\r\n') ? text.replaceAll('\r\n', '\n') : text;
}

/** The lines with their ends; a text that ends in a line end has no empty last line. Joined they are the text. */
export function splitLines(text: string): string[] {
	const lines: string[] = [];
	let start = 0;
	while (start < text.length) {
		const newline = text.indexOf('\n', start);
		const end = newline < 0 ? text.length : newline + 1;
		lines.push(text.slice(start, end));
		start = end;
	}
	return lines;
}

export function withoutLineEnd(line: string): string {
	if (!line.endsWith('\n')) {
		return line;
	}
	return line.slice(0, line.endsWith('\r\n') ? -2 : -1);
}

/** The line end that most lines have; LF where there is none. */
export function usualLineEnd(text: string): LineEnd {
	const counts = countLineEnds(text);
	return counts.crlf > counts.lf ? '\r\n' : '\n';
}

/** The end of the line at a position, or of the one before where it has none. */
export function lineEndNear(text: string, offset: number): LineEnd {
	const after = text.indexOf('\n', offset);
	const newline = after < 0 ? text.lastIndexOf('\n') : after;
	return newline > 0 && text[newline - 1] === '\r' ? '\r\n' : '\n';
}

/** True when an editor, which keeps one kind of line end for a whole file, would change bytes by saving it. */
export function hasMixedLineEnds(text: string): boolean {
	const { lf, crlf } = countLineEnds(text);
	return (lf > 0 && crlf > 0) || /\r(?!\n)/.test(text);
}

function countLineEnds(text: string): { lf: number; crlf: number } {
	let lf = 0;
	let crlf = 0;
	for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
		if (at > 0 && text.charCodeAt(at - 1) === 13) {
			crlf++;
		} else {
			lf++;
		}
	}
	return { lf, crlf };
}

/**
 * `target`, which has LF line ends, with those of `original`: a line that both have, or that takes the place of
 * another, keeps the end; an added line takes that of the line before it (the first one's at the start, and `fallback`
 * where there is none).
 */
export function keepLineEnds(original: string, target: string, fallback: LineEnd = usualLineEnd(original)): string {
	const { lf, crlf } = countLineEnds(original);
	if (lf === 0 || crlf === 0) {
		const lineEnd = lf > 0 ? '\n' : crlf > 0 ? '\r\n' : fallback;
		return lineEnd === '\n' ? target : target.replaceAll('\n', '\r\n');
	}
	const before = splitLines(original);
	const after = splitLines(target).map(line => (line.endsWith('\n') ? line.slice(0, -1) : line));
	const own = ownLineEnds(before, after);
	let last = own.find(lineEnd => lineEnd !== undefined) ?? fallback;
	const isEnded = target.endsWith('\n');
	return after
		.map((line, index) => {
			last = own[index] ?? last;
			return index < after.length - 1 || isEnded ? line + last : line;
		})
		.join('');
}

/** For each line of `after` the end of the line of `before` that it is, or that it replaces; undefined for added ones. */
function ownLineEnds(before: readonly string[], after: readonly string[]): (LineEnd | undefined)[] {
	const own: (LineEnd | undefined)[] = [];
	let oldLine = 0;
	const take = (count: number, from: number, upTo: number) => {
		for (let index = 0; index < count; index++) {
			own.push(from + index < upTo ? lineEndOf(before[from + index] ?? '') : undefined);
		}
	};
	for (const range of diffLineArrays(before.map(withoutLineEnd), after)) {
		take(range.oldStart - oldLine, oldLine, range.oldStart);
		take(range.newEnd - range.newStart, range.oldStart, range.oldEnd);
		oldLine = range.oldEnd;
	}
	take(after.length - own.length, oldLine, before.length);
	return own;
}

function lineEndOf(line: string): LineEnd | undefined {
	if (!line.endsWith('\n')) {
		return undefined;
	}
	return line.endsWith('\r\n') ? '\r\n' : '\n';
}
