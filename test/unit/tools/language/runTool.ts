import assert from 'node:assert/strict';
import type { Demand, PendingChange, Tool, ToolContext, ToolOutput } from '../../../../src/agent/tool.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { parseArguments } from '../../../../src/agent/turn/callArguments.ts';
import type { Workspace } from '../../../../src/agent/workspace.ts';
import { toolContext } from '../../../fakes/toolContext.ts';

export interface ToolRun {
	readonly changes: readonly PendingChange[];
	output(input: unknown): Promise<ToolOutput>;
	text(input: unknown): Promise<string>;
	/** The words of the `ToolError` that the call ends in. */
	failure(input: unknown): Promise<string>;
	preview(input: unknown): ReturnType<NonNullable<Tool['preview']>>;
	demand(input: unknown): Promise<Demand>;
}

/** Runs one tool as the loop does. */
export function toolRun(
	tool: Tool,
	workspace: Workspace,
	{
		beforeWrite,
		...rest
	}: { beforeWrite?: (path: string) => void } & Partial<Omit<ToolContext, 'workspace' | 'recordChange'>> = {},
): ToolRun {
	const changes: PendingChange[] = [];
	const context = toolContext({
		workspace,
		...rest,
		recordChange: async change => {
			changes.push(change);
			beforeWrite?.(change.location.path);
		},
	});
	const parse = (input: unknown) => {
		const parsed = parseArguments(JSON.stringify(input), tool.input);
		return parsed.ok ? parsed.input : assert.fail(parsed.problem);
	};
	const output = async (input: unknown) => {
		const given = parse(input);
		if (tool.effect === 'write') {
			// What it would do is decided on before it is done.
			await tool.demand?.(given, context);
		}
		return tool.run(given, context);
	};
	return {
		changes,
		output,
		text: async input => (await output(input)).text,
		async failure(input) {
			try {
				const { text } = await output(input);
				return assert.fail(`succeeded: ${text}`);
			} catch (error) {
				assert.ok(error instanceof ToolError, String(error));
				return error.message;
			}
		},
		preview: async input => tool.preview?.(parse(input), context) ?? assert.fail('There is no preview.'),
		demand: async input => tool.demand?.(parse(input), context) ?? assert.fail('There is no demand.'),
	};
}
