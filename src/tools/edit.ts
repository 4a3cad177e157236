import * as z from 'zod';
import type { Tool } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { apply } from '../editing/index.ts';
import { absentError } from './absent.ts';
import { changeTool } from './fileChange.ts';
import type { FileNow, NewText } from './landChange.ts';
import type { EditProblems } from './language/editProblems.ts';
import { matchNote } from './matchNote.ts';
import { type CellEdit, editCells } from './notebook/editCells.ts';
import { isNotebookPath } from './notebook/notebookPath.ts';
import { withCells } from './notebook/notebookText.ts';
import { parseNotebook } from './notebook/parseNotebook.ts';
import type { SeenFiles } from './seenFiles.ts';

/** Without it the schema names the largest integer there is. */
const MAX_CELLS = 100_000;

const input = z.object({
	path: z.string().min(1).describe('File path'),
	edits: z
		.array(
			z.object({
				oldText: z.string().describe('Exact text of the file; enough lines to stand in one place only'),
				newText: z.string().describe('Text to put there'),
				replaceAll: z.boolean().optional().describe('Replace every occurrence'),
				cell: z
					.number()
					.int()
					.min(0)
					.max(MAX_CELLS)
					.optional()
					.describe('Notebook cell. Empty oldText adds one after it, "[markdown]" as first line sets its kind'),
			}),
		)
		.min(1)
		.describe('Applied in order, all or none'),
});

export function editTool(problems?: EditProblems, seen?: SeenFiles): Tool {
	return changeTool({
		name: 'edit',
		description:
			'Replace exact text in a file. Prefer it to write for existing files; put all edits of a file in one call.',
		input,
		problems,
		seen,
		takesNotebooks: true,
		async textAfter({ path, edits }, { location, current }, { workspace, signal }) {
			if (current === undefined && edits[0]?.oldText !== '') {
				throw await absentError(workspace, location, signal);
			}
			return editedText({ location, current }, edits, path);
		},
	});
}

/** @throws ToolError that says why nothing can be changed. */
function editedText({ location, current }: FileNow, edits: readonly CellEdit[], path: string): NewText {
	if (isNotebookPath(location.path)) {
		return editedNotebook(current?.text, edits);
	}
	if (edits.some(({ cell }) => cell !== undefined)) {
		throw new ToolError(`Nothing was changed. "${location.path}" is no notebook: it has no cells.`);
	}
	const result = apply({ content: current?.text ?? '', edits, path, exists: current !== undefined });
	if (!result.ok) {
		throw new ToolError(`Nothing was changed. ${result.reason}`);
	}
	return { text: result.content, ...matchNote(result) };
}

function editedNotebook(json: string | undefined, edits: readonly CellEdit[]): NewText {
	if (json === undefined) {
		throw new ToolError('There is no such notebook. Use write with its whole JSON to create it.');
	}
	const notebook = parseNotebook(json);
	if (notebook === undefined) {
		throw new ToolError('Nothing was changed: this is no notebook of format 4. Tell the user to convert it.');
	}
	const result = editCells(notebook.cells, edits, notebook.language);
	if (!result.ok) {
		throw new ToolError(`Nothing was changed. ${result.reason}`);
	}
	return { text: withCells(json, result.cells), what: result.what };
}
