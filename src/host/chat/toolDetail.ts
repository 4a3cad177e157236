/** What opens below a row or fills an approval, from what a tool shows of its call. */
import { visibleCommand } from '../../agent/shell/commandText.ts';
import type { DiffHunk, FileDiff, ToolView } from '../../agent/tool.ts';
import type { Detail, DiffHunkView, FileDiffView, UrlPartView } from '../../protocol/detail.ts';
import { visibleText } from '../../tools/visibleText.ts';

/** Entries of a list that a row shows before it says how many more there are. */
const MAX_DETAIL_ENTRIES = 200;

/** Lines added and removed, where the view tells of a change. */
export function diffFields(view: ToolView): { added?: number; removed?: number } {
	switch (view.kind) {
		case 'diff':
			return { added: view.added, removed: view.removed };
		case 'diffs':
			return {
				added: view.files.reduce((sum, { added }) => sum + added, 0),
				removed: view.files.reduce((sum, { removed }) => sum + removed, 0),
			};
		default:
			return {};
	}
}

/**
 * Text from files and models may pretend to be other text with characters that are not seen; here they are spelt out.
 * A note, a plan and the work of another agent have nothing to open.
 */
export function detailOf(view: ToolView): Detail | undefined {
	switch (view.kind) {
		case 'note':
		case 'plan':
		case 'agent':
			return undefined;
		case 'diff':
			// A file that is only moved.
			return view.hunks.length === 0
				? undefined
				: { kind: 'diff', path: shown(view.path), hunks: view.hunks.map(hunkView) };
		case 'diffs':
			return { kind: 'diffs', files: view.files.map(fileDiffView) };
		case 'paths':
			return { kind: 'paths', paths: firstOf(view.paths).map(shown), more: moreOf(view.paths) };
		case 'matches': {
			const matches = firstOf(view.matches).map(({ path, line, text }) => ({
				path: shown(path),
				line,
				text: shown(text),
			}));
			return { kind: 'matches', matches, more: moreOf(view.matches) };
		}
		case 'command': {
			const { command, directory, output } = view;
			return {
				kind: 'command',
				command,
				...(directory !== undefined && { directory: visibleCommand(directory) }),
				...(output && { output: shown(output) }),
			};
		}
		case 'url':
			return { kind: 'url', parts: urlParts(view) };
		case 'foreign':
			return { kind: 'foreign', server: shown(view.server), tool: shown(view.tool), input: view.input };
		default:
			return view satisfies never;
	}
}

function fileDiffView({ path, hunks, isNew, isRemoved, movedFrom }: FileDiff): FileDiffView {
	return {
		path: shown(path),
		hunks: hunks.map(hunkView),
		...(isNew && { fate: 'new' }),
		...(isRemoved && { fate: 'deleted' }),
		...(movedFrom !== undefined && { movedFrom: shown(movedFrom) }),
	};
}

function hunkView({ oldStart, newStart, lines }: DiffHunk): DiffHunkView {
	return { oldStart, newStart, lines: lines.map(shown) };
}

/** A command that no view tells of. */
export function commandDetail(command: string): Detail {
	return { kind: 'command', command: visibleCommand(command) };
}

export function textDetail(text: string): Detail {
	return { kind: 'text', text: shown(text) };
}

/** One line of the model's or a file's, fit for a row or a title. */
export function shownLine(text: string): string {
	return shown(text).replace(/\s*\n\s*/g, ' ⏎ ');
}

function shown(text: string): string {
	return visibleText(text).text;
}

/** The address cut into parts, with the host and all that is odd marked. What is no address stays whole, and is odd. */
function urlParts({ url, longParts, port }: Extract<ToolView, { kind: 'url' }>): UrlPartView[] {
	const found = /^(https?:\/\/)([^/?#:[\]]+|\[[^\]]*\])(:\d+)?([^?#]*)(.*)$/s.exec(url);
	if (found === null) {
		return [{ text: shown(url), look: 'odd' }];
	}
	const [, scheme = '', host = '', portText = '', path = '', rest = ''] = found;
	const look = (part: 'path' | 'query') => (longParts.includes(part) ? 'odd' : 'plain');
	const parts: UrlPartView[] = [
		{ text: scheme, look: 'plain' },
		{ text: host, look: longParts.includes('host') ? 'odd' : 'host' },
		{ text: portText, look: port === undefined ? 'plain' : 'odd' },
		{ text: path, look: look('path') },
		{ text: rest, look: look('query') },
	];
	return parts.filter(({ text }) => text !== '').map(part => ({ ...part, text: shown(part.text) }));
}

function firstOf<Entry>(entries: readonly Entry[]): readonly Entry[] {
	return entries.slice(0, MAX_DETAIL_ENTRIES);
}

function moreOf(entries: readonly unknown[]): number {
	return Math.max(0, entries.length - MAX_DETAIL_ENTRIES);
}
