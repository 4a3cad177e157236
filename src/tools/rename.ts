import * as z from 'zod';
import { addedRemoteSchemas } from '../agent/approval/remoteSchemas.ts';
import type { LanguageServices, TextSpan } from '../agent/languageServices.ts';
import { defineTool, type Tool, type ToolContext, type ToolOutput, type ToolView } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import type { FileText, Location, Workspace } from '../agent/workspace.ts';
import { diffTexts } from '../editing/index.ts';
import { counted } from './counted.ts';
import { readForChange } from './fileChange.ts';
import { refuseUnasked } from './landChange.ts';
import { landSeveral } from './landSeveral.ts';
import type { EditProblems } from './language/editProblems.ts';
import { applySpanEdits } from './language/spanEdits.ts';
import { findTarget, type SymbolTarget } from './language/symbolTarget.ts';
import { splitTextLines } from './language/wordPlaces.ts';
import { isReadAsked } from './unread.ts';
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

export interface RenameOptions {
	readonly services: LanguageServices;
	readonly problems?: EditProblems | undefined;
}

/** For where there are language servers. */
export function renameTool({ services, problems }: RenameOptions): Tool {
	/** The files that were decided on, by the input of the call. */
	const decided = new WeakMap<object, readonly Location[]>();
	return defineTool<Input>({
		name: 'rename',
		description: 'Rename a symbol in all files by the language server. Better than many edits.',
		effect: 'write',
		input,
		paths: ({ path }) => (path === undefined ? [] : [path]),
		async demand(given, context) {
			const files = await plan(given, services, context);
			const locations = files.map(({ location }) => location);
			decided.set(given, locations);
			problems?.prepare(given, locations, context);
			const remoteSchemas = schemasOf(files);
			return {
				kind: 'paths',
				paths: locations.map(({ path }) => path),
				...(remoteSchemas.length > 0 && { remoteSchemas }),
			};
		},
		subject: ({ name, newName }) => `${name} → ${newName}`,
		preview: async (given, context) => viewOf(await plan(given, services, context)),
		async run(given, context) {
			const expected = decided.get(given) ?? [];
			const edit = async () => carryOut(await planFor(expected, given, services, context), context);
			if (problems === undefined) {
				return edit();
			}
			const { value, told } = await problems.around(given, expected, context, edit);
			return told === '' ? value : { ...value, text: `${value.text}\n${told}` };
		},
	});
}

/** @throws ToolError where it would do by now what nobody decided on. */
async function planFor(
	expected: readonly Location[],
	given: Input,
	services: LanguageServices,
	context: ToolContext,
): Promise<readonly PlannedFile[]> {
	const files = await plan(given, services, context);
	if (files.some(({ location }) => expected.every(({ uri }) => uri !== location.uri))) {
		throw new ToolError('Nothing was renamed: by now it would change other files. Make the call anew.');
	}
	refuseUnasked(schemasOf(files), context.allowed);
	return files;
}

function schemasOf(files: readonly PlannedFile[]): readonly string[] {
	return files.flatMap(({ location, current, after }) => addedRemoteSchemas(location.path, current.text, after));
}

async function plan(given: Input, services: LanguageServices, context: PlanContext): Promise<readonly PlannedFile[]> {
	refuseName(given.newName);
	const target = await declarationOf(await targetOf(given, services, context), services, context);
	const planned: PlannedFile[] = [];
	for (const { location, edits } of await services.rename(target.location, target.at, given.newName, context.signal)) {
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

/** @throws ToolError that quotes lines, but none that nobody allowed to be read. */
async function targetOf(
	given: Input,
	services: LanguageServices,
	{ workspace, signal }: PlanContext,
): Promise<SymbolTarget> {
	const named = given.path === undefined ? undefined : await workspace.locate(given.path, signal);
	try {
		return await findTarget(given, { services, workspace }, signal);
	} catch (error) {
		throw error instanceof ToolError && named !== undefined && isReadAsked(named)
			? new ToolError(`Nothing was renamed: "${given.name}" is not found there in "${named.path}".`, { cause: error })
			: error;
	}
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

async function carryOut(files: readonly PlannedFile[], context: ToolContext): Promise<ToolOutput> {
	const steps = files.map(file => ({ name: file.location.path, land: (own: ToolContext) => write(file, own) }));
	const { landed, problem } = await landSeveral(steps, 'Finish with edit.', context);
	const edits = files.slice(0, landed.length).map(({ location, current, after }) => {
		const { added } = diffTexts(current.text, after);
		return `${location.path}: ${counted(added, 'line')}`;
	});
	const text = [problem ?? 'Renamed.', ...edits, ...landed.filter(note => note !== '')].join('\n');
	return { text, view: viewOf(files.slice(0, landed.length)) };
}

/** @returns what the model has to know of it, if anything. */
async function write({ location, current, after }: PlannedFile, context: ToolContext): Promise<string> {
	await context.recordChange({ location, before: current.text, after });
	// Not before the record: of a call that ends here the newest record counts as not made.
	context.signal.throwIfAborted();
	const { isSaved, note } = await context.workspace.write(location, after, current.stamp, context.signal);
	const told = [isSaved ? '' : 'not saved.', note ?? ''].join(' ').trim();
	return told === '' ? '' : `${location.path}: ${told}`;
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
