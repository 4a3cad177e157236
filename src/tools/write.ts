import * as z from 'zod';
import type { Tool } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { findNewElision, keepLineEnds } from '../editing/index.ts';
import { changeTool } from './fileChange.ts';
import type { FileNow } from './landChange.ts';
import type { EditProblems } from './language/editProblems.ts';
import type { SeenFiles } from './seenFiles.ts';

const input = z.object({
	path: z.string().min(1).describe('File path; missing folders are made'),
	content: z.string().describe('The whole text'),
});

export function writeTool(problems?: EditProblems, seen?: SeenFiles): Tool {
	return changeTool({
		name: 'write',
		description: 'Create a file, or replace the whole text of one.',
		input,
		problems,
		seen,
		replacesAll: true,
		textAfter: async ({ content }, file) => ({ text: textAfter(content, file) }),
	});
}

function textAfter(content: string, { location, current }: FileNow): string {
	// The workspace keeps the mark that a file has, and gives a new one none.
	const text = content.startsWith('\uFEFF') ? content.slice(1) : content;
	if (current === undefined) {
		return text;
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
	return after;
}
