import * as z from 'zod';
import type { Clock } from '../agent/clock.ts';
import type { Diagnostic, LanguageServices } from '../agent/languageServices.ts';
import { defineTool, type Tool, type ToolOutput } from '../agent/tool.ts';
import type { Location } from '../agent/workspace.ts';
import { absentError } from './absent.ts';
import { countProblems, tellProblems } from './language/problemLines.ts';
import { type CurrentProblems, currentProblems } from './language/problemWatch.ts';

const MAX_PROBLEMS = 60;

/** For where there are language servers. */
export function diagnosticsTool(deps: { readonly services: LanguageServices; readonly clock: Clock }): Tool {
	return defineTool({
		name: 'diagnostics',
		description: 'Errors and warnings of compiler and linters. Checks the named file afresh.',
		effect: 'read',
		input: z.object({
			path: z.string().optional().describe('File or folder; the workspace when left out'),
		}),
		paths: ({ path }) => (path === undefined ? [] : [path]),
		subject: ({ path }) => path ?? '.',
		async run({ path = '.' }, { workspace, signal }) {
			const isWhole = /^\.?\/?$/.test(path);
			const location = isWhole && path !== '/' ? undefined : await workspace.locate(path, signal);
			if (location === undefined || location.path === '.') {
				return showKnown(deps.services.reported(), 'the workspace');
			}
			const stat = await workspace.stat(location, signal);
			if (stat === undefined) {
				throw await absentError(workspace, location, signal);
			}
			if (stat.kind === 'folder') {
				const inside = `${location.path}/`;
				return showKnown(
					deps.services.reported().filter(problem => problem.path.startsWith(inside)),
					`"${location.path}"`,
				);
			}
			return showChecked(location, await currentProblems([location], deps, signal));
		},
	});
}

function showKnown(reported: readonly Diagnostic[], where: string): ToolOutput {
	const output = show(reported, where, 'name a file or folder');
	return {
		...output,
		text: `${output.text}\n[only files that were open or that a server checks by itself; name a file to have it checked]`,
	};
}

function showChecked(location: Location, { problems, settled, isBlind }: CurrentProblems): ToolOutput {
	const own = problems.filter(({ path }) => path === location.path);
	const output = show(own, `"${location.path}"`, 'mend these first');
	if (settled === 'working') {
		return { ...output, text: `${output.text}\n[the language server is still at work; look again later]` };
	}
	if (own.length === 0 && settled === 'silent' && isBlind) {
		const text = `No problems are known in "${location.path}": no language server reported on it. Some look only at files shown in a tab.`;
		return { ...output, text };
	}
	return output;
}

/** Without hints: they fade unused code in the editor and are no problems. */
function show(all: readonly Diagnostic[], where: string, howMore: string): ToolOutput {
	const problems = all.filter(({ severity }) => severity !== 'hint');
	const note = countProblems(problems);
	const { lines, matches } = tellProblems(problems, MAX_PROBLEMS, howMore);
	return {
		text: problems.length === 0 ? `No problems in ${where}.` : lines.join('\n'),
		view: { kind: 'matches', note, matches },
	};
}
