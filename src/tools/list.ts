import * as z from 'zod';
import { defineTool, type ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { DirectoryEntry } from '../agent/workspace.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_ENTRIES = 500;

export const listTool = defineTool({
	name: 'list',
	description: 'List one folder. Folders end in "/"; what .gitignore or the settings hide is marked.',
	effect: 'read',
	input: z.object({
		path: z.string().optional().describe('Folder; the workspace when left out'),
	}),
	paths: ({ path }) => (path === undefined ? [] : [path]),
	subject: ({ path }) => path ?? '.',
	async run({ path = '.' }, { workspace, signal }) {
		if (isWholeWorkspace(path) && workspace.roots.length !== 1) {
			return showEntries(workspace.roots.map(({ name }) => ({ name, kind: 'folder', isIgnored: false })));
		}
		const location = await workspace.locate(path === '' ? '.' : path, signal);
		const stat = await workspace.stat(location, signal);
		if (stat === undefined) {
			throw await absentError(workspace, location, signal);
		}
		if (stat.kind !== 'folder') {
			throw new ToolError(`"${location.path}" is a file; use read.`);
		}
		return showEntries(await workspace.list(location, signal));
	},
});

function isWholeWorkspace(path: string): boolean {
	return /^\.?\/?$/.test(path) && path !== '/';
}

function showEntries(entries: readonly DirectoryEntry[]): ToolOutput {
	const sorted = [...entries].sort((a, b) => rank(a) - rank(b) || compareNames(a.name, b.name));
	const shown = sorted.slice(0, MAX_ENTRIES).map(describe);
	const { text, hidden } = visibleText(shown.map(line => line.replaceAll('\n', '\\n')).join('\n'));
	const notes: string[] = [];
	if (sorted.length > MAX_ENTRIES) {
		notes.push(`[${counted(sorted.length - MAX_ENTRIES, 'more entry')}; use glob to find names]`);
	}
	if (hidden > 0) {
		notes.push(hiddenNote(hidden));
	}
	return {
		text: [sorted.length === 0 ? '[the folder is empty]' : text, ...notes].join('\n'),
		view: {
			kind: 'paths',
			note: counted(sorted.length, 'entry'),
			paths: sorted.slice(0, MAX_ENTRIES).map(({ name, kind }) => (kind === 'folder' ? `${name}/` : name)),
		},
	};
}

function rank({ kind }: DirectoryEntry): number {
	return kind === 'folder' ? 0 : 1;
}

function compareNames(a: string, b: string): number {
	return a < b ? -1 : a > b ? 1 : 0;
}

function describe({ name, kind, isIgnored }: DirectoryEntry): string {
	return `${name}${kind === 'folder' ? '/' : kind === 'other' ? ' (special file)' : ''}${isIgnored ? ' (ignored)' : ''}`;
}
