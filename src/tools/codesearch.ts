import * as z from 'zod';
import type { CodeHit, CodeSearch, FoundCode } from '../agent/codeSearch.ts';
import { defineTool, type Tool } from '../agent/tool.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_HITS = 8;

export function createCodesearchTool(codeSearch: CodeSearch): Tool {
	return defineTool({
		name: 'codesearch',
		description: 'Find code in the workspace by what it is about, best first. For exact text use grep.',
		effect: 'read',
		input: z.object({
			query: z.string().min(1).describe('Words and names the code would hold, such as "retry delay after rate limit"'),
			path: z.string().optional().describe('Folder or file to search'),
		}),
		paths: ({ path }) => (path === undefined ? [] : [path]),
		subject: ({ query, path }) => (path === undefined ? query : `${query} in ${path}`),
		async run({ query, path }, { workspace, signal }) {
			const scope = path === undefined || path === '' ? undefined : await workspace.locate(path, signal);
			if (scope !== undefined && (await workspace.stat(scope, signal)) === undefined) {
				throw await absentError(workspace, scope, signal);
			}
			const below = scope === undefined || scope.path === '.' ? '' : scope.path;
			const found = await codeSearch.search({ text: query, below, limit: MAX_HITS }, signal);
			const { text, hidden } = visibleText(found.hits.map(describe).join('\n'));
			const matches = found.hits.flatMap(hit => hit.lines.slice(0, 1).map(line => ({ path: hit.path, ...line })));
			return {
				text: [
					found.hits.length === 0 ? 'Nothing found. Try other words, or grep.' : text,
					...missingNote(found),
					...(hidden > 0 ? [hiddenNote(hidden)] : []),
				].join('\n'),
				view: { kind: 'matches', note: counted(found.hits.length, 'place'), matches },
			};
		},
	});
}

/** The range and what it declares, then `12:` for each telling line. */
function describe({ path, from, to, names, lines }: CodeHit): string {
	const head = [`${path.replaceAll('\n', '\\n')}:${from}-${to}`, ...(names.length > 0 ? [names.join(', ')] : [])];
	return [head.join(' '), ...lines.map(({ line, text }) => `${line}:${text}`)].join('\n');
}

function missingNote({ missing, searched, total }: FoundCode): string[] {
	if (missing === undefined) {
		return [];
	}
	const advice =
		missing === 'building' ? 'so far; ask again for the others' : 'there are too many; grep finds the others';
	return [`[searched ${searched.toLocaleString('en-US')} of ${counted(total, 'file')}, ${advice}]`];
}
