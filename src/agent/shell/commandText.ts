/**
 * A command as people and models may look at it. What is approved is what is seen, so nothing may hide in it: no control
 * that moves the cursor, no direction mark that reorders it, no character that takes no room.
 */

// Everything Unicode calls a control, format, surrogate, private or unassigned character; every separator but the blank;
// what is not drawn by default; the blank Braille pattern, which is drawn empty.
const HIDDEN = /(?![\n\t ])[\p{C}\p{Z}\p{Default_Ignorable_Code_Point}\u2800]/gu;
const HIDDEN_OR_ESCAPE = new RegExp(`\\\\(?=u\\{)|${HIDDEN.source}`, 'gu');

/**
 * The command with every hidden character written as `\u{200B}`. Nothing is counted, shortened or dropped, and a command
 * that holds such an escape as text gets its backslash escaped: no two commands look the same. Line feeds and tabs stay.
 */
export function visibleCommand(line: string): string {
	return line.replace(HIDDEN_OR_ESCAPE, escapeCharacter);
}

/** Whether the command holds characters that are not seen, other than line feeds and tabs. */
export function hasHidden(line: string): boolean {
	return line.search(HIDDEN) >= 0;
}

/** Whether the command holds a control character: a line feed, a tab, an escape, anything below the blank. */
export function hasControl(line: string): boolean {
	return /\p{Cc}/u.test(line);
}

/**
 * Refuses what would act on a terminal instead of being typed there: control characters send signals, end a bracketed
 * paste, or enter a second line.
 * @returns words for the model, or undefined when the command may be typed into a terminal.
 */
export function refuseTyped(line: string): string | undefined {
	return hasControl(line)
		? 'A command for the visible terminal is one line without control characters. Write it on one line.'
		: undefined;
}

function escapeCharacter(character: string): string {
	return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}}`;
}
