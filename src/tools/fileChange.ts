/** What `write` and `edit` share: looking at the file, making the change, saying what was done. */
import type * as z from 'zod';
import { refusePath } from '../agent/approval/policy.ts';
import { addedRemoteSchemas } from '../agent/approval/remoteSchemas.ts';
import {
	type Allowed,
	type Demand,
	defineTool,
	type Tool,
	type ToolContext,
	type ToolOutput,
	type ToolView,
} from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { type FileText, type Location, StaleTextError, type WriteOutcome } from '../agent/workspace.ts';
import { diffTexts, type TextDiff } from '../editing/index.ts';
import { counted } from './counted.ts';
import type { EditProblems } from './language/editProblems.ts';
import type { SeenFiles } from './seenFiles.ts';
import { isReadAsked } from './unread.ts';

type PlanContext = Pick<ToolContext, 'workspace' | 'signal'>;

/** The file as it is now. */
export interface FileNow {
	readonly location: Location;
	/** Absent when there is no file. */
	readonly current: FileText | undefined;
}

/** A change worked out for the text that is there now. */
interface PlannedChange extends FileNow {
	readonly after: string;
}

export interface ChangeTool<Input> {
	readonly name: string;
	readonly description: string;
	readonly input: z.ZodType<Input>;
	/** The whole text after the change. @throws ToolError, which may quote the file. */
	textAfter(input: Input, file: FileNow, context: PlanContext): Promise<string>;
	/** It puts a whole new text in the place of the old one, of which none may be one that the agent has not seen. */
	readonly replacesAll?: boolean;
	/** Where there are language servers. */
	readonly problems?: EditProblems | undefined;
	/** What the agent has seen. */
	readonly seen?: SeenFiles | undefined;
}

/** A tool that changes the text of one file. */
export function changeTool<Input extends { readonly path: string }>(tool: ChangeTool<Input>): Tool {
	const { name, description, input, problems } = tool;
	return defineTool({
		name,
		description,
		effect: 'write',
		input,
		paths: ({ path }) => [path],
		subject: ({ path }) => path,
		demand: (given, context) => demandOf(tool, given, context),
		async preview(given, context) {
			const { location, current, after } = await plan(tool, given, context);
			return diffView(location, current, diffTexts(current?.text ?? '', after));
		},
		async run(given, context) {
			if (problems === undefined) {
				return makeChange(tool, given, context);
			}
			const location = await context.workspace.locate(given.path, context.signal);
			const { value, told } = await problems.around(given, [location], context, () => makeChange(tool, given, context));
			return told === '' ? value : { ...value, text: `${value.text}\n${told}` };
		},
	});
}

/**
 * A call that does not fit the file is no reason to refuse it here: in a batch an earlier call may make it fit, and what
 * it would do is looked at again before the run.
 */
async function demandOf<Input extends { readonly path: string }>(
	tool: ChangeTool<Input>,
	given: Input,
	context: PlanContext,
): Promise<Demand> {
	const paths = [given.path];
	if (refusePath(given.path) !== undefined) {
		return { kind: 'paths', paths };
	}
	try {
		const planned = await plan(tool, given, context);
		tool.problems?.prepare(given, [planned.location], context);
		const remoteSchemas = schemasOf(planned);
		return {
			kind: 'paths',
			paths,
			...(remoteSchemas.length > 0 && { remoteSchemas }),
		};
	} catch (error) {
		if (error instanceof ToolError) {
			return { kind: 'paths', paths };
		}
		throw error;
	}
}

async function plan<Input extends { readonly path: string }>(
	tool: ChangeTool<Input>,
	given: Input,
	context: PlanContext,
): Promise<PlannedChange> {
	const location = await context.workspace.locate(given.path, context.signal);
	await refuseOutdated(tool, location, context);
	const file = { location, current: await readForChange(location, context) };
	try {
		return { ...file, after: await tool.textAfter(given, file, context) };
	} catch (error) {
		throw error instanceof ToolError && isReadAsked(location)
			? new ToolError(
					`Nothing was changed: the call does not fit "${location.path}", which is not quoted unread. Use read first.`,
					{ cause: error },
				)
			: error;
	}
}

