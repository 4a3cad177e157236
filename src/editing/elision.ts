/** Placeholders such as `// ... existing code ...`, which a model writes for code it does not repeat. */
import { isBlankLine } from './lineTable.ts';

const OPENER = /^(?:\/\/+|\{?\s*\/\*+|\*+(?=\s)|#+|--+|;+|%+|<!--+|<%#|\(\*)\s*/;
const CLOSER = /\s*(?:\*+\/\s*\}?|--+>|\*\)|%>)$/;
const DOTS = /\.{3}|…/;
const MAX_LENGTH = 200;

const OMISSION =
	/\b(?:existing|unchanged|remaining|remainder|rest|omitted|same|previous|other|others|snip(?:ped)?|truncated|elided|unmodified|continue[sd]?|code|more|keep|kept|as before|as is|no changes?)\b/i;
const PARTS = '(?:code|file|function|method|class|implementation|contents?|component|body|lines?)';
const SPELT_OUT = new RegExp(
	`^(?:(?:the )?(?:rest|remainder) of (?:the |this )?${PARTS}\\b.{0,40}` +
		`|(?:the )?(?:existing|remaining|unchanged) ${PARTS}(?: (?:here|goes here|unchanged|omitted|stays.{0,20}|remains.{0,20}))?` +
		`|(?:${PARTS}|everything else)(?: is| are| remains?| stays?)? (?:unchanged|omitted|the same|as is|as before)` +
		'|unchanged|no changes?(?: here)?|same as (?:before|above)|omitted(?: for brevity)?|snip(?:ped)?)$',
	'i',
);

export type Marker = 'spelt' | 'dots';

/** Whether a line stands for code left out: it says so, or it has dots and nothing else. */
function markerOf(line: string): Marker | undefined {
	const text = line.length > MAX_LENGTH ? '' : line.trim();
	const opener = OPENER.exec(text)?.[0] ?? '';
	const inner = text.slice(opener.length).replace(CLOSER, '');
	const core = inner.replace(/^[\s.…[\](){}<>*_-]+|[\s.…[\](){}<>*_-]+$/g, '');
	const isComment = opener !== '';
	if (core === '') {
		return DOTS.test(inner) ? (isComment ? 'spelt' : 'dots') : undefined;
	}
	if (isComment && SPELT_OUT.test(core)) {
		return 'spelt';
	}
	// Without a comment it may be a spread, `...rest`.
	if (!isComment && !/^\[?(?:\.{3,}|…)\s|^(?:\.{3,}|…|\[)[a-z]+(?: [a-z]+)+(?:\.{3,}|…|\])$/i.test(inner)) {
		return undefined;
	}
	const isFramed = /^\[?\s*(?:\.{3,}|…)/.test(inner) && (OMISSION.test(core) || /(?:\.{3,}|…)\s*\]?$/.test(inner));
	return isFramed || (/^\[/.test(inner) && OMISSION.test(core)) ? 'spelt' : undefined;
}

/** The first placeholder line of `after` that `before` does not have as often, trimmed. */
export function findNewElision(before: string, after: string): string | undefined {
	const markers = markersOf(after).filter(([, marker]) => marker === 'spelt');
	if (markers.length === 0) {
		return undefined;
	}
	const had = markersOf(before).map(([line]) => line);
	return markers.find(([line], at) => {
		const times = markers.slice(0, at + 1).filter(([other]) => other === line).length;
		return had.filter(other => other === line).length < times;
	})?.[0];
}

/** A bare `...` in the place of lines that the quote has. In Python it can be code. */
export function findDotsForLines(quoted: readonly string[], next: readonly string[], path: string): string | undefined {
	const solid = (lines: readonly string[]) => lines.filter(line => !isBlankLine(line)).length;
	if (solid(next) >= solid(quoted) || /\.ya?ml$/i.test(path)) {
		return undefined;
	}
	const isPython = /\.pyi?$/i.test(path);
	const at = next.findIndex(
		(line, index) =>
			/^(?:\.{3,}|…)$/.test(line.trim()) &&
			!(isPython && /:\s*(?:#.*)?$/.test(next[index - 1] ?? '')) &&
			!quoted.some(other => other.trim() === line.trim()),
	);
	return next[at]?.trim();
}

function markersOf(text: string): (readonly [line: string, marker: Marker])[] {
	const found: (readonly [string, Marker])[] = [];
	for (const line of MAY_HAVE.test(text) ? text.split('\n') : []) {
		const marker = line.length <= MAX_LENGTH && MAY_HAVE.test(line) ? markerOf(line) : undefined;
		if (marker !== undefined && found.length < 200) {
			found.push([line.trim(), marker]);
		}
	}
	return found;
}

const MAY_HAVE =
	/\.{3}|…|unchanged|rest of|remainder of|existing|remaining|previous|other|no change|same|omitted|snip|as is|as before/i;

/** One piece of a quote with a piece of new text, between the same two placeholders. */
export interface Piece {
	readonly quoted: readonly string[];
	readonly next: readonly string[];
}

/** Both texts cut at their placeholders; undefined when the quote has none, a reason when the two do not go together. */
export function cutAtElisions(
	quoted: readonly string[],
	next: readonly string[],
): readonly Piece[] | string | undefined {
	const [was, now] = [piecesOf(quoted), piecesOf(next)];
	if (was.length === 1) {
		return undefined;
	}
	if (was.length !== now.length) {
		return 'oldText leaves code out, and newText does not leave out the same. Quote only lines that change, in full';
	}
	const pieces = was.map((piece, index) => ({ quoted: piece, next: now[index] ?? [] }));
	const isBare = ({ quoted: lines }: Piece) => lines.every(isBlankLine);
	if (pieces.some(piece => isBare(piece) && !piece.next.every(isBlankLine))) {
		return 'newText has code where oldText has none beside what it leaves out';
	}
	return pieces.filter(piece => !isBare(piece));
}

function piecesOf(lines: readonly string[]): string[][] {
	const pieces: string[][] = [[]];
	for (const line of lines) {
		if (markerOf(line) === undefined) {
			pieces.at(-1)?.push(line);
		} else {
			pieces.push([]);
		}
	}
	return pieces;
}
