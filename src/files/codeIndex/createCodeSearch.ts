import { type Clock, systemClock } from '../../agent/clock.ts';
import type { CodeSearch, SimilarityModel } from '../../agent/codeSearch.ts';
import type { Workspace } from '../../agent/workspace.ts';
import { CodeIndex } from './codeIndex.ts';
import type { WorkspaceChanges } from './codeSource.ts';
import { workspaceSource } from './workspaceSource.ts';

export interface CodeSearchOptions {
	readonly workspace: Workspace;
	/** Saves looking at every file at each search. */
	readonly changes?: WorkspaceChanges;
	/** Asked at each search. */
	readonly similarity?: () => SimilarityModel | undefined;
	readonly clock?: Clock;
}

/** The search for code of one window or process. Nothing is read, watched or kept before the first search. */
export function createCodeSearch(options: CodeSearchOptions): CodeSearch & { dispose(): void } {
	const { workspace, changes, similarity, clock = systemClock } = options;
	const source = workspaceSource(workspace, { clock, ...(changes && { changes }) });
	return new CodeIndex(source, { clock, ...(similarity && { similarity }) });
}
