import * as z from 'zod';
import { isSecret } from '../agent/approval/protectedPaths.ts';
import { defineTool, type ToolOutput } from '../agent/tool.ts';
import type { FileMatches, FoundText, Location } from '../agent/workspace.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { limitLines } from './limitText.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_MATCHES = 100;

export const grepTool = defineTool({
	name: 'grep',
	description:
		'Search file contents, unsaved editors included. Regular expressions in ripgrep syntax, line by line. Leaves out what .gitignore or the settings hide, unless path names it.',
	effect: 'read',
	input: z.object({
		pattern: z.string().min(1).describe('Regular expression'),
		path: z.string().optional().describe('Folder or file to search'),
		glob: z.string().optional().describe('Only files like this, such as "*.ts"'),
		literal: z.boolean().optional().describe('Take pattern as plain text'),
		ignoreCase: z.boolean().optional().describe('Match upper and lower case alike'),
		context: z.number().int().min(0).max(10).optional().describe('Lines shown around a match'),
	}),
	paths: ({ path }) => (path === undefined ? [] : [path]),
	subject: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
	async run({ pattern, path, glob, literal = false, ignoreCase = false, context = 0 }, { workspace, signal }) {
		const scope = path === undefined || path === '' ? undefined : await workspace.locate(path, signal);
		if (scope !== undefined && (await workspace.stat(scope, signal)) === undefined) {
			throw await absentError(workspace, scope, signal);
		}
		const found = await workspace.findText(
			{
				pattern,
				isRegex: !literal,
				isCaseSensitive: !ignoreCase,
				glob,
				in: scope,
				limit: MAX_MATCHES,
				contextLines: context,
			},
			signal,
		);
		return show(found, scope);
	},
});

function show(found: FoundText, scope: Location | undefined): ToolOutput {
	// A search over everything was approved by nobody for files that hold secrets: those are read by name alone.
	const secrets = found.files.filter(({ path }) => isSecret(path) && path !== scope?.path);
	const files = found.files.filter(file => !secrets.includes(file));
	const matches = files.flatMap(({ path, lines }) =>
		lines.filter(({ isMatch }) => isMatch).map(({ line, text }) => ({ path, line, text })),
	);
	const described = files.flatMap(describeFile);
	const { lines, taken } = limitLines(described);
	const { text, hidden } = visibleText(lines.join('\n'));
	const ends: string[] = [];
	if (found.isPartial) {
		ends.push(`[stopped at ${MAX_MATCHES} matches: narrow with path, glob or a longer pattern]`);
	} else if (taken < described.length) {
		ends.push('[more matches: narrow with path or glob]');
	}
	if (secrets.length > 0) {
		ends.push(
			`[not shown: matches in ${secrets.map(({ path }) => path).join(', ')}; secrets are searched by path only]`,
		);
	}
	if (hidden > 0) {
		ends.push(hiddenNote(hidden));
	}
	const note = counted(matches.length, 'match') + (found.isPartial ? ' and more' : '');
	return {
		text: [matches.length === 0 ? 'No match.' : text, ...ends].join('\n'),
		view: { kind: 'matches', note, matches },
	};
}

/** The path, then `12:` for a match, `12-` for a line of context, and `--` between runs. */
function describeFile({ path, lines }: FileMatches): string[] {
	const shown = [path.replaceAll('\n', '\\n')];
	let last: number | undefined;
	for (const { line, text, isMatch } of lines) {
		if (last !== undefined && line > last + 1 && lines.some(other => !other.isMatch)) {
			shown.push('--');
		}
		shown.push(`${line}${isMatch ? ':' : '-'}${text}`);
		last = line;
	}
	return shown;
}
