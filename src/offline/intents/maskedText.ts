/**
 * Quoted text and code spans of a message, put aside behind one placeholder each, so that the phrase rules see
 * `replace <0> with <1>` whatever the quotes hold.
 */

/** Private-use characters, which people do not type; any in the message are dropped. */
const OPEN = '\uE000';
const CLOSE = '\uE001';

/** One placeholder or one word, for use in the phrase rules. */
export const WORD = `(?:${OPEN}\\d+${CLOSE}|[^\\s,;]+)`;
const QUOTED = `${OPEN}\\d+${CLOSE}`;

const WORDS = new RegExp(WORD, 'g');
const PLACEHOLDER = new RegExp(`${OPEN}(\\d+)${CLOSE}`, 'g');
const ONE_QUOTATION = new RegExp(`^${QUOTED}$`);

/** Fences, code spans, then quotes. A straight single quote inside a word ("don't") opens nothing. */
const SPANS =
	/```[^\n]*\n[\s\S]*?\n?```|`[^`\n]+`|"[^"\n]+"|“[^”\n]+”|„[^“”\n]+[“”]|«[^»\n]+»|(?<![\p{L}\p{N}])'[^'\n]+'(?![\p{L}\p{N}])|‘[^’\n]+’/gu;

export interface MaskedText {
	readonly text: string;
	/** What stands behind the placeholders, by number. */
	readonly quotes: readonly string[];
}

export function maskQuotes(message: string): MaskedText {
	const quotes: string[] = [];
	const text = message.replace(/[\uE000\uE001]/g, '').replace(SPANS, span => {
		quotes.push(span.startsWith('```') ? span.replace(/^```[^\n]*\n|\n?```$/g, '') : span.slice(1, -1));
		return `${OPEN}${quotes.length - 1}${CLOSE}`;
	});
	return { text, quotes };
}

/** Whether the words are one quotation and nothing else. */
export function isQuotation(words: string): boolean {
	return ONE_QUOTATION.test(words);
}

/** The user's own text for words of the masked message. */
export function unmask(words: string, quotes: readonly string[]): string {
	return words.replace(PLACEHOLDER, (_, index: string) => quotes[Number(index)] ?? '');
}

/** Words and quotations with their places. */
export function wordsOf(text: string): Iterable<RegExpExecArray> {
	return text.matchAll(WORDS);
}

export function quotationsIn(text: string): readonly string[] {
	return text.match(PLACEHOLDER) ?? [];
}
