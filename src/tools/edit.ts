import * as z from 'zod';
import { defineTool } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { apply } from '../editing/index.ts';
import { absentError } from './absent.ts';
import { type ChangePlanner, changeView, makeChange, readForChange } from './fileChange.ts';

const input = z.object({
	path: z.string().min(1).describe('File path'),
	edits: z
		.array(
			z.object({
				oldText: z.string().describe('Exact text of the file; enough lines to stand in one place only'),
				newText: z.string().describe('Text to put there'),
				replaceAll: z.boolean().optional().describe('Replace every occurrence'),
			}),
		)
		.min(1)
		.describe('Applied in order, all or none'),
});

export const editTool = defineTool({
	name: 'edit',
	description:
		'Replace exact text in a file. Prefer it to write for existing files; put all edits of a file in one call.',
	effect: 'write',
	input,
	paths: ({ path }) => [path],
	subject: ({ path }) => path,
	async preview(edit, context) {
		return changeView(await plan(edit)(context));
	},
	run: (edit, context) => makeChange(plan(edit), context),
});

function plan({ path, edits }: z.infer<typeof input>): ChangePlanner {
	return async ({ workspace, signal }) => {
		const location = await workspace.locate(path, signal);
		const current = await readForChange(location, { workspace, signal });
		if (current === undefined && edits[0]?.oldText !== '') {
			throw await absentError(workspace, location, signal);
		}
		const result = apply({ content: current?.text ?? '', edits, path, exists: current !== undefined });
		if (!result.ok) {
			throw new ToolError(`Nothing was changed. ${result.reason}`);
		}
		return { location, current, after: result.content };
	};
}
