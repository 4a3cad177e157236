import * as z from 'zod';
import { defineTool } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_FILES = 200;

export const globTool = defineTool({
	name: 'glob',
	description: 'Find files by name. Leaves out what .gitignore or the settings hide.',
	effect: 'read',
	input: z.object({
		pattern: z.string().min(1).describe('Such as "**/*.test.ts" or "src/*.{ts,tsx}"; without "/" at any depth'),
		path: z.string().optional().describe('Folder to search; pattern is relative to it'),
	}),
	paths: ({ path }) => (path === undefined ? [] : [path]),
	subject: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
	async run({ pattern, path }, { workspace, signal }) {
		const folder = path === undefined || path === '' ? undefined : await workspace.locate(path, signal);
		if (folder !== undefined) {
			const stat = await workspace.stat(folder, signal);
			if (stat === undefined) {
				throw await absentError(workspace, folder, signal);
			}
			if (stat.kind !== 'folder') {
				throw new ToolError(`"${folder.path}" is not a folder.`);
			}
		}
		const found = await workspace.findFiles({ glob: pattern, in: folder, limit: MAX_FILES }, signal);
		const { text, hidden } = visibleText(found.paths.map(name => name.replaceAll('\n', '\\n')).join('\n'));
		const lines = [found.paths.length === 0 ? 'No file matches.' : text];
		if (found.isPartial) {
			const all = found.total === undefined ? `more than ${MAX_FILES}` : `${MAX_FILES} of ${found.total}`;
			lines.push(`[${all} files: narrow the pattern, or give a path]`);
		}
		if (hidden > 0) {
			lines.push(hiddenNote(hidden));
		}
		const note = counted(found.paths.length, 'file') + (found.isPartial ? ' and more' : '');
		return { text: lines.join('\n'), view: { kind: 'paths', note, paths: found.paths } };
	},
});
