/**
 * Shows what a reader cannot see. Text from files and file names can carry instructions in Unicode tag characters, or
 * pretend to be other text with bidirectional controls and zero-width characters; a model reads them all the same.
 */

// Controls but tab and line feed; everything that Unicode says is not drawn, but the two variation selectors that emoji
// and symbols commonly carry; annotation anchors.
const HIDDEN = /(?:(?!\t|\n|\uFE0E|\uFE0F)[\p{Cc}\p{Default_Ignorable_Code_Point}\uFFF9-\uFFFB])+/gu;
const JOINERS = /^[\u200C\u200D]$/;
const NON_ASCII_LETTER_OR_SIGN = /[\u0600-\u{1FFFF}]/u;
/** Longer runs are counted instead of spelt out. */
const MAX_SPELT = 4;

export interface VisibleText {
	readonly text: string;
	/** Characters that were replaced. */
	readonly hidden: number;
}

/** Replaces invisible characters by `\u{200B}` or, in long runs, `\u{…120 invisible…}`. Emoji and scripts that need joiners stay. */
export function visibleText(text: string): VisibleText {
	let hidden = 0;
	const shown = text.replace(HIDDEN, (run, offset: number) => {
		if (JOINERS.test(run) && joins(text, offset)) {
			return run;
		}
		const characters = [...run];
		hidden += characters.length;
		return characters.length > MAX_SPELT ? `\\u{…${characters.length} invisible…}` : characters.map(spell).join('');
	});
	return { text: shown, hidden };
}

/** The line for the model below a text that had hidden characters. */
export function hiddenNote(hidden: number): string {
	return `[${hidden} invisible or control character${hidden === 1 ? '' : 's'} shown as \\u{…}]`;
}

function spell(character: string): string {
	return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`;
}

/** A joiner between two letters of a script that uses it, or between emoji, is part of the writing. */
function joins(text: string, offset: number): boolean {
	const before = String.fromCodePoint(codePointBefore(text, offset));
	const after = String.fromCodePoint(text.codePointAt(offset + 1) ?? 0);
	return NON_ASCII_LETTER_OR_SIGN.test(before) && NON_ASCII_LETTER_OR_SIGN.test(after);
}

function codePointBefore(text: string, offset: number): number {
	const low = text.charCodeAt(offset - 1);
	const isPair = low >= 0xdc00 && low <= 0xdfff && offset > 1;
	return (isPair ? text.codePointAt(offset - 2) : low) || 0;
}
