/**
 * Mends the two ways in which an exact match still writes the wrong text: a quote that begins behind its line's
 * indentation while the new text has it, and a quote that stops in the middle of a line the new text completes.
 */
import type { Place } from './places.ts';

export type Edged = { readonly ok: true; readonly newText: string } | { readonly ok: false; readonly reason: string };

/** @param place where `oldText` stands in `text`. All three with LF line ends. */
export function fitEdges(text: string, place: Place, oldText: string, newText: string): Edged {
	const indented = fitIndent(text, place, oldText, newText);
	return indented.ok ? { ok: true, newText: dropRepeatedRest(text, place, oldText, indented.newText) } : indented;
}

function fitIndent(text: string, place: Place, oldText: string, newText: string): Edged {
	const lineStart = text.lastIndexOf('\n', place.start - 1) + 1;
	const indent = text.slice(place.start === 0 ? 0 : lineStart, place.start);
	const newIndent = /^[ \t]+(?=[^\s])/.exec(newText)?.[0];
	if (indent === '' || indent.trim() !== '' || /^\s/.test(oldText) || newIndent === undefined) {
		return { ok: true, newText };
	}
	const oldRest = oldText.split('\n').slice(1);
	const newRest = new Set(newText.split('\n').slice(1));
	const keepsDepth = oldRest.length === 0 || oldRest.some(line => line.trim() !== '' && newRest.has(line));
	if (newIndent === indent && keepsDepth) {
		return { ok: true, newText: newText.slice(indent.length) };
	}
	return {
		ok: false,
		reason: 'oldText leaves out the indentation of its first line, but newText has one. Quote both with indentation.',
	};
}

/** Does not double `ute(a);` where the quote ends at `comp` and the new text has the whole `compute(a);`. */
function dropRepeatedRest(text: string, place: Place, oldText: string, newText: string): string {
	const newline = text.indexOf('\n', place.end);
	const lineEnd = newline < 0 ? text.length : newline;
	const rest = text.slice(place.end, lineEnd).trimEnd();
	if (rest.trim() === '' || !newText.endsWith(rest)) {
		return newText;
	}
	const line = text.slice(text.lastIndexOf('\n', place.end - 1) + 1, lineEnd).trim();
	const lastNewLine = newText.slice(newText.lastIndexOf('\n') + 1).trim();
	const isCutInWord = /\w$/.test(oldText) && /^\w/.test(rest) && rest.length > 1;
	return lastNewLine === line || isCutInWord ? newText.slice(0, newText.length - rest.length) : newText;
}
