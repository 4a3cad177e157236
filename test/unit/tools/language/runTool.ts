import assert from 'node:assert/strict';
import type { PendingChange, Tool, ToolContext, ToolOutput } from '../../../../src/agent/tool.ts';
import { ToolError } from '../../../../src/agent/toolError.ts';
import { parseArguments } from '../../../../src/agent/turn/callArguments.ts';
import type { Workspace } from '../../../../src/agent/workspace.ts';

export interface ToolRun {
	readonly changes: readonly PendingChange[];
	output(input: unknown): Promise<ToolOutput>;
	text(input: unknown): Promise<string>;
	/** The words of the `ToolError` that the call ends in. */
	failure(input: unknown): Promise<string>;
	preview(input: unknown): ReturnType<NonNullable<Tool['preview']>>;
}

/** Runs one tool as the loop does. */
export function toolRun(
	tool: Tool,
	workspace: Workspace,
	{
		beforeWrite,
		signal = new AbortController().signal,
	}: { beforeWrite?: (path: string) => void; signal?: AbortSignal } = {},
): ToolRun {
	const changes: PendingChange[] = [];
	const context: ToolContext = {
		workspace,
		signal,
		recordChange: async change => {
			changes.push(change);
			beforeWrite?.(change.location.path);
		},
	};
	const parse = (input: unknown) => {
		const parsed = parseArguments(JSON.stringify(input), tool.input);
		return parsed.ok ? parsed.input : assert.fail(parsed.problem);
	};
	const output = async (input: unknown) => tool.run(parse(input), context);
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
	};
}
