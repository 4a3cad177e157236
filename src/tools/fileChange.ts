/** What the tools that change files share: looking at a file, making the change, saying what was done. */
import type * as z from 'zod';
import { refusePath } from '../agent/approval/policy.ts';
import {
	type Demand,
	defineTool,
	type FileDiff,
	type Tool,
	type ToolContext,
	type ToolOutput,
	type ToolView,
} from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { type FileText, type Location, StaleTextError, type WriteOutcome } from '../agent/workspace.ts';
import { diffTexts, type TextDiff } from '../editing/index.ts';
import { absentError } from './absent.ts';
import { counted } from './counted.ts';
import {
	type FileNow,
	type LandedChange,
	landChange,
	mergedChange,
	type NewText,
	type PlanContext,
	type PlannedChange,
	schemasOf,
} from './landChange.ts';
import type { EditProblems } from './language/editProblems.ts';
import { isNotebookPath } from './notebook/notebookPath.ts';
import { shownSources } from './notebook/showNotebook.ts';
import type { SeenFiles } from './seenFiles.ts';
import { isReadAsked } from './unread.ts';
import { visibleText } from './visibleText.ts';

export interface ChangeTool<Input> {
	readonly name: string;
	readonly description: string;
	readonly input: z.ZodType<Input>;
	/** The whole text after the change. @throws ToolError, which may quote the file. */
	textAfter(input: Input, file: FileNow, context: PlanContext): Promise<NewText>;
	/** It puts a whole new text in the place of the old one, of which none may be one that the agent has not seen. */
	readonly replacesAll?: boolean;
	/** It knows the cells of a notebook. */
	readonly takesNotebooks?: boolean;
	/** Where there are language servers. */
	readonly problems?: EditProblems | undefined;
	/** What the agent has seen. */
	readonly seen?: SeenFiles | undefined;
}

/** A tool that changes the text of one file. */
export function changeTool<Input extends { readonly path: string }>(tool: ChangeTool<Input>): Tool {
	const { name, description, input, problems } = tool;
	/** What was planned when the call was decided on, by its input: what the user saw. */
	const decided = new WeakMap<object, PlannedChange>();
	return defineTool({
		name,
		description,
		effect: 'write',
		input,
		paths: ({ path }) => [path],
		subject: ({ path }) => path,
		/**
		 * A call that does not fit the file is no reason to refuse it here: in a batch an earlier call may make it fit, and
		 * what it would do is looked at again before the run.
		 */
		async demand(given, context): Promise<Demand> {
			const paths = [given.path];
			if (refusePath(given.path) !== undefined) {
				return { kind: 'paths', paths };
			}
			try {
				const planned = await plan(tool, given, context);
				decided.set(given, decided.get(given) ?? planned);
				problems?.prepare(given, [planned.location], context);
				const remoteSchemas = schemasOf(planned);
				return { kind: 'paths', paths, ...(remoteSchemas.length > 0 && { remoteSchemas }) };
			} catch (error) {
				if (error instanceof ToolError) {
					return { kind: 'paths', paths };
				}
				throw error;
			}
		},
		async preview(given, context) {
			return diffView(await plan(tool, given, context));
		},
		async run(given, context) {
			const change = () => makeChange(tool, given, decided.get(given), context);
			if (problems === undefined) {
				return change();
			}
			const location = await context.workspace.locate(given.path, context.signal);
			const { value, told } = await problems.around(given, [location], context, change);
			return told === '' ? value : { ...value, text: `${value.text}\n${told}` };
		},
	});
}

async function plan<Input extends { readonly path: string }>(
	tool: ChangeTool<Input>,
	given: Input,
	context: PlanContext,
): Promise<PlannedChange> {
	const location = await context.workspace.locate(given.path, context.signal);
	const file = { location, current: await readForChange(location, context, tool) };
	if (tool.replacesAll && tool.seen?.isOutdated(location, file.current?.version)) {
		throw new ToolError(
			`Nothing was written: "${location.path}" has changed since you read it. Read it again, or change parts of it with edit.`,
		);
	}
	return hidingUnread(location, async () => ({ ...file, after: await tool.textAfter(given, file, context) }));
}

/** Refusals may quote the file: not where nobody allowed it to be read. */
export async function hidingUnread<Value>(location: Location, work: () => Promise<Value>): Promise<Value> {
	try {
		return await work();
	} catch (error) {
		throw error instanceof ToolError && isReadAsked(location)
			? new ToolError(
					`Nothing was changed: the call does not fit "${location.path}", which is not quoted unread. Use read first.`,
					{ cause: error },
				)
			: error;
	}
}

/** The file's text, or undefined where there is no file. @throws ToolError for what cannot be edited as text. */
export async function readForChange(
	location: Location,
	{ workspace, signal }: PlanContext,
	{ takesNotebooks = false }: { readonly takesNotebooks?: boolean } = {},
): Promise<FileText | undefined> {
	const stat = await workspace.stat(location, signal);
	if (stat === undefined) {
		return undefined;
	}
	if (stat.kind !== 'file') {
		throw new ToolError(`"${location.path}" is ${stat.kind === 'folder' ? 'a folder' : 'no file'}; name a file.`);
	}
	if (!takesNotebooks && isNotebookPath(location.path)) {
		throw new ToolError('A notebook cannot be changed as text. Use edit with the cell, as read numbers them.');
	}
	if (stat.isReadOnly) {
		throw new ToolError(`"${location.path}" is read-only. Tell the user; do not work around it.`);
	}
	return workspace.readText(location, signal);
}

