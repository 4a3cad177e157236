/** "find x", "where is x used", "how many files mention x", "where is x defined". */
import type { Intent, SearchText } from './intent.ts';
import { isQuotation, quotationsIn, unmask } from './maskedText.ts';
import { isGlob, isIdentifier, languageGlob, looksLikeCode } from './names.ts';
import { captured, phrases, type Rule } from './phrases.ts';
import { type Clause, takeScope } from './references.ts';

const COUNT_FILES = phrases(
	'(?:how many|count(?: all| the)?|number of) (.*?)\\bfiles(?: (?:are|do|does|exist|there|we|i|have|got|is))*',
);
const COUNT = phrases(
	'(?:how many (?:times|files|places|lines)|how often|in how many (?:files|places)) (?:(?:does|do|is|are|has|have|mention|contain|use|call|reference|import|refer to) )?<text>',
	'(?:how many|count|number of) <text>',
);

export const countRule: Rule = clause => {
	const { text, scope } = takeScope(clause);
	const inScope = scope && { scope };
	const kind = captured(COUNT_FILES, text)?.trim();
	if (kind !== undefined) {
		const glob = kind === '' ? '**/*' : globOf(unmask(kind, clause.quotes));
		return glob === undefined ? undefined : { kind: 'findFiles', glob, want: 'count', ...inScope };
	}
	const search = searchText(captured(COUNT, text), clause.quotes);
	return search && { kind: 'find', search, want: 'count', ...inScope };
};

function globOf(words: string): string | undefined {
	return isGlob(words) ? words : languageGlob(words);
}

const KIND = '(?:function|method|class|interface|type|enum|const|constant|variable|struct|trait|component|hook|symbol)';
const NAME = `(?:the )?(?:${KIND} )?<word>`;

const DEFINITION = phrases(
	`(?:where|in (?:which|what) file) (?:is|are|do (?:we|you|i)) ${NAME}(?: (?:function|class|type|method))? (?:defined?|declared?|implemented?|located|coming from|from|created?)`,
	`(?:where|in (?:which|what) file) do (?:we|you|i) (?:define|declare|implement|create) ${NAME}`,
	`(?:(?:find|show|go to|goto|jump to|open|get|see|where is)(?: me)? )?(?:the )?(?:definition|declaration|implementation|source)s? (?:of|for) ${NAME}`,
	`(?:which|what) (?:file|module|code) (?:defines|declares|implements|exports) ${NAME}`,
	`(?:find|show|open|go to|where is)(?: me)? (?:the )?${KIND} <word>`,
	`(?:find|show|open|go to|where is)(?: me)? (?:the )?<word> (?:${KIND}|definition)`,
);
/** These mean a declaration only when the word can be nothing but code. */
const PERHAPS_DEFINITION = phrases(
	"(?:define|what is|what's) <word>",
	"(?:where is|where's|show|open|go to)(?: me)? <word>",
);
const NO_NAME = /^(?:all|every|the|any|more|used|files?|folders?|project)$/i;

