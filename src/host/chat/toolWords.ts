/** What the row of a call says and holds. */
import type { ToolResult, ToolView } from '../../agent/tool.ts';
import type { Detail } from '../../protocol/detail.ts';
import type { ToolState } from '../../protocol/transcript.ts';
import type { Translate } from '../translate.ts';

/** Entries of a list that a row shows before it says how many more there are. */
const MAX_DETAIL_ENTRIES = 200;

export const toolStates: Readonly<Record<ToolResult['outcome'], ToolState>> = {
	ok: 'done',
	error: 'failed',
	denied: 'skipped',
	interrupted: 'interrupted',
};

const toolVerbs: Readonly<Record<string, { readonly running: string; readonly done: string }>> = {
	read: { running: 'Reading', done: 'Read' },
	write: { running: 'Writing', done: 'Wrote' },
	edit: { running: 'Editing', done: 'Edited' },
	list: { running: 'Listing', done: 'Listed' },
	glob: { running: 'Finding', done: 'Found' },
	grep: { running: 'Searching', done: 'Searched' },
};

/** What the row says the tool does or did; a tool without words of its own is called by its name. */
export function toolVerb(name: string, state: ToolState, t: Translate): string {
	switch (state) {
		case 'waiting':
			return t('Waiting');
		case 'failed':
			return t('Failed');
		case 'skipped':
			return t('Skipped');
		case 'interrupted':
			return t('Interrupted');
		case 'running':
		case 'done': {
			const verbs = toolVerbs[name];
			return verbs === undefined ? name : t(verbs[state]);
		}
	}
}

/** The subject of the tool's calls is a file. */
export function hasFileSubject(tool: string): boolean {
	return tool === 'read' || tool === 'write' || tool === 'edit';
}

/** Lines added and removed, where the view tells of a change. */
export function diffFields(view: ToolView): { added?: number; removed?: number } {
	return view.kind === 'diff' ? { added: view.added, removed: view.removed } : {};
}

/** What opens below a row; a note has nothing to open. */
export function detailOf(view: ToolView): Detail | undefined {
	switch (view.kind) {
		case 'note':
			return undefined;
		case 'diff':
			return { kind: 'diff', path: view.path, hunks: view.hunks };
		case 'paths':
			return { kind: 'paths', ...capped(view.paths, 'paths') };
		case 'matches':
			return { kind: 'matches', ...capped(view.matches, 'matches') };
	}
}

function capped<Entry, Name extends string>(entries: readonly Entry[], name: Name) {
	const shown = entries.slice(0, MAX_DETAIL_ENTRIES);
	// The computed key widens to string, so the shape is named here.
	return { [name]: shown, more: entries.length - shown.length } as { readonly [K in Name]: readonly Entry[] } & {
		readonly more: number;
	};
}
