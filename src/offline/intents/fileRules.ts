/** "show src/app.ts", "outline this file", "what files are there", "find *.ts". */
import type { OutlineFilter } from './intent.ts';
import { unmask } from './maskedText.ts';
import { cleanPath, globAnywhere, isGlob, languageGlob, looksLikeFile } from './names.ts';
import { captured, fits, phrases, type Rule } from './phrases.ts';
import { findFileMention, takeScope } from './references.ts';

/** The message is a file name and nothing else. */
export const bareFileRule: Rule = clause => {
	const mention = findFileMention(clause);
	return mention?.file.kind === 'path' && mention.rest === ''
		? { kind: 'read', file: mention.file, ...(mention.range && { range: mention.range }) }
		: undefined;
};

const READING = phrases(
	"(?:show|open|read|display|print|cat|view|see|give|get|look(?: at)?|what(?:'s| is)(?: in)?|type|(?:the )?contents?|head|tail|go to)(?: (?:me|in|at|the|of|file|full|whole|entire|contents?|text|code|source|from|to|up))*",
);

/** A bare word after these may be a file without its extension. */
const OPENING = phrases('(?:show|open|read|print|cat|view|display)(?: me)?(?: the)?(?: file)? <word>(?: file)?');

export const readRule: Rule = clause => {
	const mention = findFileMention(clause);
	if (mention === undefined) {
		const name = unmask(captured(OPENING, clause.text) ?? '', clause.quotes);
		return /^[\w.-]+$/.test(name) ? { kind: 'read', file: { kind: 'path', path: name } } : undefined;
	}
	const { file, range, rest } = mention;
	const isReading = fits(READING, rest) || (rest === '' && range !== undefined);
	return isReading ? { kind: 'read', file, ...(range && { range }) } : undefined;
};

const OUTLINE =
	/^(?:(?:show|give|get|make|print|draw|see)(?: me)? )?(?:(?:an?|the) )?(?:(outline|symbols|skeleton)|structure|overview|table of contents|toc)\b/i;
const OUTLINE_THINGS =
	/^(?:what|which|list|show|find|get)(?: me)?(?: (?:all|the|are|of))* (functions?|methods?|classes|types?|interfaces?|enums?|exports?|symbols|definitions|headings?|sections?|tests?(?: cases?)?)\b/i;
const EXPORTED = phrases('what (?:does|do|is|are) .+ (export|define|declare)(?:ed|d|ing)?');

const FILTERS: readonly (readonly [RegExp, OutlineFilter])[] = [
	[/^(?:functions?|methods?)$/i, 'function'],
	[/^class(?:es)?$/i, 'class'],
	[/^(?:types?|interfaces?|enums?)$/i, 'type'],
	[/^exports?$/i, 'export'],
	[/^tests?(?: cases?)?$/i, 'test'],
	[/^(?:headings?|sections?)$/i, 'heading'],
];

export const outlineRule: Rule = clause => {
	const start = OUTLINE.exec(clause.text);
	const thing = OUTLINE_THINGS.exec(clause.text)?.[1] ?? captured(EXPORTED, clause.text);
	if (start === null && thing === undefined) {
		return undefined;
	}
	// "outline" alone means the open file; "structure" alone may mean the project.
	const isBare = start?.[1] !== undefined && start[0].length === clause.text.length;
	const isClear =
		/^(?:functions?|methods?|classes|symbols|headings?)$/i.test(thing ?? '') && takeScope(clause).scope === undefined;
	const file = findFileMention(clause)?.file ?? (isBare || isClear ? ({ kind: 'current' } as const) : undefined);
	const filter = FILTERS.find(([pattern]) => pattern.test(thing ?? ''))?.[1];
	return file && { kind: 'outline', file, ...(filter && { filter }) };
};

const NAMED = phrases(
	'(?:find|list|show|search(?: for)?|locate|get|which|what|are there|where (?:is|are))?(?: me)?(?: (?:all|any|every|the|a|each))* ?\\bfiles? (?:that (?:are|is) |which are )?(?:named|called|matching|that match|with (?:the )?name|like) <word>',
);
const ENDING = phrases(
	'(?:find|list|show|search(?: for)?|which|what)?(?: me)?(?: (?:all|any|every|the|each))* ?\\bfiles? (?:that end|ending|which end) (?:in|with) <word>',
);
const IS_THERE = phrases('(?:is|are) there (?:(?:an?|any|the|some) )?<word> files?');
const FILES = phrases(
	"(?:find|list|show|search for|locate|get|glob|where is|where are|where's|which|what|all)(?: me)?(?: (?:all|any|every|each|the|of|is|are))*(?: files?)? <word>(?: files?)?(?: (?:are there|do we have|exist|are here))?",
);

