import * as z from 'zod';
import type { Notebook } from '../agent/notebook.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { type FileLines, type FileStat, type Location, NotTextError } from '../agent/workspace.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { imageFacts } from './imageFacts.ts';
import { limitLines } from './limitText.ts';
import { parseNotebook } from './notebook/parseNotebook.ts';
import { describeNotebook, notebookLines } from './notebook/showNotebook.ts';
import type { SeenFiles } from './seenFiles.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_LINES = 2000;
/** Bytes of a picture that is shown to a model: what the strictest vendor takes. */
const MAX_IMAGE_BYTES = 5_000_000;
/** Bytes of a notebook that is taken apart; a larger one is shown as the text of its file, by range. */
const MAX_NOTEBOOK_BYTES = 50_000_000;

interface LineRange {
	readonly offset: number;
	readonly limit: number;
}

type ReadContext = Pick<ToolContext, 'workspace' | 'signal' | 'seesImages'>;

export function readTool(seen?: SeenFiles): Tool {
	return defineTool({
		name: 'read',
		description: `Read a file as the editor has it: text, a notebook by cell, or an image. At most ${MAX_LINES} lines at once.`,
		effect: 'read',
		input: z.object({
			path: z.string().min(1).describe('File path, such as "src/app.ts"'),
			offset: z.number().int().min(1).max(1_000_000_000).optional().describe('First line, from 1'),
			limit: z.number().int().min(1).max(MAX_LINES).optional().describe('Number of lines'),
		}),
		paths: ({ path }) => [path],
		subject: ({ path }) => path,
		async run({ path, offset = 1, limit = MAX_LINES }, context) {
			const { workspace, signal } = context;
			const location = await workspace.locate(path, signal);
			const stat = await workspace.stat(location, signal);
			if (stat === undefined) {
				throw await absentError(workspace, location, signal);
			}
			if (stat.kind === 'folder') {
				throw new ToolError(`"${location.path}" is a folder; use list.`);
			}
			seen?.note(location, stat.version);
			const range = { offset, limit };
			const notebook = await findNotebook(location, stat, context);
			if (notebook !== undefined) {
				return showNotebook(location, notebook, range);
			}
			try {
				const part = await workspace.readLines(location, offset, limit, signal);
				return show(
					location,
					part,
					range,
					isNotebookName(location) ? ['[a notebook, shown as the text of its file]'] : [],
				);
			} catch (error) {
				if (error instanceof NotTextError) {
					return await showImage(location, stat, error, context);
				}
				throw error;
			}
		},
	});
}

/** As an editor holds it, else as it is saved. Undefined for what is no notebook, or none that can be taken apart. */
async function findNotebook(
	location: Location,
	stat: FileStat,
	{ workspace, signal }: ReadContext,
): Promise<Notebook | undefined> {
	const open = workspace.openNotebook?.(location);
	if (open !== undefined || !isNotebookName(location) || stat.size > MAX_NOTEBOOK_BYTES) {
		return open;
	}
	const { text, isUnsaved } = await workspace.readText(location, signal);
	const notebook = parseNotebook(text);
	return notebook && { ...notebook, isUnsaved };
}

function isNotebookName({ path }: Location): boolean {
	return path.toLowerCase().endsWith('.ipynb');
}

function showNotebook(location: Location, notebook: Notebook, { offset, limit }: LineRange): ToolOutput {
	const all = notebookLines(notebook);
	const lines = all.slice(offset - 1, offset - 1 + limit);
	const part = { lines, from: offset, totalLines: all.length, isUnsaved: notebook.isUnsaved };
	const shown = show(location, part, { offset, limit }, [`[${describeNotebook(notebook)}]`]);
	return { ...shown, view: { kind: 'note', note: describeNotebook(notebook) } };
}

/** @param heads lines that come before everything else. */
function show(
	location: Location,
	part: FileLines,
	{ offset, limit }: LineRange,
	heads: readonly string[] = [],
): ToolOutput {
	if (part.lines.length === 0 && offset > 1) {
		const total = part.totalLines === undefined ? '' : ` It has ${counted(part.totalLines, 'line')}.`;
		throw new ToolError(`Line ${offset} is past the end of "${location.path}".${total}`);
	}
	const { lines, taken, cutCharacters } = limitLines(part.lines);
	const last = offset + taken - 1;
	const isEnd =
		part.totalLines === undefined ? part.lines.length < limit && taken === part.lines.length : last >= part.totalLines;
	const { text, hidden } = visibleText(lines.join('\n'));
	const notes = [...(part.isUnsaved ? ['[unsaved changes of the user included]'] : []), ...heads];
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

/** @throws the refusal, with a way on, for what is no picture that a model can be shown. */
async function showImage(
	location: Location,
	stat: FileStat,
	refusal: NotTextError,
	{ workspace, signal, seesImages }: ReadContext,
): Promise<ToolOutput> {
	const data = await workspace.readBytes(location, MAX_IMAGE_BYTES, signal);
	const image = imageFacts(data);
	if (image === undefined) {
		const advice =
			refusal.kind === 'a PDF document'
				? 'A command such as pdftotext may show its text; else ask the user for it.'
				: 'Where it matters, look into it with a command.';
		throw new ToolError(`${refusal.message} ${advice}`, { cause: refusal });
	}
	const pixels = image.size === undefined ? '' : `, ${image.size.width} × ${image.size.height} pixels`;
	const described = `"${location.path}" is a ${image.name} image${pixels}, ${counted(stat.size, 'byte')}.`;
	const view = { kind: 'note', note: `${image.name} image${pixels}` } as const;
	if (!seesImages) {
		return { text: `${described} This model sees no images: ask the user what it shows.`, view };
	}
	if (stat.size > MAX_IMAGE_BYTES) {
		return {
			text: `${described} It is not shown: images above ${counted(MAX_IMAGE_BYTES, 'byte')} are too large.`,
			view,
		};
	}
	return { text: described, images: [{ mimeType: image.mimeType, data }], view };
}
