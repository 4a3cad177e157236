/** "rename x to y", "replace `a` with `b` in src". */
import { isQuotation, unmask } from './maskedText.ts';
import { isIdentifier, looksLikeCode, looksLikeFile } from './names.ts';
import { capturedAll, phrases, type Rule } from './phrases.ts';
import { takeScope } from './references.ts';

const THING =
	'(?:(?:the )?(?:function|method|class|interface|type|enum|constant|const|variable|var|field|property|option|parameter|param|argument|flag|identifier|symbol|name|word|text|string|struct|trait|module|component|hook)s? )?';
const PLACES = '(?: (?:all|every|each|any|the))*(?: (?:occurrences?|instances?|uses?|usages?|mentions?) of)?';

const MOVE = phrases('(?:rename|move) (?:the )?(?:file |folder )?<word> (?:to|into|as) <word>');
const REPLACE = phrases(
	`(?:rename|refactor)${PLACES} ${THING}<word> (?:to|into|as|->|=>|→) ${THING}<word>`,
	`(?:replace|substitute|swap)${PLACES} ${THING}<text> (?:with|by|->|=>|→) ${THING}<text>`,
);
const CHANGE = phrases(`(?:change|turn|switch|update)${PLACES} ${THING}<word> (?:to|into|->|=>|→) ${THING}<word>`);

export const replaceRule: Rule = clause => {
	const { text, scope } = takeScope(clause);
	const moved = capturedAll(MOVE, text);
	if (moved?.some(name => looksLikeFile(unmask(name, clause.quotes)))) {
		return { kind: 'talk', topic: 'moveFile' };
	}
	const words = capturedAll(REPLACE, text) ?? changedWords(text, clause.quotes);
	if (words === undefined) {
		return undefined;
	}
	// Without quotes nobody knows where a text of several words ends.
	if (words.some(part => !isQuotation(part) && /\s/.test(part))) {
		return { kind: 'talk', topic: 'needsQuotes' };
	}
	const [from = '', to = ''] = words.map(part => unmask(part, clause.quotes));
	return { kind: 'replace', from, to, isWholeWord: isIdentifier(from), ...(scope && { scope }) };
};

/** "change the tests to Vitest" is work for a model; "change `foo` to bar" and "change fooBar to baz" are not. */
function changedWords(text: string, quotes: readonly string[]): readonly string[] | undefined {
	const words = capturedAll(CHANGE, text);
	const from = words?.[0] ?? '';
	return isQuotation(from) || looksLikeCode(unmask(from, quotes)) ? words : undefined;
}
