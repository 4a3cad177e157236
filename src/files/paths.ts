/** Turns the paths that a model writes into workspace paths. Pure: nothing here touches a file. */
import { ToolError } from '../agent/toolError.ts';

/** `windows` folds case, takes `\` for `/`, and knows names that reach other files than they say. */
export type PathRules = 'windows' | 'mac' | 'other';

export interface Root {
	/** Unique among the roots. */
	readonly name: string;
	/** Scheme and authority: paths of two roots compare only when these are equal. */
	readonly origin: string;
	/** The URI's path: decoded, with `/`, without a final `/`. */
	readonly path: string;
}

/** Origin of `file:` URIs. */
export const LOCAL_ORIGIN = 'file://';

export type ResolvedPath =
	/** Below a root: `segments` lead from it. */
	| { readonly kind: 'inside'; readonly root: number; readonly segments: readonly string[] }
	| { readonly kind: 'outside'; readonly origin: string; readonly path: string };

/**
 * @param given as the model wrote it. Percent signs, `~` and `$` are ordinary characters.
 * @throws ToolError for paths that name no single file.
 */
export function resolvePath(given: string, roots: readonly Root[], rules: PathRules): ResolvedPath {
	refuseControls(given);
	const path = rules === 'windows' ? given.replaceAll('\\', '/') : given;
	if (rules === 'windows') {
		refuseWindowsTricks(path, given);
	}
	if (/^~(?:\/|$)/.test(path) || /^\$(?:HOME|\{HOME\})(?:\/|$)/.test(path)) {
		throw new ToolError(`"${given}" is not expanded here; give a workspace-relative or absolute path.`);
	}
	const absolute = absolutePath(path, rules);
	return absolute === undefined
		? resolveRelative(path, given, roots, rules)
		: placeAbsolute({ origin: roots[0]?.origin ?? LOCAL_ORIGIN, path: absolute }, roots, rules);
}

/** Where an absolute path lies. */
export function placeAbsolute(
	{ origin, path }: { readonly origin: string; readonly path: string },
	roots: readonly Root[],
	rules: PathRules,
): ResolvedPath {
	const normal = `/${normalSegments(path).join('/')}`;
	let best: { root: number; segments: string[]; length: number } | undefined;
	for (const [index, root] of roots.entries()) {
		if (root.origin === origin && isBelow(normal, root.path, rules) && root.path.length >= (best?.length ?? -1)) {
			best = { root: index, segments: segmentsOf(normal.slice(root.path.length)), length: root.path.length };
		}
	}
	return best === undefined
		? { kind: 'outside', origin, path: normal }
		: { kind: 'inside', root: best.root, segments: best.segments };
}

/** Whether `path` is `folder` or below it. Both decoded and normal. */
export function isBelow(path: string, folder: string, rules: PathRules): boolean {
	const fold = (text: string) => (rules === 'other' ? text : text.toLowerCase());
	const prefix = folder === '/' ? '' : fold(folder);
	const whole = fold(path);
	return whole === prefix || whole.startsWith(`${prefix}/`);
}

/** As the tools show it: with several roots the root's name comes first. */
export function displayPath(resolved: ResolvedPath, roots: readonly Root[]): string {
	if (resolved.kind === 'outside') {
		// `/c:/x` is how a URI writes `c:/x`.
		return /^\/[a-z]:(?:\/|$)/i.test(resolved.path) ? resolved.path.slice(1) : resolved.path;
	}
	const root = roots[resolved.root];
	const parts = roots.length > 1 && root !== undefined ? [root.name, ...resolved.segments] : resolved.segments;
	return parts.length === 0 ? '.' : parts.join('/');
}

/** Roots may share a name; their paths need names of their own. */
export function uniqueNames(names: readonly string[]): string[] {
	const taken = new Set<string>();
	return names.map(name => {
		let unique = name;
		for (let count = 2; taken.has(unique); count++) {
			unique = `${name}-${count}`;
		}
		taken.add(unique);
		return unique;
	});
}

function resolveRelative(path: string, given: string, roots: readonly Root[], rules: PathRules): ResolvedPath {
	const segments = segmentsOf(path);
	const only = roots.length === 1 ? roots[0] : undefined;
	if (only !== undefined) {
		return placeAbsolute({ origin: only.origin, path: `${only.path}/${segments.join('/')}` }, roots, rules);
	}
	const named = roots.find(({ name }) => name === segments.find(segment => segment !== '.'));
	if (named === undefined) {
		throw new ToolError(
			roots.length === 0
				? `No folder is open, so "${given}" leads nowhere. Ask the user to open one.`
				: `Several folders are open; begin the path with one of: ${roots.map(({ name }) => name).join(', ')}.`,
		);
	}
	const rest = segments.slice(segments.indexOf(named.name) + 1);
	return placeAbsolute({ origin: named.origin, path: `${named.path}/${rest.join('/')}` }, roots, rules);
}

function absolutePath(path: string, rules: PathRules): string | undefined {
	if (rules === 'windows' && /^[a-z]:/i.test(path)) {
		return `/${path}`;
	}
	return path.startsWith('/') ? path : undefined;
}

function segmentsOf(path: string): string[] {
	return path.split('/').filter(segment => segment !== '');
}

function normalSegments(path: string): string[] {
	const normal: string[] = [];
	for (const segment of segmentsOf(path)) {
		if (segment === '..') {
			normal.pop();
		} else if (segment !== '.') {
			normal.push(segment);
		}
	}
	return normal;
}

function refuseControls(given: string): void {
	if (/\p{Cc}/u.test(given)) {
		throw new ToolError('A path cannot contain control characters.');
	}
}

/** Other names for a file would pass by rules that look at names: streams, devices, short names, shares, dropped ends. */
function refuseWindowsTricks(path: string, given: string): void {
	const rest = path.replace(/^\/?[a-z]:(?=\/|$)/i, '');
	const isTrick =
		path.startsWith('//') ||
		rest.includes(':') ||
		segmentsOf(rest).some(
			segment =>
				(/[. ]$/.test(segment) && segment !== '.' && segment !== '..') ||
				/~\d/.test(segment) ||
				/^(?:con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(?:\.|$)/i.test(segment),
		);
	if (isTrick) {
		throw new ToolError(`"${given}" is a device, stream, share or short name; give the file's plain path.`);
	}
}
