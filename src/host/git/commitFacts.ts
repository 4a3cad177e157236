import type { CommitFacts } from '../../agent/commit/commitPrompt.ts';
import { splitDiff } from '../../agent/commit/gitDiff.ts';
import type { FileChange } from '../../agent/commit/plainCommit.ts';
import { type GitRepository, isNewFile, pathInRepository } from './gitApi.ts';

/** More than are shown: those of merges are left out. */
const MOST_LOG = 20;

/** What would be committed now: what is staged, or otherwise all that changed. Undefined when nothing did. */
export async function readCommitFacts(repository: GitRepository, note: string): Promise<CommitFacts | undefined> {
	const staged = await repository.diff(true);
	const isStaged = staged.trim() !== '';
	const diff = isStaged ? staged : await repository.diff(false);
	const { workingTreeChanges, untrackedChanges = [], HEAD } = repository.state;
	const newFiles = isStaged
		? []
		: [...workingTreeChanges, ...untrackedChanges]
				.filter(isNewFile)
				.map(({ uri }) => pathInRepository(repository, uri));
	if (diff.trim() === '' && newFiles.length === 0) {
		return undefined;
	}
	// Before the first commit there is no log to read.
	const log = HEAD?.commit === undefined ? [] : await repository.log({ maxEntries: MOST_LOG });
	return {
		diff,
		isStaged,
		newFiles: [...new Set(newFiles)],
		log: log.map(({ message }) => message),
		...(HEAD?.name !== undefined && { branch: HEAD.name }),
		note,
	};
}

/** The files of a commit, for a message by rule. */
export function changesOf({ diff, newFiles }: CommitFacts): readonly FileChange[] {
	return [...splitDiff(diff), ...newFiles.map(path => ({ path, kind: 'added' }) as const)];
}
