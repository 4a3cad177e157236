import * as z from 'zod';
import type { LanguageServices, OutlineSymbol, PlaceKind, WorkspaceSymbol } from '../agent/languageServices.ts';
import { defineTool, type Tool, type ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { Location, Workspace } from '../agent/workspace.ts';
import { counted } from './counted.ts';
import { showPlaces } from './language/placeLines.ts';
import { findTarget, locateFile } from './language/symbolTarget.ts';
import { limitLines } from './limitText.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

/** The row's word for one place of each kind. */
const nouns: Readonly<Record<PlaceKind, string>> = {
	definition: 'definition',
	references: 'reference',
	implementations: 'implementation',
	callers: 'call',
	callees: 'function',
	supertypes: 'type',
	subtypes: 'type',
};

const MAX_OUTLINE_LINES = 400;
const MAX_FOUND = 50;

/** Without it the schema names the largest integer there is. */
const MAX_NUMBER = 1_000_000;

const input = z.object({
	action: z
		.enum([
			...(['definition', 'references', 'implementations', 'callers', 'callees', 'supertypes', 'subtypes'] as const),
			...(['outline', 'find'] as const),
		])
		.describe('outline: what a file declares; find: declarations by part of a name'),
	name: z.string().min(1).optional().describe('Such as "greet" or "Square.area"'),
	path: z.string().min(1).optional().describe('File; without it the name is looked up everywhere'),
	line: z.number().int().min(1).max(MAX_NUMBER).optional().describe('Line where the name stands'),
	column: z.number().int().min(1).max(MAX_NUMBER).optional(),
});

/** For where there are language servers. */
export function symbolsTool({ services }: { readonly services: LanguageServices }): Tool {
	return defineTool({
		name: 'symbols',
		description:
			'Ask the language server about a symbol. Knows what text search cannot: imports, overloads, names used twice.',
		effect: 'read',
		input,
		paths: ({ path }) => (path === undefined ? [] : [path]),
		subject: ({ action, name, path, line }) =>
			[
				action,
				name,
				path !== undefined && `${name === undefined ? '' : 'in '}${path}`,
				line !== undefined && `:${line}`,
			]
				.filter(part => typeof part === 'string')
				.join(' ')
				.replace(' :', ':'),
		async run({ action, ...given }, { workspace, signal }) {
			if (action === 'outline') {
				if (given.path === undefined) {
					throw new ToolError('outline wants a path.');
				}
				const location = await locateFile(given.path, workspace, signal);
				return showOutline(location, await services.outline(location, signal));
			}
			if (action === 'find') {
				if (given.name === undefined) {
					throw new ToolError('find wants a name or a part of one.');
				}
				return find(given.name, services, workspace, signal);
			}
			const target = await findTarget(given, { services, workspace }, signal);
			const places = await services.places(action, target.location, target.at, signal);
			if (places.length === 0) {
				const { line, column } = target.at;
				throw new ToolError(
					`The language server gives no ${action} at ${target.location.path}:${line}:${column}. It may not know this, or not serve the file; use grep.`,
				);
			}
			return showPlaces(places, nouns[action], workspace, signal);
		},
	});
}

async function find(
	name: string,
	services: LanguageServices,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<ToolOutput> {
	const found = await services.workspaceSymbols(name, signal);
	const inside = found.filter(({ location }) => !location.isOutside);
	if (inside.length === 0) {
		throw new ToolError(`No language server knows a name like "${name}". Use grep.`);
	}
	const sorted = [...inside].sort((a, b) => Number(!isExact(a, name)) - Number(!isExact(b, name)));
	const output = await showPlaces(sorted.slice(0, MAX_FOUND), 'symbol', workspace, signal);
	const rest = sorted.length - MAX_FOUND;
	return rest > 0 ? { ...output, text: `${output.text}\n[${rest} more; give more of the name]` } : output;
}

function isExact(symbol: WorkspaceSymbol, name: string): boolean {
	return symbol.name.replace(/\(.*$/s, '') === name;
}

function showOutline(location: Location, symbols: readonly OutlineSymbol[]): ToolOutput {
	if (symbols.length === 0) {
		throw new ToolError(`No language server tells what "${location.path}" declares. Use read or grep.`);
	}
	const all = outlineLines(symbols, '');
	const { lines, taken } = limitLines(all.slice(0, MAX_OUTLINE_LINES));
	const { text, hidden } = visibleText(lines.join('\n'));
	const ends: string[] = [];
	if (taken < all.length) {
		ends.push(`[${counted(all.length - taken, 'more symbol')}; use grep]`);
	}
	if (hidden > 0) {
		ends.push(hiddenNote(hidden));
	}
	return { text: [text, ...ends].join('\n'), view: { kind: 'note', note: counted(all.length, 'symbol') } };
}

/** "4-8 class Square", members below it indented. */
function outlineLines(symbols: readonly OutlineSymbol[], indent: string): string[] {
	return symbols.flatMap(({ name, kind, span: { start, end }, children }) => {
		const lines = end.line > start.line ? `${start.line}-${end.line}` : String(start.line);
		return [`${indent}${lines} ${kind} ${name.replace(/\s+/g, ' ')}`, ...outlineLines(children, `${indent}\t`)];
	});
}
