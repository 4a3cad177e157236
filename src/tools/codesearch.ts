import * as z from 'zod';
import type { CodeHit, CodeSearch, FoundCode } from '../agent/codeSearch.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_HITS = 8;
/** Where public code lies, is documented and talked about. Everything else is found by searching the web as a whole. */
const CODE_SITES = [
	...['github.com', 'gitlab.com', 'codeberg.org', 'stackoverflow.com', 'developer.mozilla.org'],
	...['learn.microsoft.com', 'docs.rs', 'pkg.go.dev', 'readthedocs.io', 'npmjs.com'],
];

export interface CodesearchOptions {
	readonly codeSearch: CodeSearch;
	/** Searches pages of some sites, as the tool websearch does. Absent where the web cannot be searched. */
	readonly searchWeb?: (
		input: { readonly query: string; readonly domains: string[] },
		context: ToolContext,
	) => Promise<ToolOutput>;
}

const query = z.string().min(1).describe('Words and names the code would hold, such as "retry delay after rate limit"');
const path = z.string().optional().describe('Folder or file to search');
const where = z
	.enum(['workspace', 'web'])
	.optional()
	.describe('"web": public code and its documentation, for about a cent');

interface Input {
	readonly query: string;
	readonly path?: string | undefined;
	readonly where?: 'workspace' | 'web' | undefined;
}

export function createCodesearchTool({ codeSearch, searchWeb }: CodesearchOptions): Tool {
	return defineTool<Input>({
		name: 'codesearch',
		description: 'Find code by what it is about, best first. For exact text use grep.',
		effect: 'read',
		input: searchWeb === undefined ? z.object({ query, path }) : z.object({ query, path, where }),
		paths: pathsOf,
		subject: input => [input.query, ...placeOf(input)].join(' in '),
		async demand(input) {
			return input.where === 'web' ? { kind: 'search' } : { kind: 'paths', paths: pathsOf(input) };
		},
		async run(input, context) {
			if (input.where !== 'web') {
				return searchWorkspace(codeSearch, input, context);
			}
			if (searchWeb === undefined || input.path !== undefined) {
				throw new ToolError('A path is of the workspace: leave it out, or search the workspace.');
			}
			const found = await searchWeb({ query: input.query, domains: CODE_SITES }, context);
			return { ...found, isFromOutside: true };
		},
	});
}

function pathsOf({ path: folder }: Input): readonly string[] {
	return folder === undefined ? [] : [folder];
}

function placeOf({ path: folder, where: place }: Input): readonly string[] {
	return place === 'web' ? ['the web'] : folder === undefined ? [] : [folder];
}

async function searchWorkspace(
	codeSearch: CodeSearch,
	{ query: text, path: folder }: Input,
	{ workspace, signal }: ToolContext,
): Promise<ToolOutput> {
	const scope = folder === undefined || folder === '' ? undefined : await workspace.locate(folder, signal);
	if (scope !== undefined && (await workspace.stat(scope, signal)) === undefined) {
		throw await absentError(workspace, scope, signal);
	}
	const below = scope === undefined || scope.path === '.' ? '' : scope.path;
	const found = await codeSearch.search({ text, below, limit: MAX_HITS }, signal);
	const shown = visibleText(found.hits.map(describe).join('\n'));
	const matches = found.hits.flatMap(hit => hit.lines.slice(0, 1).map(line => ({ path: hit.path, ...line })));
	return {
		text: [
			found.hits.length === 0 ? 'Nothing found. Try other words, or grep.' : shown.text,
			...missingNote(found),
			...(found.unjudged === undefined ? [] : [`[ranked by words alone: ${found.unjudged}]`]),
			...(shown.hidden > 0 ? [hiddenNote(shown.hidden)] : []),
		].join('\n'),
		view: { kind: 'matches', note: counted(found.hits.length, 'place'), matches },
	};
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
