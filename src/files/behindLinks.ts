import type { Location } from '../agent/workspace.ts';
import { displayPath, isBelow, LOCAL_ORIGIN, type PathRules, placeAbsolute, type Root } from './paths.ts';

export interface LinkedPath {
	/** As `displayPath` shows it. */
	readonly shown: string;
	/** The decoded path of its `file:` URI. */
	readonly path: string;
	/** Outside every root by its name. */
	readonly isOutside: boolean;
}

/**
 * Where a local path leads by its symbolic links: one that leaves the roots is outside, and so is one of which nobody
 * knows where it leads.
 * @param realPath a path without links; undefined for a loop of links, or where access is refused.
 */
export async function behindLinks(
	{ shown, path, isOutside }: LinkedPath,
	roots: readonly Root[],
	rules: PathRules,
	realPath: (path: string) => Promise<string | undefined>,
): Promise<Pick<Location, 'isOutside' | 'realPath'>> {
	const real = await realPath(path);
	if (real === undefined) {
		return { isOutside: true };
	}
	const realRoots = await Promise.all(
		roots.map(async root =>
			root.origin === LOCAL_ORIGIN ? { ...root, path: (await realPath(root.path || '/')) ?? root.path } : root,
		),
	);
	const resolved = placeAbsolute({ origin: LOCAL_ORIGIN, path: real }, realRoots, rules);
	const realShown = displayPath(resolved, roots);
	const isSame = realShown === shown || (isOutside && isBelow(real, path, rules));
	return { isOutside: isOutside || resolved.kind === 'outside', ...(isSame ? {} : { realPath: realShown }) };
}
