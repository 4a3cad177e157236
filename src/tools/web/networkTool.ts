import type { Tool, ToolContext, ToolOutput } from '../../agent/tool.ts';

/**
 * A tool that sends something out of the machine, and brings back what strangers wrote. It touches no file, so of the
 * context it needs the signal alone.
 */
export interface NetworkTool<Input> extends Omit<Tool<Input>, 'effect' | 'preview' | 'run'> {
	/** @throws ToolError with advice for the model. */
	run(input: Input, context: Pick<ToolContext, 'signal'>): Promise<ToolOutput>;
}
