/** What `write` and `edit` share: looking at the file, making the change, saying what was done. */

import type { ToolContext, ToolOutput, ToolView } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';
import { type FileText, type Location, StaleTextError, type WriteOutcome } from '../agent/workspace.ts';
import { diffTexts, type TextDiff } from '../editing/index.ts';
import { counted } from './counted.ts';

/** A change worked out for the text that is there now. */
export interface PlannedChange {
	readonly location: Location;
	/** Absent when the change creates the file. */
	readonly current: FileText | undefined;
	readonly after: string;
}

export type ChangePlanner = (context: Pick<ToolContext, 'workspace' | 'signal'>) => Promise<PlannedChange>;

/** The file's text, or undefined where there is no file. @throws ToolError for what cannot be edited as text. */
export async function readForChange(
	location: Location,
	{ workspace, signal }: Pick<ToolContext, 'workspace' | 'signal'>,
): Promise<FileText | undefined> {
	const stat = await workspace.stat(location, signal);
	if (stat === undefined) {
		return undefined;
	}
	if (stat.kind === 'folder') {
		throw new ToolError(`"${location.path}" is a folder; name a file.`);
	}
	if (location.path.toLowerCase().endsWith('.ipynb')) {
		throw new ToolError('A notebook cannot be changed as text. Tell the user which cells to change.');
	}
	if (stat.isReadOnly) {
		throw new ToolError(`"${location.path}" is read-only. Tell the user; do not work around it.`);
	}
	return workspace.readText(location, signal);
}

export function changeView({ location, current, after }: PlannedChange): ToolView {
	return diffView(location, current, diffTexts(current?.text ?? '', after));
}

/**
 * Plans, records and makes the change. When the user types at the same moment the plan is made once more.
 * A change recorded for the first plan is then followed by a second record of the same call.
 */
export async function makeChange(plan: ChangePlanner, context: ToolContext): Promise<ToolOutput> {
	const planned = await plan(context);
	try {
		return await carryOut(planned, context);
	} catch (error) {
		if (!(error instanceof StaleTextError)) {
			throw error;
		}
		return carryOut(await plan(context), context);
	}
}

async function carryOut(planned: PlannedChange, context: ToolContext): Promise<ToolOutput> {
	const { location, current, after } = planned;
	const before = current === undefined ? {} : { before: current.text };
	await context.recordChange({ location, ...before, after });
	context.signal.throwIfAborted();
	const outcome = await context.workspace.write(location, after, current?.stamp ?? 'absent', context.signal);
	const diff = diffTexts(current?.text ?? '', after);
	return { text: describe(planned, diff, outcome), view: diffView(location, current, diff) };
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
