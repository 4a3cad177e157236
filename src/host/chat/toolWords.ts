/** What the row of a call says. */
import type { ToolResult, ToolView } from '../../agent/tool.ts';
import type { ToolState } from '../../protocol/transcript.ts';
import { formatCost } from '../format.ts';
import type { Translate } from '../translate.ts';
import { shownLine } from './toolDetail.ts';

export const toolStates: Readonly<Record<ToolResult['outcome'], ToolState>> = {
	ok: 'done',
	error: 'failed',
	denied: 'denied',
	interrupted: 'interrupted',
};

/** The name of the tool whose calls set the plan. */
export const PLAN_TOOL = 'todo';

const toolVerbs: ReadonlyMap<string, { readonly running: string; readonly done: string }> = new Map(
	Object.entries({
		read: { running: 'Reading', done: 'Read' },
		write: { running: 'Writing', done: 'Wrote' },
		edit: { running: 'Editing', done: 'Edited' },
		apply_patch: { running: 'Patching', done: 'Patched' },
		list: { running: 'Listing', done: 'Listed' },
		glob: { running: 'Finding', done: 'Found' },
		grep: { running: 'Searching', done: 'Searched' },
		bash: { running: 'Running', done: 'Ran' },
		batch: { running: 'Running', done: 'Ran' },
		task: { running: 'Delegating', done: 'Delegated' },
		[PLAN_TOOL]: { running: 'Planning', done: 'Planned' },
		webfetch: { running: 'Fetching', done: 'Fetched' },
		websearch: { running: 'Searching the web', done: 'Searched the web' },
		codesearch: { running: 'Searching the code', done: 'Searched the code' },
		diagnostics: { running: 'Checking', done: 'Checked' },
		symbols: { running: 'Looking up', done: 'Looked up' },
		rename: { running: 'Renaming', done: 'Renamed' },
		toolSearch: { running: 'Looking for tools', done: 'Looked for tools' },
		useTool: { running: 'Using', done: 'Used' },
	}),
);

/** What the row says the tool does or did; a tool without words of its own is called by its name. */
export function toolVerb(name: string, state: ToolState, t: Translate): string {
	switch (state) {
		case 'queued':
			return t('Next');
		case 'waiting':
			return t('Waiting');
		case 'failed':
			return t('Failed');
		case 'denied':
			return t('Denied');
		case 'interrupted':
			return t('Interrupted');
		case 'running':
		case 'done': {
			const verbs = toolVerbs.get(name);
			return verbs === undefined ? shownLine(name) : t(verbs[state]);
		}
		default:
			return state satisfies never;
	}
}

/** The subject of the tool's calls is a file. */
function hasFileSubject(tool: string): boolean {
	return tool === 'read' || tool === 'write' || tool === 'edit';
}

/** What the verb works on. A path is only there when it can be shown as it is. */
export function subjectFields(
	tool: string,
	subject: string,
	view: ToolView | undefined,
): { readonly subject: string; readonly path?: string } {
	if (view?.kind === 'foreign') {
		return { subject: shownLine(`${view.server}: ${view.tool}`) };
	}
	if (view?.kind === 'agent') {
		return { subject: shownLine(view.title) };
	}
	const shown = shownLine(subject);
	return { subject: shown, ...(hasFileSubject(tool) && shown === subject && { path: subject }) };
}

/** The right side of an ended row. */
export function noteOf(view: ToolView | undefined): string {
	return view !== undefined && 'note' in view ? shownLine(view.note ?? '') : '';
}

/** The right side of a row whose work another agent does: each request of it is a step. */
export function delegateNote(
	{ steps, cost, hasUnknown }: { readonly steps: number; readonly cost: number; readonly hasUnknown: boolean },
	t: Translate,
): string {
	const count = steps === 1 ? t('1 step') : t('{0} steps', steps);
	return hasUnknown ? t('{0}, cost unknown', count) : cost === 0 ? count : t('{0}, {1}', count, formatCost(cost));
}
