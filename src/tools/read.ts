import * as z from 'zod';
import { defineTool, type ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { FileLines, Location, Workspace } from '../agent/workspace.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { limitLines } from './limitText.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_LINES = 2000;

export const readTool = defineTool({
	name: 'read',
	description: `Read a text file as it is in the editor. At most ${MAX_LINES} lines at once; large files: use offset and limit.`,
	effect: 'read',
	input: z.object({
		path: z.string().min(1).describe('File path, such as "src/app.ts"'),
		offset: z.number().int().min(1).max(1_000_000_000).optional().describe('First line, from 1'),
		limit: z.number().int().min(1).max(MAX_LINES).optional().describe('Number of lines'),
	}),
	paths: ({ path }) => [path],
	subject: ({ path }) => path,
	async run({ path, offset = 1, limit = MAX_LINES }, { workspace, signal }) {
		const location = await workspace.locate(path, signal);
		const stat = await workspace.stat(location, signal);
		if (stat === undefined) {
			throw await absentError(workspace, location, signal);
		}
		if (stat.kind === 'folder') {
			throw new ToolError(`"${location.path}" is a folder; use list.`);
		}
		return show(location, await readFrom(workspace, location, offset, limit, signal), offset, limit);
	},
});

async function readFrom(
	workspace: Workspace,
	location: Location,
	offset: number,
	limit: number,
	signal: AbortSignal,
): Promise<FileLines> {
	const part = await workspace.readLines(location, offset, limit, signal);
	if (part.lines.length === 0 && offset > 1) {
		const total = part.totalLines === undefined ? '' : ` It has ${counted(part.totalLines, 'line')}.`;
		throw new ToolError(`Line ${offset} is past the end of "${location.path}".${total}`);
	}
	return part;
}

function show(location: Location, part: FileLines, offset: number, limit: number): ToolOutput {
	const { lines, taken, cutCharacters } = limitLines(part.lines);
	const last = offset + taken - 1;
	const isEnd =
		part.totalLines === undefined ? part.lines.length < limit && taken === part.lines.length : last >= part.totalLines;
	const { text, hidden } = visibleText(lines.join('\n'));
	const notes: string[] = [];
	if (part.isUnsaved) {
		notes.push('[unsaved changes of the user included]');
	}
	if (location.path.toLowerCase().endsWith('.ipynb')) {
		notes.push('[notebook, shown as its JSON; it cannot be edited as text]');
	}
	const of = part.totalLines === undefined ? '' : ` of ${part.totalLines}`;
	if (offset > 1 || !isEnd) {
		notes.push(`[lines ${offset}-${last}${of}]`);
	}
	const ends: string[] = [];
	if (cutCharacters > 0) {
		ends.push(`[line ${offset} goes on for ${counted(cutCharacters, 'character')}; grep shows parts of it]`);
	}
	if (!isEnd) {
		ends.push(`[more lines: continue with offset=${last + 1}]`);
	}
	if (hidden > 0) {
		ends.push(hiddenNote(hidden));
	}
	const body = taken === 0 ? '[the file is empty]' : text;
	return {
		text: [...notes, body, ...ends].join('\n'),
		view: { kind: 'note', note: offset > 1 || !isEnd ? `lines ${offset}–${last}${of}` : counted(taken, 'line') },
	};
}
