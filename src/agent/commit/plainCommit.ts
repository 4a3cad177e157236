import type { FileDiff } from './gitDiff.ts';

export type FileChange = Pick<FileDiff, 'path' | 'oldPath' | 'kind'>;

const VERBS: Readonly<Record<FileDiff['kind'], string>> = {
	added: 'add',
	changed: 'change',
	renamed: 'rename',
	deleted: 'delete',
};

/** Files that are named one by one; of more only their number is told. */
const MOST_NAMES = 3;

/** A message that says which files changed, for where no model can say why. @param changes at least one. */
export function plainCommit(changes: readonly FileChange[]): string {
	const kinds = (['added', 'changed', 'renamed', 'deleted'] as const).filter(kind =>
		changes.some(change => change.kind === kind),
	);
	const text =
		changes.length <= MOST_NAMES
			? kinds.map(kind => `${VERBS[kind]} ${named(changes.filter(change => change.kind === kind))}`).join(', ')
			: `${kinds.length === 1 && kinds[0] ? VERBS[kinds[0]] : 'change'} ${changes.length} files${inFolder(changes)}`;
	return text.charAt(0).toUpperCase() + text.slice(1);
}

function named(changes: readonly FileChange[]): string {
	const names = changes.map(
		({ path, oldPath }) => (oldPath === undefined ? '' : `${baseName(oldPath)} to `) + baseName(path),
	);
	const last = names.at(-1) ?? '';
	return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}

/** The folder that all have in common. */
function inFolder(changes: readonly FileChange[]): string {
	const [first = [], ...others] = changes.map(({ path }) => path.split('/').slice(0, -1));
	const end = first.findIndex((name, index) => others.some(folders => folders[index] !== name));
	const common = end < 0 ? first : first.slice(0, end);
	return common.length === 0 ? '' : ` in ${common.join('/')}`;
}

function baseName(path: string): string {
	return path.slice(path.lastIndexOf('/') + 1);
}
