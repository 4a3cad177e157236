/**
 * Flags of a command, as its table lists them. What is not listed is refused: unknown flags, abbreviations of long flags
 * (GNU and git take any unique beginning), values where none belong.
 */
import type { CommandWord } from './commandGrammar.ts';
import { type CommandReason, commandReason } from './commandReason.ts';

/** `path` values go through the read policy. `format` is git's: placeholders that start a program are refused. */
export type ValueKind = 'number' | 'text' | 'path' | 'format';

export interface FlagSpec {
	readonly kind: ValueKind | 'none';
	/**
	 * `needed`: attached or the next word. `attached`: attached or absent. `last`: the next word, or absent at the end of
	 * the line.
	 */
	readonly takes: 'needed' | 'attached' | 'last';
}

/** By flag with its hyphens. `-#` stands for a number as in `head -5`. */
export type FlagTable = ReadonlyMap<string, FlagSpec>;

export interface Flag {
	readonly name: string;
	readonly kind: FlagSpec['kind'];
	readonly value?: string;
}

export interface Arguments {
	readonly flags: readonly Flag[];
	readonly operands: readonly CommandWord[];
}

export type ReadArguments =
	| { readonly ok: true; readonly arguments: Arguments }
	| { readonly ok: false; readonly reason: CommandReason };

/**
 * Builds a table from words: `-abc` are three flags without value, `-n=number` and `--lines=number` take one,
 * `--color?=text` may have one attached, `--merged*=text` takes the next word where there is one.
 */
export function flagTable(...lists: readonly string[]): FlagTable {
	const specs = lists.flatMap(list => list.split(/\s+/)).flatMap(readSpec);
	return new Map(specs);
}

function readSpec(text: string): [string, FlagSpec][] {
	const [, name = '', mark, kind] = /^(-[^?*=]+)(?:([?*]?)=(\w+))?$/.exec(text) ?? [];
	if (kind === 'number' || kind === 'text' || kind === 'path' || kind === 'format') {
		return [[name, { kind, takes: mark === '?' ? 'attached' : mark === '*' ? 'last' : 'needed' }]];
	}
	const none: FlagSpec = { kind: 'none', takes: 'attached' };
	return name.startsWith('--') ? [[name, none]] : [...name.slice(1)].map(letter => [`-${letter}`, none]);
}

/** Reads words as getopt does, in any order, up to `--`. Where the tool reads them otherwise, this is the stricter. */
export function readArguments(
	table: FlagTable,
	words: readonly CommandWord[],
	mayOpenWithPattern: boolean,
): ReadArguments {
	const flags: Flag[] = [];
	const operands: CommandWord[] = [];
	let hasEnded = false;
	for (let at = 0; at < words.length; at++) {
		const word = words[at];
		if (word === undefined) {
			break;
		}
		if (!hasEnded && word.value === '--') {
			hasEnded = true;
			continue;
		}
		const isFlag = !hasEnded && word.value.startsWith('-') && word.value !== '-';
		if (!isFlag) {
			// Bash puts file names in its place, and a file may be named `-oNAME.txt` or `--pre=x.sh`.
			if (!hasEnded && !mayOpenWithPattern && word.form === 'pattern' && word.value.startsWith('*')) {
				return refuse('pattern', word.value);
			}
			operands.push(word);
			continue;
		}
		// A tool that reads no flags behind an operand takes this word for a file.
		if (operands.length > 0 && word.value.includes('/..')) {
			return refuse('flag', word.value);
		}
		const read = readFlagWord(table, word.value, words[at + 1]);
		if (read === undefined) {
			return refuse('flag', word.value);
		}
		flags.push(...read.flags);
		at += read.usesNext ? 1 : 0;
	}
	return { ok: true, arguments: { flags, operands } };
}

/** Whether one of the flags was given. */
export function hasFlag({ flags }: Arguments, ...names: readonly string[]): boolean {
	return flags.some(flag => names.includes(flag.name));
}

interface FlagWord {
	readonly flags: readonly Flag[];
	readonly usesNext: boolean;
}

function readFlagWord(table: FlagTable, word: string, next: CommandWord | undefined): FlagWord | undefined {
	if (word.startsWith('--')) {
		const equals = word.indexOf('=');
		const name = equals < 0 ? word : word.slice(0, equals);
		return readValue(table, name, equals < 0 ? undefined : word.slice(equals + 1), next);
	}
	if (/^-\d+$/.test(word) && table.has('-#')) {
		return { flags: [{ name: '-#', kind: 'none', value: word.slice(1) }], usesNext: false };
	}
	return readLetters(table, word, next);
}

/** `-rnA3`: letters without value, and one with the rest of the word or the next word as its value. */
function readLetters(table: FlagTable, word: string, next: CommandWord | undefined): FlagWord | undefined {
	const flags: Flag[] = [];
	for (let at = 1; at < word.length; at++) {
		const name = `-${word[at]}`;
		const spec = table.get(name);
		if (spec === undefined) {
			return undefined;
		}
		if (spec.kind !== 'none') {
			const rest = word.slice(at + 1);
			const last = readValue(table, name, rest === '' ? undefined : rest, next);
			return last && { flags: [...flags, ...last.flags], usesNext: last.usesNext };
		}
		flags.push({ name, kind: 'none' });
	}
	return { flags, usesNext: false };
}

function readValue(
	table: FlagTable,
	name: string,
	attached: string | undefined,
	next: CommandWord | undefined,
): FlagWord | undefined {
	const spec = table.get(name);
	if (spec === undefined) {
		return undefined;
	}
	const isAbsent =
		attached === undefined && (spec.takes === 'attached' || (spec.takes === 'last' && next === undefined));
	if (isAbsent) {
		return { flags: [{ name, kind: spec.kind }], usesNext: false };
	}
	const value = attached ?? nextValue(spec, next);
	return value !== undefined && fits(spec.kind, value)
		? { flags: [{ name, kind: spec.kind, value }], usesNext: attached === undefined }
		: undefined;
}

/** The next word, unless a tool could see a flag in it, or bash puts several words in its place. */
function nextValue(spec: FlagSpec, next: CommandWord | undefined): string | undefined {
	if (next === undefined || next.form === 'pattern') {
		return undefined;
	}
	const looksLikeFlag = next.value.startsWith('-') && next.value !== '-';
	return looksLikeFlag && !(spec.kind === 'number' && /^-\d+$/.test(next.value)) ? undefined : next.value;
}

function fits(kind: FlagSpec['kind'], value: string): boolean {
	switch (kind) {
		case 'none':
			return false;
		case 'number':
			return /^[+-]?\d{1,9}[A-Za-z]{0,2}$/.test(value);
		case 'format':
			// `%G?` and `%(signature)` make git start the program that checks signatures.
			return !/%[+ -]?G|%\([^)]*signature/i.test(value);
		case 'text':
		case 'path':
			return true;
	}
}

function refuse(code: CommandReason['code'], subject: string): ReadArguments {
	return { ok: false, reason: commandReason(code, subject) };
}
