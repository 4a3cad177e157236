import type { ApprovalReason, Effect } from '../tool.ts';
import type { Location } from '../workspace.ts';
import { isSecret, protectionOf } from './protectedPaths.ts';

/** One path of a call, as the model wrote it and as the workspace resolved it. */
export interface TouchedPath {
	readonly given: string;
	readonly location: Location;
}

export interface PolicyCall {
	readonly effect: Effect;
	readonly paths: readonly TouchedPath[];
	/** Whether the user trusts this workspace. */
	readonly isTrusted: boolean;
	/** The user allowed edits for this session. */
	readonly areEditsAllowed: boolean;
}

export type Decision =
	| { readonly kind: 'allow' }
	| { readonly kind: 'ask'; readonly reason: ApprovalReason }
	/** `why` is for the model. */
	| { readonly kind: 'deny'; readonly why: string };

const allow: Decision = { kind: 'allow' };

/** What may run without asking, what is asked for, and what never runs. Pure: the same call gets the same answer. */
export function decide(call: PolicyCall): Decision {
	return call.effect === 'read' ? decideRead(call.paths) : decideWrite(call);
}

/** Whether *Allow in this session* may be offered: not for what is asked for every time. */
export function canAllowSession(reason: ApprovalReason): boolean {
	return reason === 'write';
}

/**
 * Refuses paths that must not even be resolved.
 * @returns words for the model, or undefined when the path may be resolved.
 */
export function refusePath(path: string): string | undefined {
	return path.includes('\0') ? 'A path cannot contain a NUL character.' : undefined;
}

function decideRead(paths: readonly TouchedPath[]): Decision {
	if (paths.some(({ location }) => location.isOutside)) {
		return { kind: 'ask', reason: 'outside' };
	}
	return paths.some(path => namesOf(path).some(isSecret)) ? { kind: 'ask', reason: 'protected' } : allow;
}

function decideWrite({ paths, isTrusted, areEditsAllowed }: PolicyCall): Decision {
	if (!isTrusted) {
		return {
			kind: 'deny',
			why: 'The user has not trusted this workspace, so nothing can be changed. Tell the user what you would change.',
		};
	}
	const protections = paths.flatMap(path => namesOf(path).map(name => ({ path, protection: protectionOf(name) })));
	const forbidden = protections.find(({ protection }) => protection === 'forbidden');
	if (forbidden !== undefined) {
		return { kind: 'deny', why: `"${forbidden.path.location.path}" belongs to git and is never edited as a file.` };
	}
	if (paths.some(({ location }) => location.isOutside)) {
		return { kind: 'ask', reason: 'outside' };
	}
	// A write that names no path cannot be judged by its path.
	if (paths.length === 0 || protections.some(({ protection }) => protection === 'protected')) {
		return { kind: 'ask', reason: 'protected' };
	}
	return areEditsAllowed ? allow : { kind: 'ask', reason: 'write' };
}

/** Every name the file goes by: a link may hide a protected file behind a harmless one, and the reverse. */
function namesOf({ given, location }: TouchedPath): string[] {
	return [given, location.path, location.realPath ?? location.path, decodedPath(location.uri)];
}

function decodedPath(uri: string): string {
	const path = uri.replace(/^[a-z][a-z0-9+.-]*:(?:\/\/[^/]*)?/i, '').replace(/[?#].*$/s, '');
	try {
		return decodeURIComponent(path);
	} catch {
		// Not percent-encoded after all: then it stands for itself.
		return path;
	}
}