export const findFilesRule: Rule = clause => {
	const { text, scope } = takeScope(clause);
	const glob = fileGlob(text, clause.quotes);
	return glob === undefined ? undefined : { kind: 'findFiles', glob, want: 'paths', ...(scope && { scope }) };
};

function fileGlob(text: string, quotes: readonly string[]): string | undefined {
	const read = (patterns: readonly RegExp[]) => {
		const words = captured(patterns, text);
		return words === undefined ? undefined : unmask(words, quotes);
	};
	const named = read(NAMED);
	if (named !== undefined) {
		return isGlob(named) || looksLikeFile(named) ? globAnywhere(named) : `**/*${named}*`;
	}
	const ending = read(ENDING);
	if (ending !== undefined) {
		return `**/*${ending}`;
	}
	const asked = read(IS_THERE);
	if (asked !== undefined) {
		return languageGlob(asked) ?? `**/*${asked}*`;
	}
	const word = read(FILES);
	if (word === undefined || isRegexText(word)) {
		return undefined;
	}
	const kind = /\bfiles?\b/i.test(text) ? kindGlob(word) : undefined;
	const isSearch = /^(?:find|locate|where|search|glob)\b/i.test(text);
	return kind ?? (isGlob(word) || (isSearch && looksLikeFile(word)) ? globAnywhere(word) : undefined);
}

/** "TypeScript files", ".md files", "test files". */
function kindGlob(word: string): string | undefined {
	return languageGlob(word) ?? (/^(?:tests?|specs?)$/i.test(word) ? '**/*{test,spec}*' : undefined);
}

function isRegexText(word: string): boolean {
	return /^\/.+\/[a-z]*$/.test(word) && /[\\^$+()|]/.test(word);
}

const LIST = phrases(
	'ls|dir|tree|files|list',
	'(?:(?:what|which|show|list|see|get|display)(?: me)?(?: (?:all|the|of|our|my|your))* )?(?:file (?:tree|list)|files(?: and folders)?|folders|directories|everything|contents?|(?:file|folder) structure|(?:project|directory|workspace)(?: structure| files| tree| layout)?|(?:structure|layout)(?: of the (?:project|repo|workspace))?)(?: (?:are|is|do|there|here|we|i|you|have|see|exist|does it have|got))*',
	"what(?:'s| is) (?:here|there)",
);
/** Only with a place behind it, which was taken off. */
const WHAT_IS_IN = phrases("(?:what|what all)(?:'s| is| do we have| files? (?:is|are)(?: there)?)(?: there)?");
const FOLDER = phrases(
	'(?:ls|dir|tree|list|show|open|see|browse)(?: me)?(?: the)?(?: (?:files|contents?|folder|directory|dir)(?: (?:in|of))?)?(?: the)? <word>(?: (?:folder|directory|dir))?',
);
const COMMON_FOLDERS = /^(?:src|lib|tests?|docs?|dist|examples?|scripts|bin|packages)$/i;
const FOLDER_WORDS = /^(?:ls|dir|tree|browse|list)\b|\b(?:folder|directory|dir)\b/i;

export const listRule: Rule = clause => {
	const { text, scope } = takeScope(clause);
	if (fits(LIST, text)) {
		return { kind: 'list', ...(scope && { folder: scope }) };
	}
	if (text !== clause.text && fits(WHAT_IS_IN, text)) {
		return scope?.kind === 'current' || (scope?.kind === 'path' && looksLikeFile(scope.path))
			? { kind: 'read', file: scope }
			: { kind: 'list', ...(scope && { folder: scope }) };
	}
	const words = captured(FOLDER, clause.text);
	const path = words === undefined ? '' : unmask(words, clause.quotes);
	if (path === '' || looksLikeFile(path) || isGlob(path)) {
		return undefined;
	}
	const isFolder = /\/|^\.$/.test(path) || FOLDER_WORDS.test(clause.text) || COMMON_FOLDERS.test(path);
	return isFolder ? { kind: 'list', folder: { kind: 'path', path: cleanPath(path) } } : undefined;
};
