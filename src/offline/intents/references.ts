/** Finding what a clause points at: a file, lines of it, or a place to look in. Works on masked text. */
import type { FileReference, LineRange, Scope } from './intent.ts';
import { isQuotation, unmask, WORD, wordsOf } from './maskedText.ts';
import { cleanPath, globAnywhere, isGlob, languageGlob, looksLikeFile } from './names.ts';

/** One sentence of the message, masked, with what its placeholders stand for. */
export interface Clause {
	readonly text: string;
	readonly quotes: readonly string[];
}

/** Lines shown for "the top of", "the end of" and on each side for "around line". */
const SHORT_LOOK = 30;
const AROUND = 10;

const CURRENT_FILE =
	/^(?:this|that|the (?:open|current|attached|active|same|selected)|my(?: open| current)?)(?: (?:file|editor|document|selection|code|lines?|one))?$|^(?:it|the file|the selection)$/i;
const EVERYWHERE =
	/^(?:(?:the|this|my|our|all(?: of)?(?: the)?) )?(?:(?:whole|entire|full|complete) )?(?:workspace|project|repo|repository|code ?base|package|sources?|code|root)$|^(?:all(?: of)? (?:the )?|every |the )?files?$|^(?:everywhere|here|there|everything)$/i;

const PLACE = new RegExp(
	`^(?:(?:the|my|our|all|every) )*(?:(?:files?|folders?|directory|directories|dir|path) (?:(?:in|of|under|called|named) )?)?(?:the )?(${WORD})(?: (?:folder|directory|dir|file|package|module))?$`,
	'i',
);

/** The place that words name: `everywhere` for the whole workspace, undefined when they name none. */
export function parseScope(words: string, quotes: readonly string[]): Scope | 'everywhere' | undefined {
	const text = words.trim();
	if (CURRENT_FILE.test(text)) {
		return { kind: 'current' };
	}
	if (EVERYWHERE.test(text)) {
		return 'everywhere';
	}
	const both = text.split(/,\s*(?:and |or )?| and | or /i);
	if (both.length > 1) {
		return joinScopes(both.map(part => parseScope(part, quotes)));
	}
	const files = /^(?:(?:all|the|any|every|each|my|our) )*(\S+)[- ](?:source )?(?:files?|code|sources?)$/i.exec(
		text,
	)?.[1];
	if (files !== undefined) {
		const language = isGlob(unmask(files, quotes)) ? unmask(files, quotes) : languageGlob(unmask(files, quotes));
		return language === undefined ? undefined : { kind: 'glob', glob: language };
	}
	const place = PLACE.exec(text)?.[1];
	if (place === undefined) {
		return undefined;
	}
	const path = unmask(place, quotes).trim();
	if (path === '' || path.includes('\n')) {
		return undefined;
	}
	return isGlob(path) ? { kind: 'glob', glob: globAnywhere(path) } : { kind: 'path', path: cleanPath(path) };
}

/** "src and test" as one glob; undefined unless all are paths or globs. */
function joinScopes(scopes: readonly (Scope | 'everywhere' | undefined)[]): Scope | undefined {
	const globs: string[] = [];
	for (const scope of scopes) {
		if (scope === undefined || scope === 'everywhere' || scope.kind === 'current') {
			return undefined;
		}
		const glob =
			scope.kind === 'glob' ? scope.glob : looksLikeFile(scope.path) ? globAnywhere(scope.path) : `${scope.path}/**`;
		if (glob.includes('{')) {
			return undefined;
		}
		globs.push(glob);
	}
	return { kind: 'glob', glob: `{${globs.join(',')}}` };
}

/**
 * Splits "find x in src" into "find x" and the place. The first preposition with a place behind it up to the end
 * counts, so "find a in b in src" looks for "a in b".
 */
export function takeScope(clause: Clause): { readonly text: string; readonly scope?: Scope } {
	const { quotes } = clause;
	const text = clause.text.replace(/(?<=\S)[\s,]+(?:everywhere|globally|anywhere|project-wide)$/i, '');
	for (const match of text.matchAll(
		/[\s,]+(?:but )?(?:only )?(?:in|within|inside|under|below|across|throughout|of|from)\s+/gi,
	)) {
		const scope = parseScope(text.slice(match.index + match[0].length), quotes);
		const isWeak = /\b(?:of|from)\s+$/i.test(match[0]);
		if (scope === undefined || (isWeak && !isClearPlace(scope))) {
			continue;
		}
		const rest = text.slice(0, match.index).trim();
		return scope === 'everywhere' ? { text: rest } : { text: rest, scope };
	}
	return { text };
}

/** "import x from y" and "a list of z" name no place; "from src/a.ts" and "of this file" do. */
function isClearPlace(scope: Scope | 'everywhere'): boolean {
	return scope === 'everywhere' || scope.kind !== 'path' || scope.path.includes('/') || looksLikeFile(scope.path);
}

