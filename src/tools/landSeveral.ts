import type { ToolContext } from '../agent/tool.ts';
import { ToolError } from '../agent/toolError.ts';

/** One change of one file, and what the model is told of it. */
export interface LandStep<Landed> {
	/** Such as "src/a.ts" or "delete src/a.ts". */
	readonly name: string;
	/** Records the change and makes it. @throws ToolError when it is not made. */
	land(context: ToolContext): Promise<Landed>;
}

export interface SeveralLanded<Landed> {
	readonly landed: readonly Landed[];
	/** What was done and what was not, for the model. Absent when all was done. */
	readonly problem?: string;
}

/**
 * Makes changes one after the other. Where one fails, those before it stay.
 * @param advice what the model can do then.
 * @throws ToolError where the failed change is the newest on record, which counts as not made by that; otherwise the
 * newest on record is one that was made, and the problem is part of a result.
 */
export async function landSeveral<Landed>(
	steps: readonly LandStep<Landed>[],
	advice: string,
	context: ToolContext,
): Promise<SeveralLanded<Landed>> {
	const landed: Landed[] = [];
	for (const [index, step] of steps.entries()) {
		let isRecorded = false;
		const noticing: ToolContext = {
			...context,
			async recordChange(change) {
				await context.recordChange(change);
				isRecorded = true;
			},
		};
		try {
			landed.push(await step.land(noticing));
		} catch (error) {
			if (!(error instanceof ToolError) || index === 0) {
				throw error;
			}
			const names = (some: readonly LandStep<Landed>[]) => some.map(({ name }) => name).join(', ');
			const problem = `Only a part was done. Done: ${names(steps.slice(0, index))}. Not done: ${names(steps.slice(index))}. ${error.message} ${advice}`;
			if (isRecorded) {
				throw new ToolError(problem, { cause: error });
			}
			return { landed, problem };
		}
	}
	return { landed };
}
