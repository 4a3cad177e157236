import { isSecret } from '../../../../src/agent/approval/protectedPaths.ts';
import type { CommandContext } from '../../../../src/agent/shell/commandDecision.ts';

const ROOT = '/ws/project';
/** What the made-up workspace holds besides plain files: a link out of it, and a folder with a key somewhere below. */
const LINK = 'linkOut';
const PRIVATE_TREE = 'private';
/** A path that no tool may resolve. */
export const DENIED = 'device:';

/** A workspace that nobody has tampered with, read by the rules for names. */
export function commandContext(more: Partial<CommandContext> = {}): CommandContext {
	return {
		resolve: () => 'outside',
		readPath(path, reach) {
			if (path === DENIED) {
				return 'deny';
			}
			const inside = insidePath(path);
			const isPrivateTree = reach !== 'file' && inside === PRIVATE_TREE;
			return inside === undefined || inside === LINK || isPrivateTree || isSecret(path) ? 'ask' : 'free';
		},
		rules: [],
		cwdIsInside: true,
		isGitPlain: true,
		isHeld: false,
		...more,
	};
}

/** The path below the root, or undefined when it lies elsewhere. */
function insidePath(path: string): string | undefined {
	const { pathname } = new URL(`file://${path.startsWith('/') ? '' : `${ROOT}/`}${path.replace(/[%?#\\]/g, '_')}`);
	return pathname === ROOT || pathname === `${ROOT}/`
		? ''
		: pathname.startsWith(`${ROOT}/`)
			? pathname.slice(ROOT.length + 1)
			: undefined;
}
