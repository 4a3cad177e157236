/**
 * Mends the ways in which an exact match still writes the wrong text: a quote that begins behind its line's indentation
 * while the new text has it, and a quote that stops within a line which the new text completes.
 */
import { indentOf } from './likeness.ts';
import { isBlankLine } from './lineTable.ts';
import type { Place } from './places.ts';

export type Edged =
	/** Put this text there. */
	| { readonly kind: 'plain'; readonly place: Place; readonly newText: string }
	/** The quote is whole lines at another depth: give the new text the file's. */
	| { readonly kind: 'lines' }
	| { readonly kind: 'refused'; readonly reason: string };

const BOTH_INDENTED =
	'oldText leaves out the indentation of its first line, and that of newText can be meant in two ways. Quote both with their whole indentation';
const CUT_LINE = 'oldText stops within a line that newText completes in another way. Quote the whole line';

/** @param place where `oldText` stands in `text`, its only place. All with LF line ends. */
export function fitEdges(text: string, place: Place, oldText: string, newText: string): Edged {
	const end = fitEnd(text, place, oldText, newText);
	if (end === undefined) {
		return { kind: 'refused', reason: CUT_LINE };
	}
	const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
	const lead = place.start === 0 ? '' : text.slice(lineStart, place.start);
	const isWhole = isBlankLine(lineRest(text, end)) || text[end - 1] === '\n';
	const plain = {
		kind: 'plain',
		place: { start: place.start, end },
		newText: end > place.end ? withoutEnd(newText) : withLineEnd(newText, oldText, lead, text.length - end),
	} as const;
	if (lead === '' || lead.trim() !== '' || isBlankLine(oldText.split('\n', 1)[0] ?? '') || newText === '') {
		return plain;
	}
	switch (fitIndent(lead, oldText, newText, isWhole)) {
		case 'plain':
			return plain;
		case 'fromLineStart':
			return { ...plain, place: { start: lineStart, end } };
		case 'lines':
			return { kind: 'lines' };
		case 'unclear':
			return { kind: 'refused', reason: BOTH_INDENTED };
	}
}

/** Whole lines that were quoted with the end of the last one, and rewritten without it, do not take the next line along. */
function withLineEnd(newText: string, oldText: string, lead: string, charactersBehind: number): string {
	const isLeftOut = oldText.endsWith('\n') && !newText.endsWith('\n') && newText !== '' && charactersBehind > 0;
	const isJoined = `${newText}\n` === oldText;
	return isLeftOut && !isJoined && lead.trim() === '' ? `${newText}\n` : newText;
}

function lineRest(text: string, at: number): string {
	const newline = text.indexOf('\n', at);
	return text.slice(at, newline < 0 ? text.length : newline);
}

type IndentFit = 'plain' | 'fromLineStart' | 'lines' | 'unclear';

/** @param lead white space that the file has before the quote. */
function fitIndent(lead: string, oldText: string, newText: string, isWhole: boolean): IndentFit {
	const was = withoutEnd(oldText).split('\n');
	const now = withoutEnd(newText).split('\n');
	const [wasFirst, nowFirst] = [indentOf(was[0] ?? ''), indentOf(now[0] ?? '')];
	if (isBlankLine(now[0] ?? '')) {
		return 'plain';
	}
	if (wasFirst !== '' && isWhole) {
		return 'lines';
	}
	if (nowFirst === lead + wasFirst) {
		return was.length === 1 || keepsDepth(was, now) ? 'fromLineStart' : 'unclear';
	}
	if (nowFirst !== wasFirst) {
		return 'unclear';
	}
	return was.length > 1 || now.length === 1 || !isWhole ? 'plain' : fitMore(lead, now);
}

function withoutEnd(text: string): string {
	return text.endsWith('\n') ? text.slice(0, -1) : text;
}