async function refuseOutdated<Input>(
	{ replacesAll, seen }: ChangeTool<Input>,
	location: Location,
	{ workspace, signal }: PlanContext,
): Promise<void> {
	const isOutdated = replacesAll && seen?.isOutdated(location, (await workspace.stat(location, signal))?.version);
	if (isOutdated) {
		throw new ToolError(
			`Nothing was written: "${location.path}" has changed since you read it. Read it again, or change parts of it with edit.`,
		);
	}
}

function schemasOf({ location, current, after }: PlannedChange): readonly string[] {
	return addedRemoteSchemas(location.path, current?.text ?? '', after);
}

/** The file's text, or undefined where there is no file. @throws ToolError for what cannot be edited as text. */
export async function readForChange(
	location: Location,
	{ workspace, signal }: PlanContext,
): Promise<FileText | undefined> {
	const stat = await workspace.stat(location, signal);
	if (stat === undefined) {
		return undefined;
	}
	if (stat.kind !== 'file') {
		throw new ToolError(`"${location.path}" is ${stat.kind === 'folder' ? 'a folder' : 'no file'}; name a file.`);
	}
	if (location.path.toLowerCase().endsWith('.ipynb')) {
		throw new ToolError('A notebook cannot be changed as text. Tell the user which cells to change.');
	}
	if (stat.isReadOnly) {
		throw new ToolError(`"${location.path}" is read-only. Tell the user; do not work around it.`);
	}
	return workspace.readText(location, signal);
}

/**
 * Plans, records and makes the change. When the user types at the same moment the plan is made once more.
 * A change recorded for the first plan is then followed by a second record of the same call.
 */
async function makeChange<Input extends { readonly path: string }>(
	tool: ChangeTool<Input>,
	given: Input,
	context: ToolContext,
): Promise<ToolOutput> {
	const attempt = async () => {
		const planned = await plan(tool, given, context);
		const output = await carryOut(planned, context);
		await tool.seen?.noteNow(planned.location, context.workspace);
		return output;
	};
	try {
		return await attempt();
	} catch (error) {
		if (!(error instanceof StaleTextError) || tool.replacesAll) {
			throw error;
		}
		return attempt();
	}
}

async function carryOut(planned: PlannedChange, context: ToolContext): Promise<ToolOutput> {
	const { location, current, after } = planned;
	refuseUnasked(schemasOf(planned), context.allowed);
	const before = current === undefined ? {} : { before: current.text };
	await context.recordChange({ location, ...before, after });
	context.signal.throwIfAborted();
	const outcome = await context.workspace.write(location, after, current?.stamp ?? 'absent', context.signal);
	const diff = diffTexts(current?.text ?? '', after);
	return { text: describe(planned, diff, outcome), view: diffView(location, current, diff) };
}

/** The file changed since the decision, in a way that makes the same call another one. */
export function refuseUnasked(remoteSchemas: readonly string[], { why }: Allowed): void {
	if (remoteSchemas.length > 0 && why !== 'user') {
		throw new ToolError('Nothing was changed: by now the call would add the address of a schema. Make it anew.');
	}
}

function diffView(location: Location, current: FileText | undefined, diff: TextDiff): ToolView {
	const { hunks, added, removed } = diff;
	return { kind: 'diff', path: location.path, hunks, added, removed, isNew: current === undefined };
}

function describe({ location, current }: PlannedChange, diff: TextDiff, outcome: WriteOutcome): string {
	const what =
		current === undefined
			? `Created "${location.path}" with ${counted(diff.added, 'line')}.`
			: `Changed "${location.path}": ${changedLines(diff)} (+${diff.added} -${diff.removed}).`;
	return [what, outcome.isSaved ? '' : 'Not saved.', outcome.note ?? ''].filter(part => part !== '').join(' ');
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
