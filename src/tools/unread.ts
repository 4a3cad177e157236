import { isSecret } from '../agent/approval/protectedPaths.ts';
import type { Location } from '../agent/workspace.ts';

/**
 * Whether reading the file is asked for. Until somebody was asked, nothing may tell of its text: no error that quotes it
 * or says which part of a call does not fit, and no look at it by others.
 */
export function isReadAsked({ path, realPath = path, isOutside }: Location): boolean {
	return isOutside || isSecret(path) || isSecret(realPath);
}
