/** What models put around or into quotes: Markdown fences, line numbers, escapes, entities. */
import { isBlankLine } from './lineTable.ts';

export interface Texts {
	readonly oldText: string;
	readonly newText: string;
}

export interface Unwrapped extends Texts {
	readonly how: 'unwrapped' | 'unescaped';
	/** 1-based line that the line numbers of the quote name. */
	readonly line?: number | undefined;
}

/** Ways to read a quote that is not in the file as it stands, each on old and new text together. The likeliest first. */
export function unwrap(texts: Texts): readonly Unwrapped[] {
	const bare = withoutFence(texts);
	const ways: Unwrapped[] = bare === undefined ? [] : [bare];
	for (const source of bare === undefined ? [texts] : [bare, texts]) {
		ways.push(...withoutLineNumbers(source));
	}
	const sources: readonly (Texts & { readonly line?: number | undefined })[] = [...ways, texts];
	for (const source of sources) {
		for (const decode of [decodeJson, decodeControls, decodeQuotes, decodeEntities]) {
			const decoded = decode(source);
			if (decoded !== undefined) {
				ways.push({ ...decoded, how: 'unescaped', line: source.line });
			}
		}
	}
	return ways.map(way => ({ ...way, newText: endLike(way.oldText, way.newText) }));
}

/** What is unwrapped is whole lines: both texts end the last one, or neither does. */
function endLike(oldText: string, newText: string): string {
	if (newText === '' || oldText.endsWith('\n') === newText.endsWith('\n')) {
		return newText;
	}
	return newText.endsWith('\n') ? newText.slice(0, -1) : `${newText}\n`;
}

const FENCE = /^\s*(`{3,}|~{3,})[^\n`]*\n(?:([\s\S]*?)\n)?[ \t]*\1\s*$/;

function withoutFence({ oldText, newText }: Texts): Unwrapped | undefined {
	const [was, now] = [inFence(oldText), inFence(newText)];
	return was === undefined ? undefined : { oldText: was, newText: now ?? newText, how: 'unwrapped' };
}

/** The lines between, each with its end. */
function inFence(text: string): string | undefined {
	const match = FENCE.exec(text);
	return match === null ? undefined : match[2] === undefined ? '' : `${match[2]}\n`;
}

/** Number, separator, and whether it takes one space along. */
const NUMBERED = [
	/^ *(\d+)→/,
	/^ *(\d+)\t/,
	/^ *(\d+) ?\| /,
	/^ *(\d+) ?\|/,
	/^ *(\d+): /,
	/^ *(\d+):/,
	/^ *L(\d+): ?/,
];

/** Where a separator may or may not take a space along, both ways. */
function withoutLineNumbers({ oldText, newText }: Texts): readonly Unwrapped[] {
	return NUMBERED.flatMap(pattern => {
		const was = unnumber(oldText.split('\n'), pattern);
		const now = was && unnumberNew(newText.split('\n'), pattern, was);
		return was === undefined || now === undefined
			? []
			: [{ oldText: was.lines.join('\n'), newText: now.join('\n'), how: 'unwrapped', line: was.first }];
	});
}

interface Unnumbered {
	readonly lines: readonly string[];
	readonly first: number;
	readonly last: number;
}

/** The lines without their numbers, if they count up one by one. A blank line may lack what follows its number. */
function unnumber(lines: readonly string[], pattern: RegExp): Unnumbered | undefined {
	let first: number | undefined;
	let count = 0;
	const bare: string[] = [];
	for (const line of lines) {
		const found = numberOf(line, pattern);
		if (found === undefined) {
			if (!isBlankLine(line)) {
				return undefined;
			}
			bare.push(line);
			count += first === undefined ? 0 : 1;
			continue;
		}
		first ??= found.number;
		if (found.number !== first + count) {
			return undefined;
		}
		count++;
		bare.push(found.rest);
	}
	return first === undefined ? undefined : { lines: bare, first, last: first + count - 1 };
}

function numberOf(line: string, pattern: RegExp): { readonly number: number; readonly rest: string } | undefined {
	// An editor may have taken the space away that ends the separator of a blank line.
	const match = pattern.exec(line) ?? (/^ *L?\d+ ?[|:→]?$/.test(line) ? pattern.exec(`${line} `) : null);
	if (match === null) {
		const bare = /^ *L?(\d+) ?[|:→]?\s*$/.exec(line);
		return bare === null ? undefined : { number: Number(bare[1]), rest: '' };
	}
	return { number: Number(match[1]), rest: line.slice(match[0].length) };
}

/** New text numbered as a whole, in its kept lines, or not at all. Undefined where a number may be text. */
function unnumberNew(lines: readonly string[], pattern: RegExp, was: Unnumbered): readonly string[] | undefined {
	const solid = lines.filter(line => !isBlankLine(line));
	const numbered = solid.filter(line => numberOf(line, pattern) !== undefined);
	if (numbered.length === 0) {
		return lines;
	}
	const kept = new Set(was.lines.map(line => line.trim()));
	const bare: string[] = [];
	for (const line of lines) {
		const found = numberOf(line, pattern);
		if (found === undefined && !isBlankLine(line) && NUMBERED.some(other => isNextNumber(line, other, was))) {
			return undefined;
		}
		const isLineNumber =
			found !== undefined &&
			(numbered.length === solid.length || kept.has(found.rest.trim()) || solid.length === 0) &&
			found.number >= was.first &&
			found.number <= was.last + lines.length;
		if (found !== undefined && !isLineNumber) {
			return undefined;
		}
		bare.push(found?.rest ?? line);
	}
	return bare;
}

