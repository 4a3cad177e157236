/**
 * Search as the user sees the workspace: an engine searches the disk, and what waits unsaved in editors takes the place
 * of the files below it.
 */
import type { FileHits, SearchEngine, SearchScope } from '../agent/search.ts';
import type { FileMatches, FileQuery, FoundFiles, FoundText, TextQuery } from '../agent/workspace.ts';
import { type PathGlob, pathGlob } from './globs.ts';
import { type IgnoreFileReader, rulesFor } from './ignoreRules.ts';
import { createTextMatcher } from './textMatcher.ts';
import { textPatternOf } from './textPattern.ts';

export interface SearchRoot {
	readonly uri: string;
	/** What its paths begin with in results; '' or ending in '/'. */
	readonly prefix: string;
	/** Globs of the exclude settings. */
	readonly excludes: readonly string[];
	readonly readIgnoreFile: IgnoreFileReader;
	/** Texts of unsaved editors by path relative to the root. */
	readonly unsaved: ReadonlyMap<string, string>;
	readonly engine: SearchEngine;
}

/** A root, and the folder or file below it that is searched; '' is the root. */
export interface SearchPlace {
	readonly root: SearchRoot;
	readonly below: string;
}

/** Files counted for a glob; beyond it the total is not told. */
const MAX_COUNTED = 1_000_000;

export async function findFiles(
	places: readonly SearchPlace[],
	query: Omit<FileQuery, 'in'>,
	signal: AbortSignal,
): Promise<FoundFiles> {
	const glob = pathGlob(query.glob);
	const limits = { paths: query.limit, counted: MAX_COUNTED };
	const paths: string[] = [];
	let total = 0;
	let isCounted = true;
	for (const place of places) {
		const scope = await scopeOf(place, glob, () => true);
		const found = await place.root.engine.findFiles(scope, limits, signal);
		paths.push(...found.paths.map(path => place.root.prefix + path));
		total += found.total;
		isCounted &&= !found.isPartial;
	}
	paths.sort();
	return {
		paths: paths.slice(0, query.limit),
		...(isCounted && { total }),
		isPartial: total > query.limit || !isCounted,
	};
}

/** @param untitled texts of editors without a file, by the path that shows them. */
export async function findText(
	places: readonly SearchPlace[],
	untitled: ReadonlyMap<string, string>,
	query: Omit<TextQuery, 'in'>,
	signal: AbortSignal,
): Promise<FoundText> {
	const glob = query.glob === undefined ? undefined : pathGlob(query.glob);
	const pattern = textPatternOf(query);
	const files: FileMatches[] = [];
	let left = pattern.isCountOnly ? Number.POSITIVE_INFINITY : query.limit;
	const add = (found: readonly FileHits[], prefix: string) => {
		for (const { path, lines, count } of found) {
			files.push({ path: prefix + path, lines, count });
			left -= count;
		}
	};
	let isPartial = false;
	const unsaved = await unsavedTexts(places, untitled, glob);
	if (unsaved.length > 0) {
		const matcher = await createTextMatcher(pattern);
		for (const { path, text } of unsaved) {
			const { lines, count, isPartial: isCut } = await matcher.match(text, left, signal);
			add(count > 0 ? [{ path, lines, count }] : [], '');
			isPartial ||= isCut;
		}
	}
	for (const place of places) {
		if (isPartial) {
			break;
		}
		const scope = await scopeOf(place, glob, path => !place.root.unsaved.has(path));
		const found = await place.root.engine.findText(scope, pattern, left, signal);
		add(found.items, place.root.prefix);
		isPartial = found.isPartial;
	}
	files.sort((a, b) => (a.path < b.path ? -1 : 1));
	return { files, isPartial };
}

async function scopeOf(
	place: SearchPlace,
	glob: PathGlob | undefined,
	isWanted: (path: string) => boolean,
): Promise<SearchScope> {
	const { root, below } = place;
	const includeIgnored = await isNamedIgnored(place);
	const isMatch = glob === undefined ? () => true : (path: string) => glob.matches(relativeTo(below, path));
	return {
		root: root.uri,
		below,
		excludes: includeIgnored ? [] : root.excludes,
		includeIgnored,
		nameGlob: glob?.nameGlob,
		accepts: path => isMatch(path) && isWanted(path),
	};
}

/** Who names a hidden folder wants to see what is in it. */
async function isNamedIgnored({ root, below }: SearchPlace): Promise<boolean> {
	return below !== '' && (await rulesFor(below, root.excludes, root.readIgnoreFile)).isIgnored;
}

/** A glob is relative to the folder searched; for a single file it is its name. */
function relativeTo(below: string, path: string): string {
	return path === below ? path.slice(path.lastIndexOf('/') + 1) : below === '' ? path : path.slice(below.length + 1);
}

async function unsavedTexts(
	places: readonly SearchPlace[],
	untitled: ReadonlyMap<string, string>,
	glob: PathGlob | undefined,
): Promise<{ path: string; text: string }[]> {
	const texts = [...untitled]
		.filter(([path]) => glob === undefined || glob.matches(path))
		.map(([path, text]) => ({ path, text }));
	for (const place of places) {
		const { root, below } = place;
		for (const [path, text] of root.unsaved) {
			const isBelow = below === '' || path === below || path.startsWith(`${below}/`);
			if (isBelow && (glob === undefined || glob.matches(relativeTo(below, path))) && !(await isHidden(place, path))) {
				texts.push({ path: root.prefix + path, text });
			}
		}
	}
	return texts;
}

async function isHidden(place: SearchPlace, path: string): Promise<boolean> {
	if (await isNamedIgnored(place)) {
		return false;
	}
	const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
	const { rules, isIgnored } = await rulesFor(folder, place.root.excludes, place.root.readIgnoreFile);
	return isIgnored || rules.ignores(path, false);
}
