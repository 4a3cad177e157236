import * as z from 'zod';
import type { Tool } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { apply } from '../editing/index.ts';
import { absentError } from './absent.ts';
import { changeTool } from './fileChange.ts';
import type { EditProblems } from './language/editProblems.ts';
import type { SeenFiles } from './seenFiles.ts';

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

export function editTool(problems?: EditProblems, seen?: SeenFiles): Tool {
	return changeTool({
		name: 'edit',
		description:
			'Replace exact text in a file. Prefer it to write for existing files; put all edits of a file in one call.',
		input,
		problems,
		seen,
		async textAfter({ path, edits }, { location, current }, { workspace, signal }) {
			if (current === undefined && edits[0]?.oldText !== '') {
				throw await absentError(workspace, location, signal);
			}
			const result = apply({ content: current?.text ?? '', edits, path, exists: current !== undefined });
			if (!result.ok) {
				throw new ToolError(`Nothing was changed. ${result.reason}`);
			}
			return result.content;
		},
	});
}
