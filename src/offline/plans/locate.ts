/** Parts of plans: finding the file or place that the user meant, and searching there. */
import type { FileReference, Scope, SearchText } from '../intents/intent.ts';
import { isGlob, looksLikeFile } from '../intents/names.ts';
import type { CurrentFile } from '../turn.ts';
import { fileLink } from './markdown.ts';
import { ask, type PartPlan, type PlannedCall } from './plan.ts';
import { describeFailure, type FileWithMatches, parseGrep, parsePaths } from './toolText.ts';
import { findWords } from './wordMatches.ts';

/** Words for the user: why it cannot be done, and what would do. */
export interface Problem {
	readonly problem: string;
}

/** Files named when several fit. */
const MAX_CHOICES = 8;

const NO_CURRENT_FILE: Problem = {
	problem: 'I do not know which file you mean. Name it, or switch on the chip of the open file below the message.',
};

/** The path of the file meant, looked up by name where no folder is given. */
export function* locateFile(file: FileReference, current: CurrentFile | undefined): PartPlan<string | Problem> {
	if (file.kind === 'current') {
		return current?.path ?? NO_CURRENT_FILE;
	}
	return file.path.includes('/') ? file.path : yield* lookUp(file.path);
}

/** Finds the one file whose path ends like this. */
export function* lookUp(path: string): PartPlan<string | Problem> {
	const name = path.includes('.') ? path : `${path}*`;
	for (const glob of [`**/${name}`, `**/${inAnyCase(name)}`]) {
		const found = parsePaths(yield* ask('glob', { pattern: glob }));
		if (found.kind === 'failed') {
			return { problem: describeFailure(found.text) };
		}
		const paths = found.paths.filter(candidate => !candidate.endsWith('/'));
		const only = paths.length === 1 ? paths[0] : paths.find(candidate => candidate === path);
		if (only !== undefined) {
			return only;
		}
		if (paths.length > 1) {
			const choices = paths.slice(0, MAX_CHOICES).map(candidate => `- ${fileLink(candidate)}`);
			const more = paths.length > choices.length ? `\n- … and ${paths.length - choices.length} more` : '';
			return { problem: `Several files are called that. Which one?\n\n${choices.join('\n')}${more}` };
		}
	}
	return {
		problem: `I found no file ${quote(path)}. Files that .gitignore or the settings hide are left out. To search for text, say ${quote(`find ${path}`)}.`,
	};
}

/** Where grep is to look: fields of its input. */
export interface Place {
	readonly path?: string;
	readonly glob?: string;
}

export interface SearchResult {
	readonly files: readonly FileWithMatches[];
	readonly isPartial: boolean;
	/** Such as files that a search leaves out. */
	readonly notes: readonly string[];
	/** Where it looked in the end, to search there again. */
	readonly place: Place;
}

/** Searches a scope. A folder that is not at the top is looked for by name. */
export function* search(
	{ text, isRegex, isWholeWord }: SearchText,
	scope: Scope | undefined,
	current: CurrentFile | undefined,
	ignoreCase: boolean,
): PartPlan<SearchResult | Problem> {
	const place = yield* placeOf(scope, current);
	if ('problem' in place) {
		return place;
	}
	// Word boundaries of regular expressions know ASCII; other names are sifted below.
	const isAsciiWord = isWholeWord && /^\w+$/.test(text);
	const input = {
		pattern: isAsciiWord ? `\\b${text}\\b` : text,
		...(!isRegex && !isAsciiWord && { literal: true }),
		...(ignoreCase && { ignoreCase: true }),
	};
	let found = parseGrep(yield* ask('grep', { ...input, ...place }));
	let searched: Place = place;
	if (found.kind === 'failed' && scope?.kind === 'path' && /^There is no "/.test(found.text)) {
		const glob = folderGlob(scope.path);
		searched = { glob };
		const inside = parsePaths(yield* ask('glob', { pattern: glob }));
		if (inside.kind === 'failed' || inside.paths.length === 0) {
			return { problem: `There is no file or folder ${quote(scope.path)}. Words to search for can stand in quotes.` };
		}
		found = parseGrep(yield* ask('grep', { ...input, ...searched }));
	}
	if (found.kind === 'failed') {
		return { problem: describeFailure(found.text) };
	}
	const isMeant = (line: string) => !isWholeWord || isAsciiWord || findWords(line, text, true).length > 0;
	const files = found.files
		.map(file => ({ ...file, matches: file.matches.filter(match => isMeant(match.text)) }))
		.filter(({ matches }) => matches.length > 0);
	return { files, isPartial: found.isPartial, notes: found.notes, place: searched };
}

function* placeOf(scope: Scope | undefined, current: CurrentFile | undefined): PartPlan<Place | Problem> {
	if (scope === undefined) {
		return {};
	}
	if (scope.kind === 'glob') {
		return { glob: scope.glob };
	}
	if (scope.kind === 'path' && !looksLikeFile(scope.path)) {
		return scope.path === '.' ? {} : { path: scope.path };
	}
	const path = yield* locateFile(scope, current);
	return typeof path === 'string' ? { path } : path;
}

/** Everything in folders of this name, at any depth. */
export function folderGlob(path: string): string {
	return /^(?:tests?|specs?)$/i.test(path) ? '**/{test,tests,__tests__,spec,specs}/**' : `**/${path}/**`;
}

/** A call's input for files by name, within a scope. */
export function globIn(
	glob: string,
	scope: Scope | undefined,
	current: CurrentFile | undefined,
): PlannedCall | Problem {
	if (scope === undefined || (scope.kind === 'path' && scope.path === '.')) {
		return { name: 'glob', input: { pattern: glob } };
	}
	if (scope.kind === 'glob') {
		return { problem: `I can look for one name pattern at a time: ${quote(glob)} or ${quote(scope.glob)}.` };
	}
	if (scope.kind === 'current') {
		return current === undefined ? NO_CURRENT_FILE : { problem: `${quote(current.path)} is a file, not a folder.` };
	}
	return { name: 'glob', input: { pattern: glob, path: scope.path } };
}

function inAnyCase(name: string): string {
	return isGlob(name.replace(/\*$/, ''))
		? name
		: name.replace(/[a-z]/gi, letter => `[${letter.toLowerCase()}${letter.toUpperCase()}]`);
}

function quote(text: string): string {
	return `“${text}”`;
}
