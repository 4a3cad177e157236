import * as z from 'zod';
import { refusePath } from '../agent/approval/policy.ts';
import { type Demand, defineTool, type FileDiff, type Tool, type ToolContext, type ToolView } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { counted } from './counted.ts';
import { describeChange, fileDiff } from './fileChange.ts';
import { type LandedChange, landChange, refuseUnasked } from './landChange.ts';
import { type LandStep, landSeveral } from './landSeveral.ts';
import type { EditProblems } from './language/editProblems.ts';
import {
	locationsOf,
	type PlannedPart,
	type PlannedRemoval,
	pathsOf,
	planPart,
	planPatch,
	readPatch,
	schemasIn,
} from './patchPlan.ts';
import type { SeenFiles } from './seenFiles.ts';

const input = z.object({
	patch: z
		.string()
		.min(1)
		.describe(
			'"*** Begin Patch", then per file "*** Update File: path" (next line "*** Move to: path" moves it), "*** Add File: path" or "*** Delete File: path", then "*** End Patch". Updates: "@@", then lines that begin with " ", "-" or "+"; added files: "+"',
		),
});
type Input = z.infer<typeof input>;

/** One step of a patch, as it was made. */
interface Done {
	readonly text: string;
	readonly diff?: FileDiff;
}

export function patchTool(problems?: EditProblems, seen?: SeenFiles): Tool {
	return defineTool<Input>({
		name: 'apply_patch',
		description: 'Change, add, move or delete several files by a patch, all or none. For one file prefer edit.',
		effect: 'write',
		input,
		paths: ({ patch }) => readPaths(patch),
		subject: ({ patch }) => subjectOf(patch),
		/** As for `edit`: a patch that does not fit the files yet may do so when it is its turn in a batch. */
		async demand(given, context): Promise<Demand> {
			const paths = pathsOf(readPatch(given.patch));
			if (paths.some(path => refusePath(path) !== undefined)) {
				return { kind: 'paths', paths };
			}
			try {
				const parts = await planPatch(given.patch, seen, context);
				problems?.prepare(given, lasting(parts), context);
				const remoteSchemas = schemasIn(parts);
				return { kind: 'paths', paths, ...(remoteSchemas.length > 0 && { remoteSchemas }) };
			} catch (error) {
				if (error instanceof ToolError) {
					return { kind: 'paths', paths };
				}
				throw error;
			}
		},
		preview: async ({ patch }, context) => viewOf((await planPatch(patch, seen, context)).map(partDiff)),
		async run(given, context) {
			const parts = await planPatch(given.patch, seen, context);
			refuseUnasked(schemasIn(parts), context.allowed);
			const work = async () => {
				const steps = parts.flatMap(part => stepsOf(part, given.patch, seen));
				const { landed, problem } = await landSeveral(
					steps,
					'Read those files and send a patch for the rest.',
					context,
				);
				const told = [...landed.map(({ text }) => text), problem ?? ''].filter(text => text !== '');
				return { text: told.join('\n'), view: viewOf(landed.flatMap(({ diff }) => diff ?? [])) };
			};
			if (problems === undefined) {
				return work();
			}
			const { value, told } = await problems.around(given, lasting(parts), context, work);
			return told === '' ? value : { ...value, text: `${value.text}\n${told}` };
		},
	});
}

/** A call that is refused for its form touches nothing. */
function readPaths(patch: string): readonly string[] {
	try {
		return pathsOf(readPatch(patch));
	} catch (error) {
		if (error instanceof ToolError) {
			return [];
		}
		throw error;
	}
}

/** A single file by its path; a move as "a → b"; several by their number and paths. */
function subjectOf(patch: string): string {
	const paths = readPaths(patch);
	const [only = '', ...more] = paths;
	if (more.length === 0) {
		return only;
	}
	const isMove = more.length === 1 && readPatch(patch).length === 1;
	return isMove ? paths.join(' → ') : `${counted(paths.length, 'file')}: ${paths.join(', ')}`;
}