export interface FileMention {
	readonly file: FileReference;
	readonly range?: LineRange;
	/** The clause without the mention and its line numbers. */
	readonly rest: string;
}

/** The first file a clause names, with the lines it names. */
export function findFileMention(clause: Clause): FileMention | undefined {
	const { range, rest } = takeRange(clause.text);
	for (const match of wordsOf(rest)) {
		const word = unmask(match[0], clause.quotes).replace(/[.:!?)]+$/, '');
		const { path, range: suffix } = splitSuffix(word);
		if (!looksLikeFile(path) && !(isQuotation(match[0]) && path.includes('/') && !/\s/.test(path))) {
			continue;
		}
		const found = suffix ?? range;
		const without = `${rest.slice(0, match.index)} ${rest.slice(match.index + match[0].length)}`
			.replace(/\s+/g, ' ')
			.trim();
		return {
			file: { kind: 'path', path: cleanPath(path) },
			rest: without,
			...(found !== undefined && { range: found }),
		};
	}
	const current =
		/(?:\b(?:in|of|from|for) )?\b(?:this|the (?:open|current|attached|active|same|selected)|my (?:open|current)) (?:file|editor|document|selection|code|lines?)\b|\bthe selection\b|\b(?:it|this)$/i.exec(
			rest,
		);
	if (current === null) {
		return undefined;
	}
	const without = rest.replace(current[0], ' ').replace(/\s+/g, ' ').trim();
	return { file: { kind: 'current' }, rest: without, ...(range !== undefined && { range }) };
}

/** `a.ts:10-40`, `a.ts:10`, `a.ts#L10-L40`. */
function splitSuffix(word: string): { readonly path: string; readonly range?: LineRange } {
	const match = /^(.+?)(?::|#L)(\d{1,7})(?:(?:-L?|:)(\d{1,7}))?$/.exec(word);
	if (match === null) {
		return { path: word };
	}
	// A second number after a colon is a column.
	const isColumn = /:\d+:\d+$/.test(word);
	return { path: match[1] ?? word, range: span(match[2], isColumn ? match[2] : (match[3] ?? match[2])) };
}

const RANGES: readonly { readonly pattern: RegExp; readonly make: (match: RegExpExecArray) => LineRange }[] = [
	{
		pattern: /(?:\b(?:the )?(?:first|top) )(\d{1,7}) lines?(?: (?:of|in|from)\b)?/i,
		make: match => span('1', match[1]),
	},
	{
		pattern: /\b(?:the )?last (\d{1,7}) lines?(?: (?:of|in|from)\b)?/i,
		make: match => ({ kind: 'last', count: Math.max(1, Number(match[1])) }),
	},
	{
		pattern: /\b(?:around|near|about) line (\d{1,7})(?: (?:of|in)\b)?/i,
		make: match => span(String(Number(match[1]) - AROUND), String(Number(match[1]) + AROUND)),
	},
	{
		pattern:
			/,? ?\b(?:(?:at|from|on|in|between) )?(?:the )?lines? (\d{1,7}) ?(?:-|–|—|to|through|until|till|and|\.{2,3}) ?(?:lines? )?(\d{1,7})(?: (?:of|in|from)\b)?/i,
		make: match => span(match[1], match[2]),
	},
	{
		pattern:
			/\b(?:from|starting (?:at|from|with)|after|beginning (?:at|with)) line (\d{1,7})(?: on(?:wards?)?)?(?: (?:of|in)\b)?/i,
		make: match => ({ kind: 'span', from: Math.max(1, Number(match[1])) }),
	},
	{
		pattern: /,? ?\b(?:(?:at|on|in) )?lines? (\d{1,7})(?: (?:of|in|from)\b)?/i,
		make: match => span(match[1], match[1]),
	},
	{
		pattern: /\b(?:the )?(?:top|start|beginning|head) of\b/i,
		make: () => span('1', String(SHORT_LOOK)),
	},
	{ pattern: /\b(?:the )?(?:end|bottom|tail) of\b/i, make: () => ({ kind: 'last', count: SHORT_LOOK }) },
	{ pattern: /(?<=\S )(\d{1,7}) ?[-–] ?(\d{1,7})$/, make: match => span(match[1], match[2]) },
];

function takeRange(text: string): { readonly rest: string; readonly range?: LineRange } {
	for (const { pattern, make } of RANGES) {
		const match = pattern.exec(text);
		if (match !== null) {
			const rest = `${text.slice(0, match.index)} ${text.slice(match.index + match[0].length)}`;
			return { rest: rest.replace(/\s+/g, ' ').trim(), range: make(match) };
		}
	}
	return { rest: text };
}

/** Takes the numbers in either order; lines begin at 1. */
function span(first: string | undefined, second: string | undefined): LineRange {
	const [a, b] = [Math.max(1, Number(first)), Math.max(1, Number(second))];
	return { kind: 'span', from: Math.min(a, b), to: Math.max(a, b) };
}