async function makeChange<Input extends { readonly path: string }>(
	tool: ChangeTool<Input>,
	given: Input,
	decided: PlannedChange | undefined,
	context: ToolContext,
): Promise<ToolOutput> {
	const { seen, replacesAll } = tool;
	const planAgain = () => plan(tool, given, context);
	const planned = replacesAll ? await planWhole(tool, given, decided, context) : await planAgain();
	// What the user typed since the agent last looked is not seen by being in the text of an edit.
	const isKnown = (change: PlannedChange) =>
		change.current === undefined || seen?.isNewest(change.location, change.current.version) === true;
	const landed = await landChange(planned, replacesAll ? undefined : planAgain, context);
	if (!landed.isMerged && (replacesAll || isKnown(landed))) {
		await seen?.noteWritten(landed.location, landed.outcome.stamp, context.workspace);
	}
	return { text: describeChange(landed), view: diffView(landed) };
}

/** A whole text is made for the one that was there when it was decided on: what changed since goes into it. */
async function planWhole<Input extends { readonly path: string }>(
	tool: ChangeTool<Input>,
	given: Input,
	decided: PlannedChange | undefined,
	context: PlanContext,
): Promise<PlannedChange> {
	const base = decided?.current;
	if (decided === undefined || base === undefined) {
		return plan(tool, given, context);
	}
	const current = await readForChange(decided.location, context, tool);
	if (tool.seen?.isNewest(decided.location, current?.version)) {
		return plan(tool, given, context);
	}
	if (current === undefined) {
		throw await absentError(context.workspace, decided.location, context.signal);
	}
	if (current.stamp === base.stamp) {
		return { ...decided, current };
	}
	const merged = await mergedChange(decided, context);
	if (merged === undefined) {
		throw new StaleTextError(
			`Nothing was written: "${decided.location.path}" was changed in the same lines meanwhile. Read it and write it anew.`,
		);
	}
	return merged;
}

function diffView(change: PlannedChange): ToolView {
	return { kind: 'diff', ...fileDiff(change) };
}

/** For the panel. A notebook is shown by the sources of its cells. */
export function fileDiff({ location, current, after }: PlannedChange): FileDiff {
	const { hunks, added, removed } = diffTexts(shown(location, current?.text ?? ''), shown(location, after.text));
	return { path: location.path, hunks, added, removed, isNew: current === undefined };
}

function shown({ path }: Location, text: string): string {
	return isNotebookPath(path) ? shownSources(text) : text;
}

/** For the model. */
export function describeChange(landed: LandedChange): string {
	const { location, current, after, outcome } = landed;
	const diff = diffTexts(current?.text ?? '', after.text);
	const what =
		current === undefined
			? `Created "${location.path}" with ${counted(diff.added, 'line')}.`
			: `Changed "${location.path}": ${after.what ?? `${changedLines(diff)} (+${diff.added} -${diff.removed})`}.`;
	return [what, after.note ?? '', ...describeOutcome(outcome, landed)].filter(part => part !== '').join(' ');
}

function describeOutcome({ isSaved, note, text }: WriteOutcome, planned: PlannedChange): readonly string[] {
	return [isSaved ? '' : 'Not saved.', note ?? '', text === undefined ? '' : describeFurther(text, planned)];
}

/** What became of the text beyond what was asked for. */
function describeFurther(text: string, { location, after }: PlannedChange): string {
	// An editor writes the JSON around the cells of a notebook in its own way.
	if (isNotebookPath(location.path) && shown(location, text) === shown(location, after.text)) {
		return '';
	}
	const canTell = !isReadAsked(location) && !isNotebookPath(location.path);
	return (canTell ? shortDiff(after.text, text) : undefined) ?? 'Read it before the next edit.';
}

const MAX_FURTHER_LINES = 12;
const MAX_FURTHER_CHARACTERS = 1000;

/** What a formatter made of the text, where that is quickly said. */
function shortDiff(before: string, after: string): string | undefined {
	const { hunks, added, removed } = diffTexts(before, after, 0);
	const lines = hunks.flatMap(({ newStart, lines: changed }) => [`line ${newStart}`, ...changed]);
	const told = visibleText(lines.join('\n')).text;
	return hunks.length === 0 || added + removed > MAX_FURTHER_LINES || told.length > MAX_FURTHER_CHARACTERS
		? undefined
		: `It changed:\n${told}`;
}

const MAX_RANGES = 5;

/** Lines by their number after the change. */
function changedLines({ ranges }: TextDiff): string {
	const shown = ranges.slice(0, MAX_RANGES).map(({ newStart, newEnd }) => {
		if (newEnd <= newStart) {
			return `before line ${newStart + 1}`;
		}
		return newEnd - newStart === 1 ? `line ${newEnd}` : `lines ${newStart + 1}-${newEnd}`;
	});
	return shown.join(', ') + (ranges.length > MAX_RANGES ? ` and ${ranges.length - MAX_RANGES} more places` : '');
}