export const definitionRule: Rule = clause => {
	const { text, scope } = takeScope(clause);
	const words = captured(DEFINITION, text) ?? codeOnly(captured(PERHAPS_DEFINITION, text), clause);
	const name = words === undefined ? '' : unmask(words, clause.quotes).replace(/\(.*$/, '');
	return isIdentifier(name) && !NO_NAME.test(name) ? { kind: 'definition', name, ...(scope && { scope }) } : undefined;
};

function codeOnly(words: string | undefined, { quotes }: Clause): string | undefined {
	return words !== undefined && (isQuotation(words) || looksLikeCode(unmask(words, quotes))) ? words : undefined;
}

const ASKING = '(?:(?:find|show|tell|see|list)(?: me)? )?';
const USED = '(?:being )?(?:used|called|mentioned|referenced|imported|invoked|needed|read|set)';
const USES = phrases(
	`${ASKING}(?:where|(?:in )?(?:which|what) files?) (?:is|are)(?: the)? <text> ${USED}`,
	`${ASKING}(?:where|(?:in )?(?:which|what) files?)(?: the)? <text> (?:is|are) ${USED}`,
	'(?:where|in (?:which|what) files?) do (?:we|you|i) (?:use|call|mention|reference|import|invoke) <text>',
	'(?:who|what) (?:uses?|calls?|references?|imports?|invokes?) <text>',
	'(?:(?:find|show|list|get|search(?: for)?|see)(?: me)? )?(?:(?:all|any|every|each|the) )*(?:uses?|usages?|references?|calls?|callers?|occurrences?|mentions?|instances?|imports?)(?: of| to) <text>',
);
const FILES_WITH = phrases(
	'(?:(?:find|show|list|get)(?: me)? )?(?:(?:all|any|every|which|what|the) )*files? (?:that |which )?(?:contain(?:s|ing)?|mention(?:s|ing)?|uses?|using|import(?:s|ing)?|with|have|has|having|includes?|references?|calls?) <text>',
);
const TODOS = phrases(
	'(?:(?:list|show|any|what|which|are there|get|see|all|every|the)(?: me)? )?(?:(?:all|any|every|the|open|are|of) )*(todo|fixme)s?(?: comments?)?(?: (?:are|there|left|open|do we have|remain|exist))*',
);
const FIND = phrases(
	"(?:find|search(?: for)?|grep(?: for)?|look (?:for|up)|locate|scan for|seek|i(?:'m| am) looking for|where (?:does it say|is(?: the text| the string)?)|are there(?: any)?|show (?:me )?(?:all|every|each)(?: the)?)(?: me)? <text>",
	'(?:rg|ag|ack) <text>',
);

export const findRule: Rule = clause => {
	const { text, scope } = takeScope(clause);
	const find = (search: SearchText | undefined, want: 'places' | 'files'): Intent | undefined =>
		search && { kind: 'find', search, want, ...(scope && { scope }) };
	const used = captured(USES, text) ?? captured(TODOS, text);
	if (used !== undefined) {
		return find(usedName(searchText(used, clause.quotes)), 'places');
	}
	const inFiles = captured(FILES_WITH, text);
	return inFiles === undefined
		? find(searchText(captured(FIND, text), clause.quotes), 'places')
		: find(searchText(inFiles, clause.quotes), 'files');
};

/** A name that is used is meant as a whole word. */
function usedName(search: SearchText | undefined): SearchText | undefined {
	const text = search?.text.replace(/\(\)$/, '') ?? '';
	return search && { ...search, text, isWholeWord: !search.isRegex && isIdentifier(text) };
}

const LEADING =
	/^(?:(?:all|every|each|any|some|the|a|an|my|our|is|are|has|have|does|do|of|me|where|files?|lines?|places?|code) )+(?=\S)/i;
const LEADING_NOUN =
	/^(?:(?:uses?|usages?|occurrences?|references?|calls?|mentions?|instances?|imports?|words?|text|strings?|name|identifier|lines?|code|comments?)(?: (?:of|to|with|containing|that contain|saying|like|matching|for))? )+(?=\S)/i;
const TRAILING =
	/(?<=\S) (?:comments?|usages?|uses|occurrences?|references?|mentions?|instances?|calls|appears?|occurs?|is|are|be|used|called|mentioned|there|exist|have|do we have)$/i;

/** What to look for in the words behind "find". Quotes are taken as they are, `/…/` as a regular expression. */
function searchText(words: string | undefined, quotes: readonly string[]): SearchText | undefined {
	if (words === undefined) {
		return undefined;
	}
	const bare = words.replace(LEADING, '').replace(LEADING_NOUN, '').replace(TRAILING, '').trim();
	const quoted = quotationsIn(bare);
	// "the text `a b` somewhere": what is quoted is meant.
	const text = unmask(quoted.length === 1 ? (quoted[0] ?? '') : bare, quotes);
	if (text.trim() === '' || text.includes('\n')) {
		return undefined;
	}
	const isCalledRegex = quoted.length === 1 && /\b(?:regexp?|regular expression)\b/i.test(words);
	const regex = /^\/(.+)\/[a-z]*$/.exec(text)?.[1] ?? (isCalledRegex ? text : undefined);
	if (regex !== undefined) {
		return { text: regex, isRegex: true, isWholeWord: false };
	}
	const mark = /^(todo|fixme|hack|xxx)s?$/i.exec(text)?.[1];
	return { text: mark?.toUpperCase() ?? text, isRegex: false, isWholeWord: false };
}
