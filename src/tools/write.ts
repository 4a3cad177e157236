import * as z from 'zod';
import { defineTool } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { findNewElision, keepLineEnds } from '../editing/index.ts';
import { type ChangePlanner, changeView, makeChange, readForChange } from './fileChange.ts';

const input = z.object({
	path: z.string().min(1).describe('File path; missing folders are made'),
	content: z.string().describe('The whole text'),
});

export const writeTool = defineTool({
	name: 'write',
	description: 'Create a file, or replace the whole text of one.',
	effect: 'write',
	input,
	paths: ({ path }) => [path],
	subject: ({ path }) => path,
	async preview(file, context) {
		return changeView(await plan(file)(context));
	},
	run: (file, context) => makeChange(plan(file), context),
});

function plan({ path, content }: z.infer<typeof input>): ChangePlanner {
	return async ({ workspace, signal }) => {
		const location = await workspace.locate(path, signal);
		const current = await readForChange(location, { workspace, signal });
		// The workspace keeps the mark that a file has, and gives a new one none.
		const text = content.startsWith('\uFEFF') ? content.slice(1) : content;
		if (current === undefined) {
			return { location, current, after: text };
		}
		const elision = findNewElision(current.text, text);
		if (elision !== undefined) {
			throw new ToolError(
				`Nothing was written: the content leaves code out at "${elision}". Write the whole file, or use edit.`,
			);
		}
		const after = text.includes('\r\n') ? text : keepLineEnds(current.text, text);
		if (after === current.text) {
			throw new ToolError(`"${location.path}" has exactly this text already; nothing was written.`);
		}
		return { location, current, after };
	};
}
