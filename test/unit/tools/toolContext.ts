import type { PendingChange, ToolContext, ToolOutput } from '../../../src/agent/tool.ts';
import { parseArguments } from '../../../src/agent/turn/callArguments.ts';
import type { Workspace } from '../../../src/agent/workspace.ts';
import { createTools } from '../../../src/tools/index.ts';

/** Runs tools by name on a workspace, as the loop does, and keeps the changes they record. */
export class ToolBench {
	readonly changes: PendingChange[] = [];
	readonly workspace: Workspace;
	/** Whether the model does that reads the results. */
	seesImages = true;
	/** Plays what happens between the record of a change and the change. */
	beforeWrite: (() => void) | undefined;
	private readonly tools = createTools(
		{
			onBug(error) {
				throw error;
			},
		},
		{ isDelegate: false, isReadOnly: false },
	);
	private readonly controller = new AbortController();

	constructor(workspace: Workspace) {
		this.workspace = workspace;
	}

	/** @param decided plays what happens between the decision on the call and its run. */
	async run(name: string, input: unknown, { decided }: { decided?: () => void } = {}): Promise<ToolOutput> {
		const { tool, parsed } = this.parse(name, input);
		if (decided !== undefined) {
			await tool.demand?.(parsed, this.context());
			decided();
		}
		return tool.run(parsed, this.context());
	}

	async preview(name: string, input: unknown) {
		const { tool, parsed } = this.parse(name, input);
		return tool.preview?.(parsed, this.context());
	}

	async text(name: string, input: unknown): Promise<string> {
		return (await this.run(name, input)).text;
	}

	private parse(name: string, input: unknown) {
		const tool = this.tools.find(candidate => candidate.name === name);
		if (tool === undefined) {
			throw new Error(`There is no tool ${name}.`);
		}
		const parsed = parseArguments(JSON.stringify(input), tool.input);
		if (!parsed.ok) {
			throw new Error(parsed.problem);
		}
		return { tool, parsed: parsed.input };
	}

	private context(): ToolContext {
		return {
			callId: 'call',
			workspace: this.workspace,
			signal: this.controller.signal,
			recordChange: async change => {
				this.changes.push(change);
				this.beforeWrite?.();
			},
			recordMade: async change => {
				this.changes.push(change);
			},
			allowed: { why: 'free' },
			seesImages: this.seesImages,
			onOutput: () => undefined,
			call: () => Promise.reject(new Error('These tools call no others.')),
		};
	}
}
