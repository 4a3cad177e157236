/** JSON that a person writes: a fault is told by its place. */
import { findJsonFault } from '../agent/jsonFault.ts';

export interface TextPlace {
	/** From 1. */
	readonly line: number;
	/** In characters, from 1. */
	readonly column: number;
}

export type ParsedJson =
	| { readonly ok: true; readonly value: unknown }
	| { readonly ok: false; readonly place: TextPlace; readonly problem: string };

/** Comments may stand between the values, and a comma behind the last one, as in the settings of editors. */
export function parseJsonFile(text: string): ParsedJson {
	const plain = blankExtras(text);
	try {
		return { ok: true, value: JSON.parse(plain) };
	} catch {
		const fault = findJsonFault(plain) ?? { offset: 0, expected: 'JSON' };
		return { ok: false, place: placeOf(text, fault.offset), problem: `expected ${fault.expected}` };
	}
}

/** Blanks of the same length, so that every place stays where it was. Strings are taken whole and stay as they are. */
function blankExtras(text: string): string {
	const blank = (found: string, string: string | undefined) => string ?? found.replace(/[^\n\r]/g, ' ');
	return text
		.replace(/^\uFEFF/, ' ')
		.replace(/("(?:[^"\\\n]|\\.)*"?)|\/\/[^\n\r]*|\/\*[\s\S]*?\*\//g, blank)
		.replace(/("(?:[^"\\\n]|\\.)*"?)|,(?=\s*[}\]])/g, blank);
}

function placeOf(text: string, offset: number): TextPlace {
	const before = text.slice(0, offset).split('\n');
	return { line: before.length, column: [...(before.at(-1) ?? '')].length + 1 };
}
