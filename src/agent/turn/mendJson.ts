import { findJsonFault, type JsonFault } from '../jsonFault.ts';
import { endOfBrackets, endOfString } from '../jsonSpan.ts';

/** What a text comes to: an object that it names beyond doubt, or what stands against that. */
export type MendedObject =
	| { readonly ok: true; readonly value: unknown }
	| { readonly ok: false; readonly kind: 'fault'; readonly fault: JsonFault }
	/** So many objects that differ, each of them whole. */
	| { readonly ok: false; readonly kind: 'several'; readonly count: number };

/** Code fences, and tags such as `</tool_call>` or `<|tool_call_end|>`: marks of a format, which say nothing. */
const MARKS = /^(?:\s|```\w*|<[|｜]?\/?[\p{L}\p{N}_▁-]+[|｜]?>)*/u;
/** Behind an object also brackets closed too often. */
const MARKS_AFTER = /^(?:\s|```\w*|<[|｜]?\/?[\p{L}\p{N}_▁-]+[|｜]?>|[}\]])*/u;
/** UTF-16 units. More than this around an object is no slip. */
const MAX_MARKS = 200;

/** As Python writes them. Each as long as its JSON form. */
const LITERALS: ReadonlyMap<string, string> = new Map([
	['True', 'true'],
	['False', 'false'],
	['None', 'null'],
]);
const WORD = /[^\s"{}[\],:]+/y;

/**
 * Reads a JSON object out of a text that `JSON.parse` refuses, where only one reading is possible. It takes
 *
 * - line ends, tabs and other control characters inside a string for themselves,
 * - no notice of a comma behind the last item of an object or array,
 * - `True`, `False` and `None` for `true`, `false` and `null`,
 * - no notice of code fences and tags around the object, nor of brackets closed too often behind it,
 * - an object that is sent twice, or beside an empty one, for that object.
 *
 * Every string, array and object must be closed by the text itself, so whatever was cut stays unread. No letter of a
 * string, name or number changes: quotes that are missing, single or not escaped and escapes that do not exist could
 * be meant in several ways, and are refused. Linear time.
 */
export function mendObject(text: string): MendedObject {
	const parts = partsOf(text);
	const stray = parts.marks.find(({ from, to }) => markedUpTo(text, from, to) < to);
	if (parts.objects.length === 0 || stray !== undefined) {
		const offset = stray === undefined ? text.length : markedUpTo(text, stray.from, stray.to);
		const expected = parts.objects.length === 0 || stray?.from === 0 ? 'a JSON object' : 'nothing more';
		return { ok: false, kind: 'fault', fault: { offset, expected } };
	}
	const values: unknown[] = [];
	for (const { from, to, isClosed } of parts.objects) {
		const value = isClosed ? parsed(mended(text, from, to, escaped)) : undefined;
		if (value === undefined) {
			// The same length as the object, so that places are those of the text.
			const fault = findJsonFault(mended(text, from, to, () => ' '));
			const { offset, expected } = fault ?? { offset: 0, expected: 'a JSON object' };
			return { ok: false, kind: 'fault', fault: { offset: from + offset, expected } };
		}
		values.push(value);
	}
	const told = new Map(values.map(value => [JSON.stringify(value), value]));
	if (told.size > 1) {
		told.delete('{}');
	}
	const [value, ...others] = told.values();
	return others.length === 0 ? { ok: true, value } : { ok: false, kind: 'several', count: told.size };
}

interface Part {
	readonly from: number;
	readonly to: number;
}

interface Parts {
	readonly objects: readonly (Part & { readonly isClosed: boolean })[];
	/** What stands before, between and behind the objects. */
	readonly marks: readonly Part[];
}

function partsOf(text: string): Parts {
	const objects: (Part & { isClosed: boolean })[] = [];
	const marks: Part[] = [];
	let at = 0;
	for (let from = text.indexOf('{'); from >= 0; from = text.indexOf('{', at)) {
		marks.push({ from: at, to: from });
		const end = endOfBrackets(text, from);
		at = end ?? text.length;
		objects.push({ from, to: at, isClosed: end !== undefined });
	}
	marks.push({ from: at, to: text.length });
	return { objects, marks };
}

/** @returns the first place between `from` and `to` that is no mark; `to` when all of it is. */
function markedUpTo(text: string, from: number, to: number): number {
	const [found = ''] = (from === 0 ? MARKS : MARKS_AFTER).exec(text.slice(from, Math.min(to, from + MAX_MARKS))) ?? [];
	return from + found.length;
}

/** @param control what to put for a control character in a string. */
function mended(text: string, from: number, to: number, control: (character: string) => string): string {
	const pieces: string[] = [];
	let before = '';
	for (let at = from; at < to; ) {
		const character = text[at] ?? '';
		let end = at + 1;
		let piece = character;
		if (character === '"') {
			end = Math.min(to, endOfString(text, at));
			// An escape is passed over as a pair: a line end behind a backslash is no line end that was meant.
			piece = text.slice(at, end).replace(/\\[\s\S]|\p{Cc}/gu, found => (found.length > 1 ? found : control(found)));
		} else if (character === ',') {
			piece = /[\w"}\]]/.test(before) && /[}\]]/.test(nextSign(text, end, to)) ? ' ' : ',';
		} else {
			WORD.lastIndex = at;
			const word = WORD.exec(text)?.[0];
			if (word !== undefined) {
				end = at + word.length;
				piece = LITERALS.get(word) ?? word;
			}
		}
		pieces.push(piece);
		if (piece.trim() !== '') {
			before = piece.at(-1) ?? '';
		}
		at = end;
	}
	return pieces.join('');
}

function nextSign(text: string, from: number, to: number): string {
	let at = from;
	while (at < to && /\s/.test(text[at] ?? '')) {
		at++;
	}
	return at < to ? (text[at] ?? '') : '';
}

function escaped(control: string): string {
	return `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Undefined when the text is no JSON, which is never the value of one. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
