import * as z from 'zod';
import { isSecret } from '../agent/approval/protectedPaths.ts';
import { defineTool, type ToolOutput } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { FileMatches, FoundText, Location } from '../agent/workspace.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import { limitLines } from './limitText.ts';
import { hiddenNote, visibleText } from './visibleText.ts';

const MAX_MATCHES = 100;
/** Files listed with their counts. */
const MAX_FILES = 100;

export const grepTool = defineTool({
	name: 'grep',
	description:
		'Search file contents, unsaved editors included, by regular expression (ripgrep syntax). Leaves out what .gitignore or the settings hide, unless path names it.',
	effect: 'read',
	input: z.object({
		pattern: z.string().min(1).describe('Regular expression'),
		path: z.string().optional().describe('Folder or file to search'),
		glob: z.string().optional().describe('Only files like this, such as "*.ts"'),
		literal: z.boolean().optional().describe('Take pattern as plain text'),
		ignoreCase: z.boolean().optional().describe('Match upper and lower case alike'),
		context: z.number().int().min(0).max(10).optional().describe('Lines shown around a match'),
		multiline: z.boolean().optional().describe('Matches may span lines; "." matches line ends'),
		count: z.boolean().optional().describe('Only how many matches each file has'),
	}),
	paths: ({ path }) => (path === undefined ? [] : [path]),
	subject: ({ pattern, path }) => (path === undefined ? pattern : `${pattern} in ${path}`),
	async run(
		{ pattern, path, glob, literal = false, ignoreCase = false, context = 0, multiline = false, count = false },
		{ workspace, signal },
	) {
		const scope = path === undefined || path === '' ? undefined : await workspace.locate(path, signal);
		if (scope !== undefined) {
			const stat = await workspace.stat(scope, signal);
			if (stat === undefined) {
				throw await absentError(workspace, scope, signal);
			}
			if (stat.kind === 'other') {
				throw new ToolError(`"${scope.path}" is a special file and cannot be searched.`);
			}
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
				isMultiline: multiline,
				isCountOnly: count,
			},
			signal,
		);
		return count ? showCounts(found, scope) : showLines(found, scope);
	},
});

function showLines(found: FoundText, scope: Location | undefined): ToolOutput {
	const { files, secrets } = withoutSecrets(found, scope);
	const matches = files.flatMap(({ path, lines }) =>
		lines.filter(({ isMatch }) => isMatch).map(({ line, text }) => ({ path, line, text })),
	);
	const described = files.flatMap(describeFile);
	const { lines, taken } = limitLines(described);
	const ends: string[] = [];
	if (found.isPartial) {
		ends.push(`[stopped at ${MAX_MATCHES} matches: narrow with path, glob or a longer pattern]`);
	} else if (taken < described.length) {
		ends.push('[more matches: narrow with path or glob]');
	}
	const note = counted(matches.length, 'match') + (found.isPartial ? ' and more' : '');
	return {
		text: join(matches.length === 0 ? 'No match.' : lines.join('\n'), [...ends, ...secretsNote(secrets)]),
		view: { kind: 'matches', note, matches },
	};
}

function showCounts(found: FoundText, scope: Location | undefined): ToolOutput {
	const { files, secrets } = withoutSecrets(found, scope);
	const most = files.toSorted((a, b) => b.count - a.count).slice(0, MAX_FILES);
	const matches = counted(
		files.reduce((sum, { count }) => sum + count, 0),
		'match',
	);
	const note = `${matches} in ${counted(files.length, 'file')}`;
	const lines = most.map(({ path, count }) => `${count} ${path.replaceAll('\n', '\\n')}`);
	const end = files.length > most.length ? `[${note}; shown: the ${MAX_FILES} files with most]` : `[${note}]`;
	return {
		text:
			files.length === 0
				? join('No match.', secretsNote(secrets))
				: join(lines.join('\n'), [end, ...secretsNote(secrets)]),
		view: { kind: 'paths', note, paths: most.map(({ path }) => path) },
	};
}

/** A search over everything was approved by nobody for files that hold secrets: those are read by name alone. */
function withoutSecrets({ files }: FoundText, scope: Location | undefined) {
	const isHidden = ({ path }: FileMatches) => isSecret(path) && path !== scope?.path;
	return { files: files.filter(file => !isHidden(file)), secrets: files.filter(isHidden) };
}

function secretsNote(secrets: readonly FileMatches[]): string[] {
	const paths = secrets.map(({ path }) => path).join(', ');
	return secrets.length === 0 ? [] : [`[not shown: matches in ${paths}; secrets are searched by path only]`];
}

function join(found: string, ends: readonly string[]): string {
	const { text, hidden } = visibleText(found);
	return [text, ...ends, ...(hidden > 0 ? [hiddenNote(hidden)] : [])].join('\n');
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