/** The files that are there afterwards, which language servers may look at. */
function lasting(parts: readonly PlannedPart[]) {
	return parts.flatMap(part => (part.kind === 'remove' ? [] : locationsOf(part).slice(0, 1)));
}

/** Each makes one change on record. */
function stepsOf(part: PlannedPart, patch: string, seen: SeenFiles | undefined): readonly LandStep<Done>[] {
	switch (part.kind) {
		case 'change':
			return [changeStep(part, patch, seen)];
		case 'move':
			return moveSteps(part, patch, seen);
		case 'remove':
			return [
				{
					name: `delete ${part.removal.location.path}`,
					async land(context) {
						await remove(part.removal, seen, context);
						return { text: `Deleted "${part.removal.location.path}".`, diff: partDiff(part) };
					},
				},
			];
		default:
			return part satisfies never;
	}
}

function changeStep(
	{ operation, change }: Extract<PlannedPart, { kind: 'change' }>,
	patch: string,
	seen: SeenFiles | undefined,
): LandStep<Done> {
	return {
		name: change.location.path,
		async land(context) {
			const planAgain = async () => {
				const again = await planPart(operation, patch, seen, context);
				return again.kind === 'remove' ? change : again.change;
			};
			const landed = await landChange(change, planAgain, context);
			const { location, current } = landed;
			if (!landed.isMerged && (current === undefined || seen?.isNewest(location, current.version))) {
				await seen?.noteWritten(location, landed.outcome.stamp, context.workspace);
			}
			return { text: describeChange(landed), diff: fileDiff(landed) };
		},
	};
}

/** The file under its new name comes first: whatever happens then, its text is somewhere. */
function moveSteps(
	part: Extract<PlannedPart, { kind: 'move' }>,
	patch: string,
	seen: SeenFiles | undefined,
): readonly LandStep<Done>[] {
	let { change, removal } = part;
	return [
		{
			name: change.location.path,
			async land(context) {
				const again = await planPart(part.operation, patch, seen, context);
				if (again.kind === 'move') {
					({ change, removal } = again);
				}
				const landed = await landChange(change, undefined, context);
				await seen?.noteWritten(landed.location, landed.outcome.stamp, context.workspace);
				return { text: describeMove(landed, removal), diff: partDiff({ ...part, change: landed, removal }) };
			},
		},
		{
			name: `delete ${removal.location.path}`,
			async land(context) {
				await remove(removal, seen, context);
				return { text: '' };
			},
		},
	];
}

/** @throws ToolError when the file has another text by now; it stays then. */
async function remove(
	{ location, current }: PlannedRemoval,
	seen: SeenFiles | undefined,
	context: ToolContext,
): Promise<void> {
	await context.recordChange({ location, before: current.text });
	// Not before the record: of a call that ends here the newest record counts as not made.
	context.signal.throwIfAborted();
	await context.workspace.remove(location, current.stamp, context.signal);
	seen?.note(location, undefined);
}

function describeMove(landed: LandedChange, { location, current }: PlannedRemoval): string {
	const name = `Moved "${location.path}" to "${landed.location.path}".`;
	const isChanged = current.text !== landed.after.text || landed.outcome.text !== undefined;
	return isChanged ? `${name} ${describeChange({ ...landed, current })}` : name;
}

function partDiff(part: PlannedPart): FileDiff {
	switch (part.kind) {
		case 'change':
			return fileDiff(part.change);
		case 'move': {
			const { location, current } = part.removal;
			return { ...fileDiff({ ...part.change, current }), movedFrom: location.path };
		}
		case 'remove':
			return { ...fileDiff({ ...part.removal, after: { text: '' } }), isRemoved: true };
		default:
			return part satisfies never;
	}
}

function viewOf(files: readonly FileDiff[]): ToolView {
	const [only, ...more] = files;
	return only !== undefined && more.length === 0 ? { kind: 'diff', ...only } : { kind: 'diffs', files };
}
