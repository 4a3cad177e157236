/** Finds the place in the code that the model means: by position, by a name in a file, or by a name alone. */
import type { LanguageServices, OutlineSymbol, TextPosition, WorkspaceSymbol } from '../../agent/languageServices.ts';
import { ToolError } from '../../agent/toolError.ts';
import type { Location, Workspace } from '../../agent/workspace.ts';
import { absentError } from '../absent.ts';
import { lineExcerpt } from '../lineExcerpt.ts';
import { visibleText } from '../visibleText.ts';
import { splitTextLines, wordPlaces } from './wordPlaces.ts';

/** As the model gives it. Lines and columns count from 1. */
export interface GivenTarget {
	readonly name?: string | undefined;
	readonly path?: string | undefined;
	readonly line?: number | undefined;
	readonly column?: number | undefined;
}

export interface SymbolTarget {
	readonly location: Location;
	readonly at: TextPosition;
	/** The word at that place, as far as it is known. */
	readonly name?: string;
}

interface TargetDeps {
	readonly services: LanguageServices;
	readonly workspace: Workspace;
}

const MAX_TOLD = 8;

/** @throws ToolError that lists the choices when more than one place is meant. */
export async function findTarget(given: GivenTarget, deps: TargetDeps, signal: AbortSignal): Promise<SymbolTarget> {
	if (given.path !== undefined) {
		return findInFile(given, await locateFile(given.path, deps.workspace, signal), deps, signal);
	}
	if (given.name === undefined) {
		throw new ToolError('Give a name, or path and line.');
	}
	return findByName(given.name, deps, signal);
}

/** @throws ToolError unless it is a file that is there. */
export async function locateFile(path: string, workspace: Workspace, signal: AbortSignal): Promise<Location> {
	const location = await workspace.locate(path, signal);
	const stat = await workspace.stat(location, signal);
	if (stat === undefined) {
		throw await absentError(workspace, location, signal);
	}
	if (stat.kind !== 'file') {
		throw new ToolError(`"${location.path}" is not a file.`);
	}
	return location;
}

async function findInFile(
	{ name, line, column }: GivenTarget,
	location: Location,
	{ services, workspace }: TargetDeps,
	signal: AbortSignal,
): Promise<SymbolTarget> {
	const lines = splitTextLines((await workspace.readText(location, signal)).text);
	if (line === undefined) {
		if (name === undefined) {
			throw new ToolError('Give the name of the symbol, or its line.');
		}
		return findNamed(name, location, lines, services, signal);
	}
	const text = lines[line - 1];
	if (text === undefined) {
		throw new ToolError(`Line ${line} is past the end of "${location.path}", which has ${lines.length} lines.`);
	}
	if (name === undefined) {
		const at = column ?? (text.match(/[\p{L}_$]/u)?.index ?? 0) + 1;
		return { location, at: { line, column: Math.min(at, text.length + 1) } };
	}
	const word = lastPart(name);
	const found = wordPlaces([text], word, { limit: 100 }).map(place => place.column);
	// Columns are often a little off: of several the nearest is meant.
	const [nearest] = found.sort((a, b) => Math.abs(a - (column ?? 0)) - Math.abs(b - (column ?? 0)));
	if (nearest !== undefined) {
		return { location, at: { line, column: nearest }, name: word };
	}
	const elsewhere = wordPlaces(lines, word, { limit: MAX_TOLD }).map(place => place.line);
	const advice =
		elsewhere.length === 0
			? ' Nor is it anywhere in the file.'
			: ` It is on line ${[...new Set(elsewhere)].join(', ')}.`;
	throw new ToolError(`"${word}" is not on line ${line}: ${shown(text)}.${advice}`);
}

async function findNamed(
	name: string,
	location: Location,
	lines: readonly string[],
	services: LanguageServices,
	signal: AbortSignal,
): Promise<SymbolTarget> {
	const word = lastPart(name);
	const declared = flatten(await services.outline(location, signal), []).filter(({ path }) => fits(path, name));
	if (declared.length > 1) {
		const places = declared.slice(0, MAX_TOLD).map(({ symbol, path }) => `line ${symbol.at.line} (${path.join('.')})`);
		throw new ToolError(
			`"${location.path}" declares "${name}" more than once: ${visibleText(places.join(', ')).text}. Give the line too.`,
		);
	}
	const [only] = declared;
	// Without an outline any use of the name leads to the symbol just as well.
	const [place] = wordPlaces(lines, word, { fromLine: only?.symbol.at.line ?? 1, limit: 1 });
	if (place === undefined) {
		throw new ToolError(`"${word}" is not in "${location.path}".`);
	}
	return { location, at: place, name: word };
}

async function findByName(
	name: string,
	{ services, workspace }: TargetDeps,
	signal: AbortSignal,
): Promise<SymbolTarget> {
	const word = lastPart(name);
	const found = (await services.workspaceSymbols(word, signal)).filter(symbol => fits(pathOf(symbol), name));
	const inside = found.filter(({ location }) => !location.isOutside);
	const [only, ...more] = inside.length > 0 ? inside : found;
	if (only === undefined) {
		throw new ToolError(`No language server knows "${name}". Use grep to find it, then give path and line.`);
	}
	if (more.length > 0) {
		const places = [only, ...more]
			.slice(0, MAX_TOLD)
			.map(({ location, span, kind }) => `${location.path}:${span.start.line} (${kind})`);
		const rest = more.length + 1 - places.length;
		throw new ToolError(
			`"${name}" is declared ${more.length + 1} times: ${visibleText(places.join(', ')).text}${rest > 0 ? `, and ${rest} more` : ''}. Give path and line too.`,
		);
	}
	const { location, span } = only;
	if (location.isOutside) {
		return { location, at: span.start, name: word };
	}
	// Some servers give the place of the whole declaration.
	const lines = splitTextLines((await workspace.readText(location, signal)).text);
	const [place = span.start] = wordPlaces(lines, word, { fromLine: span.start.line, limit: 1 });
	return { location, at: place, name: word };
}

/** TypeScript calls a function `greet()`. */
export function plainName(name: string): string {
	return name.replace(/\(.*$/s, '');
}

function lastPart(name: string): string {
	return partsOf(name).at(-1) ?? name;
}

function partsOf(name: string): string[] {
	const parts = plainName(name.trim())
		.split(/\.|::/)
		.filter(part => part !== '');
	return parts.length === 0 ? [name] : parts;
}

function pathOf({ name, container }: WorkspaceSymbol): string[] {
	return [...(container === undefined ? [] : partsOf(container)), plainName(name)];
}

/** `Square.area` fits the symbol `area` in `Square`, whatever that stands in. */
function fits(path: readonly string[], name: string): boolean {
	const wanted = partsOf(name);
	return wanted.length <= path.length && wanted.every((part, at) => path[path.length - wanted.length + at] === part);
}

function flatten(
	symbols: readonly OutlineSymbol[],
	above: readonly string[],
): { readonly symbol: OutlineSymbol; readonly path: readonly string[] }[] {
	return symbols.flatMap(symbol => {
		const path = [...above, plainName(symbol.name)];
		return [{ symbol, path }, ...flatten(symbol.children, path)];
	});
}

function shown(text: string): string {
	return visibleText(lineExcerpt(text.trim(), 0)).text;
}
