import { BEFORE_SCHEME, DELEGATE_SCHEME } from '../ids.ts';

/** Schemes of documents that are no files to be edited: output, comments, settings, other sides of diffs. */
export const otherSchemes: ReadonlySet<string> = new Set([
	...['output', 'comment', 'git', 'vscode-settings'],
	...[BEFORE_SCHEME, DELEGATE_SCHEME],
]);
