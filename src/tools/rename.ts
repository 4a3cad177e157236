import * as z from 'zod';
import { isSecret, protectionOf } from '../agent/approval/protectedPaths.ts';
import type { LanguageServices, TextSpan } from '../agent/languageServices.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutput, type ToolView } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { FileText, Location, Workspace } from '../agent/workspace.ts';
import { diffTexts } from '../editing/index.ts';
import { counted } from './counted.ts';
import { readForChange } from './fileChange.ts';
import { applySpanEdits } from './language/spanEdits.ts';
import { findTarget, type SymbolTarget } from './language/symbolTarget.ts';
import { splitTextLines } from './language/wordPlaces.ts';
import { visibleText } from './visibleText.ts';

/** Without it the schema names the largest integer there is. */
const MAX_NUMBER = 1_000_000;

const input = z.object({
	name: z.string().min(1).describe('Such as "greet" or "Square.area"'),
	newName: z.string().min(1),
	path: z.string().min(1).optional().describe('File where the name stands'),
	line: z.number().int().min(1).max(MAX_NUMBER).optional().describe('Line where the name stands'),
});
type Input = z.infer<typeof input>;

/** One file's part of a rename, worked out for the text that is there now. */
interface PlannedFile {
	readonly location: Location;
	readonly current: FileText;
	readonly after: string;
}

type PlanContext = Pick<ToolContext, 'workspace' | 'signal'>;

/** For where there are language servers. */
export function renameTool({ services }: { readonly services: LanguageServices }): Tool {
	return defineTool({
		name: 'rename',
		description: 'Rename a symbol in all files by the language server. Better than many edits.',
		effect: 'write',
		input,
		paths: ({ path }) => (path === undefined ? [] : [path]),
		subject: ({ name, newName }) => `${name} → ${newName}`,
		preview: async (given, context) => viewOf(await plan(given, services, context)),
		run: async (given, context) => carryOut(await plan(given, services, context), context),
	});
}

async function plan(given: Input, services: LanguageServices, context: PlanContext): Promise<readonly PlannedFile[]> {
	const { workspace, signal } = context;
	refuseName(given.newName);
	const named = await findTarget(given, { services, workspace }, signal);
	const target = await declarationOf(named, services, context);
	const planned: PlannedFile[] = [];
	for (const { location, edits } of await services.rename(target.location, target.at, given.newName, signal)) {
		// What the call named was judged by its path.
		if (given.path === undefined || location.uri !== named.location.uri) {
			refuseFile(location);
		}
		const current = await readForChange(location, context);
		const after = current && applySpanEdits(current.text, edits);
		if (current === undefined || after === undefined) {
			throw new ToolError(`Nothing was renamed: "${location.path}" changed at this moment. Try again.`);
		}
		if (after !== current.text) {
			planned.push({ location, current, after });
		}
	}
	if (planned.length === 0) {
		throw new ToolError(`Nothing was renamed: the language server finds nothing to change for "${given.name}".`);
	}
	return planned;
}

/**
 * Where the symbol is declared, if that is one place in the workspace: at an import some servers would rename the local
 * name alone.
 */
async function declarationOf(
	target: SymbolTarget,
	services: LanguageServices,
	{ workspace, signal }: PlanContext,
): Promise<SymbolTarget> {
	const [only, ...more] = await services.places('definition', target.location, target.at, signal);
	if (only === undefined || more.length > 0 || only.location.isOutside || target.name === undefined) {
		return target;
	}
	const isNamed = (await textAt(only.location, only.span, workspace, signal)) === target.name;
	return isNamed ? { location: only.location, at: only.span.start, name: target.name } : target;
}

async function textAt(
	location: Location,
	{ start, end }: TextSpan,
	workspace: Workspace,
	signal: AbortSignal,
): Promise<string | undefined> {
	const { text } = await workspace.readText(location, signal);
	return start.line === end.line
		? splitTextLines(text)[start.line - 1]?.slice(start.column - 1, end.column - 1)
		: undefined;
}

/** Servers take any text for a name: TypeScript's puts "not an id" into the code. */
function refuseName(name: string): void {
	if (/[\s()[\]{}<>;,"'`\\/]/.test(name) || visibleText(name).hidden > 0) {
		throw new ToolError('newName is no name: it has spaces, brackets, quotes or invisible characters.');
	}
}

/** Nobody was asked for the files that a rename reaches beside the named one: they must need no asking of their own. */
function refuseFile(location: Location): void {
	const names = [location.path, location.realPath ?? location.path];
	if (location.isOutside || names.some(name => protectionOf(name) !== 'none' || isSecret(name))) {
		const why = location.isOutside ? 'is outside the workspace' : 'is protected';
		throw new ToolError(
			`Nothing was renamed: it would change "${location.path}", which ${why}. Use edit for the files that may change.`,
		);
	}
}

/** One file after another. Where one fails, those before it stay changed and the model is told which. */
async function carryOut(files: readonly PlannedFile[], context: ToolContext): Promise<ToolOutput> {
	const { workspace, signal } = context;
	const changed: string[] = [];
	const notes: string[] = [];
	for (const { location, current, after } of files) {
		try {
			await context.recordChange({ location, before: current.text, after });
			// Not before the record: of a call that ends here the newest record counts as not made.
			signal.throwIfAborted();
			const { isSaved, note } = await workspace.write(location, after, current.stamp, signal);
			changed.push(location.path);
			if (!isSaved || note !== undefined) {
				notes.push(`${location.path}: ${[isSaved ? '' : 'not saved.', note ?? ''].join(' ').trim()}`);
			}
		} catch (error) {
			if (!(error instanceof ToolError) || changed.length === 0) {
				throw error;
			}
			const left = files.slice(changed.length).map(file => file.location.path);
			throw new ToolError(
				`Only partly renamed. Changed: ${changed.join(', ')}. Not changed: ${left.join(', ')}. ${error.message} Finish with edit.`,
				{ cause: error },
			);
		}
	}
	const edits = files.map(({ location, current, after }) => {
		const { added } = diffTexts(current.text, after);
		return `${location.path}: ${counted(added, 'line')}`;
	});
	return { text: ['Renamed.', ...edits, ...notes].join('\n'), view: viewOf(files) };
}

/** A diff for one file; for more the lines as they become. */
function viewOf(files: readonly PlannedFile[]): ToolView {
	const diffs = files.map(({ location, current, after }) => ({ location, diff: diffTexts(current.text, after) }));
	const [first, ...more] = diffs;
	if (first !== undefined && more.length === 0) {
		const { hunks, added, removed } = first.diff;
		return { kind: 'diff', path: first.location.path, hunks, added, removed, isNew: false };
	}
	const matches = files.flatMap(({ location, after }, index) => {
		const lines = splitTextLines(after);
		return (diffs[index]?.diff.ranges ?? []).flatMap(({ newStart, newEnd }) =>
			lines
				.slice(newStart, newEnd)
				.map((text, at) => ({ path: location.path, line: newStart + at + 1, text: visibleText(text).text })),
		);
	});
	const note = `${counted(matches.length, 'line')} in ${counted(files.length, 'file')}`;
	return { kind: 'matches', note, matches };
}