/** A number of the listing before another separator. */
function isNextNumber(line: string, pattern: RegExp, was: Unnumbered): boolean {
	const number = numberOf(line, pattern)?.number ?? 0;
	return number >= was.first && number <= was.last + 1;
}

const JSON_ESCAPE = /\\(?:u([0-9a-fA-F]{4})|([nrtbf"'\\/`$]))/g;
const CONTROLS: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' };

/** A text written as the inside of a JSON string. */
function decodeJson({ oldText, newText }: Texts): Texts | undefined {
	const decode = (text: string) =>
		text.replace(JSON_ESCAPE, (_, hex: string | undefined, sign: string | undefined) =>
			hex === undefined ? (CONTROLS[sign ?? ''] ?? sign ?? '') : String.fromCharCode(Number.parseInt(hex, 16)),
		);
	const mayBeQuotesOnly = !/\\[nrt\\]/.test(oldText) && hasControlInString(newText, '\\"');
	return isJsonInside(oldText) && !mayBeQuotesOnly
		? decodeBoth({ oldText, newText }, /\\[nrt"'\\]/, decode, isJsonInside)
		: undefined;
}

function isJsonInside(text: string): boolean {
	return !/\n(?!$)/.test(text) && !/(?:^|[^\\])(?:\\\\)*"/.test(text);
}

/** Line ends and tabs alone spelt out. */
function decodeControls({ oldText, newText }: Texts): Texts | undefined {
	const isOneLine = (text: string) => !/\n(?!$)/.test(text) && !hasControlInString(text, '"');
	const decode = (text: string) => text.replace(/\\([nrt])/g, (_, sign: string) => CONTROLS[sign] ?? sign);
	return isOneLine(oldText) && oldText.includes('\\n')
		? decodeBoth({ oldText, newText }, /\\[nrt]/, decode, isOneLine)
		: undefined;
}

/** An escape that may belong to a string of the code, and mean itself. */
function hasControlInString(text: string, quote: string): boolean {
	return text.split(quote).some((part, index) => index % 2 === 1 && /\\[nrt]/.test(part));
}

/** Quotes alone, of each kind of which every one in the quote has its backslash. */
function decodeQuotes({ oldText, newText }: Texts): Texts | undefined {
	const isRaw = (text: string, sign: string) => new RegExp(`(?:^|[^\\\\])(?:\\\\\\\\)*${sign}`).test(text);
	const signs = ['"', "'", '`'].filter(sign => oldText.includes(`\\${sign}`) && !isRaw(oldText, sign));
	if (signs.length === 0) {
		return undefined;
	}
	const escaped = new RegExp(`\\\\([${signs.join('')}])`, 'g');
	return decodeBoth(
		{ oldText, newText },
		escaped,
		text => text.replace(escaped, '$1'),
		text => !signs.some(sign => isRaw(text, sign)),
	);
}

const ENTITY = /&(?:lt|gt|amp|quot|apos|nbsp|#0*39|#x0*27|#0*34|#x0*22|#0*60|#0*62|#0*38);/gi;
const ENTITIES: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: '\u00a0' };

function decodeEntities(texts: Texts): Texts | undefined {
	const decode = (text: string) =>
		text.replace(ENTITY, entity => {
			const name = entity.slice(1, -1).toLowerCase();
			if (!name.startsWith('#')) {
				return ENTITIES[name] ?? entity;
			}
			const number = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
			return String.fromCharCode(number);
		});
	return decodeBoth(texts, ENTITY, decode, text => !/[<>]|&(?!#?\w+;)/.test(text));
}

/**
 * Both decoded, if the new text is written as the quote is; the new text as it stands if it has nothing to decode.
 * Undefined if the quote has nothing to decode, or the new text is half of each.
 */
function decodeBoth(
	{ oldText, newText }: Texts,
	sign: RegExp,
	decode: (text: string) => string,
	isEncoded: (text: string) => boolean,
): Texts | undefined {
	if (oldText.search(sign) < 0) {
		return undefined;
	}
	const hasSigns = newText.search(sign) >= 0;
	if (hasSigns && isEncoded(oldText) && !isEncoded(newText)) {
		return undefined;
	}
	const was = decode(oldText);
	const now = decode(newText);
	// What looks like an escape in the new text may be the file's own.
	return { oldText: was, newText: countShared(was, newText) > countShared(was, now) ? newText : now };
}

function countShared(left: string, right: string): number {
	const lines = new Set(left.split('\n').map(line => line.trim()));
	return right.split('\n').filter(line => !isBlankLine(line) && lines.has(line.trim())).length;
}
