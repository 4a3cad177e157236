/** Where a completion is wanted, and whether one is worth asking for there. */

/** How much is wanted: to the end of the line, or to the end of the statement or block that begins at the cursor. */
export type CompletionExtent = 'line' | 'block';

/** A cursor in a document. Line ends are `\n` whatever the document has. */
export interface CompletionPlace {
	/** Names the document: what was suggested in one is not offered in another. */
	readonly document: string;
	/** As the model is told of it. */
	readonly path: string;
	/** The editor's id of the language. */
	readonly language: string;
	/** From the start of a line up to the cursor; not all of a long file. */
	readonly before: string;
	/** From the cursor to the end of a line; not all of a long file. */
	readonly after: string;
	/** The lines with which the file begins, where `before` does not reach back to them. */
	readonly head?: string;
}

/** UTF-16 units that the model is shown around the cursor: some 2,000 tokens, which a quick model reads in a moment. */
export const MAX_BEFORE = 6_000;
export const MAX_AFTER = 2_000;
/** A line longer than this is data or minified code, of which nobody writes more by hand. */
const MAX_LINE = 1_000;

/** What stands on the cursor's line before it. */
export function lineBefore({ before }: Pick<CompletionPlace, 'before'>): string {
	return before.slice(before.lastIndexOf('\n') + 1);
}

/** What stands on the cursor's line behind it. */
export function lineAfter({ after }: Pick<CompletionPlace, 'after'>): string {
	const end = after.indexOf('\n');
	return end < 0 ? after : after.slice(0, end);
}

/** The end of a text within a number of characters, from the start of a line. */
export function cutBefore(text: string, most = MAX_BEFORE): string {
	if (text.length <= most) {
		return text;
	}
	const cut = text.slice(-most);
	const start = cut.indexOf('\n');
	return start < 0 ? cut.replace(/^[\udc00-\udfff]/, '') : cut.slice(start + 1);
}

/** The beginning of a text within a number of characters, to the end of a line. */
export function cutAfter(text: string, most = MAX_AFTER): string {
	if (text.length <= most) {
		return text;
	}
	const cut = text.slice(0, most);
	const end = cut.lastIndexOf('\n');
	return end < 0 ? cut.replace(/[\ud800-\udbff]$/, '') : cut.slice(0, end);
}

/**
 * How much is wanted at a place; undefined where an unasked suggestion would be in the way: in the middle of a word or
 * of other text, behind a finished statement, in an empty file, on a line that is data.
 * @param isExplicit the user asked for it, so there is an answer to every place.
 */
export function extentAt(place: CompletionPlace, isExplicit: boolean): CompletionExtent | undefined {
	const left = lineBefore(place);
	const right = lineAfter(place);
	const isAtEnd = onlyClosers(right);
	if (left.length + right.length > MAX_LINE) {
		return undefined;
	}
	if (!isExplicit) {
		const isInWord = /[\p{L}\p{N}_$]$/u.test(left) && /^[\p{L}\p{N}_$]/u.test(right);
		const isEmpty = !/\S[\s\S]*\S/.test(place.before) && place.after.trim() === '';
		if (isInWord || isEmpty || !isAtEnd || /[;}]\s*$/.test(left)) {
			return undefined;
		}
	}
	return right.trim() === '' && (left.trim() === '' || opensBlock(left)) ? 'block' : 'line';
}

/** Whether what follows on a line is what editors put there by themselves, and what ends a statement. */
function onlyClosers(text: string): boolean {
	return /^[\s)\]}>'"`;,:]*$/.test(text);
}

/** Whether a block begins at the end of a line: one in brackets, or one by indentation. */
export function opensBlock(line: string): boolean {
	return /(?:[{([:]|=>|\b(?:do|then|begin|else))\s*$/.test(line);
}
