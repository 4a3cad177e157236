/** The outline of a file's text by line rules: what begins where, and how deep. */
import type { OutlineFilter } from '../intents/intent.ts';
import { type Language, languageOf, type OutlineRule } from './outlineRules.ts';

export interface OutlineEntry {
	readonly name: string;
	readonly kind: OutlineRule['kind'];
	/** 1-based. */
	readonly line: number;
	/** 0 for the outermost. */
	readonly depth: number;
	/** Visible outside the file, as far as its line says. */
	readonly isExported: boolean;
}

/** Lines longer than this are generated or data, in UTF-16 units. */
const MAX_LINE = 500;

/** @returns undefined when there are no rules for this kind of file. */
export function outlineOf(path: string, lines: readonly string[]): readonly OutlineEntry[] | undefined {
	const language = languageOf(path);
	if (language === undefined) {
		return undefined;
	}
	const isCode = codeLines(language);
	const found: (Omit<OutlineEntry, 'depth'> & { readonly indent: number })[] = [];
	for (const [index, line] of lines.entries()) {
		if (!isCode(line) || line.length > MAX_LINE) {
			continue;
		}
		const match = matchLine(language, line);
		if (match !== undefined) {
			found.push({ ...match, line: index + 1, isExported: isExported(path, line, match) });
		}
	}
	return withDepths(found);
}

/** The name that a line declares, if it looks like a declaration in this kind of file. */
export function declaredName(path: string, line: string): string | undefined {
	const language = languageOf(path);
	return language === undefined || line.length > MAX_LINE ? undefined : matchLine(language, line)?.name;
}

export function matchesFilter(entry: OutlineEntry, filter: OutlineFilter): boolean {
	switch (filter) {
		case 'function':
			return entry.kind === 'function' || entry.kind === 'method';
		case 'export':
			return entry.isExported;
		default:
			return entry.kind === filter;
	}
}

function matchLine({ rules }: Language, line: string) {
	for (const { pattern, kind, isTopLevel } of rules) {
		if (isTopLevel && /^\s/.test(line)) {
			continue;
		}
		const groups = pattern.exec(line)?.groups;
		const name = groups?.['name']?.trim();
		if (name !== undefined && name !== '') {
			const indent = groups?.['level']?.length ?? indentOf(line);
			return { name, kind, indent };
		}
	}
	return undefined;
}

function isExported(path: string, line: string, { name, kind }: { name: string; kind: OutlineRule['kind'] }): boolean {
	if (/\.(?:[cm]?[jt]sx?|vue|svelte)$/i.test(path)) {
		return kind === 'export' || /^\s*export\b/.test(line);
	}
	if (/\.go$/i.test(path)) {
		return /^\p{Lu}/u.test(name);
	}
	return /^\s*(?:pub|public|export)\b/.test(line);
}

/** Depth by indentation (or heading level): deeper than the entry before means one level down. */
function withDepths(entries: readonly (Omit<OutlineEntry, 'depth'> & { readonly indent: number })[]): OutlineEntry[] {
	const open: number[] = [];
	return entries.map(({ indent, ...entry }) => {
		while (open.length > 0 && (open.at(-1) ?? 0) >= indent) {
			open.pop();
		}
		open.push(indent);
		return { ...entry, depth: open.length - 1 };
	});
}

/** Columns of white space, a tab counted as four. */
function indentOf(line: string): number {
	return line.slice(0, line.search(/\S|$/)).replaceAll('\t', '    ').length;
}

/** Says for each line in turn whether it is code: not inside a comment block, a fence or a doc string. */
function codeLines({ comments }: Language): (line: string) => boolean {
	let end: RegExp | undefined;
	return line => {
		if (end !== undefined) {
			if (end.test(line)) {
				end = undefined;
			}
			return false;
		}
		switch (comments) {
			case 'slash': {
				const open = /^\s*\/\*/.test(line);
				if (open && !/\*\//.test(line)) {
					end = /\*\//;
				}
				return !open && !/^\s*(?:\/\/|\*\s)/.test(line);
			}
			case 'hash': {
				const quote = /^\s*[rbuRBU]*("""|''')/.exec(line)?.[1];
				if (quote !== undefined && line.indexOf(quote) === line.lastIndexOf(quote)) {
					end = new RegExp(quote);
				}
				return quote === undefined && !/^\s*#/.test(line);
			}
			case 'markdown': {
				const fence = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1];
				if (fence !== undefined) {
					end = new RegExp(`^ {0,3}${fence}`);
				}
				return fence === undefined;
			}
			case 'none':
				return true;
		}
	};
}
