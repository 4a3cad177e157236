/**
 * The closed grammar of command lines that may run without being asked for. It accepts what it can read exactly as bash
 * does and nothing else: a grammar that looks for the bad parts never ends. Where it accepts, the words are those that
 * bash passes on, so a decision about the words is a decision about what runs.
 *
 *     line     = segment { ("&&" | "||" | ";" | "|") segment }
 *     segment  = word { word | redirect }              redirect = "2>&1" | ">" null | "2>" null
 *     word     = plain | pattern | quoted | flag quoted
 *     flag     = "--" name "=" [plain] | "-" letter
 *     plain    = characters of PLAIN, "~" only after a letter or digit, where bash does not expand it
 *     pattern  = [ folder "/" | "--include=" | "--exclude=" ] "*." ending
 *     quoted   = '…' | "…" without $ ` ! and without a backslash before " or \
 */

/** Words of one command and how it is joined to the one before. */
export interface CommandSegment {
	readonly words: readonly CommandWord[];
	/** Whether its standard input is the output of the segment before. */
	readonly isPiped: boolean;
}

export interface CommandWord {
	/** As the command gets it: without its quotes. A pattern is kept as it was written. */
	readonly value: string;
	/** `plain` and `pattern` were written without quotes; of the four only a pattern stands for other words. */
	readonly form: 'plain' | 'pattern' | 'quoted' | 'quotedValue';
}

export type ParsedCommand =
	| { readonly ok: true; readonly segments: readonly CommandSegment[] }
	/** What stands where the grammar ends: a character, or nothing at the end of the line. */
	| { readonly ok: false; readonly found: string };

const PLAIN = /^(?:[\w./:=,@%+^-]|(?<=[A-Za-z0-9])~)+/;
// The folder starts with a character that is no hyphen, so that what it expands to is no flag. Where a file is named
// `--include=a.ts`, the pattern stands for that flag with another ending text.
const PATTERN = /^(?:--(?:in|ex)clude=|(?:[\w.@+][\w.@+-]*\/)*)\*\.[A-Za-z0-9][\w.]*/;
// Between double quotes a backslash stands for itself, except before these four and the end of a line.
const QUOTED = /^(?:'([^']*)'|"((?:[^"$`\\!]|\\[^"$`\\!\n])*)")/;
const QUOTED_VALUE = /^(?:--[a-z][a-z-]*=[\w:,./]*|-[A-Za-z])(?=['"])/;
const REDIRECT = /^(?:2>&1|2?> ?\/dev\/null)(?=[ ;|&]|$)/;
const JOINER = /^(?:&&|\|\|?|;)/;

/** Reads one line. Never throws; takes time in proportion to the line's length. */
export function parseCommand(line: string): ParsedCommand {
	const segments: CommandSegment[] = [];
	let words: CommandWord[] = [];
	let isPiped = false;
	let at = 0;
	for (;;) {
		at += blanksAt(line, at);
		const rest = line.slice(at);
		const joiner = JOINER.exec(rest)?.[0];
		if (rest === '' || joiner !== undefined) {
			if (words.length === 0) {
				return { ok: false, found: joiner ?? '' };
			}
			segments.push({ words, isPiped });
			if (joiner === undefined) {
				return { ok: true, segments };
			}
			words = [];
			isPiped = joiner === '|';
			at += joiner.length;
			continue;
		}
		const redirect = words.length > 0 ? REDIRECT.exec(rest)?.[0] : undefined;
		if (redirect !== undefined) {
			at += redirect.length;
			continue;
		}
		const read = readWord(rest);
		if (read === undefined) {
			return { ok: false, found: firstCharacter(rest) };
		}
		const next = rest.slice(read.length);
		if (next !== '' && !next.startsWith(' ') && !JOINER.test(next)) {
			return { ok: false, found: firstCharacter(next) };
		}
		words.push(read.word);
		at += read.length;
	}
}

function readWord(rest: string): { readonly word: CommandWord; readonly length: number } | undefined {
	const start = QUOTED_VALUE.exec(rest)?.[0] ?? '';
	const quoted = QUOTED.exec(rest.slice(start.length));
	if (quoted !== null) {
		const value = start + (quoted[1] ?? quoted[2] ?? '');
		const length = start.length + quoted[0].length;
		return { word: { value, form: start === '' ? 'quoted' : 'quotedValue' }, length };
	}
	const pattern = PATTERN.exec(rest)?.[0];
	if (pattern !== undefined) {
		return { word: { value: pattern, form: 'pattern' }, length: pattern.length };
	}
	const plain = PLAIN.exec(rest)?.[0];
	return plain === undefined ? undefined : { word: { value: plain, form: 'plain' }, length: plain.length };
}

function blanksAt(line: string, at: number): number {
	let end = at;
	while (line[end] === ' ') {
		end++;
	}
	return end - at;
}

function firstCharacter(text: string): string {
	return String.fromCodePoint(text.codePointAt(0) ?? 0);
}