/** The lines after the first, in which the quote is exact, have the same depth in the new text. */
function keepsDepth(was: readonly string[], now: readonly string[]): boolean {
	const rest = new Set(now.slice(1));
	const isLast = now.length > 1 && indentOf(was.at(-1) ?? '') === indentOf(now.at(-1) ?? '');
	const hasKept = was.slice(1).some(line => !isBlankLine(line) && rest.has(line));
	const isRestGone = was[0]?.trim() === now[0]?.trim() && now.slice(1).every(isBlankLine);
	return (
		hasKept || isRestGone || (isLast && !was.slice(1).some(line => now.some(other => other.trim() === line.trim())))
	);
}

const OPENS = /(?:[{([:]|=>|\b(?:do|then|else|begin)|<\w[^<>]*[^/<>]>|<\w>)\s*$/;
const CLOSES = /^\s*(?:[})\]]|<\/|end\b)/;

/**
 * One line, quoted without its indentation, becomes several: the others of the new text have theirs as in the file, or
 * they lack what the first one lacks.
 */
function fitMore(lead: string, now: readonly string[]): IndentFit {
	const rest = now.slice(1).filter(line => !isBlankLine(line));
	const second = rest[0];
	if (second === undefined) {
		return 'plain';
	}
	const opens = OPENS.test(now[0] ?? '');
	if (rest.every(line => line.startsWith(lead))) {
		return opens && indentOf(second) === lead && !CLOSES.test(second) ? 'lines' : 'plain';
	}
	if (!staysOpen(now)) {
		return 'unclear';
	}
	return opens || rest.some(line => indentOf(line) === '') ? 'lines' : 'unclear';
}

/** No bracket closes that the text has not opened, and nothing in it begins a part of the file of its own. */
function staysOpen(lines: readonly string[]): boolean {
	let depth = 0;
	for (const [index, line] of lines.entries()) {
		const isOwnPart =
			index > 0 &&
			isBlankLine(lines[index - 1] ?? '') &&
			/^(?:export|import|def|class|function|async|@|public|private|func|fn|package|module|interface|type|struct)\b/.test(
				line,
			);
		for (const sign of line) {
			depth += '{(['.includes(sign) ? 1 : '})]'.includes(sign) ? -1 : 0;
			if (depth < 0) {
				return false;
			}
		}
		if (isOwnPart) {
			return false;
		}
	}
	return true;
}

function lastWord(text: string): string {
	let start = text.length;
	while (start > 0 && /\w/.test(text.charAt(start - 1))) {
		start--;
	}
	return text.slice(start);
}

/**
 * Where the replaced text ends: behind the rest of the line, where the quote stops at `comp` and the new text has the whole
 * `compute(a);`. Undefined where the new text completes the line in another way.
 */
function fitEnd(text: string, place: Place, oldText: string, newText: string): number | undefined {
	const rest = lineRest(text, place.end);
	const bare = rest.trimEnd();
	const lineStart = text.lastIndexOf('\n', place.end - 1) + 1;
	const isFromLineStart = place.start <= lineStart || isBlankLine(text.slice(lineStart, place.start));
	if (isBlankLine(oldText.slice(oldText.lastIndexOf('\n') + 1)) || bare.trim() === '') {
		return place.end;
	}
	const whole = text.slice(lineStart, place.end) + bare;
	const now = withoutEnd(newText).split('\n');
	const lastNew = (now.at(-1) ?? '').trimEnd();
	const cut = oldText.slice(oldText.lastIndexOf('\n') + 1);
	const isCutInWord = /\w$/.test(oldText) && /^\w/.test(rest) && bare.length > 1;
	const hasWhole = isFromLineStart && now.some(line => line.trim() === whole.trim());
	const isDoubled = lastNew.endsWith(bare);
	const stopsAlike = lastNew.endsWith(lastWord(cut));
	const lineEnd = place.end + bare.length;
	if (hasWhole && (lastNew.trim() === whole.trim() || isDoubled || (isCutInWord && !stopsAlike))) {
		return lineEnd;
	}
	if (isCutInWord && isDoubled) {
		return lineEnd;
	}
	const completes = lastNew.trimStart().startsWith(cut.trimStart() + rest.slice(0, 2)) && isFromLineStart;
	return isCutInWord && !isDoubled && completes ? undefined : place.end;
}
